"""Which objects of a host are typed arrays: those that have Python's buffer protocol.

bytes, bytearray, array.array, memoryview, and any other (numpy, ctypes, mmap) whose items are
numbers of a typed array's kind, lie side by side and are little-endian.
"""

from __future__ import annotations

import array
import struct
import sys
from functools import singledispatch
from typing import Any, Final

from unpoison.js.exotic import Exotic
from unpoison.js.members import JsObject

FORMATS: Final = {
    ("b", 1): "Int8Array",
    ("B", 1): "Uint8Array",
    ("h", 2): "Int16Array",
    ("H", 2): "Uint16Array",
    ("i", 4): "Int32Array",
    ("l", 4): "Int32Array",
    ("I", 4): "Uint32Array",
    ("L", 4): "Uint32Array",
    ("q", 8): "BigInt64Array",
    ("l", 8): "BigInt64Array",
    ("Q", 8): "BigUint64Array",
    ("L", 8): "BigUint64Array",
    ("e", 2): "Float16Array",
    ("f", 4): "Float32Array",
    ("d", 8): "Float64Array",
}
"""The class of a buffer by format code and item size: a C long has 4 or 8 bytes."""


class TypedView:
    """A host's object that stands for a typed array without having a buffer.

    `format` is the code of its elements in the struct module.
    """

    __slots__ = ()

    format: str

    def js_typed_array(self) -> Exotic:
        """Give the typed array."""
        raise NotImplementedError


_ORDERS: Final = "@=<" if sys.byteorder == "little" else "<"
_BYTES: Final = (bytes, bytearray)
_NO_BUFFERS: Final = (str, int, float, list, tuple, dict, type(None), JsObject)


def buffer_class(value: Any) -> str | None:
    """Give the name of the class that a host's object is of, None when it is no typed array."""
    if isinstance(value, _BYTES):
        return "Uint8Array"
    if isinstance(value, _NO_BUFFERS):
        return None
    if isinstance(value, TypedView):
        return FORMATS[value.format, struct.calcsize(f"<{value.format}")]
    try:
        view = memoryview(value)
    except (TypeError, ValueError, BufferError):
        return None  # no buffer, or one that is closed
    if view.ndim == 0 or not view.c_contiguous:
        return None
    code = view.format
    if len(code) > 1 and (code[0] in _ORDERS or view.itemsize == 1):
        code = code[1:]
    return FORMATS.get((code, view.itemsize))


class _BufferType(type):
    """Makes `isinstance` ask the buffer protocol, which Python 3.11 cannot ask of a class."""

    def __instancecheck__(cls, value: object) -> bool:
        return buffer_class(value) is not None


class HostBuffer(metaclass=_BufferType):
    """Any object of a host that is a typed array."""


BUFFER_TYPES: Final = (bytes, bytearray, memoryview, array.array)


@singledispatch
def exotic_of(value: object) -> Exotic:
    """Give the typed array that shows a host's buffer; `typed_arrays.py` says which."""
    raise AssertionError(f"no typed array for {type(value)!r}")
