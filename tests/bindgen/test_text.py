"""Lines under an indentation, and docstrings that hold any documentation."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unpoison.bindgen.text import Text, docstring


def test_lines_stand_under_the_indentation_of_their_block() -> None:
    text = Text()
    text.add("a:")
    with text.indented():
        text.add("b:", "    c")
        with text.indented():
            text.add("d")
    text.add("e")
    assert text.render() == "a:\n    b:\n        c\n        d\ne\n"


def test_a_line_may_hold_line_breaks() -> None:
    text = Text()
    with text.indented():
        text.add_lines(["if a:\n    b", "c"])
    assert text.render() == "    if a:\n        b\n    c\n"


def test_empty_lines_have_no_indentation_and_come_two_at_a_time() -> None:
    text = Text()
    with text.indented():
        text.add("", "a", "", "", "", "", "b", "")
    assert text.render() == "    a\n\n\n    b\n".lstrip("\n")


def test_the_indentation_ends_with_its_block_even_by_an_exception() -> None:
    text = Text()
    with pytest.raises(KeyError), text.indented():
        raise KeyError
    text.add("a")
    assert text.render() == "a\n"


def test_no_documentation_is_no_docstring() -> None:
    assert docstring([]) == docstring(["", "  "]) == []


def test_one_line_stays_on_one_line() -> None:
    assert docstring(["One.", ""]) == ['"""One."""']
    assert docstring(["One.", "", "Two."]) == ['"""One.', "", "Two.", '"""']


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",))), max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_docstring_holds_its_text_as_it_is(lines: list[str]) -> None:
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    source = "\n".join(docstring(lines)) or '""'
    expected = "\n".join(kept) + ("\n" if len(kept) > 1 else "")
    assert ast.literal_eval(source) == expected
    assert source.isprintable() or "\n" in source
