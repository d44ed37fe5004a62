"""JavaScript values as bytes that last: V8's wire format of structured clones, version 15.

Files that hold them are read by workerd, and its files by us. HTML 2.7 says what is a value that
can be stored; an Array has no holes here, so those of V8 are read as undefined.
"""

from __future__ import annotations

import struct
from types import NoneType
from typing import Any, Final

from unpoison import js, web
from unpoison.workers.v8_reading import Reader
from unpoison.workers.v8_writing import Writer

PRIMITIVES: Final = frozenset({NoneType, js.JsNull, bool, int, float, js.BigInt, str})
STACK_OVERFLOW: Final = "Maximum call stack size exceeded"


def encode_value(value: object) -> bytes:
    """Give the bytes of a value.

    Raises DOMException "DataCloneError" for what cannot be stored (functions, symbols, objects of
    the platform), js.RangeError for what is nested too deeply, and what a getter throws.
    """
    writer = Writer()
    try:
        # Else cloned first, so that no code of the guest runs while the bytes are written.
        writer.value(value if _is_plain(value, set()) else web.structured_clone(value))
    except RecursionError:
        raise js.RangeError(STACK_OVERFLOW) from None
    return bytes(writer.data)


def decode_value(data: bytes) -> Any:
    """Give the value that bytes stand for.

    Raises DOMException "DataCloneError", which says where, for bytes that stand for none.
    """
    reader = Reader(data)
    try:
        return reader.document()
    except web.DOMException:
        raise
    except RecursionError:
        raise reader.error("values nested too deeply") from None
    except (js.Error, UnicodeDecodeError, struct.error, OverflowError) as error:
        raise reader.error(str(error)) from error


def _is_plain(value: Any, seen: set[int]) -> bool:
    """Tell whether it is made of primitive values, Objects, Arrays and Maps without any trap.

    Most values that are stored are, and to clone one costs four times as much as its bytes.
    """
    kind = type(value)
    if kind in PRIMITIVES or id(value) in seen:
        return True
    seen.add(id(value))
    if kind is js.Object:
        return value._js_attributes is None and all(_is_plain(v, seen) for v in value.values())
    if kind is js.Array:
        plain = value._js_attributes is None and not value._js_own
        return plain and all(_is_plain(item, seen) for item in value)
    if kind is js.Map:
        return all(_is_plain(k, seen) and _is_plain(v, seen) for k, v in value.items())
    return False
