"""Arguments are checked before anything of the guest is touched."""

from __future__ import annotations

from array import array
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from tests._ids import case_id
from tests.runtime.conftest import Embedder
from unpoison import StaleHandleError
from unpoison.runtime import checks

BIG = 2**31


class Color(IntEnum):
    """A numeric enum."""

    RED = 0
    BLUE = 7


class Fruit(StrEnum):
    """A string enum."""

    PEAR = "pear"
    PLUM = "plum"


class Indexed:
    """An integer by `__index__`."""

    def __index__(self) -> int:
        return 5


class Floated:
    """A float by `__float__`."""

    def __float__(self) -> float:
        return 2.5


# --- the functions themselves ---


@pytest.mark.parametrize("value", [5, True, Indexed(), Color.BLUE])
def test_an_integer_is_what_has_an_index(value: object) -> None:
    assert checks.integer(value, "n", 0, 10) == value.__index__()  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [1.0, 1.5, "1", None, 1j, b"1", [1]], ids=case_id)
def test_anything_else_is_no_integer(value: object) -> None:
    with pytest.raises(TypeError, match="n must be an int, not "):
        checks.integer(value, "n", 0, 10)


@pytest.mark.parametrize("value", [-1, 11, 2**64, -(2**200)])
def test_an_integer_outside_of_its_range_is_an_overflow(value: int) -> None:
    with pytest.raises(OverflowError, match="n must be from 0 to 10, not "):
        checks.integer(value, "n", 0, 10)


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (1.5, 1.5), (Floated(), 2.5)], ids=case_id)
def test_a_real_is_what_has_a_float(value: object, number: float) -> None:
    given = checks.real(value, "x")
    assert (given, type(given)) == (number, float)


@pytest.mark.parametrize("value", ["1", None, b"1", [1.0], 1j], ids=case_id)
def test_anything_else_is_no_real(value: object) -> None:
    with pytest.raises(TypeError, match="x must be a float, not "):
        checks.real(value, "x")


def test_an_integer_too_large_for_a_float_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        checks.real(10**400, "x")


@pytest.mark.parametrize(("value", "code"), [("a", 97), ("\0", 0), ("\U0010ffff", 0x10FFFF)])
def test_a_char_is_one_scalar_value(value: str, code: int) -> None:
    assert checks.char(value, "c") == code


@pytest.mark.parametrize("value", ["", "ab", "\ud800", "\udfff"])
def test_any_other_text_is_no_char(value: str) -> None:
    with pytest.raises(ValueError, match="c must"):
        checks.char(value, "c")


@pytest.mark.parametrize("value", [97, None, b"a"])
def test_what_is_no_text_is_no_char(value: object) -> None:
    with pytest.raises(TypeError, match="c must be a str of one character"):
        checks.char(value, "c")


def test_a_lone_surrogate_cannot_be_encoded() -> None:
    with pytest.raises(ValueError, match="s cannot be encoded"):
        checks.encode("a\ud800", "s")
    with pytest.raises(ValueError, match=r"s\[1\] cannot be encoded"):
        checks.texts(["ok", "\udfff"], "s")


@pytest.mark.parametrize("value", ["text", b"bytes", 5, None])
def test_a_sequence_is_neither_text_nor_a_number(value: object) -> None:
    with pytest.raises(TypeError, match="v must be a sequence"):
        checks.values(value, "v")


@pytest.mark.parametrize(
    ("value", "code", "data"),
    [
        (b"ab", "B", b"ab"),
        (bytearray(b"ab"), "B", b"ab"),
        ([1, 2], "B", b"\1\2"),
        (array("i", [1, -1]), "i", array("i", [1, -1]).tobytes()),
        (memoryview(array("d", [1, 2, 3, 4]))[::2], "d", array("d", [1, 3]).tobytes()),
        ([1, 2.5], "f", array("f", [1, 2.5]).tobytes()),
        (array("d"), "d", b""),
        (range(3), "H", array("H", [0, 1, 2]).tobytes()),
    ],
    ids=case_id,
)
def test_numbers_are_a_buffer_of_that_format_or_checked_numbers(
    value: Any, code: str, data: bytes
) -> None:
    assert bytes(checks.numbers(value, "v", code)) == data


@pytest.mark.parametrize(
    ("value", "code", "error"),
    [
        (array("d", [1.0]), "f", TypeError),
        (array("i", [1]), "I", TypeError),
        (b"abcd", "I", TypeError),
        ([1.0], "i", TypeError),
        ([256], "B", OverflowError),
        ([-1], "Q", OverflowError),
        (["1"], "d", TypeError),
        ("text", "B", TypeError),
        (5, "B", TypeError),
    ],
    ids=case_id,
)
def test_other_buffers_and_numbers_are_refused(
    value: Any, code: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="v"):
        checks.numbers(value, "v", code)


def test_a_member_of_a_numeric_enum_may_be_given_by_number() -> None:
    assert checks.member(Color, 7, "c") is Color.BLUE
    with pytest.raises(ValueError, match="c: 3 is not a Color"):
        checks.member(Color, 3, "c")
    with pytest.raises(TypeError):
        checks.member(Color, "RED", "c")


def test_a_variant_of_a_string_enum_may_be_given_by_text() -> None:
    assert [checks.variant(Fruit, fruit, "f") for fruit in ("pear", Fruit.PLUM)] == [0, 1]
    with pytest.raises(ValueError, match="f: 'fig' is not a Fruit"):
        checks.variant(Fruit, "fig", "f")
    with pytest.raises(TypeError):
        checks.variant(Fruit, 0, "f")


def test_the_error_for_another_class_tells_another_instance_apart() -> None:
    other = type("Color", (), {"__qualname__": Color.__qualname__})()
    assert isinstance(checks.wrong_class(other, "c", Color), StaleHandleError)
    assert isinstance(checks.wrong_class(5, "c", Color), TypeError)


@pytest.mark.parametrize(
    ("value", "number"), [(None, 0), (5, 5), (2**32 - 1, -1), (2**31, -(2**31)), (-1, -1)]
)
def test_the_result_of_a_raw_import_is_a_number_of_its_width(value: Any, number: int) -> None:
    assert checks.raw_integer(value, "f", 32) == number


@pytest.mark.parametrize("value", [2**32, -(2**31) - 1])
def test_a_raw_result_that_does_not_fit_is_an_overflow(value: int) -> None:
    with pytest.raises(OverflowError, match="the result of f"):
        checks.raw_integer(value, "f", 32)


# --- nothing is allocated ---

REFUSED: dict[str, Any] = {
    "a float for an integer": lambda rust: rust.add(1.0, 2),
    "text for an integer": lambda rust: rust.add("1", 2),
    "an integer out of range": lambda rust: rust.add(BIG, 0),
    "a second integer out of range": lambda rust: rust.add(0, -BIG - 1),
    "a negative unsigned integer": lambda rust: rust.even(-1),
    "no text": lambda rust: rust.greet(5),
    "bytes for text": lambda rust: rust.greet(b"x"),
    "nothing for text": lambda rust: rust.greet(None),
    "a lone surrogate": lambda rust: rust.greet("\ud800"),
    "a value before a bad integer": lambda rust: rust.call_function(len, rust.add(1.5, 1)),
    "text for a float": lambda rust: rust.fail_number("1"),
    "another class": lambda rust: rust.sum_of(1, 2),
    "too few arguments": lambda rust: rust.add(1),
    "too many arguments": lambda rust: rust.add(1, 2, 3),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_argument_that_is_refused_touches_no_guest(
    any_embedder: Embedder, entered: list[str], case: str
) -> None:
    rust = any_embedder.start()
    handles = any_embedder.instance.live_handles
    del entered[:]
    with pytest.raises((TypeError, OverflowError, ValueError)):
        REFUSED[case](rust)
    assert entered == []
    assert any_embedder.instance.live_handles == handles


def test_a_refused_argument_after_a_good_one_consumes_nothing(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc.starting_at(1.0)
    with pytest.raises(TypeError):
        rust.merge(acc, 5)
    with pytest.raises(TypeError):
        rust.merge(5, acc)
    assert (acc.total, rust.live_accs()) == (1.0, 1)


def test_an_argument_whose_conversion_calls_back_is_converted_before_the_call(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()

    class Sneaky:
        def __index__(self) -> int:
            return int(rust.bump())

    assert rust.add(Sneaky(), Sneaky()) == 3


def test_a_refused_argument_leaves_a_due_renewal_due(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.ask_reinit()
    with pytest.raises(TypeError):
        rust.greet(5)
    assert any_embedder.instance.generation == 1
    rust.bump()
    assert any_embedder.instance.generation == 2
