"""A VFS of SQLite whose writes and syncs a test watches, or lets fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apsw

Event = tuple[str, str, int, bytes]
"""What is done, to which file (its suffix), where, with which bytes.

Told before it is done; `synced` when a sync is over.
"""


class WatchedFile(apsw.VFSFile):
    """A file that tells of each change before it is made."""

    def __init__(self, inherit: str, name: Any, flags: Any, tell: Callable[[Event], None]) -> None:
        super().__init__(inherit, name, flags)
        self.suffix = suffix_of(name.filename() if isinstance(name, apsw.URIFilename) else name)
        self.tell = tell

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - the name is SQLite's
        self.tell(("write", self.suffix, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self.tell(("truncate", self.suffix, newsize, b""))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.tell(("sync", self.suffix, 0, b""))
        super().xSync(flags)
        self.tell(("synced", self.suffix, 0, b""))


def suffix_of(name: str) -> str:
    """Give what follows the database's name: nothing, or -wal."""
    return name.rpartition(".sqlite")[2]


class WatchedDisk(apsw.VFS):
    """The system's disk, watched."""

    def __init__(self, name: str, tell: Callable[[Event], None]) -> None:
        self.base = "unix"
        self.tell = tell
        super().__init__(name, self.base)

    def xOpen(self, name: Any, flags: Any) -> WatchedFile:  # noqa: N802
        return WatchedFile(self.base, name, flags, self.tell)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.tell(("delete", suffix_of(filename), int(syncdir), b""))
        super().xDelete(filename, syncdir)


@contextmanager
def watched_disk(tell: Callable[[Event], None]) -> Iterator[str]:
    """Give the name of a VFS that tells of all changes."""
    name = f"watched-{id(tell):x}"
    disk = WatchedDisk(name, tell)
    try:
        yield name
    finally:
        disk.unregister()
