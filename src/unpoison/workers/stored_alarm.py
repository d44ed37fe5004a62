"""The alarm in an object's own file, which is the truth; an index elsewhere must find it.

The index may say too early, never too late: it is told of an earlier alarm before the commit that
sets it, of a later one after it. While the handler of an alarm runs, the alarm stays in the file
and reads as none; its deletion is written when the handler has succeeded, so that a crash in
between runs it again. workerd: io/actor-sqlite.c++, armAlarmHandler and commitImpl.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.database import ObjectDatabase

NANOSECONDS: Final = 1_000_000
"""In a millisecond; the file has nanoseconds."""

LAST_TIME: Final = (2**63 - 1) // NANOSECONDS
"""The last time that fits the file, in ms since the epoch; upstream's text has another year."""

_CREATE: Final = "CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)"
_SET: Final = "INSERT OR REPLACE INTO _cf_METADATA VALUES (1, ?)"


class StoredAlarm:
    """The alarm of one object; times are ms since the epoch.

    `on_alarm` tells the index, `flush_index` makes durable what it was told.
    """

    def __init__(
        self,
        database: ObjectDatabase,
        on_alarm: Callable[[int | None], None],
        flush_index: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._on_alarm = on_alarm
        self._flush_index = flush_index
        self._is_read = False
        self._time: int | None = None
        self._indexed: int | None = None
        self._handler: object = None
        self._deferred = False
        database.listener = self

    @property
    def time(self) -> int | None:
        """What the file says, uncommitted changes included."""
        self._database.check()
        if not self._is_read:
            self._time, self._is_read = self._stored(), True
        return self._time

    @property
    def visible(self) -> int | None:
        """What the guest is told."""
        return None if self._deferred else self.time

    def set(self, time: float, now: float) -> None:
        """Set the alarm to a time, or `now` if that is later."""
        if not time > 0:
            raise js.TypeError("setAlarm() cannot be called with an alarm time <= 0")
        if time > LAST_TIME:
            raise js.TypeError("This API doesn't support dates after 2189.")
        self._write(math.floor(max(time, now)))

    def clear(self) -> None:
        """Delete the alarm."""
        self._write(None)

    def begin_handler(self, scheduled: int, now: float) -> bool:
        """Tell whether the handler is to run for the alarm scheduled at that time.

        False when the alarm was moved or deleted: then the index is told the truth again, at the
        next commit if that is not committed yet.
        """
        time = self.time
        if time != scheduled and (time is None or time > now):
            self._indexed = scheduled
            if not self._database.has_writes:
                self._tell_index()
            return False
        self._handler = object()
        self._deferred = True
        return True

    def end_handler(self, *, succeeded: bool) -> None:
        """Note that the handler ended: a success deletes the alarm, unless it was set anew."""
        deferred, self._deferred = self._deferred, False
        self._handler = None
        if deferred and succeeded:
            self._write(None)

    def dropped(self, *, keep: bool) -> None:
        """Note that all tables are gone; writes the alarm again when it is to be kept."""
        time = self._time
        self._note(None)
        if keep and time is not None:
            self._write_row(time)
        else:
            self._undefer()

    def before_commit(self) -> None:
        """Tell the index of an alarm that gets earlier."""
        if self._is_read and _earlier(self._time, self._indexed):
            self._tell_index()

    def after_commit(self) -> None:
        """Tell the index of an alarm that got later."""
        if self._is_read and self._time != self._indexed:
            # An index that cannot take it is only too early; it hears of it at the next commit.
            with suppress(StorageError):
                self._tell_index()

    async def before_flush(self) -> None:
        """Make the index durable before the alarm is."""
        if self._flush_index is not None:
            await self._flush_index()

    def _tell_index(self) -> None:
        self._on_alarm(self._time)
        self._indexed = self._time

    def _write(self, time: int | None) -> None:
        if time != self.time:
            self._write_row(time)
        self._undefer()

    def _write_row(self, time: int | None) -> None:
        self._database.begin_write()
        self._database.rows(_CREATE)
        self._database.rows(_SET, (None if time is None else time * NANOSECONDS,))
        self._note(time)

    def _note(self, time: int | None) -> None:
        former = self._time
        self._time = time
        self._database.on_rollback(lambda: self._restore(former))

    def _restore(self, time: int | None) -> None:
        self._time = time

    def _undefer(self) -> None:
        """What the handler sets anew is not its own alarm any more, unless that is undone."""
        if self._deferred:
            self._deferred = False
            handler = self._handler
            self._database.on_rollback(lambda: self._redefer(handler))

    def _redefer(self, handler: object) -> None:
        if self._handler is handler:
            self._deferred = True

    def _stored(self) -> int | None:
        if self._database.is_empty or not self._database.has_table("_cf_METADATA"):
            return None
        rows = self._database.rows("SELECT value FROM _cf_METADATA WHERE key = 1")
        found = None if not rows or rows[0][0] is None else int(rows[0][0]) // NANOSECONDS
        self._indexed = found
        return found


def _earlier(time: int | None, other: int | None) -> bool:
    return (math.inf if time is None else time) < (math.inf if other is None else other)
