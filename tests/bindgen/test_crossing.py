"""Each type in both directions: what stands in the slots, what is stored, what comes out.

The rows are those of contract facts 3.2 to 3.4; the bindings run on a border without a guest.
"""

from __future__ import annotations

import math
import struct as packing
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from tests.bindgen.binding import FakeBorder, bound, enumeration, exported, struct
from unpoison.bindgen import (
    Clamped,
    Closure,
    EnumType,
    ExportKind,
    Extern,
    Function,
    Nullable,
    Option,
    Ref,
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
from unpoison.bindgen.abi import NotBound
from unpoison.bindgen.call_source import SLOT_STEP
from unpoison.bindgen.lifting import lift, views
from unpoison.bindgen.lowering import lower
from unpoison.bindgen.spelling import local_name
from unpoison.js import null

POINT, COLOR = StructType("Point", "demo"), EnumType("Color", 99, "demo")
MODE = StringEnumType("Mode", 2, "demo")
STRING = Extern("string")
NONE_SMALL, NONE_WORD = 0xFFFFFF, float(2**53 - 1)
NULL_SMALL, NULL_WORD, NULL_HANDLE = 0xFFFFFE, float(2**53 - 2), 1025
AT = 4096  # where the first vector is stored
HANDLE = 1001  # the first handle

SCALARS: list[tuple[Type, Any, dict[str, Any]]] = [
    (Scalar("i8"), -128, {"i32": -128}),
    (Scalar("u8"), 255, {"u32": 255}),
    (Scalar("i16"), -1, {"i32": -1}),
    (Scalar("u16"), 65535, {"u32": 65535}),
    (Scalar("i32"), -(2**31), {"i32": -(2**31)}),
    (Scalar("u32"), 2**32 - 1, {"u32": 2**32 - 1}),
    (Scalar("i64"), -(2**63), {"i64": -(2**63)}),
    (Scalar("u64"), 2**64 - 1, {"u64": 2**64 - 1}),
    (Scalar("f32"), 0.5, {"f32": 0.5}),
    (Scalar("f64"), -0.0, {"f64": -0.0}),
    (Scalar("bool"), True, {"i32": 1}),
    (Scalar("bool"), False, {"i32": 0}),
    (Scalar("char"), "😀", {"u32": 0x1F600}),
    (Scalar("raw_pointer"), 2**32 - 1, {"u32": 2**32 - 1}),
    (Scalar("nonnull"), 8, {"u32": 8}),
    (Scalar("u128"), 2**127 + 5, {"u64": 5, "u64 1": 2**63}),
    (Scalar("i128"), -1, {"u64": 2**64 - 1, "i64 1": -1}),
    (COLOR, 1, {"f64": 1.0}),
    (MODE, "b", {"u32": 1}),
]
OPTIONS: list[tuple[Type, Any, dict[str, Any]]] = [
    (Scalar("i8"), None, {"i32": NONE_SMALL}),
    (Scalar("i8"), -1, {"i32": -1}),
    (Scalar("u16"), None, {"u32": NONE_SMALL}),
    (Scalar("u16"), 65535, {"u32": 65535}),
    (Scalar("bool"), None, {"i32": NONE_SMALL}),
    (Scalar("bool"), False, {"i32": 0}),
    (Scalar("char"), None, {"u32": NONE_SMALL}),
    (Scalar("char"), "\0", {"u32": 0}),
    (Scalar("i32"), None, {"f64": NONE_WORD}),
    (Scalar("i32"), -1, {"f64": -1.0}),
    (Scalar("u32"), 2**32 - 1, {"f64": float(2**32 - 1)}),
    (Scalar("f32"), None, {"f64": NONE_WORD}),
    (Scalar("f32"), -0.0, {"f64": -0.0}),
    (Scalar("raw_pointer"), 0, {"f64": 0.0}),
    (Scalar("nonnull"), None, {"u32": 0}),
    (Scalar("nonnull"), 8, {"u32": 8}),
    (Scalar("f64"), None, {"i32": 0, "f64 1": 0.0}),
    (Scalar("f64"), 2.5, {"i32": 1, "f64 1": 2.5}),
    (Scalar("i64"), None, {"i32": 0, "i64 1": 0}),
    (Scalar("i64"), 0, {"i32": 1, "i64 1": 0}),
    (Scalar("u64"), 2**64 - 1, {"i32": 1, "u64 1": 2**64 - 1}),
    (Scalar("i128"), None, {"i32": 0, "u64 1": 0, "i64 2": 0}),
    (Scalar("i128"), -2, {"i32": 1, "u64 1": 2**64 - 2, "i64 2": -1}),
    (COLOR, None, {"f64": 99.0}),
    (COLOR, 0, {"f64": 0.0}),
    (MODE, None, {"u32": 3}),
    (MODE, "a", {"u32": 0}),
    (Str(), None, {"u32": 0, "u32 1": 0}),
    (Vector(Scalar("f64")), None, {"u32": 0, "u32 1": 0}),
    (POINT, None, {"u32": 0}),
    (Extern(None), None, {"u32": 0}),
]
NULLS: list[tuple[Type, dict[str, Any]]] = [
    (Scalar("i8"), {"i32": NULL_SMALL}), (Scalar("u16"), {"u32": NULL_SMALL}),
    (Scalar("bool"), {"i32": NULL_SMALL}), (Scalar("char"), {"u32": NULL_SMALL}),
    (Scalar("i32"), {"f64": NULL_WORD}), (Scalar("u32"), {"f64": NULL_WORD}),
    (Scalar("f32"), {"f64": NULL_WORD}), (Scalar("raw_pointer"), {"f64": NULL_WORD}),
    (Scalar("nonnull"), {"f64": NULL_WORD}), (Scalar("f64"), {"i32": 2, "f64 1": 0.0}),
    (Scalar("i64"), {"i32": 2, "i64 1": 0}), (Scalar("u64"), {"i32": 2, "u64 1": 0}),
    (Scalar("i128"), {"i32": 2, "u64 1": 0, "i64 2": 0}), (COLOR, {"f64": NULL_WORD}),
    (Scalar("u128"), {"i32": 2, "u64 1": 0, "u64 2": 0}), (MODE, {"u32": 4}), (POINT, {"u32": 1}),
    (Str(), {"u32": 0, "u32 1": NULL_HANDLE}),
    (Vector(Scalar("f64")), {"u32": 0, "u32 1": NULL_HANDLE}),
    (Vector(Scalar("bool")), {"u32": 0, "u32 1": NULL_HANDLE}),
]  # fmt: skip
"""Each type with the codes of its null; contract facts 3.3, the column of Nullable."""

NULLABLE_VALUES: list[tuple[Type, Any, dict[str, Any]]] = [
    *((type_, value, slots) for type_, value, slots in OPTIONS if value is not None
      and type_ != Scalar("nonnull")),
    (Scalar("nonnull"), 8, {"f64": 8.0}),
]  # fmt: skip
MEMORY: list[tuple[Type, Any, bytes, int]] = [
    (Str(), "é😀", "é😀".encode(), 6), (Str(), "", b"", 0),
    (Vector(Scalar("u8")), b"\0\xff", b"\0\xff", 2),
    (Vector(Scalar("i16")), array("h", [-2, 3]), b"\xfe\xff\3\0", 2),
    (Vector(Scalar("u64")), array("Q", [1]), b"\1" + bytes(7), 1),
    (Vector(Scalar("f64")), array("d", [0.5]), packing.pack("<d", 0.5), 1),
    (Clamped(Vector(Scalar("u8"))), b"ab", b"ab", 2),
    (Vector(Scalar("bool")), [True, False], b"\1\0\0\0\0\0\0\0", 2),
    (Vector(Scalar("char")), ["😀"], b"\0\xf6\1\0", 1),
    (Vector(COLOR), [1, 0], packing.pack("<2d", 1, 0), 2),
    (Vector(MODE), ["b", "a"], packing.pack("<2I", 1, 0), 2),
    (Vector(STRING), ["x", "y"], packing.pack("<2I", HANDLE, HANDLE + 1), 2),
    (Vector(Extern(None)), [1, None], packing.pack("<2I", HANDLE, HANDLE + 1), 2),
]  # fmt: skip


def bindings(*exports: Any) -> tuple[Any, FakeBorder]:
    """Bind exports beside one struct and two enums."""
    new = exported("new", result=POINT, class_name="Point", kind=ExportKind.CONSTRUCTOR)
    enums = enumeration("Color", 0, 1), enumeration("Mode", "a", "b")
    return bound(*exports, struct("Point", new), *enums)


def slot(border: FakeBorder, place: str) -> Any:
    view, _, number = place.partition(" ")
    return getattr(border.given, view)[SLOT_STEP[view] * int(number or 0)]


def put(border: FakeBorder, values: dict[str, Any]) -> None:
    def answer(slots: Any) -> None:
        for place, value in values.items():
            view, _, number = place.partition(" ")
            getattr(slots, view)[SLOT_STEP[view] * int(number or 0)] = value

    border.answer = answer


def same(left: Any, right: Any) -> bool:
    if isinstance(right, float):
        return isinstance(left, float) and packing.pack("d", left) == packing.pack("d", right)
    return bool(left == right)


@pytest.mark.parametrize(
    ("type_", "value", "slots"),
    [*SCALARS, *((Option(type_), value, slots) for type_, value, slots in OPTIONS)],
    ids=repr,
)
def test_a_value_in_its_slots(type_: Type, value: Any, slots: dict[str, Any]) -> None:
    exports, border = bindings(exported("f", type_, result=type_))
    put(border, slots if type_ != Option(Extern(None)) else {"u32": 0})
    found = exports.f(value)
    assert same(found, value), found
    assert {place: slot(border, place) for place in slots} == slots
    assert tuple(place.split()[0] for place in slots) == views(type_)


@pytest.mark.parametrize(("type_", "slots"), NULLS, ids=repr)
@pytest.mark.parametrize("nested", [False, True], ids=["Nullable", "Option<Nullable>"])
def test_null_in_its_slots(type_: Type, slots: dict[str, Any], nested: bool) -> None:
    crossing = Option(Nullable(type_)) if nested else Nullable(type_)
    exports, border = bindings(exported("f", crossing, result=crossing))
    put(border, slots)
    assert exports.f(null) is null
    assert {place: slot(border, place) for place in slots} == slots
    assert tuple(place.split()[0] for place in slots) == views(crossing)


@pytest.mark.parametrize(("type_", "value", "slots"), NULLABLE_VALUES, ids=repr)
@pytest.mark.parametrize("nested", [False, True], ids=["Nullable", "Option<Nullable>"])
def test_a_value_that_could_be_null(
    type_: Type, value: Any, slots: dict[str, Any], nested: bool
) -> None:
    test_a_value_in_its_slots(Option(Nullable(type_)) if nested else Nullable(type_), value, slots)


@pytest.mark.parametrize("type_", [type_ for type_, _ in NULLS], ids=repr)
def test_an_option_of_a_nullable_tells_none_from_null_and_a_nullable_has_no_none(
    type_: Type,
) -> None:
    crossing = Option(Nullable(type_))
    exports, border = bindings(exported("f", crossing), exported("g", Nullable(type_)))
    exports.f(None)
    none = [slot(border, f"{view} {place}") for place, view in enumerate(views(crossing))]
    exports.f(null)
    assert none != [slot(border, f"{view} {n}") for n, view in enumerate(views(crossing))]
    with pytest.raises(TypeError):
        exports.g(None)


@pytest.mark.parametrize(("type_", "value", "slots"), OPTIONS, ids=repr)
def test_an_option_reads_null_as_none(type_: Type, value: Any, slots: dict[str, Any]) -> None:
    if value is None:
        exports, border = bindings(exported("f", Option(type_)))
        exports.f(null)
        assert {place: slot(border, place) for place in slots} == slots


def test_a_nullable_value_is_undefined_or_the_handle_of_null() -> None:
    exports, border = bindings(exported("f", Nullable(Extern(None)), Option(Nullable(Extern()))))
    exports.f(null, null)
    assert (slot(border, "u32"), slot(border, "u32 1")) == (NULL_HANDLE, NULL_HANDLE)
    exports.f(None, None)
    assert (slot(border, "u32"), slot(border, "u32 1")) == (HANDLE, 0)
    assert border.handles == [None]


def test_a_reference_to_a_number_or_an_option_crosses_as_what_it_refers_to() -> None:
    for type_ in (Ref(Scalar("u8")), Ref(Ref(Scalar("u8")))):
        assert views(type_) == ("u32",)
        assert lift(type_, ["a"], int) == "a & 255"
    option = Ref(Option(Str()))
    assert lift(option, ["a", "b"], int) == "_get_str(a, b) if a else None"
    assert lift(Ref(Nullable(Scalar("i64"))), ["a", "b"], int) == "_null if a == 2 else b"


def test_the_mode_array_makes_a_list_of_what_has_a_typed_array() -> None:
    for inner, expected in (
        (Ref(Slice(Scalar("u8"))), "list(_get_bytes(a, b))"),
        (Vector(Scalar("f64")), 'list(_take_numbers(a, b, "d"))'),
        (Option(Vector(Scalar("u8"))), "list(_take_bytes(a, b)) if a else None"),
        (Vector(Extern()), "_take_values(a, b)"),
    ):
        assert lift(Sequence(2, inner), ["a", "b"], int) == expected
        assert lift(Sequence(1, inner), ["a", "b"], int) == lift(inner, ["a", "b"], int)


def test_a_mutable_slice_comes_as_a_view_and_goes_with_the_buffer_that_it_is_copied_from() -> None:
    kind = Ref(Slice(Scalar("u16")), mutable=True)
    assert lift(kind, ["a", "b"], int) == '_view(a, b, "H")'
    exports, border = bindings(exported("f", kind))
    numbers = array("H", [1, 2])
    exports.f(numbers)
    assert border.stored == [numbers.tobytes()]
    assert border.handles == [numbers]
    assert [slot(border, f"u32 {place}") for place in range(3)] == [AT, 2, HANDLE]
    for wrong in ([1, 2], b"ab", array("h", [1]), memoryview(array("H", [1, 2, 3]))[::2]):
        with pytest.raises(TypeError):
            exports.f(wrong)


def test_a_union_crosses_as_a_value() -> None:
    union = UnionType("Shape", "demo", 0, (Scalar("f64"), POINT))
    exports, border = bindings(exported("f", union, result=Option(union)))
    put(border, {"u32": HANDLE})
    assert exports.f("none") == "none"
    assert slot(border, "u32") == HANDLE


@pytest.mark.parametrize(("type_", "value", "data", "length"), MEMORY, ids=repr)
@pytest.mark.parametrize("form", [lambda t: t, Option, Nullable, lambda t: Option(Nullable(t))])
def test_a_value_in_memory(
    type_: Type, value: Any, data: bytes, length: int, form: Callable[[Type], Type]
) -> None:
    crossing = form(type_)
    exports, border = bindings(exported("f", crossing, result=crossing))
    put(border, {"u32": AT, "u32 1": length})
    found = exports.f(value)
    assert found == value
    assert border.stored == [data]
    assert (slot(border, "u32"), slot(border, "u32 1")) == (AT, length)
    assert any(step.startswith("take_") for step in border.steps())


@pytest.mark.parametrize(
    "kind", ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64"]
)
def test_a_slice_of_numbers_is_given_to_rust_to_free(kind: Any) -> None:
    exports, border = bindings(exported("f", Ref(Slice(Scalar(kind)))))
    exports.f([1, 2])
    assert len(border.stored[0]) == 2 * int(kind[1:]) // 8
    assert slot(border, "u32 1") == 2


def test_a_number_that_arrives_wide_is_cut_to_its_type() -> None:
    for kind, low, high in (("u8", 0xFFFFFF80, 0x80), ("u16", 0xFFFF8000, 0x8000)):
        exports, border = bindings(exported("f", result=Scalar(kind)))  # type: ignore[arg-type]
        put(border, {"u32": low})
        assert exports.f() == high


@pytest.mark.parametrize("value", [math.nan, math.inf, float(2**53 - 1), float(2**53 - 2)])
def test_an_optional_double_is_never_taken_for_nothing(value: float) -> None:
    exports, border = bindings(exported("f", Option(Scalar("f64")), result=Option(Scalar("f64"))))
    put(border, {"i32": 1, "f64 1": value})
    assert same(exports.f(value), value)


# --- handles and objects ---


def test_an_owned_value_goes_and_comes_by_handle() -> None:
    exports, border = bindings(exported("f", Extern(None), result=Extern(None)))
    put(border, {"u32": HANDLE})
    value = object()
    assert exports.f(value) is value
    assert slot(border, "u32") == HANDLE
    assert "take" in border.steps()


def test_a_borrowed_value_is_lent_before_anything_is_allocated_and_taken_back() -> None:
    exports, border = bindings(exported("f", Str(), Ref(Extern(None))))
    exports.f("a", object())
    steps = border.steps()
    assert steps.index("lend") < steps.index("store") < steps.index("call")
    assert steps.index("unlend") > steps.index("call")


def test_an_absent_value_is_handle_0_for_none_and_null() -> None:
    exports, border = bindings(exported("f", Option(Extern(None)), Option(Ref(Extern(None)))))
    for nothing in (None, border.null):
        exports.f(nothing, nothing)
        assert (slot(border, "u32"), slot(border, "u32 1")) == (0, 0)


def test_text_in_a_handle_is_checked() -> None:
    for type_ in (STRING, Ref(STRING), Option(STRING), Vector(STRING)):
        exports, border = bindings(exported("f", type_))
        with pytest.raises(TypeError):
            exports.f([1] if type_ == Vector(STRING) else 1)
        assert "call" not in border.steps()


def test_only_a_text_that_is_encoded_must_have_no_lone_surrogate() -> None:
    for type_ in (STRING, Ref(STRING), Option(STRING)):
        exports, border = bindings(exported("f", type_))
        exports.f("\ud800")
        assert "call" in border.steps()
    exports, border = bindings(exported("f", Vector(STRING)))
    with pytest.raises(ValueError, match="surrogates"):
        exports.f(["\ud800"])
    assert "call" not in border.steps()


def test_an_object_by_value_moves_and_by_reference_stays() -> None:
    exports, border = bindings(exported("take", POINT), exported("look", Ref(POINT)))
    point = exports.Point()
    point._ptr = 64
    exports.look(point)
    assert slot(border, "u32") == 64
    assert point._home is border.home
    exports.take(point)
    assert slot(border, "u32") == 64
    assert point._home is None


def test_objects_in_a_vector_are_checked_before_they_move() -> None:
    exports, border = bindings(exported("f", Vector(POINT), result=Vector(POINT)))
    one, two = exports.Point(), exports.Point()
    with pytest.raises(TypeError, match=r"a\[1\] must be a Point, not int"):
        exports.f([one, 2])
    with pytest.raises(Exception, match="a has one object twice"):
        exports.f([one, one])
    put(border, {"u32": AT, "u32 1": 2})
    assert exports.f([one, two]) == [one, two]
    steps = border.steps()
    assert steps.index("check_live") < steps.index("own") < steps.index("store")


# --- what is not bound ---

FUNCTION = Function(0, (), Scalar("unit"), Scalar("unit"))


@pytest.mark.parametrize("type_", [
    Scalar("i64_as_f64"), Undeclared("X"), Nullable(Undeclared("X")),
    Closure(True, False, FUNCTION),
    Ref(FUNCTION), Vector(Vector(Str())), Ref(Slice(Extern(None))), Ref(Slice(Scalar("bool"))),
    Option(Scalar("unit")), Vector(Option(Str())), Option(Closure(True, False, FUNCTION)),
])  # fmt: skip
def test_what_cannot_be_given_is_named(type_: Type) -> None:
    with pytest.raises(NotBound):
        lower(type_, "x", 0)


@pytest.mark.parametrize("type_", [
    Scalar("i64_as_f64"), Undeclared("X"), Option(Ref(FUNCTION)), Vector(Vector(Str())),
    Option(Scalar("unit")), Ref(Slice(Nullable(Str()))),
])  # fmt: skip
def test_what_cannot_be_taken_is_named(type_: Type) -> None:
    with pytest.raises(NotBound):
        lift(type_, views(type_), lambda _: 0)


def test_local_names_are_no_names_of_the_runtime() -> None:
    assert [local_name(name) for name in ("Point", "calls", "_x", "É")] == [
        "_Point", "_cls_calls", "_cls__x", "_É",
    ]  # fmt: skip


def test_only_an_option_takes_none() -> None:
    exports, border = bindings(exported("f", POINT), exported("g", Ref(POINT)))
    for call in (exports.f, exports.g):
        with pytest.raises(TypeError, match="a must be a Point, not NoneType"):
            call(None)
    assert border.log == []


def test_none_and_null_are_values_where_no_option_stands() -> None:
    exports, border = bindings(exported("f", Extern(None), Ref(Extern(None))))
    exports.f(None, border.null)
    assert (slot(border, "u32"), slot(border, "u32 1")) == (HANDLE + 1, HANDLE)
    assert border.handles == [border.null, None]


@pytest.mark.parametrize(("kind", "low", "high"), [
    ("i128", -(2**127), 2**127 - 1), ("u128", 0, 2**128 - 1), ("raw_pointer", 0, 2**32 - 1),
])  # fmt: skip
def test_a_range_has_two_ends(kind: Any, low: int, high: int) -> None:
    exports, border = bindings(exported("f", Scalar(kind)))
    exports.f(low)
    exports.f(high)
    border.log.clear()
    for number in (low - 1, high + 1):
        with pytest.raises(OverflowError):
            exports.f(number)
    assert border.log == []


def test_a_float_parameter_takes_an_int_and_no_text() -> None:
    for type_ in (Scalar("f64"), Option(Scalar("f32"))):
        exports, border = bindings(exported("f", type_))
        exports.f(3)
        with pytest.raises(TypeError):
            exports.f("3")
        assert border.steps().count("call") == 1
