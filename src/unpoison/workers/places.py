"""Where a worker keeps its data: a folder of the caller's, or one that goes with the process.

Below it, as in `.wrangler/state/v3`: `do/<worker>-<class>/<id>.sqlite` and `kv/<id>.sqlite`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Hashable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

STATE: Final = Path(".unpoison") / "state"
"""The folder of a command line's workers, beside the configuration."""

SYNC_THREADS: Final = 4
"""Threads that wait for the disk; each one fsync covers all commits of its file."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


class Place:
    """The folder of one worker's data, and the threads that write it.

    `size` is the bytes of all its files when it was last measured.
    """

    def __init__(self, folder: Path | None) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory("-unpoison")
            folder = Path(self._temporary.name)
        self.folder = folder
        self.size = 0
        self._measuring: asyncio.Task[int] | None = None
        self.executor: Executor = ThreadPoolExecutor(SYNC_THREADS, "unpoison-sync")

    def objects(self, unique_key: str) -> Path:
        """Give the folder of the objects of one class."""
        return self.folder / "do" / file_name(unique_key)

    def kv(self, namespace: str) -> Path:
        """Give the file of a KV namespace."""
        return self.folder / "kv" / f"{file_name(namespace)}.sqlite"

    def identity(self, namespace: str) -> Hashable:
        """Give what is equal for one KV namespace in several workers: its file, or its id when the
        data goes with them."""
        return namespace if self._temporary is not None else self.kv(namespace).resolve()

    async def measure(self) -> None:
        """Find out `size`, in a thread: there may be a file for each of many objects."""
        if self._measuring is None or self._measuring.done():
            self._measuring = asyncio.ensure_future(asyncio.to_thread(_size, self.folder))
        self.size = await asyncio.shield(self._measuring)

    def close(self) -> None:
        """Stop the threads; delete a folder that nobody asked to keep."""
        self.executor.shutdown()
        if self._temporary is not None:
            self._temporary.cleanup()


def _size(folder: str | Path) -> int:
    size = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # it went meanwhile
                is_folder = entry.is_dir(follow_symlinks=False)
                size += (
                    _size(entry.path) if is_folder else entry.stat(follow_symlinks=False).st_size
                )
    return size


def file_name(text: str) -> str:
    """Give a file name for any text: the text itself when it may be one, else its hash."""
    if _PLAIN.fullmatch(text):
        return text
    return f"_{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
