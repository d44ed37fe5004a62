"""Programs in JavaScript on what a module exports: wasm-bindgen's own glue, and unpoison."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

import unpoison
from tests.peers import programs
from tests.peers.differences import DIFFERENCES
from tests.peers.programs.record import ask_node, expected

RECORDED = json.loads(programs.RECORDED.read_text(encoding="utf-8"))
ACCEPTED = json.loads(programs.ACCEPTED.read_text(encoding="utf-8"))
TEXTS = {crate: programs.program_text(crate) for crate in programs.PROGRAMS}
CASES = [
    pytest.param(crate, case, id=f"{crate}: {case}")
    for crate, text in TEXTS.items()
    for case in programs.case_names(text)
]


@pytest.fixture(scope="module")
def module() -> Callable[[str], unpoison.Module]:
    """Read each module once."""
    return cache(programs.read_module)


@pytest.mark.parametrize(("crate", "case"), CASES)
def test_a_program_gives_what_it_gives_on_the_glue_or_what_the_table_says(
    module: Callable[[str], unpoison.Module], crate: str, case: str
) -> None:
    text = TEXTS[crate]
    ours = programs.Run(module(crate), text, programs.import_names(text)).play(case)
    theirs = expected(RECORDED[crate]["cases"][case])
    assert ours == ACCEPTED[crate].get(case, theirs)
    if case in ACCEPTED[crate]:
        assert ours != theirs, "they agree: python -m tests.peers.programs.record"
        assert any(case in one.cases for one in DIFFERENCES), f"no reason: {theirs} became {ours}"


def test_every_case_of_the_table_differs() -> None:
    named = {case for one in DIFFERENCES for case in one.cases}
    assert named == {case for cases in ACCEPTED.values() for case in cases}


@pytest.mark.parametrize("crate", programs.PROGRAMS)
def test_the_record_is_of_this_module_and_has_every_case(crate: str) -> None:
    recorded = RECORDED[crate]
    assert recorded["sha256"] == sha256(programs.module_path(crate).read_bytes()).hexdigest()
    assert list(recorded["cases"]) == programs.case_names(TEXTS[crate])
    assert all(recorded["cases"].values()), "a case that shows nothing"


def test_the_comparison_sees_a_difference(module: Callable[[str], unpoison.Module]) -> None:
    case = "cases: { one: g => { see(1, -0, 5n, [null], g.Dog); throw 'x'; },"
    given = TEXTS["classes"].replace("cases: {", case, 1)
    seen: list[Any] = programs.Run(module("classes"), given, programs.import_names(given)).play(
        "one"
    )
    first = ["seen", 1, {"number": "-0"}, 5, [{"null": True}], {"function": True}]
    assert seen == [first, ["thrown value", "x"]]


@pytest.mark.peers
@pytest.mark.parametrize("crate", programs.PROGRAMS)
def test_the_record_is_what_the_glue_does_now(crate: str) -> None:
    assert ask_node(crate)["cases"] == RECORDED[crate]["cases"], (
        "python -m tests.peers.programs.record"
    )
