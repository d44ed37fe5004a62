"""`state.storage.sql` and its cursors, as a guest has them. Workers docs, "SQL Storage"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from unpoison import js, web
from unpoison.workers import sql
from unpoison.workers.ports import ActorPort
from unpoison.workers.sql import SqlCursor, SqlValue

NO_SQL: Final = (
    "SQL is not enabled for this Durable Object class. To enable it, set "
    "`new_sqlite_classes` in the migrations of the configuration."
)


class SqlStorage(js.JsObject):
    """SQL on the data of one object."""

    __slots__ = ("_actor",)

    def __init__(self, actor: ActorPort) -> None:
        super().__init__()
        self._actor = actor

    @property
    def _sql(self) -> sql.SqlStorage:
        """Asked for each time: a life that has ended must not write any more."""
        found = self._actor.sql
        if found is None:
            raise js.Error(NO_SQL)
        return found

    @property
    def database_size(self) -> int:
        """The bytes that the data takes."""
        return self._sql.database_size

    def exec(self, query: object, *bindings: object) -> SqlStorageCursor:
        """Run statements; give the rows of the last one, which alone may have bindings.

        Raises js.Error for what SQLite refuses.
        """
        values = [_bound(each) for each in bindings]
        return SqlStorageCursor(self._sql.exec(js.to_string(query), values))


class SqlStorageCursor(js.JsObject):
    """The rows of a statement, to be walked over once; each is an object of its columns."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: SqlCursor) -> None:
        super().__init__()
        self._cursor = cursor

    @property
    def column_names(self) -> js.Array:
        """The names of the columns, in order."""
        return js.Array(self._cursor.column_names)

    @property
    def rows_read(self) -> int:
        """How many rows were given."""
        return self._cursor.rows_read

    @property
    def rows_written(self) -> int:
        """How many rows were inserted, changed or deleted."""
        return self._cursor.rows_written

    def next(self) -> js.Object:
        """Give `{done, value}`."""
        row = next(self._cursor, None)
        return js.iterator_result(None if row is None else self._object(row), done=row is None)

    def to_array(self) -> js.Array:
        """Give the rows that are left."""
        return js.Array(self._object(row) for row in self._cursor.to_array())

    def one(self) -> js.Object:
        """Give the only row. Raises js.Error when there is none, or more than one."""
        return self._object(self._cursor.one())

    def raw(self) -> js.JsIterator:
        """Walk over the rows that are left as arrays."""
        return js.JsIterator(self._arrays())

    def _arrays(self) -> Iterator[js.Array]:
        for row in self._cursor:
            yield js.Array(map(_value, row))

    def _object(self, row: tuple[SqlValue, ...]) -> js.Object:
        names = self._cursor.column_names
        return js.Object({name: _value(each) for name, each in zip(names, row, strict=True)})


def _bound(value: Any) -> SqlValue:
    """Give what a value binds as: Web IDL's union of bytes, number, string and null."""
    if js.is_nullish(value):
        return None
    data = js.bytes_of(value)
    if data is not None:
        return data
    if js.is_number(value):
        return float(value)
    return js.to_string(value)


def _value(value: SqlValue) -> object:
    if value is None:
        return js.null
    return web.buffer_of(value) if isinstance(value, bytes) else value


def _itself(cursor: SqlStorageCursor) -> SqlStorageCursor:
    return cursor


SQL_STORAGE: Final = web.interface(SqlStorage, operations=("exec",), attributes=("databaseSize",))
SQL_STORAGE_CURSOR: Final = web.interface(
    SqlStorageCursor,
    operations=("next", "one", "raw", "toArray"),
    attributes=("columnNames", "rowsRead", "rowsWritten"),
    methods={js.Symbol.iterator: _itself},
)
