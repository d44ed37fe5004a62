"""Where a worker keeps its data: a folder of the caller's, or one that goes with the process.

Below it, as in `.wrangler/state/v3`: `do/<worker>-<class>/<id>.sqlite` and `kv/<id>.sqlite`.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Final

STATE: Final = Path(".unpoison") / "state"
"""The folder of a command line's workers, beside the configuration."""

SYNC_THREADS: Final = 4
"""Threads that wait for the disk; each one fsync covers all commits of its file."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


class Place:
    """The folder of one worker's data, and the threads that write it."""

    def __init__(self, folder: Path | None) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory("-unpoison")
            folder = Path(self._temporary.name)
        self.folder = folder
        self.executor: Executor = ThreadPoolExecutor(SYNC_THREADS, "unpoison-sync")

    def objects(self, unique_key: str) -> Path:
        """Give the folder of the objects of one class."""
        return self.folder / "do" / file_name(unique_key)

    def kv(self, namespace: str) -> Path:
        """Give the file of a KV namespace."""
        return self.folder / "kv" / f"{file_name(namespace)}.sqlite"

    def size(self) -> int:
        """Give the bytes of all files."""
        return sum(_size(path) for path in self.folder.rglob("*"))

    def close(self) -> None:
        """Stop the threads; delete a folder that nobody asked to keep."""
        self.executor.shutdown()
        if self._temporary is not None:
            self._temporary.cleanup()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # it went meanwhile
        return 0


def file_name(text: str) -> str:
    """Give a file name for any text: the text itself when it may be one, else its hash."""
    if _PLAIN.fullmatch(text):
        return text
    return f"_{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
