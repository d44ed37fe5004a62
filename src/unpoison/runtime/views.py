"""A slice of guest memory that Rust lends for one call: `&mut [T]` as the argument of an import."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, overload

from unpoison import js
from unpoison.bindgen import SIZES
from unpoison.engine import Memory
from unpoison.errors import StaleHandleError
from unpoison.runtime import checks
from unpoison.runtime.guest_memory import CLASSES, GuestPages, Home


class GuestView(js.TypedView, Sequence[Any]):
    """The numbers of a `&mut [T]`: read and write them in place, by index or by slice.

    It has a fixed length, and can be used until the function that it was given to returns; then
    each use raises StaleHandleError. `tobytes()` and slices give copies, which stay. To functions
    of JavaScript's library it is a typed array.
    """

    __slots__ = ("__weakref__", "_home", "_length", "_pointer", "format")

    def __init__(self, home: Home, pointer: int, length: int, code: str) -> None:
        self.format = code
        self._pointer = pointer
        self._length = length
        self._home: Home | None = home
        self._read(0, length)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> array[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        where = range(self._length)[place]
        if isinstance(where, int):
            return self._read(where, 1)[0]
        return self._read(0, self._length)[place]

    def __setitem__(self, place: int | slice, value: object) -> None:
        """Write a number, or as many numbers as the slice has; each is checked first."""
        where = range(self._length)[place]
        if isinstance(where, int):
            self._write(where, checks.numbers([value], "the item", self.format))
            return
        given: array[Any] = array(self.format)
        given.frombytes(checks.numbers(value, "the slice", self.format))
        if len(given) != len(where):
            raise ValueError(f"the slice has {len(where)} numbers, not {len(given)}")
        numbers = self._read(0, self._length)
        numbers[place] = given
        self._write(0, numbers.tobytes())

    def __repr__(self) -> str:
        if self._home is None or not self._home.alive:
            return "<slice of guest memory, given back>"
        return f"<slice of guest memory: {self._length} of format {self.format!r}>"

    def tobytes(self) -> bytes:
        """Give a copy of the bytes."""
        return self._read(0, self._length).tobytes()

    def js_typed_array(self) -> js.TypedArray:
        """Give it as JavaScript knows it."""
        self._memory()
        assert self._home is not None
        buffer = js.MemoryBuffer(GuestPages(self._home))
        return CLASSES[self.format].on(buffer, self._pointer, self._length)

    def _read(self, first: int, count: int) -> array[Any]:
        size = SIZES[self.format]
        numbers: array[Any] = array(self.format)
        numbers.frombytes(self._memory().read(self._pointer + first * size, count * size))
        return numbers

    def _write(self, first: int, data: bytes | memoryview) -> None:
        self._memory().write(self._pointer + first * SIZES[self.format], data)

    def _memory(self) -> Memory:
        if self._home is None or not self._home.alive:
            raise StaleHandleError(
                "this slice of guest memory was lent until the function that got it returned; "
                "keep a copy of it (`view[:]` or `view.tobytes()`) instead"
            )
        return self._home.memory

    def _drop(self) -> None:
        self._home = None
