"""How each type crosses: the flattening table, the C layout of return areas, what is bound.

Source: `wasm-bindgen` src/convert/{impls,slices,traits}.rs; contract facts 3.1 to 3.5.
A type flattens to at most four Wasm values, the same ones in both directions.
"""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen.descriptor_types import (
    Clamped,
    Closure,
    EnumType,
    Extern,
    Function,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)
from unpoison.wasm import F32, F64, I32, I64, FuncType, ValType

NUMBER_FORMATS = {
    "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I",
    "i64": "q", "u64": "Q", "f32": "f", "f64": "d",
}  # fmt: skip
"""`array`/`struct` format of each numeric element; its size is the format's standard size."""

SIZES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4, "d": 8}

INTEGER_RANGES = {
    "i8": (-(2**7), 2**7 - 1), "u8": (0, 2**8 - 1),
    "i16": (-(2**15), 2**15 - 1), "u16": (0, 2**16 - 1),
    "i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1),
    "i64": (-(2**63), 2**63 - 1), "u64": (0, 2**64 - 1),
    "i128": (-(2**127), 2**127 - 1), "u128": (0, 2**128 - 1),
    "raw_pointer": (0, 2**32 - 1), "nonnull": (0, 2**32 - 1),
}  # fmt: skip

_SCALARS: dict[str, tuple[ValType, ...]] = {
    "i8": (I32,), "u8": (I32,), "i16": (I32,), "u16": (I32,), "i32": (I32,), "u32": (I32,),
    "i64": (I64,), "u64": (I64,), "i128": (I64, I64), "u128": (I64, I64),
    "i64_as_f64": (F64,), "u64_as_f64": (F64,), "f32": (F32,), "f64": (F64,),
    "bool": (I32,), "char": (I32,), "unit": (), "nonnull": (I32,), "raw_pointer": (I32,),
}  # fmt: skip

_OPTION_SCALARS: dict[str, tuple[ValType, ...]] = {
    "i8": (I32,), "u8": (I32,), "i16": (I32,), "u16": (I32,), "bool": (I32,), "char": (I32,),
    "i32": (F64,), "u32": (F64,), "f32": (F64,), "f64": (I32, F64),
    "i64": (I32, I64), "u64": (I32, I64), "i128": (I32, I64, I64), "u128": (I32, I64, I64),
    "raw_pointer": (F64,), "nonnull": (I32,),
}  # fmt: skip

NONE_SMALL = 0xFFFFFF
"""None of Option<i8 u8 i16 u16 bool char>."""

NONE_WORD = float(2**53 - 1)
"""None of Option<i32 u32 f32>, which cross as f64."""

VALUE_SIZE = {I32: 4, I64: 8, F32: 4, F64: 8}


class NotBound(Exception):  # noqa: N818 - control flow inside the room
    """A type that this version does not bind; `.type` and `.reason` say which and why."""

    def __init__(self, type_: Type, reason: str) -> None:
        self.type = type_
        self.reason = reason
        super().__init__(reason)


def flatten(type_: Type) -> tuple[ValType, ...]:
    """Give the Wasm values that one value of the type becomes, at most four.

    Raises NotBound for a type that this version does not bind.
    """
    match type_:
        case Scalar(kind):
            return _SCALARS[kind]
        case Extern() | StructType() | StringEnumType():
            return (I32,)
        case Str() | Vector() | Closure() | Function():
            return (I32, I32)
        case EnumType():
            return (F64,)
        case Clamped(inner):
            return flatten(inner)
        case Ref(inner, mutable):
            return _flatten_ref(type_, inner, mutable)
        case Option(inner):
            return _flatten_option(type_, inner)
        case Result(inner):
            return (*flatten(inner), I32, I32)
    raise NotBound(type_, "this type has no binding yet")


def _flatten_ref(type_: Type, inner: Type, mutable: bool) -> tuple[ValType, ...]:
    match inner:
        case Str() | Function():
            return (I32, I32)
        case Slice() if not mutable:
            return (I32, I32)
        case Extern() | StructType():
            return (I32,)
    raise NotBound(type_, "this kind of reference has no binding yet")


def _flatten_option(type_: Type, inner: Type) -> tuple[ValType, ...]:
    match inner:
        case Scalar(kind) if kind in _OPTION_SCALARS:
            return _OPTION_SCALARS[kind]
        case Str() | Vector() | Clamped() | Ref():
            return flatten(inner)
        case Extern() | StructType() | StringEnumType() | EnumType():
            return flatten(inner)
    raise NotBound(type_, "this kind of Option has no binding yet")


def raw_signature(params: Sequence[Type], result: Type, receiver: bool = False) -> FuncType:
    """Give the Wasm type that rustc gives such a function: return areas are the first param."""
    flat = [value for param in params for value in flatten(param)]
    if receiver:
        flat.insert(0, I32)
    results = flatten(result)
    if len(results) > 1:
        return FuncType((I32, *flat), ())
    return FuncType(tuple(flat), results)


def layout(values: Sequence[ValType]) -> tuple[tuple[int, ...], int]:
    """Give the C offsets of the values in a return area, and the area's size in bytes."""
    offsets: list[int] = []
    position = 0
    for value in values:
        size = VALUE_SIZE[value]
        position = -(-position // size) * size
        offsets.append(position)
        position += size
    return tuple(offsets), -(-position // 8) * 8
