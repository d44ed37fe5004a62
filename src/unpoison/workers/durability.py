"""The stored side of one object while it is open: when writes are committed, and when durable.

The first write after a commit asks for the next one, which comes at the next turn of the event
loop: so writes without an await between them are one commit. A flush makes it durable, and the
output gate holds back until then what may depend on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers import passing
from unpoison.workers.clock import Clock
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.gates import OutputGate
from unpoison.workers.sql import SECONDS, SqlStorage
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.storage_limits import KEY_VALUE_BACKED, SQLITE_BACKED

FLUSH_SECONDS: Final = 30.0
"""How long a flush may take before the object is reset. workerd, io/worker.c++."""


CLOSE_ENOUGH: Final = 0.001
"""Seconds that it may be less: times are not added up exactly."""


class Durability:
    """One object's database, its commits, and the gate that waits for them.

    `cpu` is the seconds of CPU time that one call of SQL may take. `on_alarm` hears the time (ms
    since 1970, None for none) that the index of alarms must know; `flush_index` makes durable what
    it has heard. `executor` has the threads that wait for the disk. `on_broken` is called once
    when the database, or its disk, fails: the object must be reset.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        *,
        uses_sql: bool,
        cpu: float | None = None,
        executor: Executor,
        flush_index: Callable[[], Awaitable[None]],
        on_alarm: Callable[[int | None], None],
        on_broken: Callable[[StorageError], None],
    ) -> None:
        self._clock = clock
        self._on_broken = on_broken
        self.output = OutputGate()
        self.database = ObjectDatabase(
            path, on_write=self._written, on_failure=self._broke, executor=executor
        )
        limits = SQLITE_BACKED if uses_sql else KEY_VALUE_BACKED
        self.storage = ObjectStorage(self.database, limits, on_alarm, flush_index)
        self.sql = SqlStorage(self.database, seconds=cpu or SECONDS) if uses_sql else None
        self._flushing: asyncio.Task[None] | None = None
        self._flush_began = 0.0
        self._alarm: js.Handle | None = None
        self._promised = False

    @property
    def is_settled(self) -> bool:
        """Whether everything written is durable."""
        return self.output.is_open

    @property
    def has_uncommitted(self) -> bool:
        """Whether something was written that the next commit is for."""
        return self._promised

    @property
    def commits(self) -> int:
        """How many commits there were, or had writes to be for."""
        return self.output.committed - self._promised

    async def wait(self) -> None:
        """Return once everything written so far is durable. Raises StorageError."""
        await passing.leave(self.output)

    def commit(self) -> None:
        """Commit what was written, now. Raises StorageError."""
        self._promised = False
        self.database.commit()
        if self._flushing is None and self._unconfirmed():
            self._flushing = asyncio.ensure_future(self._flush())

    def rollback(self) -> None:
        """Undo what was not committed: the code that wrote it has died."""
        if self.database.broken is None:
            self.database.rollback()

    async def close(self) -> None:
        """Commit, flush and close the file. Raises StorageError, when it is closed all the same."""
        try:
            if self.database.broken is None:
                self.commit()
                await self.wait()
        finally:  # an open file could never be opened again by this process
            if self._alarm is not None:
                self._alarm.cancel()
            with self._clock.outside():
                await self.database.aclose()

    def _written(self) -> None:
        """Answer the first write since the last commit: promise a commit, and hold the gate."""
        if self._promised:
            return
        self._promised = True
        self.output.commit()
        asyncio.get_running_loop().call_soon(self._commit_promised)

    def _commit_promised(self) -> None:
        if not self._promised or self.database.broken is not None:
            return
        try:
            self.commit()
        except StorageError:
            return  # `_broke` was told

    async def _flush(self) -> None:
        """Make commits durable until there is none left that is not."""
        try:
            while number := self._unconfirmed():
                self._flush_began = self._clock.monotonic()
                if self._alarm is None:  # else it looks how long the flush has taken
                    self._alarm = self._clock.call_later(FLUSH_SECONDS, self._look)
                with self._clock.outside():
                    await self.database.flush()
                self.output.confirm(number)
        except StorageError:
            return  # `_broke` was told
        finally:
            self._flushing = None

    def _unconfirmed(self) -> int:
        """Give the number of the last commit that was made, 0 when all are durable."""
        number = self.commits
        return number if number > self.output.durable else 0

    def _look(self) -> None:
        """Break the database when a flush has taken too long; look again when one has not yet."""
        self._alarm = None
        if self._flushing is None:
            return
        left = self._flush_began + FLUSH_SECONDS - self._clock.monotonic()
        if left > CLOSE_ENOUGH:
            self._alarm = self._clock.call_later(left, self._look)
        else:
            self.database.break_with("Durable Object storage operation exceeded timeout")

    def _broke(self, error: StorageError) -> None:
        self.output.break_with(error)
        self._on_broken(error)
