"""Which tests a binary has, and which of them a selection takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.testing import Case, Selection, find_cases
from unpoison.wasm import ExternKind, FunctionBody, FuncType, Limits, MemoryType, Module

EXPORTS = (
    "__wbgt__suite::passes",
    "__wbgt_$_suite::inner::ignored",
    "__wbgb__suite::measured",
    "__wbgt__without_a_path",
    "__wbgt_no::mark",
    "__wbgt",
    "main",
    "__wbindgen_malloc",
)


def binary(exports: tuple[str, ...]) -> Module:
    module = Module()
    function = module.add_function(FuncType((), ()), FunctionBody.assemble((), [("end",)]))
    for name in exports:
        module.add_export(name, ExternKind.FUNCTION, function)
    return module


def test_tests_are_the_exports_with_the_prefix_and_a_path() -> None:
    assert find_cases(binary(EXPORTS)) == (
        Case("passes", "__wbgt__suite::passes", ignored=False),
        Case("inner::ignored", "__wbgt_$_suite::inner::ignored", ignored=True),
    )


def test_benchmarks_have_a_prefix_of_their_own() -> None:
    assert [case.name for case in find_cases(binary(EXPORTS), benches=True)] == ["measured"]


def test_only_functions_are_tests() -> None:
    module = binary(())
    memory = module.add_memory(MemoryType(Limits(1)))
    module.add_export("__wbgt__suite::memory", ExternKind.MEMORY, memory)
    assert find_cases(module) == ()


CASES = (
    Case("parse", "", ignored=False),
    Case("parse_all", "", ignored=False),
    Case("lexer::parse", "", ignored=True),
    Case("lexer::scan", "", ignored=False),
)


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), "parse parse_all lexer::parse lexer::scan"),
        (Selection("parse"), "parse parse_all lexer::parse"),
        (Selection("parse", exact=True), "parse"),
        (Selection("nothing"), ""),
        (Selection(skip=("lexer", "all")), "parse"),
        (Selection(skip=("parse",), exact=True), "parse_all lexer::parse lexer::scan"),
        (Selection("parse", skip=("lexer",)), "parse parse_all"),
        (Selection(only_ignored=True), "lexer::parse"),
        (Selection("scan", only_ignored=True), ""),
    ],
)
def test_a_selection_takes(selection: Selection, taken: str) -> None:
    assert [case.name for case in CASES if selection.takes(case)] == taken.split()


@given(st.lists(st.text(), unique=True))
def test_any_name_of_an_export_is_read(names: list[str]) -> None:
    exports = tuple(f"__wbgt_{name}" for name in names)
    for case in find_cases(binary(exports)):
        assert case.export in exports
        assert case.export.endswith(f"::{case.name}")
