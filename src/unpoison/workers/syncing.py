"""When the commits of one database are durable: group fsync of its write-ahead log.

Knows files and no SQLite. The log is synced through a descriptor of our own, on which SQLite has
no lock. A descriptor of the database file itself is closed only after SQLite has closed the file:
closing one drops all POSIX locks that this process has on it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

_sync_data: Final[Callable[[int], None]] = getattr(os, "fdatasync", os.fsync)


class LogSync:
    """Counts commits and makes them durable; `path` None (memory) needs no sync."""

    def __init__(self, path: Path | None, executor: Executor | None) -> None:
        self._path = path
        self._executor = executor
        self._own_executor: ThreadPoolExecutor | None = None
        self._committed = 0
        self._durable = 0
        self._running: Future[None] | None = None
        self._is_whole = False
        self._is_fresh = False
        self._descriptors: dict[str, int] = {}

    def opened(self, *, fresh: bool) -> None:
        """Note that the file was opened; a fresh one is written without any sync of SQLite."""
        self._is_fresh = fresh
        self._is_whole = False

    def committed(self) -> None:
        """Note one more commit."""
        self._committed += 1
        if self._path is None:
            self._durable = self._committed

    def size(self) -> int:
        """Give the bytes of the log; 0 when there is none."""
        log = self._log_path()
        try:
            return 0 if log is None else log.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def is_durable(self) -> bool:
        """Whether all commits noted so far are durable."""
        return self._durable == self._committed

    def take_settled(self) -> bool:
        """Tell, once, that a fresh file has become a durable one."""
        settled = self._is_fresh and self._is_whole
        self._is_fresh = self._is_fresh and not settled
        return settled

    @property
    def is_fresh(self) -> bool:
        """Whether SQLite writes the file without any sync."""
        return self._is_fresh

    async def flush(self) -> None:
        """Wait until all commits noted so far are durable. Raises OSError.

        A sync that runs already may have begun too early for the last of them; the next one
        covers all that came meanwhile.
        """
        target = self._committed
        while self._durable < target:
            if self._running is None or self._running.done():
                self._running = self._threads().submit(self._sync, self._committed)
            await _ended(self._running)
            error = self._running.exception()
            if error is not None:
                raise error

    async def run(self, work: Callable[[], T]) -> T:
        """Do blocking work in a thread."""
        return await asyncio.wrap_future(self._threads().submit(work))

    def close(self) -> None:
        """Close the descriptors; SQLite must have closed the file before."""
        while self._descriptors:
            os.close(self._descriptors.popitem()[1])
        if self._own_executor is not None:
            self._own_executor.shutdown(wait=False)

    def wait(self) -> None:
        """Block until no sync runs; how it ended is for those who wait for the flush."""
        if self._running is not None:
            self._running.exception()

    def _threads(self) -> Executor:
        if self._executor is None:
            self._executor = self._own_executor = ThreadPoolExecutor(1, "unpoison-sync")
        return self._executor

    def _sync(self, covered: int) -> None:
        """Sync in a thread: the log; the first time also the file and what names the two.

        Who had the file open before may have been killed before its writes were on the disk.
        """
        path, log = self._path, self._log_path()
        assert path is not None
        assert log is not None
        if not self._is_whole:
            os.fsync(self._descriptor(path))
        with suppress(FileNotFoundError):  # a commit that changed no page makes no log
            _sync_data(self._descriptor(log))
        if not self._is_whole:
            sync_folder(path.parent)
            sync_folder(path.parent.parent)
            self._is_whole = True
        self._durable = covered

    def _log_path(self) -> Path | None:
        return None if self._path is None else self._path.with_name(self._path.name + "-wal")

    def _descriptor(self, path: Path) -> int:
        if path.name not in self._descriptors:
            self._descriptors[path.name] = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        return self._descriptors[path.name]


async def _ended(running: Future[None]) -> None:
    """Return when a sync has ended, however; it goes on when who waits is cancelled."""
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    def tell(_: Future[None]) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody waits
            loop.call_soon_threadsafe(wake)

    running.add_done_callback(tell)
    await waiter


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
