"""Elements in a buffer: what typed arrays are before they have a class. ECMA-262 10.4.5."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from unpoison.js.array_buffers import BufferObject, detached_error
from unpoison.js.attributes import MISSING
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.element_types import ElementType
from unpoison.js.exotic import Exotic
from unpoison.js.keys import array_index, is_numeric


class ElementArray(Exotic):
    """A part of a buffer as elements of one type, which are its own properties.

    `_fixed` is the number of elements, None when they go to the buffer's end whatever its length.
    """

    __slots__ = ("_buffer", "_fixed", "_offset")

    _js_special: ClassVar[frozenset[str] | None] = frozenset({"Infinity", "NaN"})  # numbers

    element: ClassVar[ElementType]

    @classmethod
    def on(cls, buffer: BufferObject, offset: int, length: int | None) -> Self:
        """Show a part of a buffer, without any check."""
        made = cls.__new__(cls)
        Exotic.__init__(made)
        made._place(buffer, offset, length)
        return made

    @classmethod
    def of_numbers(cls, numbers: Iterable[int | float]) -> Self:
        """Make one with numbers that `element.convert` gave."""
        return cls.of_data(cls.element.pack(*numbers))

    @classmethod
    def of_data(cls, data: bytes | memoryview) -> Self:
        """Make one whose elements have these bytes, copied. js.RangeError for too many."""
        buffer = cls.new_buffer(len(data))
        buffer.write(0, data)
        return cls.on(buffer, 0, len(data) // cls.element.size)

    @classmethod
    def new_buffer(cls, size: int) -> BufferObject:
        """Make the buffer of a new one."""
        raise NotImplementedError

    def _place(self, buffer: BufferObject, offset: int, length: int | None) -> None:
        self._buffer, self._offset, self._fixed = buffer, offset, length

    # --- where the elements are ---

    def count(self) -> int | None:
        """Give the number of elements now; None when the buffer is detached or too short."""
        size = self._buffer.size()
        if not size and self._buffer.detached:
            return None
        size -= self._offset
        if self._fixed is None:
            return size // self.element.size if size >= 0 else None
        return self._fixed if self._fixed * self.element.size <= size else None

    def need(self, method: str) -> int:
        """Give the number of elements. Raises js.TypeError when there is no place for them."""
        count = self.count()
        if count is None:
            raise detached_error(method, self._buffer)
        return count

    def read_bytes(self, start: int = 0, end: int | None = None) -> bytes:
        """Give a copy of the bytes of elements, as many as there are now."""
        count = self.count() or 0
        if start or end is not None:
            count = max(0, min(count, count if end is None else end) - start)
        size = self.element.size
        return self._buffer.read(self._offset + start * size, count * size) if count else b""

    def read(self, start: int = 0, end: int | None = None) -> tuple[Any, ...]:
        """Give elements as plain numbers, as many as there are now."""
        return self.element.unpack(self.read_bytes(start, end))

    def lifted(self, start: int = 0, end: int | None = None) -> list[Any]:
        """Give elements as JavaScript values, as many as there are now."""
        return list(map(self.element.lift, self.read(start, end)))

    def write(self, start: int, data: bytes) -> None:
        """Write the bytes of elements, as many as there is place for now."""
        size = self.element.size
        count = max(0, min((self.count() or 0) - start, len(data) // size))
        if count:
            self._buffer.write(self._offset + start * size, data[: count * size])

    def element_at(self, index: int) -> Any:
        """Give one element as a JavaScript value, MISSING when it is not there."""
        if not 0 <= index < (self.count() or 0):
            return MISSING
        return self.element.lift(self.read(index, index + 1)[0])

    def store(self, index: int, value: object) -> None:
        """Convert a value, which may run a guest's code, and set an element if it is there."""
        number = self.element.convert(value)
        if 0 <= index < (self.count() or 0):
            self.write(index, self.element.pack(number))

    # --- own properties ---

    def js_read(self, key: PropertyKey) -> object:
        """Give an element, or a property that was set on it."""
        index = array_index(key)
        if index is not None:
            return self.element_at(index)
        return MISSING if is_numeric(key) else super().js_read(key)

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set an element, if it is there, or a property."""
        if not is_numeric(key):
            return super().js_write(key, value)
        index = array_index(key)
        self.store(-1 if index is None else index, value)
        return True

    def js_remove(self, key: PropertyKey) -> bool:
        """Remove a property; an element stays."""
        return not self._has(key) if is_numeric(key) else super().js_remove(key)

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give the indices, then what was set on it."""
        return [*map(str, range(self.count() or 0)), *super().js_keys()]

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Give the descriptor of a property; an element is writable and enumerable."""
        if not is_numeric(key):
            return super().js_describe(key)
        found = self.js_read(key)
        return None if found is MISSING else Property(found, enumerable=True)

    def js_define(self, key: PropertyKey, new: Property) -> bool:
        """Set an element, by a descriptor as elements have it, or define a property."""
        if not is_numeric(key):
            return super().js_define(key, new)
        plain = new.configurable and new.enumerable and new.writable and not new.is_accessor
        return bool(plain) and self._has(key) and self.js_write(key, new.value)

    def _has(self, key: PropertyKey) -> bool:
        index = array_index(key)
        return index is not None and index < (self.count() or 0)
