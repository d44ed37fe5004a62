"""Programs in JavaScript on a realm of ours, against what they give on Node 26."""

from __future__ import annotations

import time

import pytest

from tests.js.script import NAME_ONLY, World
from tests.js.scripts.record import ask_node, cases, names, recorded, zone_of


def agrees(case: str, mine: str, theirs: str) -> bool:
    """Tell whether an answer is Node's, to the letter unless the case says otherwise."""
    if case.endswith(NAME_ONLY) and theirs.startswith("throws "):
        return mine.partition(":")[0] == theirs.partition(":")[0]
    return mine == theirs


@pytest.fixture
def zone(monkeypatch):
    """Give a function that sets the time zone of this process for one test."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("name", names())
def test_cases_give_what_they_give_on_node(name: str, zone) -> None:
    zone(zone_of(name))
    different = []
    for case, theirs in zip(cases(name), recorded(name), strict=True):
        mine = World().outcome(case)
        if not agrees(case, mine, theirs):
            different.append(f"{case}\n    here {mine}\n    Node {theirs}")
    assert not different, "\n".join(different)


def test_the_check_sees_a_difference() -> None:
    assert not agrees("1 + 1", World().outcome("1 + 1"), "3")
    assert not agrees(f"null.a; {NAME_ONLY}", World().outcome("null.a"), "throws RangeError: x")
    assert agrees(f"null.a; {NAME_ONLY}", World().outcome("null.a"), "throws TypeError: x")


@pytest.mark.peers
@pytest.mark.parametrize("name", names())
def test_the_recorded_answers_are_still_those_of_node(name: str) -> None:
    assert ask_node(name) == recorded(name)
