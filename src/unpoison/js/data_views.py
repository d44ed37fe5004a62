"""The class DataView: numbers of any type at any place of a buffer. ECMA-262 25.3."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from unpoison.js.array_buffers import BufferObject, detached_error
from unpoison.js.classes import ClassSpec, register
from unpoison.js.element_types import ELEMENT_TYPES, UINT8_CLAMPED, ElementType
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.integers import to_index
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_falsy

_OUTSIDE: Final = "Offset is outside the bounds of the DataView"


class DataView(JsObject):
    """A part of a buffer: `DataView(buffer, byte_offset, byte_length)`.

    Its JavaScript members are there in Python: `view.getInt16(0, True)`. Raises js.TypeError for
    what is no buffer or a detached one, js.RangeError for a part that is not inside.
    """

    __module__ = "unpoison.js"
    __slots__ = ("_buffer", "_fixed", "_offset")

    def __init__(self, buffer: Any, byte_offset: Any = None, byte_length: Any = None) -> None:
        super().__init__()
        if not isinstance(buffer, BufferObject):
            raise TypeError("First argument to DataView constructor must be an ArrayBuffer")
        offset = to_index(
            byte_offset, f"Start offset {shown(byte_offset)} is outside the bounds of the buffer"
        )
        if buffer.detached:
            raise detached_error("DataView constructor", buffer, view=False)
        size = buffer.size()
        if offset > size:
            raise RangeError(f"Start offset {offset} is outside the bounds of the buffer")
        tracks = buffer.limit is not None and byte_length is None
        message = f"Invalid DataView length {shown(byte_length)}"
        length = size - offset if byte_length is None else to_index(byte_length, message)
        if offset + length > size:
            raise RangeError(message)
        self._buffer, self._offset = buffer, offset
        self._fixed = None if tracks else length

    @property
    def buffer(self) -> BufferObject:
        """The buffer that it shows a part of."""
        return self._buffer

    def size(self) -> int | None:
        """Give the number of bytes now; None when the buffer is detached or too short."""
        if self._buffer.detached:
            return None
        left = self._buffer.size() - self._offset
        size = left if self._fixed is None else self._fixed
        return size if 0 <= size <= left else None

    def need(self, method: str) -> int:
        """Give the number of bytes. Raises js.TypeError when the buffer is detached or short."""
        size = self.size()
        if size is None:
            raise detached_error(_named(method), self._buffer)
        return size

    def read(self, method: str, place: int, size: int) -> bytes:
        """Give bytes; js.RangeError outside."""
        if place + size > self.need(method):
            raise RangeError(_OUTSIDE)
        return self._buffer.read(self._offset + place, size)

    def write(self, method: str, place: int, data: bytes) -> None:
        """Copy bytes into it; js.RangeError outside."""
        if place + len(data) > self.need(method):
            raise RangeError(_OUTSIDE)
        self._buffer.write(self._offset + place, data)

    def __repr__(self) -> str:
        size = self.size()
        return f"<js DataView, {'detached' if size is None else f'{size} bytes'}>"


def _named(method: str) -> str:
    get, name = ("get ", method[4:]) if method.startswith("get ") else ("", method)
    return f"{get}DataView.prototype.{name}"


def _this(this: object, method: str) -> DataView:
    if not isinstance(this, DataView):
        raise TypeError(f"Method {_named(method)} called on incompatible receiver {shown(this)}")
    return this


def _get(kind: ElementType, this: object, place: object, little: object = None) -> Any:
    method = f"get{kind.name}"
    given = _this(this, method)
    offset = to_index(place, _OUTSIDE)
    data = given.read(method, offset, kind.size)
    return kind.lift(kind.unpack(data[::-1] if is_falsy(little) else data)[0])


def _set(
    kind: ElementType, this: object, place: object, value: object, little: object = None
) -> None:
    method = f"set{kind.name}"
    given = _this(this, method)
    offset = to_index(place, _OUTSIDE)
    data = kind.pack(kind.convert(value))
    given.write(method, offset, data[::-1] if is_falsy(little) else data)


def _byte_offset(this: object) -> int:
    given = _this(this, "get byteOffset")
    given.need("get byteOffset")
    return given._offset


_KINDS: Final = [kind for kind in ELEMENT_TYPES if kind is not UINT8_CLAMPED]

DATA_VIEW: Final = ClassSpec(
    "DataView",
    OBJECT,
    methods={
        **{f"get{kind.name}": partial(_get, kind) for kind in _KINDS},
        **{f"set{kind.name}": partial(_set, kind) for kind in _KINDS},
    },
    getters={
        "buffer": lambda this: _this(this, "get buffer").buffer,
        "byteLength": lambda this: _this(this, "get byteLength").need("get byteLength"),
        "byteOffset": _byte_offset,
    },
    constants={Symbol.to_string_tag: "DataView"},
    construct=lambda realm, buffer, offset=None, length=None: DataView(buffer, offset, length),
    length=1,
)
register(DATA_VIEW, DataView)
