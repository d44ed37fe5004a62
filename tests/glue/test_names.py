"""Names in the text: those that JavaScript and the text itself leave free."""

from __future__ import annotations

import pytest

from unpoison.bindgen import Class, Export, ExportKind, Interface, Panics, Scalar, StructType
from unpoison.glue.names import Names, key, literal, member
from unpoison.wasm import FuncType

UNIT = Scalar("unit")


def function(name: str, *namespace: str) -> Export:
    """An export under a symbol that is its name."""
    symbol = "__".join((*namespace, name))
    return Export(
        name, symbol, FuncType((), ()), ExportKind.FUNCTION, None, None, (), UNIT, UNIT, namespace
    )


def names(*functions: Export, classes: tuple[Class, ...] = ()) -> Names:
    """The names of a module."""
    interface = Interface("m", "", "", Panics.UNWIND, functions=functions, classes=classes)
    return Names(interface, "node")


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("add", "add"),
        ("delete", "delete_"),
        ("Array", "Array_"),
        ("require", "require_"),
        ("fetch", "fetch"),
        ("$enter", "_enter"),
        ("a-b", "a_b"),
        ("1st", "_1st"),
        ("größe", "größe"),
    ],
)
def test_an_export_keeps_its_name_unless_the_text_needs_it(name: str, inside: str) -> None:
    assert names(function(name)).function(name) == inside


def test_two_of_one_name_are_told_apart() -> None:
    found = names(function("a-b"), function("a_b"), function("b", "a"), function("a__b"))
    inside = [found.function(symbol) for symbol in ("a-b", "a_b", "a__b")]
    assert inside[:2] == ["a_b", "a_b_"]
    assert inside[2] in ("a__b", "a__b_")


def test_parameters_hide_nothing_and_differ() -> None:
    cls = Class("Acc", "c", None, key="Acc")
    found = names(function("add"), classes=(cls,))
    assert found.cls(StructType("Acc", "c")) == "Acc"
    wanted = ["Acc", "add", "x", "x", "this", "", "Math", "ret", "ptr0", "len"]
    given = ["Acc_", "add_", "x", "x_", "this_", "arg5", "Math_", "ret_", "ptr0_", "len"]
    assert found.parameters(wanted) == given


@pytest.mark.parametrize(
    ("name", "behind", "before"),
    [
        ("then", ".then", "then"),
        ("[Symbol.iterator]", "[Symbol.iterator]", "[Symbol.iterator]"),
        ("a.b", ".a.b", '"a.b"'),
        ("a-b", '["a-b"]', '"a-b"'),
        ("", '[""]', '""'),
    ],
)
def test_a_property_is_named_behind_an_object_and_in_a_body(
    name: str, behind: str, before: str
) -> None:
    assert (member(name), key(name)) == (behind, before)


def test_a_text_of_any_kind_is_one_literal() -> None:
    assert literal('a"\n\u2028\\') == '"a\\"\\n\\u2028\\\\"'
