"""The clock of a guest on a clock that is told to go on, and its measures."""

from __future__ import annotations

import pytest

from tests.web.world import World
from unpoison import js
from unpoison.web.performance import MAX_ENTRIES


def test_now_counts_milliseconds_from_the_first_look(world: World) -> None:
    performance = world.names["performance"]
    assert performance.now() == 0
    world.host.time += 1.25
    assert performance.now() == 1250
    world.host.time += 0.0000123
    assert performance.now() == pytest.approx(1250.01, abs=1e-9)


def test_the_origin_is_a_date(world: World) -> None:
    assert world.names["performance"].timeOrigin == world.host.wall_time() * 1000


def test_a_measure_needs_a_start_or_an_end(world: World) -> None:
    with pytest.raises(js.TypeError, match="One of options"):
        world.names["performance"].measure("m", {"duration": 1})


def test_a_measure_without_marks_is_the_whole_time(world: World) -> None:
    performance = world.names["performance"]
    performance.now()
    world.host.time += 2
    measure = performance.measure("all")
    assert (measure.start_time, measure.duration, measure.detail) == (0, 2000, js.null)


def test_the_oldest_entries_are_dropped(world: World) -> None:
    performance = world.names["performance"]
    for number in range(MAX_ENTRIES + 5):
        performance.mark(str(number))
    assert len(performance.getEntries()) == MAX_ENTRIES
    assert performance.getEntriesByName("4") == []


def test_the_navigator_tells_nothing_of_the_machine(world: World) -> None:
    assert world.run("log(navigator.userAgent, navigator instanceof Navigator)") == [
        '"unpoison" true'
    ]
    assert world.run("log(Object.keys(navigator), navigator.platform)") == ["[] undefined"]
