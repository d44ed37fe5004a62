"""What vouches for a file of the cache that is mapped, not read: what its writer saw of it.

The writer flushes the file to the disk before it looks. As long as all that the system says of the
file is the same, nobody has written to it since: not even its owner can set the time of a change
(`st_ctime`). Else, after a copy or a repair, its digest decides, for which all of it is read.
"""

from __future__ import annotations

import mmap
import os
import stat
import struct
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

_FORMAT = struct.Struct("<32s4Q")
_WORD = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Seal:
    """The digest of a file, and its place on the disk, size and times (ns) when it was whole."""

    digest: bytes
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, digest: bytes, status: os.stat_result) -> Self:
        """Make one for a file with this digest."""
        inode = status.st_ino & _WORD  # Windows has wider ones
        return cls(digest, inode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def pack(self) -> bytes:
        """Give it as SEAL_SIZE bytes."""
        return _FORMAT.pack(self.digest, self.inode, self.size, self.modified, self.changed)

    def look(self, path: Path) -> Self | None:
        """Give the seal that holds for the file now, this one if nothing has changed.

        None for what is not the file that was sealed: another content, owner or kind of file.
        Raises OSError when it cannot be looked at.
        """
        status = path.lstat()
        if status.st_size != self.size or not is_private_file(status):
            return None
        now = self.of(self.digest, status)
        if now == self:
            return self
        return now if _digest_of(path) == self.digest else None


SEAL_SIZE = _FORMAT.size


def unpack(data: bytes) -> Seal:
    """Give the seal that `pack` made these bytes of."""
    return Seal(*_FORMAT.unpack(data))


def is_private_file(status: os.stat_result) -> bool:
    """Tell whether this is a plain file of this user that no other may write."""
    return stat.S_ISREG(status.st_mode) and is_private(status)


def is_private(status: os.stat_result) -> bool:
    """Tell whether only this user may write it."""
    return is_mine(status) and (os.name != "posix" or not status.st_mode & 0o022)


def is_mine(status: os.stat_result) -> bool:
    """Tell whether it belongs to this user."""
    return os.name != "posix" or status.st_uid == os.geteuid()


def open_unlinked(path: Path) -> int:
    """Open a file to be read, and give its descriptor; OSError for a link."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags | getattr(os, "O_BINARY", 0))


def _digest_of(path: Path) -> bytes:
    descriptor = open_unlinked(path)
    try:
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as content:
            return sha256(content).digest()
    except ValueError:  # an empty file cannot be mapped
        return sha256().digest()
    finally:
        os.close(descriptor)
