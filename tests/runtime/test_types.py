"""Every type that crosses the border, in both directions, on the three builds of one crate."""

from __future__ import annotations

import ctypes
import enum
import math
import struct
import sys
from array import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import unpoison
from tests._ids import case_id
from tests.runtime.typed import BUILDS, load_types
from unpoison import js

INF, NAN = math.inf, math.nan

INTEGERS = {
    "i8": (-(2**7), 2**7 - 1), "u8": (0, 2**8 - 1),
    "i16": (-(2**15), 2**15 - 1), "u16": (0, 2**16 - 1),
    "i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1),
    "i64": (-(2**63), 2**63 - 1), "u64": (0, 2**64 - 1),
    "isize": (-(2**31), 2**31 - 1), "usize": (0, 2**32 - 1),
    "i128": (-(2**127), 2**127 - 1), "u128": (0, 2**128 - 1),
}  # fmt: skip
FORMATS = {
    "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
    "f32": "f", "f64": "d",
}  # fmt: skip
FLOATS = [0.0, -0.0, 1.5, -1.5, INF, -INF, NAN, 2.0**53, 2.0**53 - 1, 2.0**53 - 2]
TEXTS = ["", "a", "æøå", "\0", "a\0b", "😀", "e\u0301", "\ufeffx", "\U0010ffff", "x" * 100_000]
CHARS = ["a", "\0", "é", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"]


class Anything:
    """An object that knows nothing of JavaScript."""


VALUES = [
    None, js.null, True, False, 0, -1, 2**80, 1.5, NAN, "", "text", "\ud800", b"bytes", (), [1],
    {"a": 1}, Anything(), Anything, len, object(), array("i", [1]), js.BigInt(5),
]  # fmt: skip


@pytest.fixture(scope="module", params=BUILDS)
def types(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    loaded = load_types(request.param)
    yield loaded
    assert loaded.instance.live_handles == 0
    loaded.instance.close()


def equal(left: object, right: object) -> bool:
    """Equal, of one type, and for floats the same bits."""
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("d", left) == struct.pack("d", right)
    return type(left) is type(right) and left == right


# --- numbers ---


@pytest.mark.parametrize("kind", INTEGERS)
def test_an_integer_comes_back_up_to_the_ends_of_its_range(
    types: SimpleNamespace, kind: str
) -> None:
    low, high = INTEGERS[kind]
    for number in {low, low + 1, 0, 1, high // 2 + 1, high - 1, high}:
        assert equal(getattr(types.exports, f"echo_{kind}")(number), number)
        assert equal(getattr(types.exports, f"echo_option_{kind}")(number), number)
    assert getattr(types.exports, f"echo_option_{kind}")(None) is None
    assert getattr(types.exports, f"echo_option_{kind}")() is None


@pytest.mark.parametrize("kind", INTEGERS)
def test_an_integer_out_of_range_is_an_overflow(types: SimpleNamespace, kind: str) -> None:
    low, high = INTEGERS[kind]
    for number in (low - 1, high + 1, 2**200, -(2**200)):
        for name in (f"echo_{kind}", f"echo_option_{kind}"):
            with pytest.raises(OverflowError, match=f"value must be from {low} to {high}"):
                getattr(types.exports, name)(number)


@pytest.mark.parametrize("kind", INTEGERS)
@pytest.mark.parametrize("value", [1.0, 1.5, NAN, "1", b"1", 1j, [], object()], ids=case_id)
def test_what_is_no_integer_is_refused(types: SimpleNamespace, kind: str, value: object) -> None:
    for name in (f"echo_{kind}", f"echo_option_{kind}"):
        with pytest.raises(TypeError, match="value must be an int, not"):
            getattr(types.exports, name)(value)


class Index:
    """An integer of another library, as numpy's are."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize("kind", INTEGERS)
def test_a_bool_and_an_index_are_integers(types: SimpleNamespace, kind: str) -> None:
    for name in (f"echo_{kind}", f"echo_option_{kind}"):
        assert equal(getattr(types.exports, name)(True), 1)
        assert equal(getattr(types.exports, name)(Index()), 7)


def test_none_is_no_integer(types: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="value must be an int, not NoneType"):
        types.exports.echo_u8(None)


@pytest.mark.parametrize("value", FLOATS, ids=case_id)
def test_a_double_keeps_its_bits(types: SimpleNamespace, value: float) -> None:
    assert equal(types.exports.echo_f64(value), value)
    assert equal(types.exports.echo_option_f64(value), value)
    assert equal(types.exports.result_option_f64(value, False), value)


@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, INF, -INF, NAN, 3.4028234663852886e38])
def test_a_single_keeps_its_bits(types: SimpleNamespace, value: float) -> None:
    assert equal(types.exports.echo_f32(value), value)
    assert equal(types.exports.echo_option_f32(value), value)


def test_a_single_is_rounded_to_32_bits(types: SimpleNamespace) -> None:
    assert types.exports.echo_f32(0.1) == struct.unpack("f", struct.pack("f", 0.1))[0]
    assert types.exports.echo_option_f32(0.1) == types.exports.echo_f32(0.1)
    assert types.exports.echo_f32(1e300) == INF


@pytest.mark.parametrize("name", ["echo_f32", "echo_f64", "echo_option_f32", "echo_option_f64"])
def test_an_int_is_a_float_and_text_is_not(types: SimpleNamespace, name: str) -> None:
    echo = getattr(types.exports, name)
    assert equal(echo(3), 3.0)
    assert equal(echo(True), 1.0)
    for value in ("1.5", b"1.5", bytearray(b"1"), memoryview(b"1"), array("b", b"1"), 1j, []):
        with pytest.raises(TypeError, match="value must be a float, not"):
            echo(value)
    with pytest.raises(OverflowError):
        echo(10**400)


def test_a_float_is_never_given_back_as_an_int(types: SimpleNamespace) -> None:
    assert type(types.exports.echo_f64(1)) is float
    assert type(types.exports.through_f64(1)) is float
    assert type(types.host.seen[-1]) is float


# --- bool and char ---


def test_a_bool_is_a_bool(types: SimpleNamespace) -> None:
    for value in (True, False):
        assert types.exports.echo_bool(value) is value
        assert types.exports.echo_option_bool(value) is value
    assert types.exports.echo_option_bool() is None


@pytest.mark.parametrize("value", [0, 1, 0.0, "", "true", []], ids=case_id)
def test_what_is_only_true_or_false_is_no_bool(types: SimpleNamespace, value: object) -> None:
    for name in ("echo_bool", "echo_option_bool"):
        with pytest.raises(TypeError, match="value must be a bool, not"):
            getattr(types.exports, name)(value)


@pytest.mark.parametrize("value", CHARS, ids=case_id)
def test_a_char_is_a_str_of_one_character(types: SimpleNamespace, value: str) -> None:
    assert types.exports.echo_char(value) == value
    assert types.exports.echo_option_char(value) == value


@pytest.mark.parametrize(
    ("value", "error"),
    [("", ValueError), ("ab", ValueError), ("\ud800", ValueError), ("\udfff", ValueError),
     (97, TypeError), (b"a", TypeError)],
    ids=case_id,
)  # fmt: skip
def test_what_is_no_char_is_refused(
    types: SimpleNamespace, value: object, error: type[Exception]
) -> None:
    for name in ("echo_char", "echo_option_char"):
        with pytest.raises(error, match="value must"):
            getattr(types.exports, name)(value)
    assert types.exports.echo_option_char() is None


# --- text ---


@pytest.mark.parametrize("value", TEXTS, ids=lambda text: case_id(text[:20]))
def test_text_comes_back_as_it_was(types: SimpleNamespace, value: str) -> None:
    for name in ("echo_string", "echo_str", "echo_option_string", "through_string"):
        assert getattr(types.exports, name)(value) == value
    assert types.exports.byte_length(value) == len(value.encode())
    assert types.exports.result_string(value, False) == value
    assert types.exports.join(value, "!") == f"{value}!"


def test_no_text_is_not_the_empty_text(types: SimpleNamespace) -> None:
    assert types.exports.echo_option_string("") == ""
    assert types.exports.echo_option_string(None) is None
    assert types.exports.echo_option_string() is None


@pytest.mark.parametrize("name", ["echo_string", "echo_str", "echo_option_string"])
def test_what_is_no_text_is_refused(types: SimpleNamespace, name: str) -> None:
    for value in (1, b"a", ["a"]):
        with pytest.raises(TypeError, match="value must be a str, not"):
            getattr(types.exports, name)(value)
    for value in ("\ud800", "a\udfff"):
        with pytest.raises(ValueError, match="value cannot be encoded"):
            getattr(types.exports, name)(value)


def test_null_is_nothing_for_an_option_and_no_value_of_any_other_type(
    types: SimpleNamespace,
) -> None:
    for kind in ("u8", "i64", "f32", "f64", "bool", "char", "string", "color", "mode", "point"):
        assert getattr(types.exports, f"echo_option_{kind}")(js.null) is None
        with pytest.raises(TypeError):
            getattr(types.exports, f"echo_{kind}")(js.null)


def test_a_subclass_of_str_is_text(types: SimpleNamespace) -> None:
    class Name(str):
        __slots__ = ()

        def encode(self, *_: object) -> bytes:
            return b"something else"

    assert types.exports.echo_string(Name("name")) == "name"


def test_a_bad_last_argument_is_refused_before_anything_is_allocated(
    types: SimpleNamespace,
) -> None:
    size = types.instance.memory_size
    for _ in range(40):
        with pytest.raises(TypeError):
            types.exports.mixed("x" * 1_000_000, b"", ["no number"])
    assert types.instance.memory_size == size


# --- vectors of numbers ---


def native(kind: str, items: Any) -> Any:
    """Give what comes back for these items."""
    numbers = array(FORMATS[kind], items)
    return numbers.tobytes() if kind == "u8" else numbers


def edges(kind: str) -> list[Any]:
    if kind[0] == "f":
        return [0.0, -0.0, 1.5, INF, -INF]
    low, high = INTEGERS[kind]
    return [low, high, 0, 1]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("shape", ["vec", "option_vec", "box"])
def test_a_vector_comes_back(types: SimpleNamespace, kind: str, shape: str) -> None:
    echo = getattr(types.exports, f"echo_{shape}_{kind}")
    for items in ([], edges(kind), edges(kind) * 5000):
        expected = native(kind, items)
        for given in (items, tuple(items), iter(items), array(FORMATS[kind], items)):
            result = echo(given)
            assert type(result) is (bytes if kind == "u8" else array)
            assert result == expected
            assert kind == "u8" or result.typecode == FORMATS[kind]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_slice_is_borrowed(types: SimpleNamespace, kind: str) -> None:
    reverse = getattr(types.exports, f"reverse_{kind}")
    assert reverse([]) == native(kind, [])
    assert reverse(edges(kind)) == native(kind, edges(kind)[::-1])


@pytest.mark.parametrize("kind", FORMATS)
def test_no_vector_is_not_the_empty_vector(types: SimpleNamespace, kind: str) -> None:
    echo = getattr(types.exports, f"echo_option_vec_{kind}")
    assert echo() is None
    assert echo(None) is None
    assert len(echo([])) == 0


C_TYPES = {
    "i8": ctypes.c_int8, "u8": ctypes.c_uint8, "i16": ctypes.c_int16, "u16": ctypes.c_uint16,
    "i32": ctypes.c_int32, "u32": ctypes.c_uint32, "i64": ctypes.c_int64, "u64": ctypes.c_uint64,
    "f32": ctypes.c_float, "f64": ctypes.c_double,
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_any_buffer_of_the_same_format_is_taken(types: SimpleNamespace, kind: str) -> None:
    echo = getattr(types.exports, f"echo_vec_{kind}")
    items = edges(kind)
    expected = native(kind, items)
    numbers = array(FORMATS[kind], items)
    view = memoryview(numbers)
    for given in (numbers, view, view.toreadonly(), (C_TYPES[kind] * len(items))(*items)):
        assert echo(given) == expected
    assert echo(view[::2]) == native(kind, items[::2])
    assert echo(view[::-1]) == native(kind, items[::-1])
    assert echo(view[:0]) == native(kind, [])


def test_bytes_are_taken_in_every_form(types: SimpleNamespace) -> None:
    for given in (
        b"ab",
        bytearray(b"ab"),
        memoryview(b"ab"),
        ctypes.create_string_buffer(b"ab", 2),
    ):
        assert types.exports.echo_vec_u8(given) == b"ab"


@pytest.mark.parametrize(("kind", "other"), [
    ("i8", "u8"), ("u8", "i8"), ("i32", "u32"), ("u32", "i32"), ("i32", "i64"), ("i64", "i32"),
    ("f32", "f64"), ("f64", "f32"), ("u16", "u8"), ("f64", "i64"), ("i64", "f64"),
])  # fmt: skip
def test_a_buffer_of_another_format_is_refused(
    types: SimpleNamespace, kind: str, other: str
) -> None:
    for code in FORMATS[other], *("lL" if other in ("i32", "u32") else ""):
        if array(code).itemsize == array(FORMATS[kind]).itemsize and code.lower() == "l":
            continue
        with pytest.raises(TypeError, match="values must be a buffer of format"):
            getattr(types.exports, f"echo_vec_{kind}")(array(code, [1, 2]))


def test_a_c_long_counts_by_its_size(types: SimpleNamespace) -> None:
    kind = "i64" if array("l").itemsize == 8 else "i32"
    assert getattr(types.exports, f"echo_vec_{kind}")(array("l", [1, -2])) == native(kind, [1, -2])


def test_a_table_is_no_vector(types: SimpleNamespace) -> None:
    table = memoryview(array("d", [1, 2, 3, 4])).cast("B").cast("d", (2, 2))
    with pytest.raises(TypeError, match="one dimension"):
        types.exports.echo_vec_f64(table)


def test_bytes_of_the_other_order_are_refused(types: SimpleNamespace) -> None:
    other = ctypes.c_int32.__ctype_be__ if sys.byteorder == "little" else ctypes.c_int32
    with pytest.raises(TypeError, match="values must be a buffer of format"):
        types.exports.echo_vec_i32((other * 2)(1, 2))


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind[0] != "f"])
def test_every_number_of_a_vector_is_checked(types: SimpleNamespace, kind: str) -> None:
    low, high = INTEGERS[kind]
    echo = getattr(types.exports, f"echo_vec_{kind}")
    with pytest.raises(OverflowError, match=r"values\[1\] must be from"):
        echo([0, high + 1])
    with pytest.raises(OverflowError, match=r"values\[0\] must be from"):
        echo([low - 1])
    with pytest.raises(TypeError, match=r"values\[2\] must be an int, not float"):
        echo([0, 0, 1.0])
    with pytest.raises(TypeError, match=r"values\[0\] must be an int, not str"):
        echo(["1"])


@pytest.mark.parametrize("value", [5, "12", None, {1: 2}, {1, 2}, object()], ids=case_id)
def test_what_is_no_vector_is_refused(types: SimpleNamespace, value: object) -> None:
    for name in ("echo_vec_u8", "echo_vec_u16", "echo_vec_f64", "reverse_i32"):
        with pytest.raises(TypeError, match="values must be"):
            getattr(types.exports, name)(value)


def test_several_kinds_in_one_call(types: SimpleNamespace) -> None:
    assert types.exports.mixed("a", b"\1\2", (1, 2.5)) == "a [1, 2] [1.0, 2.5]"
    assert types.exports.mixed("", b"", []) == " [] []"


def test_all_options_at_once(types: SimpleNamespace) -> None:
    assert types.exports.all_options() == " ".join(["None"] * 9)
    given = (1.5, -5, -1, 2.5, "x", True, "s", [1, 2], 2**64 - 1)
    assert types.exports.all_options(*given) == (
        "Some(1.5) Some(-5) Some(-1) Some(2.5) Some('x') Some(true) Some(\"s\") Some([1, 2])"
        " Some(18446744073709551615)"
    )
    assert types.exports.all_options(e="y").split()[4] == "Some('y')"


# --- vectors of text and of values ---


def test_texts_come_back(types: SimpleNamespace) -> None:
    for items in ([], [""], TEXTS):
        assert types.exports.echo_vec_string(items) == items
        assert types.exports.echo_vec_string(iter(items)) == items
        assert types.exports.echo_option_vec_string(items) == items
        assert types.exports.through_vec_string(items) == items
    assert types.exports.echo_option_vec_string() is None


def test_each_text_is_checked(types: SimpleNamespace) -> None:
    for name in ("echo_vec_string", "echo_option_vec_string"):
        echo = getattr(types.exports, name)
        with pytest.raises(TypeError, match=r"values\[1\] must be a str, not int"):
            echo(["a", 1])
        with pytest.raises(ValueError, match=r"values\[0\] cannot be encoded"):
            echo(["\ud800"])
        for value in ("text", b"text", 1, {"a": "b"}):
            with pytest.raises(TypeError, match="values must be a sequence, not"):
                echo(value)


def test_values_come_back_as_themselves(types: SimpleNamespace) -> None:
    back = types.exports.echo_vec_value(VALUES)
    assert [id(value) for value in back] == [id(value) for value in VALUES]
    assert types.exports.echo_vec_value([]) == []
    assert types.exports.echo_vec_value(iter([1])) == [1]
    with pytest.raises(TypeError, match="values must be a sequence"):
        types.exports.echo_vec_value("text")


def test_encoded_vectors_come_back(types: SimpleNamespace) -> None:
    for bools in ([], [True, False, True]):
        assert types.exports.echo_vec_bool(bools) == bools
    assert types.exports.echo_vec_char(CHARS) == CHARS
    assert types.exports.echo_vec_char("aé😀") == ["a", "é", "😀"]
    color = types.exports.Color
    assert types.exports.echo_vec_color([color.Blue, 0]) == [color.Blue, color.Red]
    assert types.exports.echo_vec_color([]) == []
    with pytest.raises(TypeError, match=r"values\[1\] must be a bool, not int"):
        types.exports.echo_vec_bool([True, 1])
    with pytest.raises(ValueError, match=r"values\[0\] must be one character"):
        types.exports.echo_vec_char(["ab"])
    with pytest.raises(ValueError, match=r"values\[1\]: 3 is not a Color"):
        types.exports.echo_vec_color([0, 3])


def test_clamped_bytes_come_back(types: SimpleNamespace) -> None:
    assert types.exports.echo_clamped(b"\0\xff") == b"\0\xff"
    with pytest.raises(OverflowError):
        types.exports.echo_clamped([256])


def test_a_pointer_is_a_number(types: SimpleNamespace) -> None:
    for number in (0, 1, 2**31, 2**32 - 1):
        assert types.exports.echo_pointer(number) == number
    with pytest.raises(OverflowError):
        types.exports.echo_pointer(2**32)


# --- values ---


@pytest.mark.parametrize("value", VALUES, ids=case_id)
def test_any_object_is_a_value_and_keeps_its_identity(
    types: SimpleNamespace, value: object
) -> None:
    assert types.exports.echo_value(value) is value
    assert types.exports.echo_value_ref(value) is value
    assert types.exports.through_value(value) is value
    assert types.host.seen[-1] is value


@pytest.mark.parametrize("value", VALUES, ids=case_id)
def test_an_optional_value_is_none_for_null_and_none(types: SimpleNamespace, value: object) -> None:
    expected = None if value is js.null else value
    assert types.exports.echo_option_value(value) is expected
    assert types.exports.through_option_value(value) is expected


def test_the_same_object_may_be_lent_twice(types: SimpleNamespace) -> None:
    value = Anything()
    assert types.exports.same(value, value) is True
    assert types.exports.same(value, Anything()) is False


def test_a_number_in_a_value_is_an_int_when_it_is_integral(types: SimpleNamespace) -> None:
    for number in (0, 1, -3, 2**53 - 1, -(2**53) + 1):
        assert equal(types.exports.number_value(float(number)), number)
    for beyond in (0.5, 2.0**53, 1e300):
        assert equal(types.exports.number_value(beyond), beyond)
    assert types.exports.number_value(INF) == INF
    assert math.isnan(types.exports.number_value(NAN))
    assert equal(types.exports.number_value(-0.0), -0.0)
    assert types.exports.value_number(7) == 7.0
    assert types.exports.value_number("7") is None


def test_a_wide_number_in_a_value_is_a_bigint(types: SimpleNamespace) -> None:
    for number in (0, -(2**63), 2**63 - 1):
        value = types.exports.bigint_value(number)
        assert type(value) is js.BigInt
        assert value == number
    assert "bigint" in types.exports.value_facts(js.BigInt(1)).split()


def test_constants_are_constants(types: SimpleNamespace) -> None:
    constants = [types.exports.constant_value(which) for which in range(4)]
    assert [id(value) for value in constants] == [id(v) for v in (None, js.null, True, False)]


def test_text_in_a_value_is_a_str(types: SimpleNamespace) -> None:
    for text in TEXTS:
        assert types.exports.string_value(text) == text
        assert types.exports.value_string(text) == text
    assert types.exports.value_string(1) is None


# --- enums ---


def test_a_numeric_enum_is_an_int_enum(types: SimpleNamespace) -> None:
    color = types.exports.Color
    assert issubclass(color, enum.IntEnum)
    assert [(item.name, item.value) for item in color] == [("Red", 0), ("Green", 1), ("Blue", 7)]
    for item in color:
        assert types.exports.echo_color(item) is item
        assert types.exports.echo_color(item.value) is item
        assert types.exports.echo_option_color(item) is item
        assert types.exports.result_color(item, False) is item
        assert types.exports.color_name(item) == item.name
        assert types.exports.through_color(item) is item
        assert types.exports.through_option_color(item) is item
    assert types.exports.echo_option_color() is None
    assert types.exports.through_option_color(None) is None


def test_an_enum_may_be_negative(types: SimpleNamespace) -> None:
    sign = types.exports.Sign
    assert [types.exports.echo_sign(number) for number in (-1, 1)] == [sign.Minus, sign.Plus]
    assert types.exports.echo_option_sign(None) is None
    with pytest.raises(ValueError, match="0 is not a Sign"):
        types.exports.echo_option_sign(0)


@pytest.mark.parametrize(
    ("value", "error"),
    [(2, ValueError), (-1, ValueError), (2**40, OverflowError), (1.0, TypeError),
     ("Red", TypeError)],
    ids=case_id,
)  # fmt: skip
def test_what_is_no_variant_is_refused(
    types: SimpleNamespace, value: object, error: type[Exception]
) -> None:
    for name in ("echo_color", "echo_option_color"):
        with pytest.raises(error, match="value"):
            getattr(types.exports, name)(value)


def test_a_member_of_another_enum_is_refused(types: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="value must be a Color, not Sign"):
        types.exports.echo_color(types.exports.Sign.Plus)


def test_a_string_enum_is_a_str_enum(types: SimpleNamespace) -> None:
    mode = types.exports.Mode
    assert issubclass(mode, enum.StrEnum)
    assert [(item.name, item.value) for item in mode] == [
        ("fast", "fast"),
        ("not_so_fast", "not-so-fast"),
    ]
    for item in mode:
        assert types.exports.echo_mode(item) is item
        assert types.exports.echo_mode(item.value) is item
        assert types.exports.echo_option_mode(item) is item
        assert types.exports.through_mode(item) is item
        assert types.exports.through_option_mode(item) is item
    assert types.exports.mode_name("not-so-fast") == "NotSoFast"
    assert types.exports.echo_option_mode() is None
    assert types.exports.through_option_mode(None) is None


def test_an_unknown_string_is_refused(types: SimpleNamespace) -> None:
    for name in ("echo_mode", "echo_option_mode"):
        with pytest.raises(ValueError, match="'slow' is not a Mode"):
            getattr(types.exports, name)("slow")
        with pytest.raises(TypeError, match="value must be a Mode, not int"):
            getattr(types.exports, name)(0)


# --- structs ---


def test_a_struct_is_made_read_and_written(types: SimpleNamespace) -> None:
    with types.exports.Point(3, 4) as point:
        assert (point.x, point.y, point.born, point.isHidden) == (3.0, 4.0, 1999, False)
        assert (point.color, point.id, point.depth) == (types.exports.Color.Red, 2**64 - 1, None)
        assert point.label == "point"
        point.x, point.color, point.id, point.depth = 5, 7, 1, -0.0
        point.label, point.isHidden = "😀", True
        assert (point.x, point.color, point.id) == (5.0, types.exports.Color.Blue, 1)
        assert equal(point.depth, -0.0)
        assert (point.label, point.isHidden) == ("😀", True)
        point.depth = None
        assert point.depth is None


def test_a_field_is_checked(types: SimpleNamespace) -> None:
    with types.exports.Point(0, 0) as point:
        for name, value, error in [
            ("x", "1", TypeError), ("id", -1, OverflowError), ("id", 1.0, TypeError),
            ("color", 2, ValueError), ("isHidden", 1, TypeError), ("label", "\ud800", ValueError),
            ("born", 1, AttributeError), ("secret", 1, AttributeError),
        ]:  # fmt: skip
            with pytest.raises(error):
                setattr(point, name, value)


def test_getters_setters_methods_and_static_methods(types: SimpleNamespace) -> None:
    point = types.exports.Point
    with point(1, 2) as left, point.origin() as right, left.midPoint(right) as middle:
        assert left.distance(right) == math.hypot(1, 2)
        assert middle.pair == array("d", [0.5, 1])
        middle.pair = [7, 8]
        assert (middle.x, middle.y) == (7.0, 8.0)
        with pytest.raises(js.Error, match="a pair has two numbers"):
            middle.pair = [1]
        with pytest.raises(TypeError, match="other must be a Point, not int"):
            left.distance(3)
        with pytest.raises(TypeError, match="other must be a Point, not NoneType"):
            left.distance(None)


def test_a_constructor_may_fail(types: SimpleNamespace) -> None:
    with pytest.raises(js.Error, match="not a number") as caught:
        types.exports.Point(NAN, 0)
    assert caught.value.name == "Error"
    with pytest.raises(TypeError):
        types.exports.Point("1", 0)


def test_a_struct_given_by_value_is_gone(types: SimpleNamespace) -> None:
    point = types.exports.Point(1, 2)
    back = types.exports.echo_point(point)
    assert type(back) is types.exports.Point
    assert back.pair == array("d", [1, 2])
    with pytest.raises(unpoison.StaleHandleError):
        _ = point.x
    with pytest.raises(unpoison.StaleHandleError):
        types.exports.echo_point(point)
    point.free()
    back.free()
    with pytest.raises(unpoison.StaleHandleError):
        _ = back.x


def test_an_optional_struct(types: SimpleNamespace) -> None:
    assert types.exports.echo_option_point() is None
    assert types.exports.echo_option_point(None) is None
    with types.exports.echo_option_point(types.exports.Point(1, 2)) as point:
        assert point.x == 1.0
    with pytest.raises(TypeError, match="value must be a Point, not int"):
        types.exports.echo_option_point(1)
    with types.exports.result_point(True, False) as point:
        assert point.x == 0.0
    assert types.exports.result_point(False, False) is None
    with pytest.raises(js.Error, match="asked to fail"):
        types.exports.result_point(True, True)


def test_an_object_that_was_never_made_is_refused(types: SimpleNamespace) -> None:
    class Forgetful(types.exports.Point):
        def __init__(self) -> None:
            pass

    point = Forgetful()
    with pytest.raises(unpoison.StaleHandleError):
        _ = point.x
    with pytest.raises(unpoison.StaleHandleError):
        types.exports.echo_point(point)
    point.free()


def test_a_subclass_in_python_is_the_struct(types: SimpleNamespace) -> None:
    class Named(types.exports.Point):
        def __init__(self, name: str) -> None:
            super().__init__(1, 2)
            self.name = name

    with Named("a") as point:
        assert (point.name, point.y) == ("a", 2.0)
        assert point.distance(point) == 0.0


def test_a_vector_of_structs_moves_every_one(types: SimpleNamespace) -> None:
    point = types.exports.Point
    points = [point(place, 0) for place in range(3)]
    back = types.exports.echo_vec_point(points)
    assert [item.x for item in back] == [0.0, 1.0, 2.0]
    for gone in points:
        with pytest.raises(unpoison.StaleHandleError):
            _ = gone.x
    assert types.exports.echo_vec_point([]) == []
    with pytest.raises(unpoison.StaleHandleError):
        types.exports.echo_vec_point([back[0], points[0]])
    with pytest.raises(unpoison.BorrowError, match="values has one object twice"):
        types.exports.echo_vec_point([back[0], back[0]])
    with pytest.raises(TypeError, match=r"values\[1\] must be a Point, not int"):
        types.exports.echo_vec_point([back[0], 1])
    assert back[0].x == 0.0
    for item in back:
        item.free()


def test_a_struct_in_a_value_is_its_object(types: SimpleNamespace) -> None:
    with types.exports.point_value(6) as point:
        assert type(point) is types.exports.Point
        assert point.x == 6.0
        assert types.exports.echo_value(point) is point
        assert point.x == 6.0


def test_a_struct_of_another_instance_is_refused(types: SimpleNamespace) -> None:
    other = load_types()
    with types.exports.Point(0, 0) as mine, other.exports.Point(1, 1) as theirs:
        for use in (types.exports.echo_point, mine.distance, types.exports.echo_option_point):
            with pytest.raises(unpoison.StaleHandleError, match="of another instance"):
                use(theirs)
    other.instance.close()


def test_a_struct_through_the_host(types: SimpleNamespace) -> None:
    with types.exports.through_point(types.exports.Point(1, 2)) as point:
        assert point.pair == array("d", [1, 2])
    assert types.exports.through_option_point(None) is None
    with types.exports.through_option_point(types.exports.Point(1, 2)) as point:
        assert point.y == 2.0
    with types.host.answering(3), pytest.raises(TypeError, match="result must be a Point, not int"):
        types.exports.through_point(types.exports.Point(1, 2))


# --- Result ---


@pytest.mark.parametrize(("name", "value"), [
    ("result_i64", -(2**63)), ("result_option_f64", None), ("result_option_f64", 0.5),
    ("result_string", "x"), ("result_bytes", b"x"), ("result_color", 7),
])  # fmt: skip
def test_a_result_gives_its_value_or_raises(
    types: SimpleNamespace, name: str, value: object
) -> None:
    assert getattr(types.exports, name)(value, False) == value
    with pytest.raises(js.Error, match=r"^asked to fail$"):
        getattr(types.exports, name)(value, True)


def test_a_result_of_nothing(types: SimpleNamespace) -> None:
    assert types.exports.result_unit(False) is None
    with pytest.raises(js.Error):
        types.exports.result_unit(True)
    assert types.exports.nothing() is None


# --- imports ---


@pytest.mark.parametrize(("kind", "values"), [
    ("i8", [-128, 127]), ("u8", [0, 255]), ("u32", [0, 2**32 - 1]), ("i64", [-(2**63), 2**63 - 1]),
    ("u64", [0, 2**64 - 1]), ("f32", [0.5, -0.0, INF]), ("f64", FLOATS), ("bool", [True, False]),
    ("char", CHARS), ("string", TEXTS), ("vec_u8", [b"", b"\0\xff"]),
    ("vec_f64", [array("d"), array("d", [1, 2])]), ("vec_string", [[], ["", "😀"]]),
    ("option_u32", [None, 0, 2**32 - 1]), ("option_u64", [None, 0, 2**64 - 1]),
    ("option_f64", [None, *FLOATS]), ("option_bool", [None, True, False]),
    ("option_string", [None, *TEXTS]), ("option_vec_f32", [None, array("f"), array("f", [0.5])]),
])  # fmt: skip
def test_a_value_goes_to_the_host_and_back(
    types: SimpleNamespace, kind: str, values: list[Any]
) -> None:
    for value in values:
        assert equal(getattr(types.exports, f"through_{kind}")(value), value)
        assert equal(types.host.seen[-1], value)


@pytest.mark.parametrize(("kind", "given", "answer", "error"), [
    ("i8", 0, 128, OverflowError), ("u8", 0, -1, OverflowError), ("u8", 0, 1.0, TypeError),
    ("u32", 0, None, TypeError), ("i64", 0, 2**63, OverflowError), ("f64", 0, "1", TypeError),
    ("bool", True, 1, TypeError), ("char", "a", "ab", ValueError), ("string", "", 1, TypeError),
    ("string", "", "\ud800", ValueError), ("vec_u8", b"", [256], OverflowError),
    ("vec_u8", b"", None, TypeError), ("vec_f64", [], array("f"), TypeError),
    ("vec_string", [], [1], TypeError), ("option_u32", None, -1, OverflowError),
    ("color", 0, 2, ValueError), ("mode", "fast", "slow", ValueError),
])  # fmt: skip
def test_what_the_host_returns_is_checked(
    types: SimpleNamespace, kind: str, given: Any, answer: Any, error: type[Exception]
) -> None:
    with types.host.answering(answer), pytest.raises(error, match=rf"host\.pass_{kind}: result"):
        getattr(types.exports, f"through_{kind}")(given)
    assert types.instance.state == "live"


def test_what_rust_lends_to_the_host(types: SimpleNamespace) -> None:
    seen: list[Any] = []
    types.host.look = lambda *given: seen.extend(given) or 2**32 - 1
    other = load_types()
    other.host.look = types.host.look
    value = Anything()
    assert types.exports.lend("😀", [1, 2], value) in (2**32 - 1, 1)
    assert other.exports.lend("😀", [1, 2], value) in (2**32 - 1, 1)
    other.instance.close()


def test_a_function_that_may_throw(types: SimpleNamespace) -> None:
    assert types.exports.ask_string("a\0😀") == "a\0😀"
    assert types.exports.ask_i64(-5) == -5


def test_functions_of_modules_and_other_names(types: SimpleNamespace) -> None:
    assert types.exports.through_module(21) == 42
    assert types.exports.through_renamed(21) == 42


# --- names ---


def test_names_that_are_hard(types: SimpleNamespace) -> None:
    assert types.exports.from_(1) == 1
    assert types.exports.keywords(1, 2, 3, 4, 5) == 15
    assert types.exports.camelCase(1) == types.exports.close(1) == 1
    assert types.exports.math.fast.double(2) == 4
    assert types.exports.total() == 0.0
    assert types.exports.total(1, 2.5) == 3.5
    with pytest.raises(TypeError, match=r"numbers\[1\] must be a float"):
        types.exports.total(1, "2")


def test_docs_are_docstrings(types: SimpleNamespace) -> None:
    text = types.exports.documented.__doc__
    assert text.startswith('A doc comment with "quotes", a \\backslash, and """three quotes""".\n')
    assert types.exports.Color.__doc__ == "A colour."
