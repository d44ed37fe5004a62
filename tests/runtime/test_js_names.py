"""Names of properties as the macros write them."""

from __future__ import annotations

import pytest

from unpoison import js
from unpoison.runtime.js_names import key_of, parts_of, renamed


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("plain", "plain"),
        ("a-b", "a-b"),
        ("", ""),
        ("a.b", "a.b"),
        ("[Symbol.iterator]", js.Symbol.iterator),
        ("[Symbol.asyncIterator]", js.Symbol.async_iterator),
        ("[Symbol.search]", js.WELL_KNOWN_SYMBOLS["search"]),
        ("[Symbol.nothing]", "undefined"),
        ("[Symbol.iterator", "[Symbol.iterator"),
        ("[Symbol.a.b]", "[Symbol.a.b]"),
        ("[other]", "[other]"),
    ],
)
def test_a_bracketed_name_is_a_symbol_any_other_text_itself(name: str, key: object) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("one", ["one"]),
        ("prototype.set.call", ["prototype", "set", "call"]),
        ("[Symbol.iterator]", ["[Symbol.iterator]"]),
        ("", [""]),
        ("a.", ["a", ""]),
    ],
)
def test_a_name_with_dots_leads_through_properties(name: str, parts: list[str]) -> None:
    assert parts_of(name) == parts


def test_renamed_members_are_found_by_key_and_cannot_be_changed() -> None:
    found = renamed({"[Symbol.iterator]": "Symbol_iterator", "class": "class_"})
    assert found == {js.Symbol.iterator: "Symbol_iterator", "class": "class_"}
    with pytest.raises(TypeError):
        found["x"] = "y"  # type: ignore[index]
