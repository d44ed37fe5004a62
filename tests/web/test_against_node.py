"""Each program of `programs/` logs here what it logs on Node 26, to the letter."""

from __future__ import annotations

import pytest

from tests.web.record import PROGRAMS, ask_node, recorded
from tests.web.world import World

NODE = recorded()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_logs_what_it_logs_on_node(world: World, name: str) -> None:
    assert world.run(PROGRAMS[name].read_text(encoding="utf-8")) == NODE[name]


def test_every_recording_has_its_program() -> None:
    assert list(NODE) == list(PROGRAMS)


@pytest.mark.peers
def test_the_recorded_lines_are_still_those_of_node() -> None:
    assert ask_node() == NODE
