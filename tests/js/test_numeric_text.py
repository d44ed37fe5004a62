"""Number::toString and StringToNumber; the long comparison with Node is in another file."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.js.numbers import number_to_python
from unpoison.js.numeric_text import number_to_string, string_to_bigint, string_to_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (1e-6, "0.000001"),
        (-0.0, "0"),
        (-1.5, "-1.5"),
        (123e-20, "1.23e-18"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
        (5e-324, "5e-324"),
        (42, "42"),
    ],
)
def test_numbers_as_text(number: float, text: str) -> None:
    assert number_to_string(number) == text


@given(st.floats(allow_nan=False))
def test_text_reads_back_as_the_same_number(number: float) -> None:
    text = number_to_string(number_to_python(number))
    assert string_to_number(text) == number


@given(st.integers())
def test_a_bigint_reads_back(integer: int) -> None:
    assert string_to_bigint(f" {integer}\n") == integer


@given(st.text())
def test_any_text_is_a_number_or_nan(text: str) -> None:
    assert isinstance(string_to_number(text), int | float)
