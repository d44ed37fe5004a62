"""Memory of this process that a copy of a guest's memory lies in."""

from __future__ import annotations

import ctypes
import mmap

from unpoison.engine.fresh_pages import drop_pages


class Shadow:
    """The copy: anonymous memory of this process, which takes no room where nothing was copied."""

    __slots__ = ("_mapping", "_room", "address")

    def __init__(self) -> None:
        self._room = mmap.PAGESIZE
        self._mapping = _map(self._room)
        self.address = _address_of(self._mapping)

    def reserve(self, size: int) -> None:
        """Have room for so many bytes; what was copied stays. Raises OSError when there is none."""
        if size > self._room:
            room = max(size, 2 * self._room)
            try:
                self._mapping.resize(room)  # moves the pages, without a look at them
            except SystemError:  # where the system has no mremap
                self._move(room)
            self.address = _address_of(self._mapping)
            self._room = room

    def _move(self, room: int) -> None:
        larger = _map(room)
        ctypes.memmove(_address_of(larger), self.address, self._room)
        before, self._mapping = self._mapping, larger
        before.close()

    def clear(self, start: int, end: int) -> None:
        """Let it be zeros there; both are multiples of the system's page size."""
        if not drop_pages(self.address + start, end - start):
            ctypes.memset(self.address + start, 0, end - start)

    def close(self) -> None:
        """Free it."""
        self._mapping.close()


def _map(size: int) -> mmap.mmap:
    """Map memory of this process alone: what is shared a forked one would write into."""
    if not hasattr(mmap, "MAP_PRIVATE"):
        return mmap.mmap(-1, size)
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _address_of(mapping: mmap.mmap) -> int:
    """Give where a mapping begins. It stays there until it is closed."""
    cell = ctypes.c_char.from_buffer(mapping)
    address = ctypes.addressof(cell)
    del cell  # else the mapping could not be closed
    return address
