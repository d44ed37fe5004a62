"""A clock that a test moves: order, settling, and a real guest on it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison import Module, js
from unpoison.workers import Clock, ManualClock, SystemClock

WEBBY = Path(__file__).parents[1] / "crates" / "webby" / "webby.legacy.wasm"


def run(main: Callable[[ManualClock], Coroutine[Any, Any, None]]) -> None:
    """Run a test's main function with a clock that begins at 1000 seconds."""

    async def whole() -> None:
        await main(ManualClock(1000.0))

    asyncio.run(asyncio.wait_for(whole(), 30))


def test_it_stands_still_until_it_is_advanced() -> None:
    async def main(clock: ManualClock) -> None:
        assert (clock.monotonic(), clock.time()) == (0.0, 1000.0)
        await asyncio.sleep(0.01)
        assert clock.time() == 1000.0
        await clock.advance(2.5)
        assert (clock.monotonic(), clock.time()) == (2.5, 1002.5)

    run(main)


@given(st.lists(st.integers(0, 20), max_size=12), st.integers(0, 20))
def test_what_is_due_is_called_at_its_time_in_order(delays: list[int], until: int) -> None:
    async def main(clock: ManualClock) -> None:
        called: list[tuple[int, int, float]] = []

        def note(delay: int, place: int) -> None:
            called.append((delay, place, clock.monotonic()))

        for place, delay in enumerate(delays):
            clock.call_later(delay, lambda d=delay, p=place: note(d, p))  # type: ignore[misc]
        await clock.advance(until)
        due = sorted((d, place) for place, d in enumerate(delays) if d <= until)
        assert called == [(d, place, float(d)) for d, place in due]
        await clock.advance(20)
        assert len(called) == len(delays)

    run(main)


def test_what_was_cancelled_is_not_called() -> None:
    async def main(clock: ManualClock) -> None:
        called: list[str] = []
        second = clock.call_later(2, lambda: called.append("second"))
        clock.call_later(1, second.cancel)
        await clock.advance(3)
        assert called == []

    run(main)


def test_tasks_go_as_far_as_they_can_before_time_goes_on() -> None:
    async def main(clock: ManualClock) -> None:
        seen: list[float] = []

        async def sleep_twice() -> None:
            for _ in range(2):
                done = asyncio.Event()
                clock.call_later(1, done.set)
                await done.wait()
                for _ in range(50):
                    await asyncio.sleep(0)
                seen.append(clock.monotonic())

        task = asyncio.create_task(sleep_twice())
        await clock.advance(10)
        assert seen == [1.0, 2.0]
        await task

    run(main)


def test_work_outside_is_waited_for() -> None:
    async def main(clock: ManualClock) -> None:
        ends: list[float] = []

        async def flush() -> None:
            with clock.outside():
                await asyncio.sleep(0.02)
            ends.append(clock.monotonic())

        clock.call_later(1, lambda: tasks.append(asyncio.create_task(flush())))
        clock.call_later(2, lambda: ends.append(-1.0))
        tasks: list[asyncio.Task[None]] = []
        await clock.advance(3)
        assert ends == [1.0, -1.0]

    run(main)


def test_a_loop_that_never_has_nothing_to_do_does_not_stop_the_clock() -> None:
    async def main(clock: ManualClock) -> None:
        async def spin() -> None:
            while True:
                await asyncio.sleep(0)

        task = asyncio.create_task(spin())
        await clock.advance(1)
        assert clock.monotonic() == 1.0
        task.cancel()

    run(main)


@pytest.mark.parametrize("seconds", [-1, math.nan])
def test_time_never_goes_back(seconds: float) -> None:
    async def main(clock: ManualClock) -> None:
        with pytest.raises(ValueError, match="cannot be advanced"):
            await clock.advance(seconds)

    run(main)


def test_the_timers_and_dates_of_a_guest_follow_it() -> None:
    async def main(clock: ManualClock) -> None:
        with Module.read(WEBBY).instantiate(clock=clock) as guest:
            begin = js.call_method(guest.global_object["Date"], "now")
            sleeping = guest.exports.sleep(3_600_000)
            await clock.advance(3599)
            assert sleeping.state is js.PromiseState.PENDING
            await clock.advance(1)
            assert await sleeping == 3_600_000
            assert js.call_method(guest.global_object["Date"], "now") - begin == 3_600_000

    run(main)


def test_the_system_clock_is_one_and_waits_for_nothing() -> None:
    clock: Clock = SystemClock()

    async def main() -> None:
        done = asyncio.Event()
        with clock.outside():
            begin = clock.monotonic()
            clock.call_later(0.01, done.set)
            await done.wait()
        assert clock.monotonic() - begin > 0.005

    asyncio.run(main())
