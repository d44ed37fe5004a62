"""Laws of the operators; all pairs of many operands are compared with Node elsewhere."""

from __future__ import annotations

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison import js
from unpoison.errors import ThrownValue

OPS = js.OPERATORS
floats = st.floats().map(js.number_to_python)
bigints = st.integers().map(js.BigInt)
primitives = st.one_of(
    floats, bigints, st.text(max_size=4), st.booleans(), st.none(), st.just(js.null)
)


def same(left: object, right: object) -> bool:
    return js.same_value(left, right)


def test_results_have_their_python_form() -> None:
    assert same(OPS["add"](1.5, 1.5), 3)
    assert same(OPS["neg"](0), -0.0)
    assert same(OPS["add"](2**53 - 1, 1), float(2**53))
    assert type(OPS["add"](js.BigInt(1), js.BigInt(2))) is js.BigInt
    assert repr(OPS["neg"](js.BigInt(1))) == "-1n"


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "rem", "pow", "bit_and", "shl"])
def test_bigint_and_number_never_mix(name: str) -> None:
    with pytest.raises(js.TypeError, match="Cannot mix BigInt and other types"):
        OPS[name](js.BigInt(1), 1)


@pytest.mark.parametrize(
    ("name", "left", "right", "error", "message"),
    [
        ("div", 1, 0, js.RangeError, "Division by zero"),
        ("rem", 1, 0, js.RangeError, "Division by zero"),
        ("pow", 1, -1, js.RangeError, "Exponent must be non-negative"),
        ("unsigned_shr", 1, 1, js.TypeError, "BigInts have no unsigned right shift"),
    ],
)
def test_bigint_errors(
    name: str, left: int, right: int, error: type[js.Error], message: str
) -> None:
    with pytest.raises(error, match=message):
        OPS[name](js.BigInt(left), js.BigInt(right))


def test_checked_div_gives_the_range_error_and_throws_others() -> None:
    assert isinstance(OPS["checked_div"](js.BigInt(1), js.BigInt(0)), js.RangeError)
    assert OPS["checked_div"](js.BigInt(7), js.BigInt(-2)) == -3
    with pytest.raises(js.TypeError):
        OPS["checked_div"](js.BigInt(1), 1)


def test_try_into_number_gives_what_was_thrown() -> None:
    def fail() -> None:
        raise ThrownValue("odd")

    assert isinstance(OPS["try_into_number"](js.BigInt(1)), js.TypeError)
    assert OPS["try_into_number"]({"valueOf": fail}) == "odd"
    assert OPS["try_into_number"](" 12 ") == 12


def test_an_exception_of_valueof_travels_out_of_other_operators() -> None:
    error = LookupError("host")

    def fail() -> None:
        raise error

    with pytest.raises(LookupError) as caught:
        OPS["add"]({"valueOf": fail}, 1)
    assert caught.value is error


def test_adding_surrogates_makes_the_character() -> None:
    assert OPS["add"]("\ud83d", "\ude00") == "\U0001f600"


def test_strings_compare_by_code_units() -> None:
    assert OPS["lt"]("\U0001f600", "\uffff")
    assert not OPS["lt"]("a", "B")


@pytest.mark.parametrize("name", ["add", "sub", "mul"])
@given(left=floats, right=floats)
def test_arithmetic_is_ieee_754(name: str, left: float, right: float) -> None:
    expected = getattr(operator, name)(float(left), float(right))
    assert same(OPS[name](left, right), js.number_to_python(expected))


@given(floats, floats)
def test_remainder_has_the_sign_of_the_dividend(left: float, right: float) -> None:
    result = float(OPS["rem"](left, right))  # type: ignore[arg-type]
    if not math.isnan(result):
        assert math.copysign(1, result) == math.copysign(1, left)
        assert abs(result) < abs(right) or math.isinf(right)


@given(bigints, bigints.filter(bool))
def test_bigint_division_law(left: js.BigInt, right: js.BigInt) -> None:
    quotient, rest = OPS["div"](left, right), OPS["rem"](left, right)
    assert quotient * right + rest == left  # type: ignore[operator]
    assert abs(rest) < abs(right)  # type: ignore[arg-type]
    assert rest == 0 or (rest < 0) == (left < 0)  # type: ignore[operator]


@given(floats)
def test_bit_not_twice_is_to_int32(number: float) -> None:
    assert OPS["bit_not"](OPS["bit_not"](number)) == OPS["bit_or"](number, 0)


@given(primitives, primitives)
def test_comparisons_agree(left: object, right: object) -> None:
    less, greater = OPS["lt"](left, right), OPS["gt"](left, right)
    assert not (less and greater)
    assert OPS["lt"](left, right) == OPS["gt"](right, left)
    assert OPS["le"](left, right) == OPS["ge"](right, left)
    if less or greater:
        assert OPS["le"](left, right) == less


@given(st.sampled_from(sorted(OPS)), primitives, primitives)
def test_operators_give_values_or_javascript_errors(name: str, left: object, right: object) -> None:
    unary = name in ("neg", "bit_not", "try_into_number")
    arguments = (left,) if unary else (left, right)
    try:
        result = OPS[name](*arguments)
    except (js.TypeError, js.RangeError):
        return
    if js.is_number(result):
        assert same(js.number_to_python(float(result)), result)
