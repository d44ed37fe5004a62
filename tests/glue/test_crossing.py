"""One row per family of types: the text that lowers a value, and the text that lifts one."""

from __future__ import annotations

import pytest

from unpoison.bindgen import (
    Clamped,
    Class,
    Closure,
    EnumDef,
    EnumType,
    EnumVariant,
    Extern,
    Function,
    Interface,
    NotBound,
    Nullable,
    Option,
    Panics,
    Ref,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)
from unpoison.eh import Dialect
from unpoison.glue import GlueOptions
from unpoison.glue.context import Context
from unpoison.glue.lifting import Lifter
from unpoison.glue.lowering import Lowerer, Lowering
from unpoison.glue.names import Names
from unpoison.transform import Adapted

COLORS = (EnumVariant("Red", 0), EnumVariant("Blue", 7))
INTERFACE = Interface(
    "m", "", "", Panics.UNWIND,
    classes=(Class("Acc", "c", "__wbg_acc_free", key="Acc"),),
    enums=(EnumDef("Color", "c", COLORS, 2, key="Color"),
           EnumDef("Mode", "c", (EnumVariant("fast", "fast"),), None, key="Mode")),
)  # fmt: skip
ACC, COLOR, MODE = StructType("Acc", "c"), EnumType("Color", 2, "c"), StringEnumType("Mode", 1, "c")
U8, I32, U32, F64, U64 = map(Scalar, ("u8", "i32", "u32", "f64", "u64"))  # type: ignore[arg-type]
CALL = Function(0, (), Scalar("unit"), Scalar("unit"))


def context(*, resets: bool = False) -> Context:
    """A module that cannot die, whose instance may be replaced."""
    adapted = Adapted(b"", Dialect.NONE, {}, ())
    options = GlueOptions("m", reset_state=resets)
    return Context(INTERFACE, adapted, "node", options, Names(INTERFACE, "node"))


def lower(type_: Type, *, resets: bool = False) -> Lowering:
    """Lower a variable `x`."""
    return Lowerer(context(resets=resets)).lower(type_, "x", 0)


@pytest.mark.parametrize(
    ("type_", "check", "values"),
    [
        (I32, "x = x | 0;", ["x"]),
        (U32, "x = x >>> 0;", ["x"]),
        (F64, "x = +x;", ["x"]),
        (Scalar("f32"), "x = Math.fround(x);", ["x"]),
        (Scalar("bool"), "x = x | 0;", ["x"]),
        (Scalar("char"), "x = $char(x);", ["x"]),
        (U64, "x = BigInt.asIntN(64, x);", ["x"]),
        (Scalar("u128"), "x = BigInt.asIntN(128, x);", ["x", "x >> 64n"]),
        (Option(U8), "x = x == null ? 16777215 : x | 0;", ["x"]),
        (Option(I32), "x = x == null ? 9007199254740991 : x | 0;", ["x"]),
        (Nullable(I32), "x = x === null ? 9007199254740990 : x | 0;", ["x"]),
        (COLOR, "x = +x;", ["x"]),
        (Option(COLOR), "x = x == null ? 2 : +x;", ["x"]),
        (MODE, "x = $variant(Mode, x);", ["x"]),
        (Option(MODE), "x = x == null ? 2 : $variant(Mode, x);", ["x"]),
        (ACC, "$expect(x, Acc);", ["$take(x)"]),
        (Ref(ACC), "$expect(x, Acc);", ["x.__wbg_ptr"]),
        (Option(ACC), "if (x != null) $expect(x, Acc);", ["x == null ? 0 : $take(x)"]),
    ],
)
def test_a_value_is_converted_before_the_guard(type_: Type, check: str, values: list[str]) -> None:
    assert lower(type_) == Lowering([check], values=values)


def test_an_option_of_a_number_with_a_tag_has_two_values() -> None:
    assert lower(Option(F64)) == Lowering(
        ["const tag0 = x == null ? 0 : 1;", "x = tag0 === 1 ? +x : 0;"], values=["tag0", "x"]
    )
    both = lower(Option(Nullable(U64)))
    assert both.checks[0] == "const tag0 = x === undefined ? 0 : x === null ? 2 : 1;"
    assert both.checks[1] == "x = tag0 === 1 ? BigInt.asIntN(64, x) : 0n;"


def test_a_value_of_javascript_crosses_as_itself_but_where_it_may_lack() -> None:
    assert lower(Extern()) == lower(Ref(Extern())) == Lowering(values=["x"])
    assert lower(Option(Extern())).values == ["x == null ? 0 : $own(x)"]
    assert lower(Nullable(Extern())).values == ["x === null ? 1025 : $own(x)"]


@pytest.mark.parametrize(
    ("type_", "check", "allocation"),
    [
        (Str(), "$text(x);", "$pass_text(x), len0 = $length"),
        (Ref(Slice(U8)), "x = $array(x, Uint8Array);", "$pass_u8(x), len0 = x.length"),
        (Vector(U64), "x = $array(x, BigUint64Array);", "$pass_u64(x), len0 = x.length"),
        (Vector(Scalar("bool")), "x = Int32Array.from(x, Boolean);",
         "$pass_i32(x), len0 = x.length"),
        (Vector(COLOR), "x = Float64Array.from(x);", "$pass_f64(x), len0 = x.length"),
        (Vector(Extern()), "x = Array.from(x);", "$pass_values(x), len0 = x.length"),
    ],
)  # fmt: skip
def test_what_lies_in_memory_is_copied_when_nothing_can_change_it(
    type_: Type, check: str, allocation: str
) -> None:
    pointers = ["ptr0", "len0"]
    line = f"const ptr0 = {allocation};"
    assert lower(type_) == Lowering([check], [], [line], pointers, allocates=True)


def test_a_text_that_is_null_is_told_from_none_by_its_length() -> None:
    found = lower(Option(Nullable(Str()))).allocations
    codes = "x === undefined ? 0 : x === null ? 1025 : $length"
    assert found == [f"const ptr0 = x == null ? 0 : $pass_text(x), len0 = {codes};"]


def test_a_mutable_slice_brings_its_buffer() -> None:
    found = lower(Ref(Slice(F64), mutable=True))
    assert found.checks == ["$buffer(x, Float64Array);"]
    assert found.values == ["ptr0", "len0", "x"]


def test_an_object_is_of_this_instance_where_there_may_be_another() -> None:
    assert lower(ACC, resets=True).handles == ["$current(x);"]
    assert lower(Option(Ref(ACC)), resets=True).handles == ["if (x != null) $current(x);"]
    assert lower(Vector(ACC), resets=True).handles == ["x.forEach($current);"]


@pytest.mark.parametrize("type_", [Ref(CALL), Closure(True, False, CALL), StructType("No", "c")])
def test_what_does_not_cross_is_refused(type_: Type) -> None:
    with pytest.raises(NotBound):
        lower(type_)


@pytest.mark.parametrize(
    ("type_", "atoms", "value"),
    [
        (I32, "a", "a"),
        (U32, "a", "a >>> 0"),
        (Scalar("bool"), "a", "a !== 0"),
        (Scalar("char"), "a", "String.fromCodePoint(a)"),
        (U64, "a", "BigInt.asUintN(64, a)"),
        (Scalar("i128"), "ab", "BigInt.asUintN(64, a) | (b << 64n)"),
        (Option(U8), "a", "a === 16777215 ? undefined : a"),
        (Option(U32), "a", "a === 9007199254740991 ? undefined : a"),
        (Nullable(F64), "ab", "a === 2 ? null : b"),
        (Option(Nullable(F64)), "ab", "a === 0 ? undefined : a === 2 ? null : b"),
        (COLOR, "a", "a"),
        (Option(COLOR), "a", "a === 2 ? undefined : a"),
        (MODE, "a", "Mode[a]"),
        (ACC, "a", "$wrapAcc(a)"),
        (Option(ACC), "a", "a === 0 ? undefined : $wrapAcc(a)"),
        (Extern(), "a", "a"),
        (Str(), "ab", "$take_text(a, b)"),
        (Ref(Str()), "ab", "$get_text(a, b)"),
        (Option(Str()), "ab", "a === 0 ? undefined : $take_text(a, b)"),
        (Option(Nullable(Str())), "ab",
         "a === 0 ? b === 1025 ? null : undefined : $take_text(a, b)"),
        (Str(cached=True), "ab", "a === 0 ? $see_value(b) : $take_text(a, b)"),
        (Vector(F64), "ab", "$take_f64(a, b)"),
        (Clamped(Vector(U8)), "ab", "$take_clamped(a, b)"),
        (Ref(Slice(F64)), "ab", "$get_f64(a, b)"),
        (Sequence(1, Ref(Slice(F64))), "ab", "$get_f64(a, b).slice()"),
        (Sequence(2, Vector(F64)), "ab", "Array.from($take_f64(a, b))"),
        (Vector(MODE), "ab", "Array.from($take_i32(a, b), (item) => Mode[item])"),
        (Vector(ACC), "ab", "$take_values(a, b)"),
        (Ref(Slice(Extern())), "ab", "$get_values(a, b)"),
    ],
)  # fmt: skip
def test_a_value_is_lifted(type_: Type, atoms: str, value: str) -> None:
    assert Lifter(context()).lift(type_, list(atoms)) == value


def test_a_value_in_a_result_is_in_a_slot_of_the_table() -> None:
    assert Lifter(context()).lift(Extern(), ["a"], by_index=True) == "$take_value(a)"


def test_closures_are_numbered_by_type() -> None:
    found = context()
    lifter = Lifter(found)
    other = Closure(True, True, CALL)
    types = [Ref(CALL), other, Ref(CALL)]
    values = [lifter.lift(type_, ["a", "b"]) for type_ in types]
    assert values == ["$closure0(a, b)", "$closure1(a, b)", "$closure0(a, b)"]
