"""The database of one Durable Object: one SQLite file, atomic commits, cheap durability.

Theory of operation. A *write* is anything between two `commit()`s. The first one opens a
transaction and calls `on_write` once; the owner then calls `commit()` on the next turn of its
event loop, so that all writes without an await between them are one atomic commit (write
coalescing), and awaits `flush()` before anything that depends on them leaves. `commit()` hands the
pages to the operating system, so that they survive `kill -9`, and costs microseconds; `flush()`
makes every commit so far survive a loss of power, with one fsync for all of them, in a thread.

`begin()` gives an explicit transaction, which may last over many turns and nest; `savepoint()` is
one within a turn. While an explicit one is open `commit()` does nothing: its own commit calls
`on_write`. `rollback()` undoes everything that is not committed, whatever is open.

The file is in WAL mode and locked for this process alone. With `synchronous = NORMAL` SQLite syncs
only around checkpoints, in the right order, so a power loss can take commits that were not flushed
but never leaves half of one. A *fresh* file has no acknowledged content, so it is made with no sync
at all (15 ms each here, on the event loop); its first flush syncs the file, its log and the
folders, and only then, or when it is closed, may SQLite checkpoint it.

An error that is not the guest's fault (disk full, I/O, damage) breaks the database: everything
uncommitted is undone, `on_failure` is called once, and every further call raises the same
StorageError, until the owner closes it and opens a new one. workerd: io/actor-sqlite.c++.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import apsw

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.sqlite_errors import describe, guest_error, is_fatal, result_code
from unpoison.workers.sqlite_setup import DEFAULT_SIZES, Sizes, leave, open_connection, settle
from unpoison.workers.syncing import LogSync
from unpoison.workers.transactions import CommitListener, NoListener, Reader, Transaction

VIOLATED: Final = (
    "Durable Object was reset and rolled back to its last known good state because the "
    "application left the database in a state where constraints were violated: "
)
_DROPPABLE: Final = """
    SELECT iif(type = 'view', 'VIEW', 'TABLE'), name FROM pragma_table_list
    WHERE schema = 'main' AND type <> 'shadow'
    AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name LIKE 'sqlite\\_stat%' ESCAPE '\\')
    ORDER BY type <> 'view', type <> 'virtual' LIMIT 1
"""
"""Views first, then virtual tables, which take their shadow tables along."""

NESTED: Final = "Cannot {} an outer transaction while a nested transaction is still running."
LOG_TOO_LARGE: Final = (
    "SQL cursor was closed because too much was written while it had rows to give; read its rows "
    "before writing, or with toArray()."
)
MAX_LOG: Final = 64 << 20
"""Bytes to which the log may grow while a cursor, which keeps it from being emptied, is open."""

NO_COMMIT: Final = "Cannot commit transaction due to an earlier SQL critical error"


class ObjectDatabase:
    """One object's SQLite database; `path` None keeps it in memory (for tests).

    `on_write` is called when there is something that a later `commit()` and `flush()` must keep.
    `on_failure` is called once, with the StorageError that broke it. `executor` runs the syncs
    (threads); `vfs` names a registered VFS of SQLite; `sizes` say how much it holds. Use it from
    one thread.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        on_write: Callable[[], None] = lambda: None,
        on_failure: Callable[[StorageError], None] = lambda error: None,
        executor: Executor | None = None,
        vfs: str | None = None,
        sizes: Sizes = DEFAULT_SIZES,
    ) -> None:
        self.path = path
        self.on_write = on_write
        self.on_failure = on_failure
        self.listener: CommitListener = NoListener()
        self.broken: StorageError | None = None
        self.readers: WeakSet[Reader] = WeakSet()
        self._vfs = vfs
        self._sizes = sizes
        self._connection: apsw.Connection | None = None
        self._log = LogSync(path, executor)
        self._wrote = False
        self._open: list[Transaction] = []
        self._savepoints = 0
        self._undo: list[Callable[[], None]] = []

    # Looking

    @property
    def connection(self) -> apsw.Connection:
        """The open connection. Raises StorageError when the file cannot be opened."""
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever stored, known without making a file."""
        if self._connection is not None:
            return False
        self.check()
        return self.path is None or not self.path.exists()

    @property
    def has_writes(self) -> bool:
        """Whether there is something that a commit would keep."""
        return self._wrote

    @property
    def in_transaction(self) -> bool:
        """Whether an explicit transaction is open."""
        return bool(self._open)

    @property
    def size(self) -> int:
        """The bytes in use: pages that are not free."""
        if self.is_empty:
            return 0
        query = "SELECT (SELECT * FROM pragma_page_count) - (SELECT * FROM pragma_freelist_count)"
        pages = self.rows(query)[0][0]
        return int(pages) * int(self.rows("PRAGMA page_size")[0][0])

    def check(self) -> None:
        """Raise the StorageError that broke the database, if any."""
        if self.broken is not None:
            raise self.broken

    # Statements of our own

    def rows(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one of our own statements and give all its rows.

        Raises StorageError when it breaks the database, else js.Error in upstream's words.
        """
        self.check()
        try:
            return self.connection.execute(sql, bindings).fetchall()
        except apsw.Error as error:
            raise self.failure(error) from error

    def each(self, sql: str, bindings: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """As `rows`, one row at a time; to be used up before the next write."""
        self.check()
        try:
            yield from self.connection.execute(sql, bindings)
        except apsw.Error as error:
            raise self.failure(error) from error

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of that name."""
        query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return bool(self.rows(query, (name,)))

    def failure(self, error: apsw.Error) -> StorageError | js.Error:
        """Give what to raise for an error of SQLite; breaks the database when it is fatal."""
        lost = self._expects_transaction and self.connection.get_autocommit()
        if lost or is_fatal(error):
            return self.break_with(describe(error))
        return guest_error(error)

    def break_with(self, reason: str) -> StorageError:
        """Break the database, undo what is uncommitted; gives the error, the first if several."""
        if self.broken is None:
            where = "memory" if self.path is None else self.path.name
            self.broken = StorageError(
                f"{reason} in the stored data of {where}: what was not committed is undone; "
                "the object must be reset"
            )
            self._discard()
            self.on_failure(self.broken)
        return self.broken

    # Writing

    def begin_write(self) -> None:
        """Tell that a write comes; must be called before each one."""
        if self._wrote:
            self.check()
            return
        if not self._open:
            self._run("BEGIN IMMEDIATE")
        self._wrote = True
        if not self._open:
            self.on_write()

    def cancel_readers(self, reason: str) -> None:
        """End all statements of the guest that still have rows to give: they block drops."""
        for each in list(self.readers):
            each.cancel(reason)

    def on_rollback(self, undo: Callable[[], None]) -> None:
        """Have `undo` called if what is written now is rolled back."""
        if self._expects_transaction:
            self._undo.append(undo)

    def drop_all(self) -> None:
        """Drop every table, view and index, as one of the writes of the commit."""
        self.cancel_readers("SQL cursor was closed because deleteAll() was called.")
        self.begin_write()
        # With constraints deferred no order of the drops is wrong, not even in a cycle.
        self.rows("PRAGMA defer_foreign_keys = ON")
        while found := self.rows(_DROPPABLE):
            kind, name = found[0]
            quoted = name.replace('"', '""')
            self.rows(f'DROP {kind} "{quoted}"')
        self.rows("PRAGMA defer_foreign_keys = OFF")

    def commit(self) -> None:
        """Commit the writes that are in no explicit transaction, as one; nothing to do is fine.

        Raises StorageError when it fails: then nothing of them is kept.
        """
        self.check()
        if self._wrote and not self._open:
            self._commit()

    async def flush(self) -> None:
        """Wait until every commit made so far is durable. Raises StorageError."""
        self.check()
        try:
            await self.listener.before_flush()
            await self._log.flush()
        except StorageError as error:
            raise self.break_with(str(error)) from error
        except OSError as error:
            raise self.break_with(f"{error.strerror or error}") from error

    @property
    def is_durable(self) -> bool:
        """Whether every commit made so far is durable."""
        return self._log.is_durable

    def rollback(self) -> None:
        """Undo everything that is not committed, and end every transaction."""
        if self._expects_transaction and not self.connection.get_autocommit():
            self._run("ROLLBACK")
        self._forget()

    def begin(self) -> Transaction:
        """Open an explicit transaction; a nested one when one is open.

        What was written before in no transaction is committed first.
        """
        if self._savepoints:
            raise js.Error("Cannot start a transaction inside of transactionSync()")
        self.commit()
        if self._open:
            self._run(f"SAVEPOINT _cf_savepoint_{len(self._open)}")
        else:
            self._run("BEGIN IMMEDIATE")
        made = Transaction(self._end, len(self._open), len(self._undo))
        self._open.append(made)
        return made

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Keep what the block writes, or undo it when the block raises; nests."""
        self.begin_write()
        name = f"_cf_sync_savepoint_{self._savepoints}"
        mark = len(self._undo)
        self._run(f"SAVEPOINT {name}")
        self._savepoints += 1
        try:
            yield
            if self.broken is not None:
                raise js.Error(NO_COMMIT)
        except BaseException:
            if self.broken is None:
                self._undo_to(name, mark)
            raise
        finally:
            self._savepoints -= 1
        self._run(f"RELEASE {name}")

    # Closing

    def close(self) -> None:
        """Undo what is uncommitted and close the file; waits for a sync that runs. May block."""
        connection, self._connection = self._connection, None
        self._log.wait()
        if self.broken is None:
            self.broken = StorageError("the object's database is closed; open it again")
        if connection is not None:
            # What can fail is the checkpoint; then the log stays, with all that was committed.
            with suppress(apsw.Error):
                leave(connection, settles=self._log.is_fresh)
        self._forget()
        self._log.close()

    async def aclose(self) -> None:
        """As `close`, with what may block in a thread. It may not be used meanwhile."""
        await self._log.run(self.close)

    # Inside

    @property
    def _expects_transaction(self) -> bool:
        return self._connection is not None and (self._wrote or bool(self._open))

    def _opened(self) -> apsw.Connection:
        self.check()
        try:
            fresh = self.is_empty
            connection = open_connection(self.path, fresh=fresh, vfs=self._vfs, sizes=self._sizes)
        except (apsw.Error, OSError) as error:
            reason = describe(error) if isinstance(error, apsw.Error) else str(error.strerror)
            raise self.break_with(reason) from error
        self._log.opened(fresh=fresh)
        return connection

    def _run(self, sql: str) -> None:
        if sql.startswith("BEGIN") and self._log.take_settled():
            settle(self.connection)
        self.rows(sql)

    def _commit(self) -> None:
        try:
            self.listener.before_commit()
            self.connection.execute("COMMIT")
        except apsw.Error as error:
            violated = result_code(error) == apsw.SQLITE_CONSTRAINT
            raise self.break_with((VIOLATED if violated else "") + describe(error)) from error
        except (StorageError, js.Error) as error:
            raise self.break_with(str(error)) from error
        self._wrote = False
        self._undo.clear()
        self._log.committed()
        if self.readers and self._log.size() > MAX_LOG:
            self.cancel_readers(LOG_TOO_LARGE)
        self.listener.after_commit()

    def _end(self, transaction: Transaction, keep: bool) -> None:
        self.check()
        if self._open[-1] is not transaction:
            raise js.Error(NESTED.format("commit" if keep else "roll back"))
        if transaction.depth:
            self._end_nested(transaction, keep)
        elif keep:
            self._end_outermost()
        else:
            self.rollback()
        transaction.is_open = False
        transaction.was_rolled_back = not keep

    def _end_nested(self, transaction: Transaction, keep: bool) -> None:
        name = f"_cf_savepoint_{transaction.depth}"
        if keep:
            self._run(f"RELEASE {name}")
        else:
            self._undo_to(name, transaction.undo_mark)
        self._open.pop()

    def _end_outermost(self) -> None:
        wrote = self._wrote
        if wrote:
            self._commit()
        else:
            self._run("COMMIT")
            self._undo.clear()
        self._open.pop()
        if wrote:
            self.on_write()

    def _undo_to(self, name: str, mark: int) -> None:
        self._run(f"ROLLBACK TO {name}")
        self._run(f"RELEASE {name}")
        self._call_undo(mark)

    def _call_undo(self, mark: int) -> None:
        while len(self._undo) > mark:
            self._undo.pop()()

    def _discard(self) -> None:
        """Undo and forget what is open, also when SQLite refuses to."""
        connection = self._connection
        if connection is not None and not connection.get_autocommit():
            # The log has no commit record of it, so what cannot be undone is forgotten at close.
            with suppress(apsw.Error):
                connection.execute("ROLLBACK")
        self._forget()

    def _forget(self) -> None:
        self._wrote = False
        for each in self._open:
            each.is_open, each.was_rolled_back = False, True
        self._open.clear()
        self._call_undo(0)
