"""How each type crosses: the flattening table, the C layout of return areas, what is bound.

Source: `wasm-bindgen` src/convert/{impls,slices,traits}.rs; contract facts 3.1 to 3.5.
A type flattens to at most four Wasm values, the same ones in both directions.
"""

from __future__ import annotations

from collections import abc

from unpoison.bindgen.absence import (
    AS_DOUBLE,
    SMALL,
    Absence,
    crossing_form,
    without_absence,
)
from unpoison.bindgen.descriptor_types import (
    Closure,
    EnumType,
    Extern,
    Function,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Undeclared,
    UnionType,
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
    "raw_pointer": (0, 2**32 - 1), "nonnull": (1, 2**32 - 1),
}  # fmt: skip

_SCALARS: dict[str, tuple[ValType, ...]] = {
    "i8": (I32,), "u8": (I32,), "i16": (I32,), "u16": (I32,), "i32": (I32,), "u32": (I32,),
    "i64": (I64,), "u64": (I64,), "i128": (I64, I64), "u128": (I64, I64),
    "i64_as_f64": (F64,), "u64_as_f64": (F64,), "f32": (F32,), "f64": (F64,),
    "bool": (I32,), "char": (I32,), "unit": (), "nonnull": (I32,), "raw_pointer": (I32,),
}  # fmt: skip

_WITHOUT_FORM = {
    Undeclared: "the module declares no such type",
    Slice: "a slice crosses behind a reference only",
}

VALUE_SIZE = {I32: 4, I64: 8, F32: 4, F64: 8}


class NotBound(Exception):  # noqa: N818 - control flow inside the room
    """A type that this version does not bind; `.type` and `.reason` say which and why."""

    def __init__(self, type_: Type, reason: str) -> None:
        self.type = type_
        self.reason = reason
        super().__init__(reason)


def flatten(type_: Type, *, inward: bool = False) -> tuple[ValType, ...]:
    """Give the Wasm values that one value of the type becomes, at most four.

    `inward` is from the host to Rust, where a `&mut [T]` brings the handle of the host's buffer.
    Raises NotBound for a type that does not cross.
    """
    match crossing_form(type_):
        case Result(inner):
            return (*flatten(inner), I32, I32)
        case form:
            absence, inner = without_absence(form)
            if inward and is_mutable_slice(inner):
                return (I32, I32, I32)
            return _flatten_absent(type_, inner, absence) if absence else _flatten(inner)


def is_mutable_slice(type_: Type) -> bool:
    """Tell whether a type is `&mut [T]`."""
    return isinstance(type_, Ref) and type_.mutable and isinstance(type_.inner, Slice)


def _flatten(type_: Type) -> tuple[ValType, ...]:
    match type_:
        case Scalar(kind):
            return _SCALARS[kind]
        case Extern() | UnionType() | StructType() | StringEnumType():
            return (I32,)
        case Str() | Vector() | Closure() | Function():
            return (I32, I32)
        case EnumType():
            return (F64,)
        case Ref(inner):
            return _flatten_ref(type_, inner)
        case Sequence(_, inner):
            return flatten(inner)
    raise NotBound(type_, _WITHOUT_FORM.get(type(type_), "it does not cross by itself"))


def _flatten_ref(type_: Type, inner: Type) -> tuple[ValType, ...]:
    match inner:
        case Str() | Function() | Slice():
            return (I32, I32)
        case Extern() | StructType():
            return (I32,)
    raise NotBound(type_, "no reference to this type crosses")


def _flatten_absent(type_: Type, inner: Type, absence: Absence) -> tuple[ValType, ...]:
    match inner:
        case Scalar("unit" | "i64_as_f64" | "u64_as_f64"):
            raise NotBound(type_, "it does not cross in an Option")
        case Scalar("nonnull"):
            return (F64,) if absence.null else (I32,)
        case Scalar(kind) if kind in SMALL:
            return (I32,)
        case Scalar(kind) if kind in AS_DOUBLE:
            return (F64,)
        case Scalar(kind):
            return (I32, *_SCALARS[kind])
        case Closure() | Function() | Option() | Nullable() | Result():
            raise NotBound(type_, "it does not cross in an Option")
    return _flatten(inner)


def raw_signature(
    params: abc.Sequence[Type], result: Type, receiver: bool = False, *, inward: bool = True
) -> FuncType:
    """Give the Wasm type that rustc gives such a function: return areas are the first param.

    `inward` parameters come from the host: those of exports and closures, not of imports.
    """
    flat = [value for param in params for value in flatten(param, inward=inward)]
    if receiver:
        flat.insert(0, I32)
    results = flatten(result)
    if len(results) > 1:
        return FuncType((I32, *flat), ())
    return FuncType(tuple(flat), results)


def layout(values: abc.Sequence[ValType]) -> tuple[tuple[int, ...], int]:
    """Give the C offsets of the values in a return area, and the area's size in bytes."""
    offsets: list[int] = []
    position = 0
    for value in values:
        size = VALUE_SIZE[value]
        position = -(-position // size) * size
        offsets.append(position)
        position += size
    return tuple(offsets), -(-position // 8) * 8
