"""Key-value storage and alarm of one Durable Object, over its database.

Values are bytes here. The tables are upstream's: `_cf_KV`, and `_cf_METADATA`, whose row 1 is the
alarm in nanoseconds. workerd: io/actor-sqlite.c++, util/sqlite-kv.c++, util/sqlite-metadata.c++.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Final

from unpoison import js
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.key_ranges import ListOptions, key_range
from unpoison.workers.storage_limits import ENTRY_BYTES, READ_BYTES, SQLITE_BACKED, StorageLimits
from unpoison.workers.stored_alarm import StoredAlarm
from unpoison.workers.transactions import Transaction

_CREATE: Final = (
    "CREATE TABLE IF NOT EXISTS _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
)
_PUT: Final = "INSERT INTO _cf_KV VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_LIST: Final = "SELECT key, value FROM _cf_KV WHERE key >= ? {} ORDER BY key {} LIMIT ?"
IN_TRANSACTION: Final = "Cannot call deleteAll() within a transaction"


class ObjectStorage:
    """What `storage` of one object does; every call is done when it returns, none is durable yet.

    `on_alarm` is called with the time (ms since the epoch, None for no alarm) that the index of
    alarms must know: before a commit that makes it earlier, after one that makes it later; each
    flush of the database awaits `flush_index` first.
    All calls raise StorageError when the database is broken.
    """

    def __init__(
        self,
        database: ObjectDatabase,
        limits: StorageLimits = SQLITE_BACKED,
        on_alarm: Callable[[int | None], None] = lambda time: None,
        flush_index: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.database = database
        self._limits = limits
        self._has_table: bool | None = None
        self.alarm = StoredAlarm(database, on_alarm, flush_index)

    # Values

    def get(self, key: str) -> bytes | None:
        """Give the value of a key, None when there is none."""
        text = self._key(key)
        return self._get(text) if self._table_exists() else None

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Give those of the keys that have a value, in key order.

        Raises js.RangeError for too many keys, or more than 128 MiB of values.
        """
        wanted = sorted({self._key(key) for key in self._counted("get()", keys)})
        if not self._table_exists():
            return {}
        return _bounded((key, value) for key in wanted if (value := self._get(key)) is not None)

    def put(self, key: str, value: bytes) -> None:
        """Store a value. Raises js.RangeError or js.Error for what is over the limits."""
        text = self._pair(key, value)
        self._make_table()
        self.database.rows(_PUT, (text, value))

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Store several values, all or none."""
        pairs = [(self._pair(key, value), value) for key, value in entries.items()]
        self._limits.check_count("put()", len(pairs))
        with self.database.savepoint():
            self._make_table()
            for pair in pairs:
                self.database.rows(_PUT, pair)

    def delete(self, key: str) -> bool:
        """Delete a key; tells whether it had a value."""
        text = self._key(key)
        return self._table_exists() and self._delete(text)

    def delete_many(self, keys: Iterable[str]) -> int:
        """Delete several keys; gives how many had a value."""
        wanted = [self._key(key) for key in self._counted("delete()", keys)]
        return sum(self._delete(key) for key in wanted) if self._table_exists() else 0

    def list(self, options: ListOptions | None = None) -> dict[str, bytes]:
        """Give the values of a range of keys, in its order.

        Raises js.TypeError for options that make no range, js.RangeError for more than 128 MiB.
        """
        asked = ListOptions() if options is None else options
        wanted = key_range(asked)
        if wanted.is_empty or not self._table_exists():
            return {}
        bounds = (wanted.start,) if wanted.end is None else (wanted.start, wanted.end)
        sql = _LIST.format(
            "" if wanted.end is None else "AND key < ?", "DESC" if asked.reverse else "ASC"
        )
        limit = -1 if asked.limit is None else asked.limit
        return _bounded(self.database.each(sql, (*bounds, limit)))

    # Alarm

    def get_alarm(self) -> int | None:
        """Give when the alarm is due, in ms since the epoch; None while its handler runs."""
        return self.alarm.visible

    def set_alarm(self, time: float, now: float) -> None:
        """Set the alarm, both in ms since the epoch; a past time is `now`.

        Raises js.TypeError for a time <= 0 or after the year 2189.
        """
        self.alarm.set(time, now)

    def delete_alarm(self) -> None:
        """Delete the alarm; a handler that runs is not its own alarm any more."""
        self.alarm.clear()

    # Together

    def delete_all(self, *, keep_alarm: bool = False) -> int:
        """Delete every table, of SQL too; gives how many keys had a value.

        It is one of the writes of its commit, so it is undone with them. Raises js.Error in a
        transaction.
        """
        if self.database.in_transaction:
            raise js.Error(IN_TRANSACTION)
        if self.database.is_empty:
            return 0
        counted = self._table_exists()
        count = self.database.rows("SELECT count(*) FROM _cf_KV")[0][0] if counted else 0
        with self.database.savepoint():
            self.database.drop_all()
            self._note_table(exists=False)
            self.alarm.dropped(keep=keep_alarm)
        return int(count)

    def begin(self) -> Transaction:
        """Open a transaction, nested when one is open; what was written before is committed."""
        return self.database.begin()

    def savepoint(self) -> AbstractContextManager[None]:
        """Keep what a block writes, or undo it when it raises: `transactionSync`."""
        return self.database.savepoint()

    # Inside

    def _get(self, key: str) -> bytes | None:
        rows = self.database.rows("SELECT value FROM _cf_KV WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def _delete(self, key: str) -> bool:
        self.database.begin_write()
        self.database.rows("DELETE FROM _cf_KV WHERE key = ?", (key,))
        return self.database.connection.changes() > 0

    def _key(self, key: str) -> str:
        text = js.well_formed(key)
        self._limits.check_key(text.encode())
        return text

    def _pair(self, key: str, value: bytes) -> str:
        text = js.well_formed(key)
        self._limits.check_pair(text.encode(), value)
        return text

    def _counted(self, operation: str, keys: Iterable[str]) -> Iterable[str]:
        listed = tuple(keys)
        self._limits.check_count(operation, len(listed))
        return listed

    def _table_exists(self) -> bool:
        if self._has_table is None:
            if self.database.is_empty:
                return False
            self._has_table = self.database.has_table("_cf_KV")
        return self._has_table

    def _make_table(self) -> None:
        self.database.begin_write()
        if not self._table_exists():
            self.database.rows(_CREATE)
            self._note_table(exists=True)

    def _note_table(self, *, exists: bool) -> None:
        self._has_table = exists
        self.database.on_rollback(self._forget_table)

    def _forget_table(self) -> None:
        self._has_table = None


def _bounded(rows: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    found = {}
    size = 0
    for key, value in rows:
        size += ENTRY_BYTES + len(key) + len(value)
        if size > READ_BYTES:
            raise js.RangeError(
                f"The values are larger than {READ_BYTES} bytes together; list fewer with `limit`"
            )
        found[key] = value
    return found
