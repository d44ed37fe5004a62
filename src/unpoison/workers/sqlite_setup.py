"""How a database file is opened: limits, journal, locking. SQL's own defences are set here.

Source of the limits: workerd, util/sqlite.c++, setupSecurity, and the SQLite page "Defense
against the dark arts".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

MAX_BYTES: Final = 10 << 30
"""The size that one object's data may have. Cloudflare docs, Durable Objects, limits."""

PAGE_BYTES: Final = 4096
CHECKPOINT_PAGES: Final = 4000
"""Pages of the log after which it is written into the file: two syncs, on the event loop."""
MIN_FREE_PAGES: Final = 256
"""Free pages below which a file is not made smaller."""
MAX_COPIED_PAGES: Final = 4096
"""Pages in use above which it is not: they are all copied, while the object waits to be opened."""
LOG_BYTES: Final = 16 << 20
"""The size to which a log that had to grow is cut when it begins anew."""

LIMITS: Final = {
    apsw.SQLITE_LIMIT_LENGTH: 4 << 20,
    apsw.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    apsw.SQLITE_LIMIT_COLUMN: 100,
    apsw.SQLITE_LIMIT_EXPR_DEPTH: 100,
    apsw.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    apsw.SQLITE_LIMIT_VDBE_OP: 25_000,
    apsw.SQLITE_LIMIT_FUNCTION_ARG: 127,
    apsw.SQLITE_LIMIT_ATTACHED: 0,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    apsw.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    apsw.SQLITE_LIMIT_WORKER_THREADS: 0,
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a database holds: bytes of all its pages, and of one value or row."""

    file: int = MAX_BYTES
    value: int = LIMITS[apsw.SQLITE_LIMIT_LENGTH]


DEFAULT_SIZES: Final = Sizes()


def open_connection(
    path: Path | None, *, fresh: bool, vfs: str | None = None, sizes: Sizes = DEFAULT_SIZES
) -> apsw.Connection:
    """Open a file, made when there is none; `path` None opens a database in memory.

    A `fresh` file is written without any sync until `settle`. Raises apsw.Error and OSError.
    """
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    name = ":memory:" if path is None else str(path)
    connection = apsw.Connection(name, vfs=vfs)
    try:
        _protect(connection)
        connection.limit(apsw.SQLITE_LIMIT_LENGTH, sizes.value)
        _configure(connection, fresh, sizes.file)
    except apsw.Error:
        connection.close(True)
        raise
    return connection


def settle(connection: apsw.Connection) -> None:
    """Have SQLite sync as a file needs whose first content is durable. In no transaction."""
    connection.pragma("synchronous", "NORMAL")
    connection.wal_autocheckpoint(CHECKPOINT_PAGES)


def leave(connection: apsw.Connection, *, settles: bool) -> None:
    """Undo what is uncommitted and close. Raises apsw.Error; the connection is closed then too.

    Closing writes the log into the file and deletes it, which must be synced in order also when
    the file was fresh: with `settles`. A file that is mostly free pages gives them back.
    """
    try:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        if settles:
            settle(connection)
        _shrink(connection)
    except apsw.Error:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        raise
    finally:
        connection.close(True)


def _shrink(connection: apsw.Connection) -> None:
    free, pages = connection.pragma("freelist_count"), connection.pragma("page_count")
    if MIN_FREE_PAGES <= free >= pages / 2 and pages - free <= MAX_COPIED_PAGES:
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 1)  # VACUUM makes a copy beside the file
        connection.execute("VACUUM")


def _protect(connection: apsw.Connection) -> None:
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for limit, value in LIMITS.items():
        connection.limit(limit, value)


def _configure(connection: apsw.Connection, fresh: bool, max_bytes: int) -> None:
    # Exclusive: no other process may write what this one has open, and no shared memory is
    # needed for the index of the log. It must come before the first use of the log.
    connection.pragma("locking_mode", "EXCLUSIVE")
    if fresh:
        connection.pragma("synchronous", "OFF")
        connection.wal_autocheckpoint(0)
    connection.pragma("journal_mode", "WAL")
    connection.pragma("journal_size_limit", LOG_BYTES)
    if not fresh:
        settle(connection)
    connection.pragma("foreign_keys", True)
    connection.pragma("max_page_count", max_bytes // PAGE_BYTES)
