"""What a value becomes between JavaScript and an adapted module."""

from __future__ import annotations

import pytest

from unpoison.bindgen import (
    Extern,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.transform import Crossing, Handle, crossings, value_types
from unpoison.wasm import EXTERNREF, F64, I32, I64

JS = Extern()
UNION = UnionType("Either", "crate", 0, (JS,))

BOTH_WAYS: list[tuple[Type, tuple[Crossing, ...]]] = [
    (Scalar("u32"), (I32,)),
    (Scalar("i64"), (I64,)),
    (Option(Scalar("f64")), (I32, F64)),
    (Str(), (I32, I32)),
    (Vector(JS), (I32, I32)),
    (StructType("Acc"), (I32,)),
]

INWARD: list[tuple[Type, tuple[Crossing, ...]]] = [
    (JS, (Handle.GIVE,)),
    (UNION, (Handle.GIVE,)),
    (Ref(JS), (Handle.LEND,)),
    (Option(JS), (I32,)),
    (Nullable(JS), (I32,)),
    (Ref(Slice(Scalar("u8")), mutable=True), (I32, I32, Handle.GIVE)),
    (Ref(Slice(Scalar("u8"))), (I32, I32)),
]

OUTWARD: list[tuple[Type, tuple[Crossing, ...]]] = [
    (JS, (Handle.TAKE,)),
    (UNION, (Handle.TAKE,)),
    (Ref(JS), (Handle.SEE,)),
    (Option(JS), (Handle.TAKE,)),
    (Nullable(JS), (Handle.TAKE,)),
    (Option(Ref(JS)), (Handle.SEE,)),
    (Ref(Option(JS)), (Handle.SEE,)),
    (Ref(Slice(Scalar("u8")), mutable=True), (I32, I32)),
    (Result(JS), (I32, I32, I32)),
]


@pytest.mark.parametrize(("described", "expected"), BOTH_WAYS + INWARD)
def test_a_value_goes_in_as(described: Type, expected: tuple[Crossing, ...]) -> None:
    assert crossings(described, inward=True) == expected


@pytest.mark.parametrize(("described", "expected"), BOTH_WAYS + OUTWARD)
def test_a_value_comes_out_as(described: Type, expected: tuple[Crossing, ...]) -> None:
    assert crossings(described, inward=False) == expected


def test_a_handle_is_an_externref_for_javascript() -> None:
    assert value_types((I32, Handle.LEND, Handle.GIVE)) == (I32, EXTERNREF, EXTERNREF)
