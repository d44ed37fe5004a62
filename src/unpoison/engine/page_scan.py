"""Which pages of a range were written, as Linux tells: PAGEMAP_SCAN with userfaultfd.

The range is registered for asynchronous write protection: the kernel notes a write by taking the
protection of its page away, without telling anybody. One ioctl gives the pages without it and
protects them again.

Pages that were never used have no place to note that. It is made for them in the dense part, where
the range begins. In the rest, where huge pages are wanted, they stay what they are; a look there
costs 2.5 times as much per page, and next to nothing where the pages are huge.

Sources: Documentation/admin-guide/mm/pagemap.rst and userfaultfd.rst of Linux 6.7 and later;
include/uapi/linux/fs.h and userfaultfd.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from unpoison.engine.calling import compiled
from unpoison.engine.fresh_pages import Run, runs_in_memory, runs_of_files

_SYSCALLS: Final = {"x86_64": 323, "aarch64": 282}
"""The number of the system call userfaultfd, by machine."""

_O_CLOEXEC, _USER_MODE_ONLY = 0o2000000, 1

_UFFD_API, _WP_UNPOPULATED, _WP_ASYNC = 0xAA, 1 << 13, 1 << 15
_UFFDIO_API, _UFFDIO_REGISTER, _REGISTER_WP = 0xC018AA3F, 0xC020AA00, 2
_PAGEMAP_SCAN: Final = 0xC0606610
_WP_MATCHING, _CHECK_WPASYNC = 1, 2
_WRITTEN, _PRESENT, _SWAPPED = 1 << 1, 1 << 3, 1 << 4
_IN_USE = _PRESENT | _SWAPPED

_ARGUMENT: Final = struct.Struct("<12Q")
_WALK_END = 4  # its place among the twelve
_REGION: Final = struct.Struct("<3Q")
_REGIONS: Final = 256

TABLE: Final = 1 << 21
"""Bytes that the pages of one table of the kernel have at least, and those of a huge page."""


def scan_pages(
    pagemap: int, start: int, end: int, *, every: int = _WRITTEN, any_: int = 0, flags: int = 0
) -> Iterator[Run]:
    """Give each run of pages that are of all categories of `every` and of one of `any_`.

    `pagemap` is a descriptor of /proc/self/pagemap. Pages that were never used count as written
    where they are not watched. Raises OSError when some of the range is not watched.
    """
    from fcntl import ioctl

    regions, argument = bytearray(_REGIONS * _REGION.size), bytearray(_ARGUMENT.size)
    place = ctypes.addressof(ctypes.c_char.from_buffer(regions))
    while start < end:
        _ARGUMENT.pack_into(
            argument, 0, _ARGUMENT.size, flags | _CHECK_WPASYNC, start, end, 0,
            place, _REGIONS, 0, 0, every, any_, _WRITTEN,
        )  # fmt: skip
        count = ioctl(pagemap, _PAGEMAP_SCAN, argument, True)
        for number in range(count):
            first, last, _ = _REGION.unpack_from(regions, number * _REGION.size)
            yield first, last - first
        start = _ARGUMENT.unpack_from(argument)[_WALK_END]


def scan_written(
    pagemap: int, start: int, middle: int, end: int, *, protect: bool
) -> Iterator[Run]:
    """Give each run of written pages of a range, and watch them anew if `protect` is set.

    From `middle` on, pages that were never used are not among them; pages that were only read may
    be. For the rest see `scan_pages`.
    """
    flags, middle = _WP_MATCHING if protect else 0, min(middle, end)
    yield from scan_pages(pagemap, start, middle, flags=flags)
    if protect:
        yield from scan_pages(pagemap, middle, end, any_=_IN_USE, flags=flags)
        return
    # The kernel is twice as fast when it is asked for one category only. Then it gives what was
    # never used too, but nothing smaller than a table of pages if all of the rest is watched.
    for place, length in scan_pages(pagemap, middle, end):
        if length < TABLE:
            yield place, length
        else:
            yield from scan_pages(pagemap, place, place + length, any_=_IN_USE)


class PageCopier(Protocol):
    """Copies the written pages of a range, and remembers which they are.

    They stay the same for as long as the process has no page fault: the first write to a watched
    page is one. So a call that writes what the one before it wrote needs no look at all.
    """

    def copy(self, end: int, size: int, source: int, target: int, protect: bool) -> int:
        """Copy the written pages up to `end`, see `scan_written`; gives how many bytes they are.

        `source` and `target` are where the range and its copy begin, or the reverse. What is beyond
        the first `size` bytes is not copied, but watched anew.
        """

    def known(self, end: int, size: int) -> list[Run] | None:
        """Give the written pages below a size where the last copy still tells, else None."""

    def forget(self) -> None:
        """Look anew at the next copy."""


class PageCopy:
    """A PageCopier: of the pages from `start` on, which are dense up to `middle`."""

    __slots__ = ("_known", "_middle", "_pagemap", "_start", "_when")

    def __init__(self, pagemap: int, start: int, middle: int) -> None:
        self._pagemap = pagemap
        self._start = start
        self._middle = middle
        self._known: list[Run] | None = None
        self._when = (0, 0, 0)

    def copy(self, end: int, size: int, source: int, target: int, protect: bool) -> int:
        """See PageCopier."""
        now = (_page_faults(), end, size)  # before the look: what comes later counts as new
        known = self._known if self._when == now else None
        self._known = None
        if known is None or (protect and known):
            start, middle = self._start, self._middle
            written = scan_written(self._pagemap, start, middle, end, protect=protect)
        else:
            written = iter(known)
        limit, copied = self._start + size, []
        for place, length in written:
            kept = min(length, limit - place)
            if kept > 0:
                offset = place - self._start
                ctypes.memmove(target + offset, source + offset, kept)
                copied.append((place, kept))
        self._known, self._when = [] if protect else copied, now
        return sum(length for _, length in copied)

    def known(self, end: int, size: int) -> list[Run] | None:
        """See PageCopier."""
        return self._known if self._when == (_page_faults(), end, size) else None

    def forget(self) -> None:
        """See PageCopier."""
        self._known = None


def _page_faults() -> int:
    """Give how many page faults all threads of this process had so far.

    Every one that a watched page takes is counted when it is over, those of system calls too.
    Sources: getrusage(2); mm_account_fault of Linux, mm/memory.c.
    """
    from resource import RUSAGE_SELF, getrusage

    usage = getrusage(RUSAGE_SELF)
    return usage.ru_minflt + usage.ru_majflt


MakeCopier = Callable[[int, int, int], PageCopier]

COPIERS: Final[tuple[MakeCopier, ...]] = tuple(filter(None, (compiled("PageCopy"), PageCopy)))
"""The forms of PageCopy, the best first."""


class PageScan:
    """Finds what was written in one range of this process's memory.

    It has two file descriptors. Raises OSError where the system cannot do that.
    """

    __slots__ = ("_copier", "_end", "_middle", "_pagemap", "_process", "_start", "_uffd")

    def __init__(
        self, start: int, size: int, dense: int, make_copier: MakeCopier = COPIERS[0]
    ) -> None:
        self._start = self._end = start
        self._middle = start + dense
        self._process = os.getpid()
        self._uffd = self._pagemap = -1
        try:
            self._uffd = _open_userfaultfd()
            _control(self._uffd, _UFFDIO_API, _UFFD_API, _WP_ASYNC | _WP_UNPOPULATED, 0)
            self._pagemap = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
            self._copier = make_copier(self._pagemap, start, self._middle)
            self.extend(size)
        except OSError:
            self.close()
            raise

    def extend(self, size: int) -> None:
        """Watch so many bytes from the start on; what is new counts as written."""
        end = self._start + size
        if end > self._end:
            added = end - self._end
            _control(self._uffd, _UFFDIO_REGISTER, self._end, added, _REGISTER_WP, 0)
            self._end = end

    def watch(self) -> None:
        """Let nothing count as written. Raises OSError as `copy` does."""
        self._copier.forget()
        for _ in self._scan(protect=True):
            pass

    def copy(self, source: int, target: int, size: int, *, protect: bool) -> int:
        """Copy the pages that were written, see PageCopier.

        Raises OSError when the range is not watched any more, as in a forked process.
        """
        self._check()
        return self._copier.copy(self._end, size, source, target, protect)

    def runs(self, size: int) -> list[Run]:
        """Give the written pages below a size, and leave it. Raises OSError as `copy` does.

        Pages beyond the size may be among them.
        """
        self._check()
        known = self._copier.known(self._end, size)
        return list(self._scan(protect=False)) if known is None else known

    def used(self, size: int) -> Iterator[Run]:
        """Give the pages below a size that may be anything but zeros. Raises OSError as `copy`."""
        self._check()
        yield from runs_of_files(self._start, size)
        yield from runs_in_memory(self._start, size)
        end = self._start + size
        yield from scan_pages(self._pagemap, self._start, end, every=_SWAPPED)

    def _scan(self, *, protect: bool) -> Iterator[Run]:
        self._check()
        return scan_written(self._pagemap, self._start, self._middle, self._end, protect=protect)

    def _check(self) -> None:
        if os.getpid() != self._process:  # the descriptor shows the pages of the other one
            raise OSError("the pages of another process are watched")

    def close(self) -> None:
        """Watch no more."""
        for number in (self._uffd, self._pagemap):
            if number >= 0:
                os.close(number)
        self._uffd = self._pagemap = -1


def _control(uffd: int, request: int, *words: int) -> None:
    from fcntl import ioctl

    ioctl(uffd, request, struct.pack(f"<{len(words)}Q", *words))


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
