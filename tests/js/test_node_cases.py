"""What programs give in our realm is what Node gives, its errors' messages included."""

from __future__ import annotations

import math

import pytest

from tests.js.node_cases import TOPICS, ask_node, ask_realm, programs, recorded
from unpoison import js

APPROXIMATE = {"transcendental"}


def is_near(mine: str, theirs: str) -> bool:
    """Tell whether two texts are numbers that are the same or neighbours."""
    first, second = float(mine), float(theirs)
    return first in (second, math.nextafter(second, math.inf), math.nextafter(second, -math.inf))


def fresh_realm() -> js.Realm:
    return js.make_realm(js.PromiseRealm(js.MicrotaskQueue(print)))


@pytest.mark.parametrize("topic", TOPICS)
def test_programs_give_what_node_gives(topic: str) -> None:
    expected = recorded(topic)
    realm = fresh_realm()
    mine = {program: ask_realm(program, realm) for program in programs(topic)}
    different = {
        program: (answer, expected[program])
        for program, answer in mine.items()
        if answer != expected[program]
        and not (topic in APPROXIMATE and is_near(answer, expected[program]))
    }
    assert different == {}


@pytest.mark.peers
@pytest.mark.parametrize("topic", TOPICS)
def test_the_recorded_answers_are_still_those_of_node(topic: str) -> None:
    assert ask_node(topic) == recorded(topic)
