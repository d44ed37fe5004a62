"""Which Python object is which JavaScript value."""

from __future__ import annotations

import copy
import enum
import math
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._ids import case_id
from unpoison import js
from unpoison.errors import PanicError


class Colour(enum.IntEnum):
    RED = 1


class Word(enum.StrEnum):
    YES = "yes"


class CallableError(Exception):
    def __call__(self) -> None:
        """Make instances callable."""


class Point:
    def method(self) -> None:
        """Be a method."""


TYPEOF = [
    (None, "undefined"),
    (js.null, "object"),
    (True, "boolean"),
    (1, "number"),
    (1.5, "number"),
    (math.nan, "number"),
    (2**53 - 1, "number"),
    (2**53, "bigint"),
    (-(2**53), "bigint"),
    (js.BigInt(1), "bigint"),
    ("", "string"),
    (js.Symbol(), "symbol"),
    (print, "function"),
    (lambda: None, "function"),
    (Point, "function"),
    (Point().method, "function"),
    (Point(), "object"),
    ([], "object"),
    ({}, "object"),
    (b"", "object"),
    (ValueError(), "object"),
    (CallableError(), "object"),
    (PanicError("p"), "object"),
    (Colour.RED, "number"),
    (Word.YES, "string"),
]


@pytest.mark.parametrize(("value", "name"), TYPEOF, ids=case_id)
def test_typeof(value: object, name: str) -> None:
    assert js.typeof(value) == name


@pytest.mark.parametrize("value", [row[0] for row in TYPEOF], ids=case_id)
def test_exactly_one_kind_fits(value: object) -> None:
    predicates: list[Callable[[object], object]] = [
        js.is_undefined,
        js.is_null,
        js.is_boolean,
        js.is_number,
        js.is_bigint,
        js.is_string,
        js.is_symbol,
        js.is_function,
        js.is_object,
    ]
    assert sum(bool(fits(value)) for fits in predicates) == 1


FALSY = [None, js.null, False, 0, -0.0, math.nan, js.BigInt(0), ""]


@pytest.mark.parametrize("value", FALSY, ids=case_id)
def test_falsy_values(value: object) -> None:
    assert js.is_falsy(value)


@pytest.mark.parametrize("value", [[], {}, b"", " ", js.Symbol(), Exception(), print], ids=case_id)
def test_objects_are_never_falsy(value: object) -> None:
    assert not js.is_falsy(value)


def test_null_is_one_value_through_copies_and_pickles() -> None:
    assert pickle.loads(pickle.dumps(js.null)) is js.null
    assert copy.deepcopy(js.null) is js.null
    assert copy.copy(js.null) is js.null
    assert js.JsNull() is js.null
    assert not js.null
    assert repr(js.null) == "js.null"


def test_a_bigint_is_an_int_with_javascripts_repr() -> None:
    assert repr(js.BigInt(-5)) == "-5n"
    assert str(js.BigInt(5)) == f"{js.BigInt(5)}" == "5"
    assert js.BigInt(5) == 5
    assert repr(js.BigInt(10**5000)) == "1" + "0" * 5000 + "n"
    assert type(pickle.loads(pickle.dumps(js.BigInt(7)))) is js.BigInt


def test_a_symbol_is_equal_to_itself_only() -> None:
    symbol = js.Symbol("s")
    assert js.strict_equal(symbol, copy.deepcopy(symbol))
    assert not js.strict_equal(symbol, js.Symbol("s"))
    assert repr(symbol) == "Symbol(s)"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (0, -0.0),
        ("a", "a"),
        (js.BigInt(3), js.BigInt(3)),
        (js.BigInt(2**60), 2**60),
        (None, None),
        (js.null, js.null),
        (Colour.RED, 1),
        (Word.YES, "yes"),
    ],
    ids=case_id,
)
def test_strictly_equal(left: object, right: object) -> None:
    assert js.strict_equal(left, right)
    assert js.strict_equal(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, True),
        (0, False),
        (1, js.BigInt(1)),
        (1, "1"),
        (math.nan, math.nan),
        (None, js.null),
        ([], []),
        ({}, {}),
        (0, ""),
        (js.null, False),
    ],
    ids=case_id,
)
def test_not_strictly_equal(left: object, right: object) -> None:
    assert not js.strict_equal(left, right)
    assert not js.strict_equal(right, left)


def test_objects_are_equal_by_identity_and_methods_by_object() -> None:
    items: list[object] = []
    point = Point()
    assert js.strict_equal(items, items)
    assert js.strict_equal(point.method, point.method)
    assert not js.strict_equal(point.method, Point().method)
    assert js.strict_equal(items.append, items.append)
    assert not js.strict_equal(items.append, [].append)


def test_same_value_tells_zeros_apart_and_nan_is_itself() -> None:
    assert js.same_value(math.nan, math.nan)
    assert not js.same_value(0, -0.0)
    assert js.same_value(-0.0, -0.0)
    assert not js.same_value(math.nan, 1)
    assert js.same_value_zero(0, -0.0)
    assert js.same_value_zero(math.nan, math.nan)


values = st.one_of(
    st.none(),
    st.just(js.null),
    st.booleans(),
    st.integers(),
    st.integers().map(js.BigInt),
    st.floats(),
    st.text(max_size=3),
)


@given(values, values)
def test_equality_is_symmetric_and_never_raises(left: object, right: object) -> None:
    assert js.strict_equal(left, right) == js.strict_equal(right, left)
    assert js.loose_equal(left, right) == js.loose_equal(right, left)
    assert js.same_value(left, left)
    assert not js.strict_equal(left, right) or js.loose_equal(left, right)
