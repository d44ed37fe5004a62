"""setTimeout and its kin on a clock that is told to go on."""

from __future__ import annotations

import gc

from tests.web.world import World
from unpoison.web.timers import Timers


def test_ids_are_positive_integers(world: World) -> None:
    assert [world.call("setTimeout", print, 5), world.call("setInterval", print, 5)] == [1, 2]


def test_a_delay_is_a_signed_32_bit_integer_of_milliseconds(world: World) -> None:
    for delay in (2**31, -1, float("nan"), 2**32, None, "x"):
        world.call("setTimeout", print, delay)
    assert {time for time, _, _ in world.host.due} == {world.host.time}


def test_an_interval_of_nothing_still_lets_time_pass(world: World) -> None:
    rounds: list[int] = []
    world.call("setInterval", lambda: rounds.append(1), 0)
    world.host.run(0.0101)
    assert len(rounds) == 10


def test_an_interval_goes_on_when_its_function_raises(world: World) -> None:
    def fail() -> None:
        raise ValueError("each time")

    number = world.call("setInterval", fail, 10)
    world.host.run(0.035)
    world.call("clearInterval", number)
    world.host.run(1)
    assert [str(error) for error in world.errors] == ["each time"] * 3


def test_timers_that_the_host_forgot_are_forgotten_here(world: World) -> None:
    world.call("setTimeout", print, 1000)
    assert len(world.realm.part(Timers)._active) == 1
    world.host.due.clear()
    gc.collect()
    assert len(world.realm.part(Timers)._active) == 0
    world.call("clearTimeout", 1)


def test_a_timeout_that_ran_is_forgotten(world: World) -> None:
    for _ in range(50):
        world.call("setTimeout", lambda: None, 1)
    world.host.run()
    gc.collect()
    assert len(world.realm.part(Timers)._active) == 0
