"""Operators, conversions, texts and promise orders against what Node 20 gives."""

from __future__ import annotations

import pytest

from tests.js.cases import (
    BINARY,
    DESCRIBED,
    JSON_TEXTS,
    NUMERIC_TEXTS,
    OPERANDS,
    UNARY,
    bits_of,
    numbers,
    outcome,
)
from tests.js.promise_scenarios import SCENARIOS, run
from tests.js.record import ask_node, recorded
from unpoison import js

NODE = recorded()
RESULTS = NODE["results"]


def one_ulp(mine: str, theirs: str) -> bool:
    """Tell whether two shown numbers are neighbours.

    ECMA-262 6.1.6.1.3 leaves the last bit of ** to the engine: V8 uses fdlibm, we use C's.
    """
    if not mine.startswith("number") or "nan" in (mine + theirs):
        return False
    bits = [int(text.removeprefix("number "), 16) for text in (mine, theirs)]
    return abs(bits[0] - bits[1]) == 1


def differences(expected, cases):
    """Compare recorded results with (name, function, *arguments) rows."""
    found = []
    for index, (name, function, *arguments) in zip(expected, cases, strict=True):
        mine = outcome(function, *arguments)
        if mine != RESULTS[index] and not (" pow " in name and one_ulp(mine, RESULTS[index])):
            found.append(f"{name}: {mine} but Node {RESULTS[index]}")
    return found


@pytest.mark.parametrize("operator", BINARY)
def test_binary_operator_on_all_pairs(operator: str) -> None:
    expected = [index for row in NODE["binary"][operator] for index in row]
    cases = [
        (f"{left} {operator} {right}", js.INTRINSICS[operator], OPERANDS[left], OPERANDS[right])
        for left in OPERANDS
        for right in OPERANDS
    ]
    assert differences(expected, cases) == []


@pytest.mark.parametrize("operator", UNARY)
def test_unary_operator_on_all_operands(operator: str) -> None:
    cases = [(name, js.INTRINSICS[operator], value) for name, value in OPERANDS.items()]
    assert differences(NODE["unary"][operator], cases) == []


TEXTS = {
    "string_of": js.string_of,
    "stringify": js.json_stringify,
    "debug_string": js.debug_string,
    "class_tag": lambda value: f"[object {js.class_tag(value)}]",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_of_all_values(kind: str) -> None:
    cases = [(name, TEXTS[kind], value) for name, value in DESCRIBED.items()]
    assert differences(NODE[kind], cases) == []


READERS = {
    "to_number": (js.to_number, NUMERIC_TEXTS),
    "to_bigint": (js.to_bigint, NUMERIC_TEXTS),
    "parse": (js.json_parse, JSON_TEXTS),
}


@pytest.mark.parametrize("kind", READERS)
def test_reading_texts(kind: str) -> None:
    read, texts = READERS[kind]
    assert differences(NODE[kind], [(repr(text[:40]), read, text) for text in texts]) == []


def test_number_formatting() -> None:
    mine = [js.number_to_string(js.number_to_python(number)) for number in numbers()]
    pairs = zip(numbers(), mine, NODE["numbers"], strict=True)
    assert [(bits_of(n), a, b) for n, a, b in pairs if a != b] == []
    assert len(mine) > 480


@pytest.mark.parametrize("name", SCENARIOS)
def test_promise_jobs_run_in_the_order_of_node(name: str) -> None:
    assert run(SCENARIOS[name]) == NODE["scenarios"][name]


@pytest.mark.peers
def test_the_recorded_answers_are_still_those_of_node() -> None:
    assert ask_node() | {"node": None} == NODE | {"node": None}
