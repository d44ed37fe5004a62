"""Pages of memory that are given back to the system, to be again what they were mapped as."""

from __future__ import annotations

import ctypes
import mmap
import sys
from typing import Final


def _find_madvise() -> ctypes._NamedFuncPointer | None:
    """Give the C function where MADV_DONTNEED drops private pages at once, as Linux promises."""
    if not sys.platform.startswith("linux"):
        return None
    function: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), "madvise", None)
    if function is not None:
        function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        function.restype = ctypes.c_int
    return function


_MADVISE: Final = _find_madvise()


def drop_pages(base: int, size: int) -> bool:
    """Let `size` bytes at the address `base`, whole pages, be as when they were mapped.

    Where they were mapped from a file they show the file, else zeros. False where the system
    cannot do that; some pages may be as new then. Source: madvise(2), MADV_DONTNEED.
    """
    return _MADVISE is not None and _MADVISE(base, size, mmap.MADV_DONTNEED) == 0
