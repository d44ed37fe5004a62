"""Regular expressions beyond single cases: laws, hostile patterns, patterns of the host."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.js.script import World
from unpoison import js
from unpoison.js import regexp_machine
from unpoison.js.character_sets import (
    LAST,
    any_case,
    class_source,
    complement,
    contains,
    difference,
    intersection,
    make_set,
    simple_fold,
    union,
    upper_unit,
)
from unpoison.js.regexp_object import MAX_PATTERN
from unpoison.js.unicode_properties import CATEGORY_OF, TEST_OF, property_set

codes = st.integers(0, LAST)
sets = st.lists(st.tuples(codes, codes).map(sorted).map(tuple), max_size=8).map(make_set)


@given(sets, sets, codes)
def test_sets_are_sets(left, right, code) -> None:
    has = [contains(each)(chr(code)) for each in (left, right)]
    assert contains(union(left, right))(chr(code)) == (has[0] or has[1])
    assert contains(intersection(left, right))(chr(code)) == (has[0] and has[1])
    assert contains(difference(left, right))(chr(code)) == (has[0] and not has[1])
    assert contains(complement(left))(chr(code)) != has[0]


@given(sets, codes)
def test_a_set_is_a_class_of_python(chars, code) -> None:
    assert bool(re.fullmatch(class_source(chars), chr(code))) == contains(chars)(chr(code))


@pytest.mark.parametrize(("unicode", "fold"), [(True, simple_fold), (False, upper_unit)])
def test_any_case_is_what_folds_to_the_same(unicode, fold) -> None:
    folded = [fold(code) for code in range(0x11000 if unicode else 0x10000)]
    for code in (0x41, 0x73, 0x4B, 0xDF, 0x3C3, 0x1C5, 0x2126, 0x10400, 0x13A0):
        same = {c for c, form in enumerate(folded) if form == fold(code)} | {code}
        found = any_case(((code, code),), unicode)
        assert {c for first, end in found for c in range(first, end + 1)} == same


@pytest.mark.parametrize("name", ["Lu", "L", "Nd", "P", "Cn", "Sc"])
def test_a_category_has_the_characters_of_python(name: str) -> None:
    has = contains(property_set(name))
    wanted = CATEGORY_OF[name].split()
    wrong = [
        c for c in range(0, LAST, 7) if has(chr(c)) != (unicodedata.category(chr(c)) in wanted)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["Lowercase", "XID_Start"])
def test_a_property_has_the_characters_of_python(name: str) -> None:
    has, wanted = contains(property_set(name)), TEST_OF[name]
    assert [c for c in range(0, LAST, 7) if has(chr(c)) != wanted(chr(c))] == []


# Constructs that mean the same in Python, so that `re` is the judge.
atoms = st.sampled_from(["a", "b", "ab", "[ab]", "[^a]", "c", r"\d", "."])
marks = st.sampled_from(["", "", "?", "*", "+", "??", "*?", "+?", "{1,2}", "{2}"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    quantified = st.tuples(inner, marks).map(lambda pair: f"(?:{pair[0]}){pair[1]}")
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        quantified,
        inner.map("(?={})".format),
        inner.map("(?!{})".format),
    )


patterns = st.recursive(st.tuples(atoms, marks).map("".join), grown, max_leaves=6)


@given(patterns, st.text("abc1", max_size=12))
def test_what_means_the_same_in_python_matches_the_same(pattern: str, text: str) -> None:
    theirs = re.search(pattern, text)
    mine = js.call_method(js.RegExp(pattern), "exec", text)
    if has_empty_rounds(pattern):
        return  # JavaScript stops a round that matches nothing, Python goes another way
    expected = None if theirs is None else (theirs.start(), theirs[0])
    assert (None if mine is js.null else (js.get(mine, "index"), mine[0])) == expected


def has_empty_rounds(pattern: str) -> bool:
    """Tell whether a loop is over something that may match the empty text."""
    return bool(re.search(r"\)[*+?{]", pattern)) and bool(re.search(r"[*?]|\(\?[=!]", pattern))


@given(st.text("ab(){}[]\\^$.|?*+,-0123456789<>:=!kpuxcdwsnPL'&~ \U0001f600\ud83d", max_size=30))
def test_any_text_is_a_pattern_or_a_syntax_error(text: str) -> None:
    for flags in ("", "i", "u", "v", "iu"):
        try:
            pattern = js.RegExp(text, flags)
        except js.SyntaxError as error:
            assert error.message.startswith("Invalid regular expression: /")
            continue
        try:
            js.call_method(pattern, "exec", "aab(){}k0" + text)
        except js.RangeError as error:
            assert "too many steps" in error.message


HOSTILE = {
    "nested loops": ("^(a+)+$", "", "a" * 40 + "b"),
    "alternatives": ("^(a|aa)+$", "", "a" * 60 + "b"),
    "a backreference": (r"^(a*)*\1$", "", "a" * 60 + "b"),
    "a lookbehind": ("(?<=^(?:a|aa)+)b", "", "x" + "a" * 60 + "b"),
    "many starts": (".*?y", "g", "x" * 30_000),
    "a long choice": ("|".join("abcdefgh" * 500) + "|(?:x|x)*y", "g", "x" * 10_000),
    "groups": ("(?:" + "()" * 4000 + "x)*y", "g", "x" * 10_000),
    "deep stack": ("(?:a|b)*c", "", "ab" * 400_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pattern_ends_in_a_range_error(name: str, monkeypatch) -> None:
    monkeypatch.setattr(regexp_machine, "MAX_STEPS", 100_000)
    source, flags, text = HOSTILE[name]
    world = World(source=source, flags=flags, text=text)
    with pytest.raises(js.RangeError, match=r"too many steps|call stack"):
        world.run("text.replace(new RegExp(source, flags), '$1')")


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + ")" * 5000,
        "(?:" * 5000,
        "[" * 5000,
        "a" * (MAX_PATTERN + 1),
        "()" * 6000,
        "a{1,2147483647}" * 10 + "(",
        r"\p{L}",
        "(?=" * 90 + ")" * 89,
    ],
)
@pytest.mark.parametrize("flags", ["", "u", "v"])
def test_a_huge_pattern_is_quickly_read_or_refused(source: str, flags: str) -> None:
    started = time.process_time()
    try:
        js.RegExp(source, flags)
    except js.SyntaxError as error:
        assert error.message.startswith("Invalid regular expression:")
    assert time.process_time() - started < 2


@pytest.mark.parametrize("kind", [r"[^\u{:04x}]", r"[\p{{L}}\u{:04x}]+", r"[\w\u{:04x}-\uffff]"])
def test_a_pattern_of_many_sets_is_quickly_read_or_refused(kind: str) -> None:
    source = "".join(kind.format(0x1000 + index) for index in range(MAX_PATTERN // 20))
    started = time.process_time()
    try:
        js.RegExp(source, "iu")
    except js.SyntaxError as error:
        assert "too large" in error.message
    assert time.process_time() - started < 8


def test_a_script_property_is_refused_by_name() -> None:
    with pytest.raises(js.SyntaxError, match="Unicode property Script is not supported"):
        js.RegExp(r"\p{Script=Greek}", "u")
    with pytest.raises(js.SyntaxError, match="Invalid property name"):
        js.RegExp(r"\p{Nonsense}", "u")


def test_a_pattern_of_the_host_is_a_regular_expression() -> None:
    world = World(pattern=re.compile(r"(?P<word>[a-z]+)(\d)?", re.IGNORECASE))
    assert world.run("pattern instanceof RegExp")
    assert world.run("[pattern.source, pattern.flags, pattern.lastIndex]") == [
        r"(?P<word>[a-z]+)(\d)?",
        "iu",
        0,
    ]
    assert world.run("pattern.exec('1 Ab2').groups.word") == "Ab"
    assert world.run("pattern.exec('\U0001f600 a').index") == 3
    assert world.run("'a1-b2'.replace(pattern, '[$1]')") == "[a]-b2"
    assert world.run("'x1y'.split(pattern)") == ["", "x", "1", "", "y", None, ""]
    assert world.run("pattern.test('5')") is False


def test_each_realm_has_its_own_last_match() -> None:
    first, second = World(), World()
    first.run("/(a)/.exec('xa')")
    assert first.run("RegExp.$1") == "a"
    assert second.run("RegExp.$1") == ""


def test_python_code_uses_a_pattern_as_javascript_does() -> None:
    pattern = js.RegExp("b(.)", "g")
    assert pattern.exec("abc")[1] == "c"
    assert pattern.last_index == 3
    assert repr(pattern) == "/b(.)/g"
    with pytest.raises(js.SyntaxError, match="Unterminated group"):
        js.RegExp("(")
