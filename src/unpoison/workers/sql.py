"""SQL of a guest: `exec` and its cursors. Cloudflare docs, SQL API; workerd, api/sql.c++.

A statement that writes is run to its end at once, since SQLite commits nothing while one is
unfinished; the rows of others are read as they are asked for, one ahead, so that a statement is
over when its last row was given.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias, TypeVar

import apsw

from unpoison import js
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.sql_rules import is_allowed
from unpoison.workers.storage_limits import READ_BYTES

SqlValue: TypeAlias = "str | bytes | int | float | None"
Row: TypeAlias = "tuple[SqlValue, ...]"

T = TypeVar("T")

SECONDS: Final = 30.0
"""CPU time that one call may spend inside SQLite, unless the owner says otherwise."""

STEPS: Final = 10_000
"""Instructions of SQLite's virtual machine between two looks at the time; about 0.2 ms."""

ROW_BYTES: Final = 64
VALUE_BYTES: Final = 32
"""What a row, and each of its values, takes beside the text or the bytes."""

WRONG_COUNT: Final = "Wrong number of parameter bindings for SQL query."
ONLY_LAST: Final = (
    "When executing multiple SQL statements in a single call, only the last statement can have "
    "parameters."
)
NO_STATEMENT: Final = "SQL code did not contain a statement."
TOO_MUCH: Final = (
    "SQL query result set is too large to fit in memory. Use a streaming iterator (e.g. "
    "`for (const row of cursor)` or `cursor.raw()`) or add a LIMIT clause instead of calling "
    "toArray() on a very large result set."
)
NOT_TEXT: Final = "a value of the SQL result is text that is not UTF-8; read it as a blob (CAST)"

_BLANK: Final = re.compile(r"(?:[\s;]|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*", re.DOTALL)


class SqlStorage:
    """The `sql` of one object.

    `is_over` is asked now and then while a statement runs, and true stops it; the default is
    true after `seconds` of CPU time in one call.
    """

    def __init__(
        self,
        database: ObjectDatabase,
        is_over: Callable[[], bool] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._database = database
        self._seconds = seconds
        self._is_over = self._spent if is_over is None else is_over
        self._entered: str | None = None
        self._deadline: float | None = None
        self._connection: apsw.Connection | None = None

    @property
    def database_size(self) -> int:
        """The bytes that the data takes: `databaseSize`."""
        return self._database.size

    def exec(self, query: str, bindings: Sequence[SqlValue] = ()) -> SqlCursor:
        """Run one statement or several; the rows are those of the last, which alone may bind.

        A number binds as REAL. Raises js.Error in upstream's words for what SQLite or the rules
        refuse, StorageError when the database is broken.
        """
        self._database.check()
        return SqlCursor(self, _statement(query), tuple(map(_binding, bindings)))

    def begin_call(self) -> None:
        """Give what the guest calls now the time of one call, over all the rows that it reads."""
        self._deadline = None

    def run(self, query: str, work: Callable[..., T], *arguments: object) -> T:
        """Run work of SQLite for the guest: by the rules, in its time, with errors for a guest."""
        self._entered = query
        try:
            return work(*arguments)
        except apsw.BindingsError:
            raise js.Error(WRONG_COUNT) from None
        except apsw.Error as error:
            raise self._database.failure(error) from error
        except UnicodeDecodeError:
            raise js.Error(NOT_TEXT) from None
        finally:
            self._entered = None

    def begin_write(self) -> None:
        """Begin a write from inside of a statement of the guest."""
        entered, self._entered = self._entered, None
        try:
            self._database.begin_write()
        finally:
            self._entered = entered

    def cursor(self) -> apsw.Cursor:
        """Make a cursor on which the rules are in force."""
        connection = self._database.connection
        if self._connection is not connection:
            connection.authorizer = self._authorize
            connection.set_progress_handler(self._progress, STEPS)
            self._connection = connection
        return connection.cursor()

    def note(self, cursor: SqlCursor) -> None:
        """Remember a cursor that has more rows to give."""
        self._database.readers.add(cursor)

    def forget(self, cursor: SqlCursor) -> None:
        """Forget a cursor that is over."""
        self._database.readers.discard(cursor)

    def _authorize(
        self,
        action: int,
        first: str | None,
        second: str | None,
        schema: str | None,
        trigger: str | None,
    ) -> int:
        allowed = self._entered is None or is_allowed(self._entered, action, first, second, schema)
        return apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY

    def _progress(self) -> bool:
        return self._entered is not None and self._is_over()

    def _spent(self) -> bool:
        """Tell whether the time is over; it counts from the first look.

        Most statements end before one, and to read this clock can take 60 µs.
        """
        now = time.thread_time()
        if self._deadline is None:
            self._deadline = now + self._seconds
        return now > self._deadline


class SqlCursor:
    """The rows of one `exec`, each a tuple; `column_names` are theirs, duplicates included.

    `rows_read` counts the rows that it gave, `rows_written` those that it inserted, changed or
    deleted. (Upstream's SQLite is changed so that it also counts rows that a query only looked
    at, and entries of indexes.)
    """

    def __init__(self, storage: SqlStorage, query: str, bindings: Sequence[SqlValue]) -> None:
        self.column_names: tuple[str, ...] = ()
        self.rows_read = 0
        self.rows_written = 0
        self._storage = storage
        self._query = query
        self._binding_count = len(bindings)
        self._offset = 0
        self._has_statement = False
        self._is_last = False
        self._writes = False
        self._cancelled: str | None = None
        self._buffer: Iterator[Row] = iter(())
        self._next: Row | None = None
        self._cursor: apsw.Cursor | None = storage.cursor()
        try:
            self._start(self._cursor, bindings)
        except BaseException:
            self._end()
            raise

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        """Give the next row. Raises js.Error, and StopIteration at the end."""
        self._storage.begin_call()
        return self._take()

    def _take(self) -> Row:
        if self._cancelled is not None:
            raise js.Error(self._cancelled)
        row = self._next
        if row is None:
            raise StopIteration
        self._next = self._pull()
        self.rows_read += 1
        return tuple(map(_result, row))

    def one(self) -> Row:
        """Give the only row. Raises js.Error when there is none, or more than one."""
        row = next(self, None)
        if row is None:
            raise js.Error("Expected exactly one result from SQL query, but got no results.")
        if self._next is not None:
            self._end()
            raise js.Error("Expected exactly one result from SQL query, but got multiple results.")
        return row

    def to_array(self) -> list[Row]:
        """Give all rows that are left. Raises js.Error when they are larger than 128 MiB."""
        try:
            self._storage.begin_call()
            return list(_bounded(self._left()))
        except BaseException:
            self._end()
            raise

    def _left(self) -> Iterator[Row]:
        while True:
            try:
                row = self._take()
            except StopIteration:
                return
            yield row

    def cancel(self, reason: str) -> None:
        """End it; whoever asks for more rows gets js.Error with the reason."""
        if self._next is not None:
            self._cancelled = reason
            self._end()

    def _start(self, cursor: apsw.Cursor, bindings: Sequence[SqlValue]) -> None:
        self._storage.begin_call()
        connection = cursor.connection
        before = connection.total_changes()
        cursor.exec_trace = self._trace
        first = self._storage.run(self._query, self._execute, cursor, bindings)
        if not self._has_statement:
            raise js.Error(NO_STATEMENT)
        if first is None:
            self._end()
        elif self._writes:
            self._buffer = iter(list(_bounded(self._rest(first))))
            first = next(self._buffer, None)
        else:
            self._storage.note(self)
        if self._writes:
            self.rows_written = connection.total_changes() - before
        if self._cursor is not None:
            # Else the two would hold each other, and an abandoned statement stay open.
            self._cursor.exec_trace = None
        self._next = first

    def _trace(self, cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        """Look at each statement, prepared and allowed, just before it runs."""
        self._offset += len(sql)
        if _is_blank(sql):
            return True
        self._is_last = _is_blank(self._query[self._offset :])
        expected = self._binding_count if self._is_last else 0
        if cursor.bindings_count != expected:
            raise js.Error(WRONG_COUNT if self._is_last else ONLY_LAST)
        self._has_statement = True
        self.column_names = tuple(column[0] for column in cursor.description)
        if not cursor.is_readonly:
            self._writes = True
            self._storage.begin_write()
        return True

    def _execute(self, cursor: apsw.Cursor, bindings: Sequence[SqlValue]) -> Row | None:
        cursor.execute(self._query, bindings, prepare_flags=apsw.SQLITE_PREPARE_PERSISTENT)
        return self._step(cursor)

    def _step(self, cursor: apsw.Cursor) -> Row | None:
        """Give the next row of the last statement as SQLite has it; None at the end."""
        row: Row
        for row in cursor:
            if self._is_last:
                return row
        return None

    def _pull(self) -> Row | None:
        """Give the next row; at the end None, and the statement is over."""
        cursor = self._cursor
        if cursor is None:
            return next(self._buffer, None)
        row = self._storage.run(self._query, self._step, cursor)
        if row is None:
            self._end()
        return row

    def _rest(self, first: Row | None) -> Iterator[Row]:
        row = first
        while row is not None:
            yield row
            row = self._pull()

    def _end(self) -> None:
        cursor, self._cursor = self._cursor, None
        self._next = None
        self._buffer = iter(())
        self._storage.forget(self)
        if cursor is not None:
            cursor.close(True)


def _statement(query: str) -> str:
    text = js.well_formed(query)
    if "\0" in text:
        raise js.Error("SQL code has a null character; it must not")
    return text


def _is_blank(sql: str) -> bool:
    return not sql[:1].isalpha() and _BLANK.fullmatch(sql) is not None


def _binding(value: SqlValue) -> SqlValue:
    if isinstance(value, int | float):
        return float(value)
    return js.well_formed(value) if isinstance(value, str) else value


def _result(value: SqlValue) -> SqlValue:
    """Give a number as JavaScript has it: an integer that is not safe is rounded."""
    if isinstance(value, int) and abs(value) > js.MAX_SAFE_INTEGER:
        return float(value)
    return value


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    size = 0
    for row in rows:
        size += ROW_BYTES + sum(_size(value) for value in row)
        if size > READ_BYTES:
            raise js.Error(TOO_MUCH)
        yield row


def _size(value: SqlValue) -> int:
    return VALUE_BYTES + (len(value) if isinstance(value, str | bytes) else 0)
