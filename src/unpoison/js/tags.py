"""The class that `Object.prototype.toString` names for a value. ECMA-262 20.1.3.6."""

from __future__ import annotations

import array
import re
from collections.abc import Set as AbstractSet
from typing import Any, Final

from unpoison.js.members import JsObject
from unpoison.js.property import get
from unpoison.js.values import Kind, Symbol, is_nullish, kind_of

# By format code and item size: a C long has 4 or 8 bytes.
TYPED_ARRAYS: Final = {
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
    ("f", 4): "Float32Array",
    ("d", 8): "Float64Array",
}
CLASSES: Final = (
    ((BaseException,), "Error"),
    ((list, tuple), "Array"),
    ((bytes, bytearray), "Uint8Array"),
    ((re.Pattern,), "RegExp"),
    ((AbstractSet,), "Set"),
)


def class_tag(value: Any) -> str:
    """Give the class name of any value; an object of a host's own class is an "Object"."""
    if not is_nullish(value):
        tag = get(value, Symbol.to_string_tag)
        if isinstance(tag, str):
            return tag
    kind = kind_of(value)
    if kind is Kind.OBJECT:
        return _object_tag(value)
    return "BigInt" if kind is Kind.BIGINT else kind.value.capitalize()


def _object_tag(value: Any) -> str:
    if isinstance(value, JsObject):
        return value._js_class
    if isinstance(value, memoryview | array.array):
        return _typed_array(value)
    return next((name for kinds, name in CLASSES if isinstance(value, kinds)), "Object")


def _typed_array(buffer: memoryview | array.array[Any]) -> str:
    code = buffer.format.lstrip("@=<>!") if isinstance(buffer, memoryview) else buffer.typecode
    return TYPED_ARRAYS.get((code, buffer.itemsize), "Object")
