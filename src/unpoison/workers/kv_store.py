"""One KV namespace: values by key, with metadata and an expiry, in one SQLite file.

Every call is done when it returns; `flush` makes what was written durable. Errors have upstream's
words: "KV PUT failed: 413 ...". Cloudflare docs, KV, limits; workerd, api/kv.c++; miniflare,
src/workers/kv.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unpoison import js
from unpoison.workers.key_ranges import after_prefix
from unpoison.workers.shared_database import SharedDatabase

MAX_KEY: Final = 512
MAX_VALUE: Final = 25 << 20
MAX_METADATA: Final = 1024
MAX_PAGE: Final = 1000
MAX_KEYS: Final = 100
"""Keys of one `get` of several; their values have MAX_VALUE bytes together."""
MIN_TTL: Final = 60
MIN_CACHE_TTL: Final = 30

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS entries (
        key TEXT PRIMARY KEY, value BLOB NOT NULL, metadata TEXT, expiration INTEGER
    );
    CREATE INDEX IF NOT EXISTS entries_by_expiration ON entries (expiration)
    WHERE expiration IS NOT NULL;
"""
_LIVE: Final = "(expiration IS NULL OR expiration > ?)"
_LIST: Final = (
    "SELECT key, metadata, expiration FROM entries "
    f"WHERE key > ? AND key >= ? AND (?3 IS NULL OR key < ?3) AND {_LIVE} ORDER BY key LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class KvKey:
    """A key: `metadata` is JSON text, `expiration` seconds since the epoch; None for none."""

    name: str
    metadata: str | None
    expiration: int | None


@dataclass(frozen=True, slots=True)
class KvEntry:
    """A value with what belongs to its key."""

    key: KvKey
    value: bytes


@dataclass(frozen=True, slots=True)
class KvPage:
    """Some keys in order; `cursor` is where to go on, None when these are all."""

    keys: Sequence[KvKey]
    cursor: str | None


class KvStore:
    """The namespace in the file at `path` (None: in memory).

    `now` gives seconds since the epoch. All calls raise StorageError when the file cannot be read
    or written; the next one tries again.
    """

    def __init__(
        self,
        path: Path | None,
        now: Callable[[], float],
        *,
        executor: Executor | None = None,
        vfs: str | None = None,
    ) -> None:
        self._shared = SharedDatabase(path, _SCHEMA, executor=executor, vfs=vfs)
        self._now = now

    def get(self, key: str, cache_ttl: int | None = None) -> KvEntry | None:
        """Give the value of a key, None when there is none or it has expired.

        Raises js.TypeError or js.Error for a key or `cache_ttl` (seconds) that is not allowed.
        """
        text = _checked_key("GET", key)
        _check_cache_ttl(cache_ttl)
        rows = self._shared.database.rows(
            f"SELECT value, metadata, expiration FROM entries WHERE key = ? AND {_LIVE}",
            (text, self._now()),
        )
        if not rows:
            return None
        value, metadata, expiration = rows[0]
        return KvEntry(KvKey(text, metadata, expiration), value)

    def get_many(self, keys: Sequence[str], cache_ttl: int | None = None) -> list[KvEntry | None]:
        """Give the values of 1 to 100 keys. Raises js.Error for more than 25 MiB of values."""
        if not 1 <= len(keys) <= MAX_KEYS:
            wanted = "maximum of 100 keys" if keys else "minimum of 1 key"
            raise _failed("GET_BULK", 400, f"You must request a {wanted}")
        found: list[KvEntry | None] = []
        size = 0
        for key in keys:
            entry = self.get(key, cache_ttl)
            size += 0 if entry is None else len(entry.value)
            if size > MAX_VALUE:
                raise _failed("GET_BULK", 413, "Total size of request exceeds the limit of 25MB")
            found.append(entry)
        return found

    def put(
        self,
        key: str,
        value: bytes,
        *,
        metadata: str | None = None,
        expiration: int | None = None,
        expiration_ttl: int | None = None,
    ) -> None:
        """Store a value until `expiration` (seconds since the epoch), or for `expiration_ttl`
        seconds, which wins; for ever without either. `metadata` is JSON text.

        Raises js.TypeError or js.Error for what is not allowed or too large.
        """
        text = _checked_key("PUT", key)
        until = self._expiration(expiration, expiration_ttl)
        metadata = None if metadata is None else js.well_formed(metadata)
        _check_size("Metadata", metadata, MAX_METADATA)
        _check_size("Value", value, MAX_VALUE)
        with self._shared.write() as database:
            database.rows(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", (text, value, metadata, until)
            )
            self._purge()

    def delete(self, key: str) -> None:
        """Delete a key; it need not exist."""
        text = _checked_key("DELETE", key)
        with self._shared.write() as database:
            database.rows("DELETE FROM entries WHERE key = ?", (text,))

    def list(
        self, prefix: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> KvPage:
        """Give up to `limit` keys (1000 at most and by default) that begin with a prefix.

        Keys are in the order of their UTF-8 bytes. Raises js.Error for options not allowed.
        """
        count = MAX_PAGE if limit is None or limit <= 0 else limit
        if count > MAX_PAGE:
            reason = f"Invalid key_count_limit of {count}. Please specify an integer less than "
            raise _failed("GET", 400, f"{reason}{MAX_PAGE}.")
        start = js.well_formed(prefix or "")
        _check_key_length("GET", start)
        last = "" if not cursor else _last_key(cursor)
        end = after_prefix(start) if start else None
        rows = self._shared.database.rows(_LIST, (last, start, end, self._now(), count + 1))
        keys = [KvKey(*row) for row in rows[:count]]
        return KvPage(keys, _cursor(keys[-1].name) if len(rows) > count else None)

    async def flush(self) -> None:
        """Wait until everything written so far is durable."""
        await self._shared.flush()

    def join(self, other: KvStore) -> None:
        """Use the file that another store of the same namespace uses; nothing when this one is
        used already."""
        if self._shared is not other._shared and not self._shared.is_used:
            self._shared = other._shared.share()

    async def close(self) -> None:
        """Close the file for good, in a thread, unless a store that joined it goes on."""
        await self._shared.close()

    def _expiration(self, expiration: int | None, ttl: int | None) -> int | None:
        now = int(self._now())
        if ttl is not None:
            if ttl < MIN_TTL:
                least = f"Expiration TTL must be at least {MIN_TTL}."
                wrong = least if ttl > 0 else "Please specify integer greater than 0."
                raise _failed("PUT", 400, f"Invalid expiration_ttl of {ttl}. {wrong}")
            return min(now + ttl, js.MAX_SAFE_INTEGER)
        if expiration is not None and expiration < now + MIN_TTL:
            soon = f"Expiration times must be at least {MIN_TTL} seconds in the future."
            past = (
                "Please specify integer greater than the current number of seconds since the UNIX "
                "epoch."
            )
            wrong = soon if expiration > now else past
            raise _failed("PUT", 400, f"Invalid expiration of {expiration}. {wrong}")
        return None if expiration is None else min(expiration, js.MAX_SAFE_INTEGER)

    def _purge(self) -> None:
        """Delete some of what has expired: two for one that is written keep the file small."""
        self._shared.database.rows(
            "DELETE FROM entries WHERE rowid IN "
            "(SELECT rowid FROM entries WHERE expiration <= ? LIMIT 2)",
            (self._now(),),
        )


def _failed(method: str, status: int, reason: str) -> js.Error:
    return js.Error(f"KV {method} failed: {status} {reason}")


def _checked_key(method: str, key: str) -> str:
    text = js.well_formed(key)
    if text == "":
        raise js.TypeError("Key name cannot be empty.")
    if text in (".", ".."):
        raise js.TypeError(f'"{text}" is not allowed as a key name.')
    _check_key_length(method, text)
    return text


def _check_key_length(method: str, text: str) -> None:
    length = len(text.encode())
    if length > MAX_KEY:
        reason = f"UTF-8 encoded length of {length} exceeds key length limit of {MAX_KEY}."
        raise _failed(method, 414, reason)


def _check_size(what: str, given: str | bytes | None, limit: int) -> None:
    length = len(given.encode() if isinstance(given, str) else given or b"")
    if length > limit:
        raise _failed("PUT", 413, f"{what} length of {length} exceeds limit of {limit}.")


def _check_cache_ttl(ttl: int | None) -> None:
    if ttl is not None and ttl < MIN_CACHE_TTL:
        least = f"Cache TTL must be at least {MIN_CACHE_TTL}."
        raise _failed("GET", 400, f"Invalid cache_ttl of {ttl}. {least}")


def _cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _last_key(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _failed("GET", 400, "Invalid cursor; give one that list() gave.") from None
