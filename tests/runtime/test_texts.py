"""Strings, regular expressions, JSON and dates of js-sys in a real module."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import unpoison
from unpoison import js

MODULE = Path(__file__).parents[1] / "crates" / "texts" / "texts.legacy.wasm"


@pytest.fixture(scope="module")
def texts() -> Iterator[Any]:
    with unpoison.load(MODULE) as instance:
        yield instance.exports


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_match_has_its_groups(texts: Any) -> None:
    assert texts.first_match(r"(\w)(x)?-", "", "ab-c") == ["b-", "b", None]
    assert texts.first_match("z", "", "ab") is None
    assert texts.first_match("(.)", "su", "\U0001f600") == ["\U0001f600"] * 2


def test_a_malformed_pattern_is_a_syntax_error(texts: Any) -> None:
    with pytest.raises(js.SyntaxError, match="Unterminated group"):
        texts.first_match("(", "", "a")


def test_a_global_pattern_moves_on_and_is_remembered(texts: Any) -> None:
    assert texts.count_matches("(a.)", "ab ac xad") == [3, 0, "ad", "ad"]


def test_a_function_of_the_host_replaces(texts: Any) -> None:
    seen = []

    def upper(found: str, first: str, position: int, text: str) -> str:
        seen.append((found, first, position, text))
        return first.upper()

    assert texts.replace_with("a1b2", r"([a-z])\d", upper) == "AB"
    assert seen == [("a1", "a", 0, "a1b2"), ("b2", "b", 2, "a1b2")]


def test_an_exception_of_the_replacement_passes_through_rust(texts: Any) -> None:
    def fail(*_: object) -> str:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        texts.replace_with("a", "a", fail)


def test_positions_count_utf16_units(texts: Any) -> None:
    assert texts.all_matches("a\U0001f600b\U0001f600", "[^a-b]") == [
        [1, "\U0001f600"],
        [4, "\U0001f600"],
    ]


def test_text_is_split_by_a_pattern(texts: Any) -> None:
    assert texts.resplit("a1b22c", r"\d+", "-") == "a-b-c"


def test_strings_are_code_units(texts: Any) -> None:
    assert list(texts.units("a\U0001f600")) == [0x61, 0xD83D, 0xDE00]
    assert texts.from_units(0xD83D, 0xDE00) == "\U0001f600"
    assert texts.from_units(0xDE00, 0xD83D) == "\ude00\ud83d"
    assert texts.read_units("ab") == [True, "ab", "ab"]


def test_a_lone_surrogate_becomes_a_replacement_character_in_rust(texts: Any) -> None:
    assert texts.read_units("\ud800a") == [False, "\ufffda", "\ufffda"]


def test_texts_are_compared_as_people_do(texts: Any) -> None:
    assert [texts.compare("a", "B"), texts.compare("a", "a"), texts.compare("é", "e")] == [-1, 0, 1]


def test_json_goes_through_a_rust_closure(texts: Any) -> None:
    assert texts.double_numbers('{"b": [1, "x"], "a": null}') == (
        '{\n "b": [\n  2,\n  "x"\n ],\n "a": null\n}'
    )
    with pytest.raises(js.SyntaxError, match="JSON at position 1"):
        texts.double_numbers("{b}")


def test_rust_reads_the_message_of_a_json_error(texts: Any) -> None:
    assert texts.json_error("[1, x]") == "Unexpected token 'x', \"[1, x]\" is not valid JSON"
    assert texts.json_error("[1]") is None


def test_dates_are_in_local_time(texts: Any, berlin: None) -> None:
    # The night in which summer time begins has 23 hours.
    assert texts.day_after(2024, 2, 30) == [
        "2024-03-30T23:00:00.000Z",
        "Sun Mar 31 2024",
        "3/31/2024",
        1711839600000,
    ]
    assert texts.hours_between("2024-03-31T00:00", "2024-04-01T00:00") == 23


def test_dates_cross_both_ways(texts: Any) -> None:
    moment = datetime(2024, 5, 6, tzinfo=UTC)
    assert texts.year_of(moment) == 2024
    assert texts.year_of(js.Date(0)) == 1970
    made = texts.make_date(1714953600000)
    assert isinstance(made, js.Date)
    assert made.to_datetime() == moment


def test_text_goes_through_a_uri(texts: Any) -> None:
    assert texts.through_uri("a/é ") == ["a%2F%C3%A9%20", "a/é "]


def test_what_needs_intl_is_refused_by_name(texts: Any) -> None:
    with pytest.raises(js.RangeError, match=re.escape("Intl.DateTimeFormat")):
        texts.in_german(0)


def test_a_hostile_pattern_costs_a_bounded_time(texts: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("unpoison.js.regexp_machine.MAX_STEPS", 100_000)
    with pytest.raises(js.RangeError, match="too many steps"):
        texts.first_match("^(a+)+$", "", "a" * 40 + "b")
    assert texts.first_match("a", "", "a") == ["a"]
