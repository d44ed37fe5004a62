"""The linear memory of one instance, with every access checked before it is made."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable
from typing import Final

from unpoison.engine.fresh_pages import drop_pages, runs_in_use
from unpoison.engine.slots import Cells, view_of

RESERVATION: Final = 1 << 32
"""Bytes of address space that every memory has, however small it is."""

_LONG_TEXT = 1 << 12
_NOTHING = memoryview(b"")


class GuestMemoryError(ValueError):
    """A range that is not inside the guest's memory.

    It is a ValueError, not an UnpoisonError: only the runtime can tell what it means (a guest
    that hands out a wild pointer, or an argument that is too large).
    """

    def __init__(self, pointer: int, length: int, size: int) -> None:
        self.pointer = pointer
        self.length = length
        self.size = size
        super().__init__(pointer, length, size)

    def __str__(self) -> str:
        return (
            f"{self.length} bytes at {self.pointer:#x} are not inside "
            f"the guest's memory of {self.size} bytes"
        )


class Memory:
    """One exported memory. `base` never changes; the size only grows.

    `view` shows the bytes up to `known`, the size that was seen last. It is replaced when a growth
    is noticed, so fetch it anew for each use, and never keep a slice of it. `handle` is what
    wasmtime knows it by: the store's context, and a wasmtime_memory_t.
    """

    __slots__ = ("_cells", "_grow", "_lifetime", "_size_of", "base", "handle", "known", "view")

    def __init__(
        self,
        base: int,
        size_of: Callable[[], int],
        grow: Callable[[int], int | None] = lambda pages: None,
        handle: tuple[int, ctypes.Array[ctypes.c_uint64]] | None = None,
    ) -> None:
        self.base = base
        self.handle = handle
        self._size_of = size_of
        self._grow = grow
        self._lifetime = threading.Lock()
        self._cells: list[Cells] = []
        self.known = size_of()
        self.view = view_of(base, self.known)

    def size(self) -> int:
        """Give the size in bytes now, and let `view` reach that far."""
        size = self._size_of()
        if size != self.known:
            with self._lifetime:
                self._notice(size)
        return size

    def _notice(self, size: int) -> None:
        if size != self.known:
            before, self.view = self.view, view_of(self.base, size)
            self.known = size
            before.release()  # last: an interrupt leaves a view that can be used

    def view_now(self) -> memoryview:
        """Give all bytes for one operation, in any thread; none when the memory is gone.

        When it goes away before that operation, the view is released: its use is a ValueError.
        """
        with self._lifetime:  # the store is not deleted meanwhile
            size = self._size_of()
            if not size:
                return _NOTHING
            self._notice(size)
            return self.view

    def grow(self, pages: int) -> int | None:
        """Add pages of 64 KiB; gives how many there were, None when a limit forbids it."""
        before = self._grow(pages)
        self.size()
        return before

    def read(self, pointer: int, length: int) -> bytes:
        """Give a copy of `length` bytes; GuestMemoryError when they are not all inside."""
        end = pointer + length
        if not 0 <= pointer <= end <= self.known:
            self._reach(pointer, length)
        return self.view[pointer:end].tobytes()

    def piece(self, pointer: int, length: int) -> memoryview:
        """Give a view of `length` bytes, to be released before any code of the guest runs again.

        Raises GuestMemoryError when they are not all inside.
        """
        end = pointer + length
        if not 0 <= pointer <= end <= self.known:
            self._reach(pointer, length)
        return self.view[pointer:end]

    def read_text(self, pointer: int, length: int) -> str:
        """Give `length` bytes decoded as UTF-8.

        Raises GuestMemoryError, and UnicodeDecodeError for bytes that are not UTF-8.
        """
        end = pointer + length
        if not 0 <= pointer <= end <= self.known:
            self._reach(pointer, length)
        view = self.view[pointer:end]
        # Up to a few KB the copy is cheaper than what str() does to decode without one.
        return view.tobytes().decode() if length < _LONG_TEXT else str(view, "utf-8")

    def write(self, pointer: int, data: bytes | bytearray | memoryview) -> None:
        """Copy `data` into the guest; GuestMemoryError when it does not fit inside.

        A memoryview must be one-dimensional bytes (format "B").
        """
        end = pointer + len(data)
        if not 0 <= pointer <= end <= self.known:
            self._reach(pointer, len(data))
        self.view[pointer:end] = data

    def cells(self, pointer: int, length: int) -> Cells:
        """Give typed views of a fixed range; they stay good until the store is closed."""
        if not 0 <= pointer <= pointer + length <= self.known:
            self._reach(pointer, length)
        cells = Cells(view_of(self.base + pointer, length))
        self._cells.append(cells)
        return cells

    def restore(self, runs: Iterable[tuple[int, bytes | memoryview]], size: int) -> None:
        """Let the memory be zeros but for some runs: where each begins, and its bytes, in order.

        All of them are whole pages below `size`. Raises GuestMemoryError when they are more than it
        has. No code of the guest may be running.
        """
        end = 0
        for start, data in runs:
            self._clear(end, start)
            self.write(start, data)
            end = start + len(data)
        self._clear(end, size)
        self.clear_above(size)

    def _clear(self, start: int, end: int) -> None:
        """Let whole pages be zeros, without a write to those that are."""
        for place, length in runs_in_use(self.base + start, end - start):
            ctypes.memset(place, 0, length)

    def clear_above(self, size: int) -> None:
        """Let all be zeros from there on; a multiple of the system's page size."""
        rest = self.size() - size
        if rest and not drop_pages(self.base + size, rest):
            ctypes.memset(self.base + size, 0, rest)

    def drop_pages(self) -> bool:
        """Let the bytes be what they were mapped as, and take no room until they are used.

        False where the system cannot do that; what the bytes are is not known then. The size
        stays. No code of the guest may be running.
        """
        return drop_pages(self.base, self.size())

    def release(self) -> None:
        """Make every view unusable, before the memory itself goes away."""
        with self._lifetime:
            self.view.release()
            self.known = 0
            self._size_of = int
            self._grow = lambda pages: None
        for cells in self._cells:
            cells.release()
        self._cells.clear()

    def _reach(self, pointer: int, length: int) -> None:
        """Look whether the memory has grown enough meanwhile."""
        if length < 0 or not 0 <= pointer <= pointer + length <= self.size():
            raise GuestMemoryError(pointer, length, self.known)
