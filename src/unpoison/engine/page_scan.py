"""Which pages of a range were written, as Linux tells: PAGEMAP_SCAN with userfaultfd.

The range is registered for asynchronous write protection: the kernel notes a write by taking the
protection of its page away, without telling anybody. One ioctl gives the pages without it and
protects them again. Sources: Documentation/admin-guide/mm/pagemap.rst and userfaultfd.rst of
Linux 6.7 and later; include/uapi/linux/fs.h and userfaultfd.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterator
from typing import Final

_SYSCALLS: Final = {"x86_64": 323, "aarch64": 282}
"""The number of the system call userfaultfd, by machine."""

_O_CLOEXEC, _USER_MODE_ONLY = 0o2000000, 1

_UFFD_API, _WP_UNPOPULATED, _WP_ASYNC = 0xAA, 1 << 13, 1 << 15
_UFFDIO_API, _UFFDIO_REGISTER, _REGISTER_WP = 0xC018AA3F, 0xC020AA00, 2
_PAGEMAP_SCAN: Final = 0xC0606610
_WP_MATCHING, _CHECK_WPASYNC, _WRITTEN = 1, 2, 2

_ARGUMENT: Final = struct.Struct("<12Q")
_WALK_END = 4  # its place among the twelve
_REGION: Final = struct.Struct("<3Q")
_REGIONS: Final = 256


class PageScan:
    """Finds what was written in one range of this process's memory.

    Raises OSError where the system cannot do that.
    """

    __slots__ = (
        "_argument", "_end", "_ioctl", "_pagemap", "_process", "_regions", "_start", "_uffd",
    )  # fmt: skip

    def __init__(self, start: int, size: int) -> None:
        import fcntl

        self._ioctl = fcntl.ioctl
        self._start = self._end = start
        self._regions = bytearray(_REGIONS * _REGION.size)
        self._argument = bytearray(_ARGUMENT.size)
        self._process = os.getpid()
        self._uffd = self._pagemap = -1
        try:
            self._uffd = _open_userfaultfd()
            self._ioctl(
                self._uffd,
                _UFFDIO_API,
                struct.pack("<3Q", _UFFD_API, _WP_ASYNC | _WP_UNPOPULATED, 0),
            )
            self._pagemap = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
            self.extend(size)
        except OSError:
            self.close()
            raise

    def extend(self, size: int) -> None:
        """Watch so many bytes from the start on; what is new counts as written."""
        end = self._start + size
        if end <= self._end:
            return
        request = struct.pack("<4Q", self._end, end - self._end, _REGISTER_WP, 0)
        self._ioctl(self._uffd, _UFFDIO_REGISTER, request)
        self._end = end

    def take(self) -> list[tuple[int, int]]:
        """Give the address and size of each run of written pages, and begin to watch anew.

        Pages that were only read may be among them. Raises OSError when the range is not watched
        any more, as in a forked process.
        """
        return list(self._scan(_WP_MATCHING | _CHECK_WPASYNC))

    def look(self) -> list[tuple[int, int]]:
        """Give the same, and leave it."""
        return list(self._scan(_CHECK_WPASYNC))

    def _scan(self, flags: int) -> Iterator[tuple[int, int]]:
        if os.getpid() != self._process:
            raise OSError("the pages of another process are watched")
        place = ctypes.addressof(ctypes.c_char.from_buffer(self._regions))
        position, argument = self._start, self._argument
        while position < self._end:
            _ARGUMENT.pack_into(
                argument, 0, _ARGUMENT.size, flags, position, self._end, 0,
                place, _REGIONS, 0, 0, _WRITTEN, 0, _WRITTEN,
            )  # fmt: skip
            count = self._ioctl(self._pagemap, _PAGEMAP_SCAN, argument, True)
            for number in range(count):
                start, end, _ = _REGION.unpack_from(self._regions, number * _REGION.size)
                yield start, end - start
            position = _ARGUMENT.unpack_from(argument)[_WALK_END]

    def close(self) -> None:
        """Watch no more."""
        for number in (self._uffd, self._pagemap):
            if number >= 0:
                os.close(number)
        self._uffd = self._pagemap = -1


def _open_userfaultfd() -> int:
    """Give a userfaultfd. Raises OSError where there is none for this process."""
    number = _SYSCALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or number is None or sys.byteorder != "little":
        raise OSError("no PAGEMAP_SCAN on this system")
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    found = syscall(ctypes.c_long(number), ctypes.c_int(_O_CLOEXEC | _USER_MODE_ONLY))
    if found < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(found)
