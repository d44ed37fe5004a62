"""ToPrimitive, ToNumber, ToString and String(x)."""

from __future__ import annotations

import math

import pytest

from unpoison import js


def test_an_object_is_asked_in_the_order_of_the_hint() -> None:
    both = {"valueOf": lambda: 1, "toString": lambda: "text"}
    assert js.to_primitive(both) == 1
    assert js.to_primitive(both, "number") == 1
    assert js.to_primitive(both, "string") == "text"


def test_a_result_that_is_an_object_is_passed_over() -> None:
    assert js.to_primitive({"valueOf": list, "toString": lambda: 5}) == 5
    with pytest.raises(js.TypeError, match="Cannot convert object to primitive value"):
        js.to_primitive({"valueOf": list, "toString": dict})


def test_symbol_to_primitive_comes_first() -> None:
    exotic: dict[object, object] = {js.Symbol.to_primitive: lambda hint: hint, "valueOf": int}
    assert js.to_primitive(exotic, "number") == "number"
    with pytest.raises(js.TypeError):
        js.to_primitive({js.Symbol.to_primitive: lambda hint: []})
    with pytest.raises(js.TypeError):
        js.to_primitive({js.Symbol.to_primitive: 5})


def test_a_public_method_of_a_host_object_counts() -> None:
    class Celsius:
        def valueOf(self) -> float:  # noqa: N802 - JavaScript's name
            return 21.5

    assert js.to_number(Celsius()) == 21.5
    assert js.string_of(Celsius()) == "[object Object]"


@pytest.mark.parametrize(
    ("value", "number"),
    [(None, math.nan), (js.null, 0), (True, 1), ("", 0), ([], 0), ([5], 5), ({}, math.nan)],
    ids=repr,
)
def test_to_number(value: object, number: float) -> None:
    assert js.same_value(js.to_number(value), number)


@pytest.mark.parametrize("value", [js.Symbol(), js.BigInt(1)], ids=repr)
def test_symbols_and_bigints_are_no_numbers(value: object) -> None:
    with pytest.raises(js.TypeError):
        js.to_number(value)


def test_a_symbol_is_no_string_but_string_describes_it() -> None:
    with pytest.raises(js.TypeError):
        js.to_string(js.Symbol("s"))
    assert js.string_of(js.Symbol("s")) == "Symbol(s)"


def test_objects_as_strings_never_show_their_repr() -> None:
    class Host:
        def __repr__(self) -> str:
            raise AssertionError

    assert js.string_of(Host()) == "[object Object]"
    assert js.string_of(print) == "function print() { [native code] }"
    assert js.string_of(KeyError("k")) == "KeyError: 'k'"


def test_a_cyclic_array_joins_as_in_engines() -> None:
    cycle: list[object] = [1]
    cycle.append(cycle)
    assert js.string_of(cycle) == "1,"


def test_too_deep_an_array_is_a_range_error() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for convert in (js.string_of, js.json_stringify, js.debug_string):
        with pytest.raises(js.RangeError, match="Maximum call stack size exceeded"):
            convert(deep)
    while deep:  # freed link by link: a recursive release would be deep as well
        deep = deep.pop()  # type: ignore[assignment]


def test_property_keys() -> None:
    assert js.to_property_key([1, 2]) == "1,2"
    assert js.to_property_key(-0.0) == "0"
    symbol = js.Symbol()
    assert js.to_property_key(symbol) is symbol
