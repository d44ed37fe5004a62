"""Bytes that a guest gives to the platform: Web IDL's BufferSource, and where to put bytes.

Web IDL 3.2.27. A buffer source is an ArrayBuffer, a SharedArrayBuffer, a DataView, a typed array or
a buffer of the host.
"""

from __future__ import annotations

from unpoison.js.array_buffers import BufferObject
from unpoison.js.data_views import DataView
from unpoison.js.element_arrays import ElementArray
from unpoison.js.exceptions import RangeError
from unpoison.js.typed_array_making import shown


def typed_array_of(value: object) -> ElementArray | None:
    """Give the typed array that a value is, one over a host's buffer included; None for others."""
    return shown(value)


def bytes_of(value: object) -> bytes | None:
    """Give a copy of the bytes of a buffer source, none of a detached one; None for others."""
    if isinstance(value, ElementArray):
        return value.read_bytes()
    if isinstance(value, BufferObject):
        return value.read(0, value.size())
    if isinstance(value, DataView):
        size = value.size()
        return value.read("read", 0, size) if size else b""
    given = shown(value)
    return None if given is None else given.read_bytes()


def write_into(target: object, data: bytes | memoryview) -> None:
    """Copy bytes over the first ones of a typed array.

    Raises js.RangeError when they do not fit, js.TypeError when it is detached or read-only.
    """
    given = shown(target)
    assert given is not None, "the caller has checked it"
    count = given.need("a write")
    if len(data) > count * given.element.size:
        raise RangeError("offset is out of bounds")
    if data:
        given._buffer.write(given._offset, data)
