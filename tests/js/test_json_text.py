"""JSON both ways; single texts are compared with Node elsewhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison import js

leaves = st.one_of(
    st.just(js.null),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False).map(js.number_to_python),
    st.text(),
)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def positive_zero(value: object) -> object:
    """JSON has no -0: it is written 0."""
    if isinstance(value, list):
        return [positive_zero(item) for item in value]
    if isinstance(value, dict):
        return {key: positive_zero(item) for key, item in value.items()}
    return 0 if isinstance(value, float) and value == 0 else value


@given(documents)
def test_what_is_written_reads_back(document: object) -> None:
    text = js.json_stringify(document)
    assert text is not None
    assert js.json_parse(text) == positive_zero(document)
    json.loads(text)


@given(st.text())
def test_any_text_is_a_value_or_a_syntax_error(text: str) -> None:
    try:
        js.json_parse(text)
    except js.SyntaxError as error:
        assert error.message.endswith("is not valid JSON")


def test_nothing_of_a_host_object_but_its_public_attributes_is_written() -> None:
    class Account:
        def __init__(self) -> None:
            self.owner = "me"
            self._secret = "s"

        def pay(self) -> None:
            """Be a method."""

    assert js.json_stringify(Account()) == '{"owner":"me"}'
    assert js.json_stringify(ValueError("m")) == "{}"


def test_cycles_and_bigints_are_type_errors() -> None:
    cycle: list[object] = []
    cycle.append({"again": cycle})
    with pytest.raises(js.TypeError, match="circular structure"):
        js.json_stringify(cycle)
    with pytest.raises(js.TypeError, match="BigInt"):
        js.json_stringify([js.BigInt(1)])


def test_the_same_object_twice_is_no_cycle() -> None:
    shared = [1]
    assert js.json_stringify([shared, shared]) == "[[1],[1]]"


def test_an_exception_of_tojson_travels_out() -> None:
    def fail(key: str) -> None:
        raise LookupError(key)

    with pytest.raises(LookupError, match="deep"):
        js.json_stringify({"deep": {"toJSON": fail}})


def test_too_deep_a_text_is_a_range_error() -> None:
    with pytest.raises(js.RangeError):
        js.json_parse("[" * 100_000 + "]" * 100_000)
