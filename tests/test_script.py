"""The interpreter of the tests' programs says what it does not know."""

from __future__ import annotations

import pytest

from tests.script import Interpreter, Missing
from unpoison import js


@pytest.fixture
def interpreter() -> Interpreter:
    return Interpreter(js.make_realm(js.PromiseRealm(js.MicrotaskQueue(print))))


@pytest.mark.parametrize(
    ("program", "part"),
    [
        ("class A {}", "ClassDeclaration"),
        ("(class {})", "ClassExpression"),
        ("a: while (true) { break a; }", "LabeledStatement"),
        ("switch (1) {}", "SwitchStatement"),
        ("let a; [a] = [1];", "assignment to ArrayPattern"),
        ("const {a, ...b} = {};", "RestElement"),
        ("(async function* () {})()", "async generator"),
    ],
)
def test_a_missing_part_is_named_and_no_program_catches_it(interpreter, program, part) -> None:
    with pytest.raises(Missing, match=part):
        interpreter.run_script(f"try {{ {program} }} catch {{}}")


@pytest.mark.parametrize("program", ["1 +", "return )", "{", "`${", "'a"])
def test_what_is_no_program_is_a_syntax_error(interpreter, program) -> None:
    with pytest.raises(js.SyntaxError, match=r"^Line [12]: "):
        interpreter.run_body(program)


def test_a_wrong_regular_expression_is_judged_by_the_realm(interpreter) -> None:
    with pytest.raises(js.SyntaxError, match=r"Invalid regular expression: /\(/"):
        interpreter.run_body("return /(/;")


def test_a_script_gives_the_value_of_its_last_expression(interpreter) -> None:
    assert interpreter.run_script("const a = 1; a + 1") == 2
    assert interpreter.run_script("const a = 1;") is None
    assert interpreter.run_script("2; const a = 1;") == 2
