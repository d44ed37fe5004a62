"""How each type crosses, row by row of contract facts 3.1 to 3.5."""

from __future__ import annotations

import pytest

from unpoison.bindgen import (
    Clamped,
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
from unpoison.bindgen.abi import (
    INTEGER_RANGES,
    NUMBER_FORMATS,
    SIZES,
    NotBound,
    flatten,
    layout,
    raw_signature,
)
from unpoison.wasm import F32, F64, I32, I64, FuncType, ValType

UNIT = Scalar("unit")
FUNCTION = Function(0, (), UNIT, UNIT)
UNION = UnionType("U", "c", 0, ())
NAMES = {"i": I32, "I": I64, "f": F32, "F": F64}


def values(letters: str) -> tuple[ValType, ...]:
    return tuple(NAMES[letter] for letter in letters)


@pytest.mark.parametrize(("kinds", "plain", "optional"), [
    ("i8 u8 i16 u16 bool char", "i", "i"), ("i32 u32 raw_pointer", "i", "F"),
    ("nonnull", "i", "i"), ("i64 u64", "I", "iI"), ("i128 u128", "II", "iII"),
    ("f32", "f", "F"), ("f64", "F", "iF"),
])  # fmt: skip
def test_scalars_and_options_of_them(kinds: str, plain: str, optional: str) -> None:
    for kind in kinds.split():
        scalar = Scalar(kind)  # type: ignore[arg-type]
        assert flatten(scalar) == values(plain)
        assert flatten(Option(scalar)) == values(optional)


@pytest.mark.parametrize(("type_", "expected"), [
    (UNIT, ""), (Str(), "ii"), (Ref(Str()), "ii"), (Vector(Scalar("u8")), "ii"),
    (Ref(Slice(Scalar("f64"))), "ii"), (Clamped(Vector(Scalar("u8"))), "ii"), (Extern(None), "i"),
    (Ref(Extern("Object")), "i"), (StructType("Point"), "i"), (Ref(StructType("Point")), "i"),
    (Ref(StructType("Point"), True), "i"), (EnumType("Color", 3), "F"),
    (StringEnumType("Mode", 2), "i"), (Closure(True, True, FUNCTION), "ii"), (Ref(FUNCTION), "ii"),
    (Option(Str()), "ii"), (Option(Vector(Scalar("i64"))), "ii"), (Option(Extern(None)), "i"),
    (Option(StructType("Point")), "i"), (Option(EnumType("Color", 3)), "F"),
    (Option(StringEnumType("Mode", 2)), "i"), (Result(UNIT), "ii"), (Result(Scalar("i64")), "Iii"),
    (Result(Str()), "iiii"), (Result(Option(Scalar("f64"))), "iFii"),
    (Ref(Slice(Scalar("u8")), True), "ii"), (Ref(Scalar("u128")), "II"), (UNION, "i"),
    (Nullable(Str()), "ii"), (Sequence(1, Option(Vector(Str()))), "ii"), (Option(UNION), "i"),
    (Ref(Option(Scalar("u32"))), "F"), (Ref(Ref(Str())), "ii"), (Nullable(Scalar("nonnull")), "F"),
    (Option(Nullable(Scalar("nonnull"))), "F"), (Nullable(Scalar("i128")), "iII"),
    (Option(Nullable(Scalar("u8"))), "i"), (Result(Nullable(Str())), "iiii"), (FUNCTION, "ii"),
])  # fmt: skip
def test_every_other_type(type_: Type, expected: str) -> None:
    assert flatten(type_) == values(expected)


@pytest.mark.parametrize("type_", [
    Undeclared("X"), Slice(Scalar("u8")), Option(Option(Str())), Nullable(Option(Str())),
    Option(UNIT), Ref(Vector(Str())), Option(Closure(True, True, FUNCTION)), Ref(UNION),
    Nullable(Result(Str())),
])  # fmt: skip
def test_a_type_without_a_binding_is_named(type_: Type) -> None:
    with pytest.raises(NotBound) as caught:
        flatten(type_)
    assert caught.value.reason


@pytest.mark.parametrize(("letters", "offsets", "size"), [
    ("", (), 0), ("i", (0,), 8), ("iF", (0, 8), 16), ("iII", (0, 8, 16), 24),
    ("Fii", (0, 8, 12), 16), ("iFii", (0, 8, 16, 20), 24), ("Iii", (0, 8, 12), 16),
    ("iiii", (0, 4, 8, 12), 16), ("fiF", (0, 4, 8), 16),
])  # fmt: skip
def test_a_return_area_is_laid_out_as_in_c(
    letters: str, offsets: tuple[int, ...], size: int
) -> None:
    assert layout(values(letters)) == (offsets, size)


def test_a_raw_signature_has_the_area_first_then_the_receiver() -> None:
    number, text = Scalar("f64"), Str()
    assert raw_signature([number], number) == FuncType((F64,), (F64,))
    assert raw_signature([text, UNIT], UNIT) == FuncType((I32, I32), ())
    assert raw_signature([number], text) == FuncType((I32, F64), ())
    assert raw_signature([number], text, receiver=True) == FuncType((I32, I32, F64), ())
    assert raw_signature([], UNIT, receiver=True) == FuncType((I32,), ())


def test_a_mutable_slice_brings_the_handle_of_its_buffer_to_rust_only() -> None:
    kind = Ref(Slice(Scalar("f64")), True)
    assert flatten(kind, inward=True) == values("iii")
    assert raw_signature([kind], UNIT) == FuncType((I32, I32, I32), ())
    assert raw_signature([kind], UNIT, inward=False) == FuncType((I32, I32), ())


def test_the_signature_that_the_contract_verified() -> None:
    kinds = ["f32", "i64", "i8", "f64", "char", "bool", Str(), Vector(Scalar("u8")), Extern(None)]
    kinds += ["u32", StructType("P"), StringEnumType("M", 2), EnumType("C", 2), "i32"]
    options = [Option(Scalar(kind) if isinstance(kind, str) else kind) for kind in kinds]  # type: ignore[arg-type]
    expected = values("FiIiiFiiiiiiiFiiFF")
    assert raw_signature(options, Scalar("bool")) == FuncType(expected, (I32,))


def test_tables_agree_with_each_other() -> None:
    for kind, code in NUMBER_FORMATS.items():
        bits = 8 * SIZES[code]
        assert kind[1:] == str(bits)
        if kind in INTEGER_RANGES:
            low, high = INTEGER_RANGES[kind]
            assert high - low == 2**bits - 1
            assert low == (0 if kind[0] == "u" else -(2 ** (bits - 1)))
