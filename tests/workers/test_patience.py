"""Who waits for an event that is to come is given up when nothing happens for long, not before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from unpoison.workers.clock import ManualClock
from unpoison.workers.failures import HungError
from unpoison.workers.patience import PATIENCE_SECONDS, Patience

HALF = PATIENCE_SECONDS / 2


class Bench:
    """A guest that is stuck when told so."""

    def __init__(self) -> None:
        self.is_stuck = True
        self.clock = ManualClock()
        self.patience = Patience(lambda: self.is_stuck)
        self.waits: list[asyncio.Future[object]] = []

    def wait(self) -> asyncio.Future[object]:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.waits.append(future)
        self.patience.add(future, self.clock)
        return future

    @property
    def failed(self) -> list[bool]:
        return [each.done() and isinstance(each.exception(), HungError) for each in self.waits]


def run(test: Callable[[Bench], Awaitable[None]]) -> None:
    async def begin() -> None:
        await test(Bench())

    asyncio.run(begin())


def test_all_who_wait_fail_when_nothing_happened_for_long() -> None:
    async def test(bench: Bench) -> None:
        bench.wait()
        await bench.clock.advance(HALF)
        bench.wait()  # its event happened
        await bench.clock.advance(HALF)
        assert bench.failed == [False, False]
        await bench.clock.advance(HALF)
        assert bench.failed == [True, True]

    run(test)


@pytest.mark.parametrize("rests_at", [0.1, 0.9])
def test_coming_to_rest_begins_the_time_anew(rests_at: float) -> None:
    async def test(bench: Bench) -> None:
        bench.wait()
        await bench.clock.advance(PATIENCE_SECONDS * rests_at)
        bench.patience.begin()
        await bench.clock.advance(PATIENCE_SECONDS * 0.99)
        assert bench.failed == [False]
        await bench.clock.advance(PATIENCE_SECONDS * 0.02)
        assert bench.failed == [True]

    run(test)


def test_what_is_under_way_is_waited_for_however_long_it_takes() -> None:
    async def test(bench: Bench) -> None:
        bench.wait()
        bench.is_stuck = False
        await bench.clock.advance(10 * PATIENCE_SECONDS)
        assert bench.failed == [False]
        bench.is_stuck = True
        bench.patience.begin()
        await bench.clock.advance(PATIENCE_SECONDS)
        assert bench.failed == [True]

    run(test)


def test_who_was_answered_or_gave_up_is_not_failed_and_keeps_no_alarm() -> None:
    async def test(bench: Bench) -> None:
        answered, cancelled = bench.wait(), bench.wait()
        answered.set_result("here")
        cancelled.cancel()
        await bench.clock.advance(PATIENCE_SECONDS)  # not taken out yet
        bench.patience.discard(answered)
        bench.patience.discard(cancelled)
        assert (answered.result(), cancelled.cancelled()) == ("here", True)
        assert not bench.patience.is_asked
        bench.patience.begin()
        assert await bench.clock.advance(PATIENCE_SECONDS) is None
        stays = bench.wait()
        assert not stays.done()

    run(test)


def test_the_end_of_the_guest_tells_all() -> None:
    async def test(bench: Bench) -> None:
        bench.wait()
        bench.wait()
        bench.patience.end()
        assert bench.failed == [True, True]

    run(test)
