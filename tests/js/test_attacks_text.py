"""No guest burns memory or time with strings, patterns, JSON or dates, or sees their insides."""

from __future__ import annotations

import re
import time

import pytest

from tests.js.script import World
from unpoison import js

TOO_MUCH = {
    "padding": "'a'.padEnd(1e15)",
    "padding with a long filler": "'a'.padStart(2 ** 30, 'x'.repeat(1000))",
    "repeating": "'ab'.repeat(2 ** 28)",
    "concatenation": "(s => s.concat(s, s, s))('x'.repeat(2 ** 27))",
    "a template": "String.raw({ raw: { length: 2 ** 53 - 1 } })",
    "replacements that copy the text": "'x'.repeat(1e6).replaceAll('x', '$`$`$`')",
    "a replacement of many copies": "'x'.repeat(1e6).replace('x', \"$'\".repeat(1e5))",
    "a pattern's replacements": "'x'.repeat(1e5).replace(/x/g, '$`'.repeat(100))",
    "a match of many groups": (
        "(r => (r.exec = () => ({ length: 2 ** 50, index: 0 }), 'x'.replace(r, '')))(/x/)"
    ),
    "a pattern that always matches": (
        "(r => (r.exec = () => ({ 0: 'x', index: 0, length: 1 }), 'x'.replace(r, '')))(/x/g)"
    ),
    "JSON of few objects": (
        "(a => JSON.stringify([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].reduce(b => [b, b, b, b, b], a)))('x')"
    ),
    "JSON without an end": "JSON.stringify(1, (k, v) => ({ k }))",
    "JSON that nests": "JSON.parse('['.repeat(1e5))",
    "normalization": "'\\ufdfa'.repeat(2 ** 25).normalize('NFKD')",
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_a_range_error_soon(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unpoison.js.json_text.MAX_JSON", 1 << 20)
    monkeypatch.setattr("unpoison.js.regexp_machine.MAX_STEPS", 20_000)
    monkeypatch.setattr("unpoison.js.text_limits.MAX_LENGTH", 1 << 24)
    world = World()
    started = time.process_time()
    with pytest.raises(js.RangeError):
        world.run(TOO_MUCH[name])
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (js.RegExp("a"), ("program", "letters", "text", "on_match", "last_index")),
        (js.Date(0), ("time", "to_datetime", "from_datetime")),
        ("text", ("upper", "encode", "format", "join")),
    ],
)
def test_nothing_of_python_is_a_property(value: object, names: tuple[str, ...]) -> None:
    for name in (*names, "__class__", "_js_own", "__slots__"):
        assert js.get(value, name) is None


def test_a_pattern_of_the_host_shows_no_method_of_python() -> None:
    pattern = re.compile("a")
    for name in ("scanner", "sub", "pattern", "groupindex", "fullmatch"):
        assert js.get(pattern, name) is None


def test_the_replacement_function_of_the_host_gets_texts_only() -> None:
    seen: list[object] = []
    world = World(take=lambda *arguments: seen.append(arguments))
    world.run("'abc'.replace(/(?<x>b)/, (...all) => take(...all))")
    assert seen == [("b", "b", 1, "abc", {"x": "b"})]


def test_an_exception_in_a_replacement_travels_out() -> None:
    def fail(*_: object) -> None:
        raise LookupError("deep")

    for case in ("'a'.replace(/a/g, fail)", "'a'.replaceAll('a', fail)", "JSON.parse('1', fail)"):
        with pytest.raises(LookupError, match="deep"):
            World(fail=fail).run(case)
