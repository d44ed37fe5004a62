"""Numbers in their Python form, and integers modulo 2**n."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.js.numbers import (
    MAX_SAFE_INTEGER,
    as_int,
    decimal_integer,
    decimal_text,
    float_of,
    number_to_python,
    to_int32,
    to_uint32,
)


@pytest.mark.parametrize(
    ("number", "python"),
    [
        (1.0, 1),
        (-3.0, -3),
        (0.0, 0),
        (2.0**53 - 1, MAX_SAFE_INTEGER),
        (-(2.0**53) + 1, -MAX_SAFE_INTEGER),
    ],
)
def test_an_integral_safe_number_is_an_int(number: float, python: int) -> None:
    assert type(number_to_python(number)) is int
    assert number_to_python(number) == python


@pytest.mark.parametrize("number", [0.5, 2.0**53, -(2.0**53), 1e300, math.inf, -math.inf])
def test_any_other_number_stays_a_float(number: float) -> None:
    assert type(number_to_python(number)) is float
    assert number_to_python(number) == number


def test_minus_zero_and_nan_stay_floats() -> None:
    assert math.copysign(1, number_to_python(-0.0)) == -1
    assert math.isnan(number_to_python(math.nan))


@given(st.floats())
def test_the_python_form_is_the_same_number(number: float) -> None:
    again = float(number_to_python(number))
    assert again == number or (math.isnan(again) and math.isnan(number))
    assert math.copysign(1, again) == math.copysign(1, number) or math.isnan(number)


@pytest.mark.parametrize(
    ("number", "signed", "unsigned"),
    [
        (2.0**31, -(2**31), 2**31),
        (-1.9, -1, 2**32 - 1),
        (2.0**32 + 5.5, 5, 5),
        (math.nan, 0, 0),
        (-math.inf, 0, 0),
        (1e308, 0, 0),
    ],
)
def test_numbers_wrap_to_32_bits(number: float, signed: int, unsigned: int) -> None:
    assert (to_int32(number), to_uint32(number)) == (signed, unsigned)


@given(st.integers(), st.integers(1, 130))
def test_wrapping_is_congruent_and_in_range(integer: int, bits: int) -> None:
    wrapped = as_int(integer, bits)
    assert (wrapped - integer) % 2**bits == 0
    assert -(2 ** (bits - 1)) <= wrapped < 2 ** (bits - 1)


def test_an_integer_beyond_float64_is_infinite() -> None:
    assert float_of(10**400) == math.inf
    assert float_of(-(10**400)) == -math.inf


def test_digits_have_no_limit_as_pythons_have() -> None:
    digits = "7" * 10_000
    assert decimal_text(decimal_integer(digits)) == digits
    assert decimal_text(-decimal_integer(digits)) == "-" + digits
