"""Hypothesis strategies for the values of each Rust type, and for objects of no type at all."""

from __future__ import annotations

from array import array
from typing import Any

from hypothesis import strategies as st

from unpoison import js
from unpoison.bindgen import (
    Clamped,
    EnumType,
    Extern,
    Option,
    Ref,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    Type,
    Vector,
)

RANGES = {
    "i8": (-(2**7), 2**7 - 1), "u8": (0, 2**8 - 1), "i16": (-(2**15), 2**15 - 1),
    "u16": (0, 2**16 - 1), "i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1),
    "i64": (-(2**63), 2**63 - 1), "u64": (0, 2**64 - 1), "i128": (-(2**127), 2**127 - 1),
    "u128": (0, 2**128 - 1), "raw_pointer": (0, 2**32 - 1),
}  # fmt: skip
CODES = {"i8": "b", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
         "f32": "f", "f64": "d"}  # fmt: skip

CHARACTERS = st.characters(exclude_categories=("Cs",))
TEXTS = st.text(CHARACTERS)
OBJECTS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(),
        st.complex_numbers(),
        st.just(js.null),
        st.just(object()),
        st.integers().map(js.BigInt),
        st.builds(array, st.sampled_from("bBhHiIlLqQfd"), st.lists(st.integers(0, 100))),
        st.binary().map(bytearray),
        st.binary().map(memoryview),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ),
    max_leaves=6,
)
"""Python objects that a careless caller might give."""


def values(type_: Type, exports: Any) -> st.SearchStrategy[Any]:
    """Give the values of a type as Rust gives them back; `exports` has the enums."""
    match type_:
        case Scalar(kind) if kind in RANGES:
            return st.integers(*RANGES[kind])
        case Scalar("f32"):
            return st.floats(width=32)
        case Scalar("f64"):
            return st.floats()
        case Scalar("bool"):
            return st.booleans()
        case Scalar("char"):
            return CHARACTERS
        case Str() | Ref(Str()) | Extern("string"):
            return TEXTS
        case EnumType(name) | StringEnumType(name):
            return st.sampled_from(list(getattr(exports, name)))
        case Option(Extern()):
            return OBJECTS.filter(lambda value: value is not js.null)
        case Option(inner):
            return st.none() | values(inner, exports)
        case Extern() | Ref(Extern()):
            return OBJECTS
        case Clamped(inner):
            return values(inner, exports)
        case Vector(Scalar("u8")) | Ref(Slice(Scalar("u8"))):
            return st.binary()
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in CODES:
            code = CODES[kind]
            return st.lists(values(Scalar(kind), exports)).map(lambda items: array(code, items))
        case Vector(inner):
            return st.lists(values(inner, exports), max_size=8)
    raise AssertionError(type_)
