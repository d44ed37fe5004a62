"""JSON both ways; single texts are compared with Node elsewhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison import js
from unpoison.js import json_text
from unpoison.js.json_scanner import scan

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


texts_like_json = st.text(alphabet=' \t\n[]{},:"\\/u0123abtrufalsn.eE+-\ud83d\ude00\x01')


@given(st.one_of(st.text(), texts_like_json))
def test_both_parsers_agree_about_any_text(text: str) -> None:
    results = []
    for parse in (js.json_parse, lambda text: scan(text).value):
        try:
            results.append(("value", parse(text)))
        except js.SyntaxError as error:
            results.append(("error", error.message))
    assert results[0] == results[1]


def test_few_objects_that_mean_a_huge_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_JSON", 1 << 20)
    document: list[object] = []
    for _ in range(40):
        document = [document, document]
    with pytest.raises(js.RangeError, match="Invalid string length"):
        js.json_stringify(document)


def test_a_reviver_sees_parts_before_the_whole() -> None:
    seen: list[object] = []

    def revive(key: object, value: object, context: object) -> object:
        seen.append(key)
        return value

    assert js.json_parse('{"a": [1, 2]}', revive) == {"a": [1, 2]}
    assert seen == ["0", "1", "a", ""]


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
