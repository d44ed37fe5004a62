"""The same scenarios on wasm-bindgen's own glue and on unpoison; where they differ, on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import unpoison
from tests.peers import record
from tests.peers.accept import ACCEPTED, pinned, theirs
from tests.peers.differences import ABORT, DIFFERENCES, UNWIND
from tests.peers.normal import normal
from tests.peers.replay import Scenario, read_module, replay, scenarios

RECORDED = json.loads(record.RECORDED.read_text(encoding="utf-8"))
PINNED = json.loads(ACCEPTED.read_text(encoding="utf-8"))
MODULES = [(crate, build) for crate in record.CRATES for build in (*UNWIND, *ABORT)]
CASES = [
    pytest.param(crate, build, one, id=f"{crate}.{build}: {one['name']}")
    for crate, build in MODULES
    for one in scenarios(crate)
]


@pytest.fixture(scope="module")
def module() -> Callable[[str, str], unpoison.Module]:
    """Read each module once."""
    return cache(read_module)


@pytest.mark.parametrize(("crate", "build", "scenario"), CASES)
def test_unpoison_does_what_the_glue_does_or_what_the_table_says(
    module: Callable[[str, str], unpoison.Module], crate: str, build: str, scenario: Scenario
) -> None:
    name = scenario["name"]
    expected = theirs(RECORDED, crate, build, scenario)
    ours = replay(module(crate, build), scenario)
    accepted = pinned(PINNED, crate, build)
    assert ours == accepted.get(name, expected)
    if name in accepted:
        assert ours != expected, "they agree: python -m tests.peers.accept"
        covering = [one.title for one in DIFFERENCES if one.covers(build, name, ours)]
        assert covering, f"no reason in tests/peers/differences.py: {expected} became {ours}"


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.title)
def test_every_difference_of_the_table_shows(difference: Any) -> None:
    shown = {
        name
        for build in difference.builds
        for crate in record.CRATES
        for name in pinned(PINNED, crate, build)
    }
    assert shown or difference.cases
    assert shown >= set(difference.scenarios)


def test_every_scenario_is_recorded() -> None:
    for crate in record.CRATES:
        names = [one["name"] for one in scenarios(crate)]
        assert len(set(names)) == len(names)
        for build in record.BUILDS:
            assert list(RECORDED[f"{crate}.{build}"]["scenarios"]) == names


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        ({"class": "PanicError", "name": "PanicError", "message": "m"}, ["panic", "m"]),
        (
            {"class": "RuntimeError", "name": "RuntimeError", "message": "unreachable"},
            ["abort", "unreachable"],
        ),
        ({"class": "WebAssembly.Exception"}, ["abort", "panic"]),
        ({"class": "Error", "name": "Error", "message": "Module terminated"}, ["terminated"]),
        ({"class": "Error", "name": "Error", "message": "null pointer passed to rust"}, ["stale"]),
        (
            {"class": "RangeError", "name": "RangeError", "message": "m"},
            ["thrown", "RangeError", "m"],
        ),
        ({"class": "value", "value": {"bigint": "5"}}, ["thrown value", 5]),
    ],
)
def test_what_the_glue_raises_has_one_normal_form(raised: Any, expected: list[Any]) -> None:
    assert normal(["raised", raised]) == expected


@pytest.mark.peers
def test_the_record_is_what_the_glue_does_now() -> None:
    live = record.record()
    for module, recorded in RECORDED.items():
        assert live[module]["scenarios"] == recorded["scenarios"], "python -m tests.peers.record"
