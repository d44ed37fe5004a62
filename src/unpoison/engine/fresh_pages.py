"""Pages of memory: given back to the system, wanted huge, in use."""

from __future__ import annotations

import ctypes
import mmap
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

Run = tuple[int, int]
"""The address and the size of some pages."""


def _find(name: str, *types: type) -> ctypes._NamedFuncPointer | None:
    """Give a C function where it does what Linux promises."""
    if not sys.platform.startswith("linux"):
        return None
    function: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function.argtypes = types
        function.restype = ctypes.c_int
    return function


_MADVISE: Final = _find("madvise", ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
_MINCORE: Final = _find("mincore", ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
_ZEROS: Final = bytes(1 << 16)
_HUGE_PAGES: Final = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def drop_pages(base: int, size: int) -> bool:
    """Let `size` bytes at the address `base`, whole pages, be as when they were mapped.

    Where they were mapped from a file they show the file, else zeros. False where the system
    cannot do that; some pages may be as new then. Source: madvise(2), MADV_DONTNEED.
    """
    return _MADVISE is not None and _MADVISE(base, size, mmap.MADV_DONTNEED) == 0


def prefer_huge_pages(base: int, size: int) -> bool:
    """Let pages of a range that come into use be huge ones; False where the system has none.

    `base` is a multiple of the system's page size. Source: madvise(2), MADV_HUGEPAGE.
    """
    try:
        has_them = b"[never]" not in _HUGE_PAGES.read_bytes()
    except OSError:
        return False
    if not has_them or _MADVISE is None or not hasattr(mmap, "MADV_HUGEPAGE"):
        return False
    return bool(_MADVISE(base, size, mmap.MADV_HUGEPAGE) == 0)


def runs_in_memory(base: int, size: int) -> Iterator[Run]:
    """Give the address and size of each run of pages that are in memory.

    What is neither there, nor swapped out, nor mapped from a file, was never used: it is zeros.
    Raises OSError where the system cannot tell. Source: mincore(2).
    """
    pages = -(-size // mmap.PAGESIZE)
    found = ctypes.create_string_buffer(pages)
    if _MINCORE is None or _MINCORE(base, size, found) != 0:
        raise OSError("the system does not say which pages are in use")
    for run in re.finditer(rb"[^\0]+", memoryview(found)):
        yield base + run.start() * mmap.PAGESIZE, (run.end() - run.start()) * mmap.PAGESIZE


def runs_of_files(base: int, size: int) -> Iterator[Run]:
    """Give what of a range of this process is mapped from files. Raises OSError without /proc."""
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        place, _, _, _, inode, *_ = line.split()
        first, last = (int(part, 16) for part in place.split(b"-"))
        first, last = max(first, base), min(last, base + size)
        if first < last and inode != b"0":
            yield first, last - first


def runs_in_use(base: int, size: int) -> Iterator[Run]:
    """Give the pages of a range that are not all zeros, by a look at every byte."""
    for start in range(base, base + size, len(_ZEROS)):
        length = min(len(_ZEROS), base + size - start)
        if ctypes.string_at(start, length) != _ZEROS[:length]:
            for page in range(start, start + length, mmap.PAGESIZE):
                if ctypes.string_at(page, mmap.PAGESIZE) != _ZEROS[: mmap.PAGESIZE]:
                    yield page, mmap.PAGESIZE
