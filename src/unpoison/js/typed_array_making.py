"""What a new typed array shows: the arguments of its constructor. ECMA-262 23.2.5.1."""

from __future__ import annotations

from typing import Any

from unpoison.js.array_buffers import BufferObject, HostArrayBuffer, detached_error
from unpoison.js.element_arrays import ElementArray
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.host_buffers import HostBuffer, exotic_of
from unpoison.js.integers import to_index, to_length
from unpoison.js.iteration import iterate
from unpoison.js.numbers import MAX_SAFE_INTEGER
from unpoison.js.property import get
from unpoison.js.shown import shown as shown_text
from unpoison.js.values import Symbol, is_nullish, is_reference

MIXED = "Cannot mix BigInt and other types, use explicit conversions"

Place = tuple[BufferObject, int, int | None]


def shown(value: object) -> ElementArray | None:
    """Give the typed array that a value is, one over a host's buffer included; else None."""
    if isinstance(value, ElementArray):
        return value
    if not isinstance(value, HostBuffer):
        return None
    found = exotic_of(value)
    assert isinstance(found, ElementArray)
    return found


def find_place(cls: type[ElementArray], source: Any, offset: object, length: object) -> Place:
    """Give the buffer, the byte offset and the number of elements (None: to the end).

    Raises js.RangeError for lengths and offsets that cannot be, js.TypeError for a detached
    buffer or elements of the other kind.
    """
    if type(source) is int and 0 <= source <= MAX_SAFE_INTEGER:
        return cls.new_buffer(source * cls.element.size), 0, source
    if not is_reference(source):
        count = to_index(source, f"Invalid typed array length: {shown_text(source)}")
        return cls.new_buffer(count * cls.element.size), 0, count
    if isinstance(source, BufferObject):
        return _on_buffer(cls, source, offset, length)
    given = shown(source)
    made = _of_values(cls, source) if given is None else converted(cls, given)
    return made._buffer, 0, made._fixed


def converted(cls: type[ElementArray], given: ElementArray) -> ElementArray:
    """Copy a typed array into a new one of a class. Raises js.TypeError for the other kind."""
    given.need("Construct")
    if given.element.is_bigint != cls.element.is_bigint:
        raise TypeError(MIXED)
    return cls.of_data(converted_bytes(cls, given))


def converted_bytes(cls: type[ElementArray], given: ElementArray) -> bytes:
    """Give the bytes of the elements of another typed array of the same kind."""
    if given.element is cls.element:
        return given.read_bytes()
    return cls.element.pack(*map(cls.element.convert, given.lifted()))


def values_of(source: Any) -> list[Any]:
    """Give the values of an iterable or of an array-like object."""
    if is_nullish(get(source, Symbol.iterator)):
        return [get(source, index) for index in range(to_length(get(source, "length")))]
    return list(iterate(source))


def _of_values(cls: type[ElementArray], source: Any) -> ElementArray:
    return cls.of_numbers([cls.element.convert(value) for value in values_of(source)])


def _on_buffer(
    cls: type[ElementArray], buffer: BufferObject, offset: object, length: object
) -> Place:
    size, name = cls.element.size, f"{cls.element.name}Array"
    start = to_index(
        offset, f"Start offset {shown_text(offset)} is outside the bounds of the buffer"
    )
    if start % size:
        raise RangeError(f"start offset of {name} should be a multiple of {size}")
    count = (
        None
        if length is None
        else to_index(length, f"Invalid typed array length: {shown_text(length)}")
    )
    if buffer.detached:
        raise detached_error("Construct", buffer, view=False)
    available = buffer.size()
    if count is not None:
        if start + count * size > available:
            raise RangeError(f"Invalid typed array length: {count}")
        return buffer, start, count
    if buffer.limit is None and available % size:
        raise RangeError(f"byte length of {name} should be a multiple of {size}")
    if start > available:
        raise RangeError(f"Start offset {start} is outside the bounds of the buffer")
    return buffer, start, None if buffer.limit is not None else (available - start) // size


def on_host_buffer(cls: type[ElementArray], source: Any) -> ElementArray:
    """Show a host's buffer; its size is a multiple of an element's."""
    buffer = HostArrayBuffer(source)
    return cls.on(buffer, 0, buffer.size() // cls.element.size)
