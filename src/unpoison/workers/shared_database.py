"""A database that many objects share: one that broke is opened anew at its next use."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from unpoison.errors import StorageError
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.sqlite_setup import Sizes

MAX_VALUE: Final = 32 << 20
SIZES: Final = Sizes(file=1 << 44, value=MAX_VALUE)


class SharedDatabase:
    """The file at `path` (None: in memory), with `schema`, a script that makes what is missing.

    Each `write` is one commit, durable after the next `flush`.
    """

    def __init__(
        self,
        path: Path | None,
        schema: str,
        *,
        executor: Executor | None = None,
        vfs: str | None = None,
    ) -> None:
        self._path = path
        self._schema = schema
        self._executor = executor
        self._vfs = vfs
        self._database: ObjectDatabase | None = None
        self._is_closed = False
        self._users = 1

    @property
    def database(self) -> ObjectDatabase:
        """The open database. Raises StorageError when it cannot be opened."""
        if self._database is not None and self._database.broken is not None:
            self._drop()
        if self._is_closed:
            raise StorageError("the stored data is closed: its worker has ended")
        if self._database is None:
            self._database = self._opened()
        return self._database

    @contextmanager
    def write(self) -> Iterator[ObjectDatabase]:
        """Commit what the block writes; undo it when the block raises."""
        database = self.database
        database.begin_write()
        try:
            yield database
            database.commit()
        except BaseException:
            if database.broken is None:
                database.rollback()
            raise

    @property
    def is_durable(self) -> bool:
        """Whether every commit made so far is durable."""
        return self._database is None or self._database.is_durable

    async def flush(self) -> None:
        """Wait until every commit made so far is durable. Raises StorageError."""
        # One that broke has lost nothing when it was durable before.
        if self._database is not None and not self._database.is_durable:
            await self._database.flush()

    @property
    def is_used(self) -> bool:
        """Whether the file is open, or has several users."""
        return self._database is not None or self._users > 1

    def share(self) -> SharedDatabase:
        """Give it to one more user, who closes it too: this process can open a file only once."""
        self._users += 1
        return self

    async def close(self) -> None:
        """Close the file for good, in a thread, with the last of its users."""
        self._users -= 1
        if self._users > 0:
            return
        self._is_closed = True
        database, self._database = self._database, None
        if database is not None:
            await database.aclose()

    def _drop(self) -> None:
        if self._database is not None:
            database, self._database = self._database, None
            database.close()

    def _opened(self) -> ObjectDatabase:
        made = ObjectDatabase(self._path, executor=self._executor, vfs=self._vfs, sizes=SIZES)
        made.begin_write()
        made.rows(self._schema)
        made.commit()
        return made
