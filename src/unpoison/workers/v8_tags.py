"""V8's wire format of structured clones, version 15, as tables.

Source: V8, src/objects/value-serializer.cc. What workerd and Node's `v8.serialize` write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison import js

VERSION: Final = 15
OLDEST: Final = 13
"""The oldest version that is read; before 14, views have no flags."""

VERSION_TAG: Final = b"\xff"
PADDING: Final = b"\0"
UNDEFINED: Final = b"_"
NULL: Final = b"0"
TRUE: Final = b"T"
FALSE: Final = b"F"
INT32: Final = b"I"
UINT32: Final = b"U"
DOUBLE: Final = b"N"
BIGINT: Final = b"Z"
UTF8: Final = b"S"
ONE_BYTE: Final = b'"'
TWO_BYTE: Final = b"c"
REFERENCE: Final = b"^"
OBJECT: Final = b"o"
OBJECT_END: Final = b"{"
DENSE_ARRAY: Final = b"A"
DENSE_ARRAY_END: Final = b"$"
SPARSE_ARRAY: Final = b"a"
SPARSE_ARRAY_END: Final = b"@"
HOLE: Final = b"-"
DATE: Final = b"D"
TRUE_OBJECT: Final = b"y"
FALSE_OBJECT: Final = b"x"
NUMBER_OBJECT: Final = b"n"
BIGINT_OBJECT: Final = b"z"
STRING_OBJECT: Final = b"s"
REGEXP: Final = b"R"
MAP: Final = b";"
MAP_END: Final = b":"
SET: Final = b"'"
SET_END: Final = b","
BUFFER: Final = b"B"
RESIZABLE_BUFFER: Final = b"~"
VIEW: Final = b"V"
ERROR: Final = b"r"

ERROR_MESSAGE: Final = b"m"
ERROR_CAUSE: Final = b"c"
ERROR_STACK: Final = b"s"
ERROR_END: Final = b"."
ERROR_KINDS: Final[Mapping[bytes, type[js.Error]]] = {
    b"E": js.EvalError,
    b"R": js.RangeError,
    b"F": js.ReferenceError,
    b"S": js.SyntaxError,
    b"T": js.TypeError,
    b"U": js.URIError,
}
"""An error of any other class comes back as an Error."""

VIEW_KINDS: Final[Mapping[bytes, type[js.TypedArray] | type[js.DataView]]] = {
    b"b": js.Int8Array,
    b"B": js.Uint8Array,
    b"C": js.Uint8ClampedArray,
    b"w": js.Int16Array,
    b"W": js.Uint16Array,
    b"d": js.Int32Array,
    b"D": js.Uint32Array,
    b"h": js.Float16Array,
    b"f": js.Float32Array,
    b"F": js.Float64Array,
    b"q": js.BigInt64Array,
    b"Q": js.BigUint64Array,
    b"?": js.DataView,
}
FOLLOWS: Final = 1
"""Flag of a view that goes to the end of its buffer, whatever the buffer's length."""
RESIZABLE: Final = 2
"""Flag of a view of a resizable buffer."""

REGEXP_BITS: Final[Mapping[str, int]] = {
    "g": 1 << 0,
    "i": 1 << 1,
    "m": 1 << 2,
    "y": 1 << 3,
    "u": 1 << 4,
    "s": 1 << 5,
    "d": 1 << 7,
    "v": 1 << 8,
}
"""Bit 6 is V8's own linear engine, which no other has."""
