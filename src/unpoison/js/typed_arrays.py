"""The twelve typed arrays, as Python code uses them.

A typed array is a sequence of fixed length over the bytes of a buffer: slices are copies,
`subarray` shows the same bytes. Values are converted as JavaScript does. ECMA-262 23.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, Self

from unpoison.js import element_types as kinds
from unpoison.js.array_buffers import ArrayBuffer, BufferObject
from unpoison.js.element_arrays import ElementArray
from unpoison.js.exotic import Exotic
from unpoison.js.host_buffers import HostBuffer, TypedView, buffer_class, exotic_of
from unpoison.js.members import JsObject
from unpoison.js.typed_array_making import find_place, on_host_buffer


class TypedArray(ElementArray):
    """The parent of all typed arrays.

    `Uint8Array(8)` has 8 zeros, `Uint8Array(values)` copies an iterable or any buffer,
    `Uint8Array(buffer, byte_offset, length)` shows a part of an ArrayBuffer, and
    `Uint8Array.frombuffer(x)` shows a Python buffer, without copying.

    Its use raises js.TypeError when the buffer is detached: it was transferred, or it is a
    module's memory that has grown or is gone.
    """

    __module__ = "unpoison.js"
    __slots__ = ()
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, source: Any = None, byte_offset: Any = None, length: Any = None) -> None:
        super().__init__()
        if _is_python_iterable(source):
            source = list(source)
        self._place(*find_place(type(self), source, byte_offset, length))

    @classmethod
    def of_zeros(cls, count: int) -> Self:
        """Make one with so many zeros. Raises js.RangeError for too many."""
        made = cls.__new__(cls)
        made._js_own = {}
        made._js_attributes = None
        made._buffer, made._offset, made._fixed = ArrayBuffer(count * cls.element.size), 0, count
        return made

    @classmethod
    def new_buffer(cls, size: int) -> BufferObject:
        """Make the buffer of a new one. Raises js.RangeError when it is too large."""
        return ArrayBuffer(size)

    @classmethod
    def frombuffer(cls, source: Any) -> Self:
        """Show the bytes of a Python buffer without copying.

        TypeError when it has none, ValueError when its size is no multiple of an element's.
        """
        size = memoryview(source).nbytes
        if size % cls.element.size:
            raise ValueError(f"{size} bytes are no multiple of an element's {cls.element.size}")
        return on_host_buffer(cls, source)  # type: ignore[return-value]

    @property
    def buffer(self) -> BufferObject:
        """The buffer that it shows."""
        return self._buffer

    def to_bytes(self) -> bytes:
        """Give a copy of the bytes."""
        self.need("to_bytes")
        return self.read_bytes()

    def to_memoryview(self) -> memoryview:
        """Give the elements (the bytes, of a Float16Array) without copying.

        Raises js.TypeError for a module's memory, which a memoryview would outlive.
        """
        size = self.need("to_memoryview") * self.element.size
        view = self._buffer.to_memoryview()[self._offset : self._offset + size]
        return view.cast(self.element.view_code) if size else view  # type: ignore[call-overload]

    def tolist(self) -> list[Any]:
        """Give the elements."""
        self.need("tolist")
        return self.lifted()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    def __buffer__(self, flags: int, /) -> memoryview:
        return self.to_memoryview()

    def __len__(self) -> int:
        return self.need("len()")

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while index < self.need("iteration"):
            yield self.element_at(index)
            index += 1

    def __contains__(self, value: object) -> bool:
        return value in self.tolist()

    def __getitem__(self, place: int | slice) -> Any:
        where = range(len(self))[place]
        if isinstance(where, int):
            return self.element_at(where)
        numbers = self.read()
        return type(self).of_numbers(numbers[index] for index in where)

    def __setitem__(self, place: int | slice, value: Any) -> None:
        where = range(len(self))[place]
        if isinstance(where, int):
            self.store(where, value)
            return
        numbers = [self.element.convert(item) for item in value]
        if len(numbers) != len(where):
            raise ValueError(f"{len(numbers)} values for {len(where)} elements")
        for index, number in zip(where, numbers, strict=True):
            self.write(index, self.element.pack(number))

    def __eq__(self, other: object) -> bool:
        given = exotic_of(other) if isinstance(other, HostBuffer) else other
        if type(given) is not type(self):
            return NotImplemented
        return self.tolist() == given.tolist()

    def __repr__(self) -> str:
        name = type(self).__name__
        count = self.count()
        if count is None:
            return f"<js {name}, detached>"
        shown = ", ".join(map(repr, self.lifted(0, 100)))
        return f"{name}([{shown}{', ...' if count > 100 else ''}])"


_NO_ITERABLES: Final = (JsObject, str, list, tuple, Mapping, HostBuffer)


def _is_python_iterable(source: object) -> bool:
    if source is None or type(source) is int or isinstance(source, _NO_ITERABLES):
        return False
    return isinstance(source, Iterable)


class Int8Array(TypedArray):
    """Signed bytes."""

    __slots__ = ()
    element = kinds.INT8


class Uint8Array(TypedArray):
    """Bytes."""

    __slots__ = ()
    element = kinds.UINT8


class Uint8ClampedArray(TypedArray):
    """Bytes; a number beyond 0 to 255 becomes the nearest of these."""

    __slots__ = ()
    element = kinds.UINT8_CLAMPED


class Int16Array(TypedArray):
    """Signed integers of 16 bits."""

    __slots__ = ()
    element = kinds.INT16


class Uint16Array(TypedArray):
    """Integers of 16 bits."""

    __slots__ = ()
    element = kinds.UINT16


class Int32Array(TypedArray):
    """Signed integers of 32 bits."""

    __slots__ = ()
    element = kinds.INT32


class Uint32Array(TypedArray):
    """Integers of 32 bits."""

    __slots__ = ()
    element = kinds.UINT32


class BigInt64Array(TypedArray):
    """Signed integers of 64 bits, each a BigInt."""

    __slots__ = ()
    element = kinds.BIGINT64


class BigUint64Array(TypedArray):
    """Integers of 64 bits, each a BigInt."""

    __slots__ = ()
    element = kinds.BIGUINT64


class Float16Array(TypedArray):
    """Floats of 16 bits."""

    __slots__ = ()
    element = kinds.FLOAT16


class Float32Array(TypedArray):
    """Floats of 32 bits."""

    __slots__ = ()
    element = kinds.FLOAT32


class Float64Array(TypedArray):
    """Floats of 64 bits."""

    __slots__ = ()
    element = kinds.FLOAT64


TYPED_ARRAY_TYPES: Final[Mapping[str, type[TypedArray]]] = {
    cls.__name__: cls
    for cls in (
        Int8Array,
        Uint8Array,
        Uint8ClampedArray,
        Int16Array,
        Uint16Array,
        Int32Array,
        Uint32Array,
        BigInt64Array,
        BigUint64Array,
        Float16Array,
        Float32Array,
        Float64Array,
    )
}
"""The classes by name."""

for _cls in TYPED_ARRAY_TYPES.values():
    _cls.__module__ = "unpoison.js"


def _of_host(value: object) -> Exotic:
    if isinstance(value, TypedView):
        return value.js_typed_array()
    name = buffer_class(value)
    assert name is not None
    return on_host_buffer(TYPED_ARRAY_TYPES[name], value)


exotic_of.register(object, _of_host)
