"""The classes ArrayBuffer and SharedArrayBuffer. ECMA-262 25.1, 25.2."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.array_buffers import (
    MAX_BUFFER_BYTES,
    ArrayBuffer,
    BufferObject,
    SharedArrayBuffer,
    detached_error,
)
from unpoison.js.classes import ClassSpec, register
from unpoison.js.data_views import DataView
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.host_buffers import HostBuffer
from unpoison.js.integers import relative, to_index
from unpoison.js.object_class import OBJECT
from unpoison.js.property import get
from unpoison.js.shown import shown
from unpoison.js.typed_arrays import TypedArray
from unpoison.js.values import Symbol, is_reference


def _this(this: object, kind: type[Any], method: str) -> Any:
    if not isinstance(this, kind):
        get, name = ("get ", method[4:]) if method.startswith("get ") else ("", method)
        name = f"{get}{kind.__name__}.prototype.{name}"
        raise TypeError(f"Method {name} called on incompatible receiver {shown(this)}")
    return this


def _buffer(this: object, method: str) -> ArrayBuffer:
    given: ArrayBuffer = _this(this, ArrayBuffer, method)
    return given


def _shared(this: object, method: str) -> SharedArrayBuffer:
    given: SharedArrayBuffer = _this(this, SharedArrayBuffer, method)
    return given


def _live(this: object, method: str) -> ArrayBuffer:
    given = _buffer(this, method)
    if given.detached:
        raise detached_error(f"ArrayBuffer.prototype.{method}", given, view=False)
    return given


def _limit(options: object) -> int | None:
    """Give the `maxByteLength` of an options bag, None when there is none. 25.1.3.7."""
    found = get(options, "maxByteLength") if is_reference(options) else None
    return None if found is None else to_index(found, "Invalid array buffer max length")


def _make(kind: type[Any], length: object, options: object) -> Any:
    size = to_index(length, "Invalid array buffer length")
    limit = _limit(options)
    if limit is not None and size > limit:
        raise RangeError("Invalid array buffer max length")
    return kind(size, limit=limit)


def _construct(realm: Any, length: object, options: object = None) -> Any:
    return _make(ArrayBuffer, length, options)


def _construct_shared(realm: Any, length: object, options: object = None) -> Any:
    return _make(SharedArrayBuffer, length, options)


def _is_view(realm: Any, value: object) -> bool:
    return isinstance(value, TypedArray | DataView | HostBuffer)


def _slice(given: BufferObject, made: BufferObject, first: int, last: int) -> BufferObject:
    if first < last:
        made.write(0, given.read(first, last - first))
    return made


def _slice_buffer(this: object, start: object, end: object) -> BufferObject:
    given = _live(this, "slice")
    size = given.size()
    first, last = relative(start, size), relative(end, size, size)
    now = _live(this, "slice").size()
    return _slice(given, ArrayBuffer(max(0, last - first)), first, min(last, now))


def _slice_shared(this: object, start: object, end: object) -> BufferObject:
    given = _shared(this, "slice")
    size = given.size()
    first, last = relative(start, size), relative(end, size, size)
    return _slice(given, SharedArrayBuffer(max(0, last - first)), first, last)


def _resize(this: object, length: object) -> None:
    given = _buffer(this, "resize")
    if given.limit is None:
        raise TypeError(
            "Method ArrayBuffer.prototype.resize called on incompatible receiver #<ArrayBuffer>"
        )
    message = "ArrayBuffer.prototype.resize: Invalid length parameter"
    size = to_index(length, message)
    _live(this, "resize")
    if size > given.limit:
        raise RangeError(message)
    given.resize(size)


def _transfer(this: object, length: object = None) -> ArrayBuffer:
    given = _buffer(this, "transfer")
    return _moved(given, length, "transfer", given.limit)


def _transfer_fixed(this: object, length: object = None) -> ArrayBuffer:
    given = _buffer(this, "transferToFixedLength")
    return _moved(given, length, "transferToFixedLength", None)


def _moved(given: ArrayBuffer, length: object, method: str, limit: int | None) -> ArrayBuffer:
    size = None if length is None else to_index(length, "Invalid array buffer length")
    _live(given, method)
    size = given.size() if size is None else size
    if size > (MAX_BUFFER_BYTES if limit is None else limit):
        raise RangeError("Invalid array buffer length")
    made = ArrayBuffer.of_view(given.detach(), limit)
    if size != made.size():
        made.resize(size)
    return made


def _grow(this: object, length: object) -> None:
    given = _shared(this, "grow")
    if given.limit is None:
        raise TypeError(
            "Method SharedArrayBuffer.prototype.grow called on incompatible receiver"
            " #<SharedArrayBuffer>"
        )
    message = "SharedArrayBuffer.prototype.grow: Invalid length parameter"
    size = to_index(length, message)
    if not given.size() <= size <= given.limit:
        raise RangeError(message)
    given.resize(size)


def _size(given: BufferObject) -> int:
    return given.size()


def _limit_of(given: BufferObject) -> int:
    if given.detached:
        return 0
    return given.size() if given.limit is None else given.limit


ARRAY_BUFFER: Final = ClassSpec(
    "ArrayBuffer",
    OBJECT,
    methods={
        "resize": _resize,
        "slice": _slice_buffer,
        "transfer": _transfer,
        "transferToFixedLength": _transfer_fixed,
    },
    getters={
        "byteLength": lambda this: _size(_buffer(this, "get byteLength")),
        "detached": lambda this: _buffer(this, "get detached").detached,
        "maxByteLength": lambda this: _limit_of(_buffer(this, "get maxByteLength")),
        "resizable": lambda this: _buffer(this, "get resizable").limit is not None,
    },
    constants={Symbol.to_string_tag: "ArrayBuffer"},
    statics={"isView": _is_view},
    construct=_construct,
    length=1,
)
SHARED_ARRAY_BUFFER: Final = ClassSpec(
    "SharedArrayBuffer",
    OBJECT,
    methods={"grow": _grow, "slice": _slice_shared},
    getters={
        "byteLength": lambda this: _size(_shared(this, "get byteLength")),
        "growable": lambda this: _shared(this, "get growable").limit is not None,
        "maxByteLength": lambda this: _limit_of(_shared(this, "get maxByteLength")),
    },
    constants={Symbol.to_string_tag: "SharedArrayBuffer"},
    construct=_construct_shared,
    length=1,
)
register(ARRAY_BUFFER, ArrayBuffer)
register(SHARED_ARRAY_BUFFER, SharedArrayBuffer)
