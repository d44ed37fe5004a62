"""The checks by themselves: what each gives, and what it raises for anything else."""

from __future__ import annotations

from array import array
from enum import IntEnum, StrEnum

import pytest

from unpoison import js
from unpoison.errors import BorrowError, StaleHandleError
from unpoison.runtime import checks


class Color(IntEnum):
    RED = 0
    BLUE = 7


class Mode(StrEnum):
    FAST = "fast"
    SLOW = "slow"


class Point:
    pass


@pytest.mark.parametrize(("value", "code"), [
    (js.Uint8Array([1, 255]), "B"), (js.Uint8ClampedArray([1, 2]), "B"),
    (js.Float64Array([0.5, -1]), "d"), (js.BigInt64Array([js.BigInt(-1)]), "q"),
])  # fmt: skip
def test_a_typed_array_is_a_buffer_of_its_format(value: js.TypedArray, code: str) -> None:
    assert checks.numbers(value, "x", code) == value.to_bytes()
    assert bytes(checks.writable(value, "x", code)) == value.to_bytes()


def test_a_typed_array_of_another_format_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a buffer of format 'I', not Float32Array"):
        checks.numbers(js.Float32Array(1), "x", "I")
    with pytest.raises(TypeError, match="must be a buffer of format 'B', not 'f'"):
        checks.writable(js.Float32Array(1), "x", "B")


def test_what_rust_changed_goes_back_into_a_typed_array() -> None:
    value = js.Uint16Array([1, 2, 3])
    checks.copy_back(lambda: memoryview(b"\x07\x00\x08\x00"), value)
    assert value.tolist() == [7, 8, 3]
    checks.writable(value, "x", "H")[0] = 9
    assert value[0] == 9
    with pytest.raises(js.RangeError):
        checks.copy_back(lambda: memoryview(bytes(8)), value)


def test_a_raw_integer_may_be_signed_or_unsigned() -> None:
    for bits in (32, 64):
        top = 2**bits
        for given, stored in ((-(top // 2), -(top // 2)), (top - 1, -1), (top // 2 - 1,) * 2):
            assert checks.raw_integer(given, "f", bits) == stored
        for beyond in (-(top // 2) - 1, top):
            with pytest.raises(OverflowError, match="the result of f must be from"):
                checks.raw_integer(beyond, "f", bits)
    assert checks.raw_integer(None, "f", 32) == 0


def test_a_raw_float_is_a_number_or_nothing() -> None:
    assert checks.raw_float(None, "f", 64) == 0.0
    assert checks.raw_float(2, "f", 32) == 2.0
    with pytest.raises(TypeError, match="the result of f must be a float"):
        checks.raw_float("2", "f", 64)


def test_bytes_are_taken_without_a_copy_and_other_buffers_as_bytes() -> None:
    data = b"ab"
    assert checks.numbers(data, "x", "B") is data
    assert bytes(checks.numbers(array("h", [1]), "x", "h")) == b"\1\0"
    assert bytes(checks.numbers(memoryview(b"abcd")[::2], "x", "B")) == b"ac"
    assert bytes(checks.numbers(array("d"), "x", "d")) == b""


def test_bytes_are_no_numbers_of_another_width() -> None:
    for code in "bhHiIqQfd":
        with pytest.raises(TypeError, match="x must be a buffer of format"):
            checks.numbers(b"abcdefgh", "x", code)


def test_what_is_too_large_for_rust_is_refused_before_it_is_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "MAX_BYTES", 8)
    assert checks.encode("äöüß", "x") == "äöüß".encode()
    with pytest.raises(OverflowError, match="x must have at most 8 bytes, not 9"):
        checks.encode("äöüß.", "x")
    for value in (bytes(9), bytearray(9), memoryview(bytes(18))[::2]):
        with pytest.raises(OverflowError, match="x must have at most 8 bytes, not 9"):
            checks.numbers(value, "x", "B")
    with pytest.raises(OverflowError, match="x must have at most 8 bytes, not 16"):
        checks.writable(array("d", [1.0, 2.0]), "x", "d")


def test_cells_of_encoded_vectors() -> None:
    assert checks.bools([True, False], "x") == b"\1\0\0\0\0\0\0\0"
    assert checks.chars("a😀", "x") == b"a\0\0\0\0\xf6\1\0"
    assert checks.members(Color, [7], "x") == array("d", [7]).tobytes()
    assert checks.variants(Mode, ["slow"], "x") == b"\1\0\0\0"
    assert checks.bools([], "x") == checks.chars("", "x") == b""


def test_a_variant_is_its_place_and_back() -> None:
    assert [checks.variant(Mode, mode, "x") for mode in ("fast", Mode.SLOW)] == [0, 1]
    assert [checks.from_variant(Mode, place) for place in (0, 1)] == list(Mode)
    with pytest.raises(ValueError, match="a Mode made of an unknown string"):
        checks.from_variant(Mode, 2)


def test_a_member_of_an_enum_of_the_same_name_is_taken() -> None:
    same = IntEnum("Color", {"RED": 0, "GREEN": 1})
    other = IntEnum("Hue", {"RED": 0})
    assert checks.member(Color, same.RED, "x") is Color.RED
    with pytest.raises(ValueError, match="x: 1 is not a Color"):
        checks.member(Color, same.GREEN, "x")
    with pytest.raises(TypeError, match="x must be a Color, not Hue"):
        checks.member(Color, other.RED, "x")


def test_objects_of_a_class_each_once() -> None:
    one, two = Point(), Point()
    assert checks.objects(Point, (one, two), "x") == [one, two]
    with pytest.raises(BorrowError, match="x has one object twice"):
        checks.objects(Point, [one, one], "x")
    with pytest.raises(TypeError, match=r"x\[0\] must be a Point, not int"):
        checks.objects(Point, [1], "x")


def test_an_object_of_a_class_of_the_same_name_is_of_another_instance() -> None:
    twin = type("Point", (), {"__qualname__": "Point"})
    assert isinstance(checks.wrong_class(twin(), "x", Point), StaleHandleError)
    elsewhere = type("Point", (), {"__qualname__": "Other.Point"})
    assert isinstance(checks.wrong_class(elsewhere(), "x", Point), TypeError)


@pytest.mark.parametrize("value", ["ab", b"ab", {1: 2}, {1}, frozenset(), 1, None])
def test_what_has_no_order_is_no_sequence(value: object) -> None:
    with pytest.raises(TypeError, match="x must be a sequence, not"):
        checks.values(value, "x")


def test_any_iterator_is_read_once() -> None:
    assert checks.values((number for number in (1, 2)), "x") == [1, 2]
    assert checks.texts(iter("ab"), "x") == ["a", "b"]
