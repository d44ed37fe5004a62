"""The classes of typed arrays, on the buffers that a host gives. ECMA-262 23.2."""

from __future__ import annotations

import array
from collections.abc import Mapping
from typing import Any, Final

from unpoison.js.array_class import elements, join
from unpoison.js.classes import ClassSpec, register, spec_of
from unpoison.js.iterator_class import JsIterator
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Symbol

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
    ("f", 4): "Float32Array",
    ("d", 8): "Float64Array",
}
"""The class of a host's buffer by format code and item size: a C long has 4 or 8 bytes."""


def _values(this: object) -> JsIterator:
    return JsIterator(elements(this))


TYPED_ARRAY: Final = ClassSpec(
    "TypedArray",
    OBJECT,
    methods={
        "join": join,
        "toString": lambda this: join(this, None),
        "values": _values,
        Symbol.iterator: _values,
    },
)
TYPED_ARRAYS: Final[Mapping[str, ClassSpec]] = {
    name: ClassSpec(
        name, TYPED_ARRAY, constants={Symbol.to_string_tag: name}, inherits_statics=True
    )
    for name in dict.fromkeys(FORMATS.values())
}


def _spec_of_buffer(value: memoryview | array.array[Any]) -> ClassSpec:
    code = value.format.lstrip("@=<>!") if isinstance(value, memoryview) else value.typecode
    name = FORMATS.get((code, value.itemsize))
    return OBJECT if name is None else TYPED_ARRAYS[name]


register(TYPED_ARRAYS["Uint8Array"], bytes, bytearray)
spec_of.register(memoryview, _spec_of_buffer)
spec_of.register(array.array, _spec_of_buffer)
