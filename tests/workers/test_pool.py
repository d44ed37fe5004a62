"""A pool: grows, waits, refuses, shrinks."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

import pytest

from unpoison.workers.clock import ManualClock
from unpoison.workers.failures import OverloadedError
from unpoison.workers.pool import Pool


class Bench:
    """A pool of numbers, and what was closed."""

    def __init__(self, most: int = 2, least: int = 1) -> None:
        self.clock = ManualClock()
        self.closed: list[int] = []
        self.numbers = itertools.count(1)
        self.pool: Pool[int] = Pool(
            lambda: next(self.numbers),
            self.closed.append,
            self.clock,
            most=most,
            patience=5.0,
            idle=60.0,
            least=least,
        )


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_it_makes_one_when_none_is_idle_and_lends_the_warmest_again() -> None:
    async def test() -> None:
        bench = Bench()
        first, second = await bench.pool.borrow(), await bench.pool.borrow()
        assert (first, second, bench.pool.live, bench.pool.idle) == (1, 2, 2, 0)
        bench.pool.give_back(first)
        bench.pool.give_back(second)
        assert bench.pool.idle == 2
        assert await bench.pool.borrow() == second

    run(test())


def test_beyond_the_most_borrowers_wait_in_order() -> None:
    async def test() -> None:
        bench = Bench()
        first, second = await bench.pool.borrow(), await bench.pool.borrow()
        tasks = [asyncio.ensure_future(bench.pool.borrow()) for _ in range(2)]
        await asyncio.sleep(0)
        assert bench.pool.waiting == 2
        bench.pool.give_back(second)
        bench.pool.give_back(first)
        assert await asyncio.gather(*tasks) == [second, first]

    run(test())


def test_a_borrower_is_refused_when_its_patience_is_over() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        task = asyncio.ensure_future(bench.pool.borrow())
        await bench.clock.advance(5.0)
        with pytest.raises(OverloadedError, match="all 1 instances were busy for 5 seconds"):
            await task
        bench.pool.give_back(item)
        assert await bench.pool.borrow() == item

    run(test())


def test_what_is_lost_makes_room_for_a_new_one() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        task = asyncio.ensure_future(bench.pool.borrow())
        await asyncio.sleep(0)
        bench.pool.lose(item)
        assert bench.closed == [item]
        assert await task == item + 1
        assert bench.pool.live == 1

    run(test())


def test_what_a_cancelled_borrower_got_goes_to_the_next() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        tasks = [asyncio.ensure_future(bench.pool.borrow()) for _ in range(2)]
        await asyncio.sleep(0)
        bench.pool.give_back(item)
        tasks[0].cancel()
        assert await tasks[1] == item
        bench.pool.give_back(item)
        assert bench.pool.idle == 1

    run(test())


def test_the_idle_ones_are_closed_after_a_while_but_for_the_least() -> None:
    async def test() -> None:
        bench = Bench(most=3)
        items = [await bench.pool.borrow() for _ in range(3)]
        bench.pool.give_back(items[0])
        await bench.clock.advance(30.0)
        bench.pool.give_back(items[1])
        bench.pool.give_back(items[2])
        await bench.clock.advance(30.0)
        assert bench.closed == [1]
        await bench.clock.advance(30.0)
        assert bench.closed == [1, 2]
        await bench.clock.advance(1000.0)
        assert (bench.pool.live, bench.pool.idle) == (1, 1)

    run(test())


def test_one_that_cannot_be_made_takes_no_room() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        bench.numbers = iter(())  # type: ignore[assignment]
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await bench.pool.borrow()
        assert bench.pool.live == 0

    run(test())


def test_closing_refuses_those_who_wait() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        task = asyncio.ensure_future(bench.pool.borrow())
        await asyncio.sleep(0)
        bench.pool.close()
        with pytest.raises(OverloadedError, match="shutting down"):
            await task
        bench.pool.lose(item)
        assert bench.pool.live == 0

    run(test())


def test_who_gave_up_or_left_waits_no_more() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        await bench.pool.borrow()
        tasks = [asyncio.ensure_future(bench.pool.borrow()) for _ in range(2)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await bench.clock.advance(5.0)
        assert bench.pool.waiting == 0
        await asyncio.gather(*tasks, return_exceptions=True)

    run(test())


def test_the_place_of_one_that_is_lost_is_that_of_who_waits() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        waiting = asyncio.ensure_future(bench.pool.borrow())
        await asyncio.sleep(0)
        late = asyncio.ensure_future(bench.pool.borrow())
        bench.pool.lose(item)
        assert await waiting == item + 1
        await asyncio.sleep(0)
        assert (bench.pool.live, late.done()) == (1, False)
        bench.pool.give_back(item + 1)
        assert await late == item + 1

    run(test())


def test_when_none_can_be_made_all_who_wait_are_told() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        tasks = [asyncio.ensure_future(bench.pool.borrow()) for _ in range(3)]
        await asyncio.sleep(0)
        bench.numbers = iter(())  # type: ignore[assignment]
        bench.pool.lose(item)
        async with asyncio.timeout(1):
            told = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, RuntimeError) for each in told)
        assert bench.pool.live == 0

    run(test())


def test_nothing_is_made_after_closing_for_who_was_given_a_place() -> None:
    async def test() -> None:
        bench = Bench(most=1)
        item = await bench.pool.borrow()
        task = asyncio.ensure_future(bench.pool.borrow())
        await asyncio.sleep(0)
        bench.pool.lose(item)
        bench.pool.close()
        with pytest.raises(OverloadedError, match="shutting down"):
            await task
        assert bench.pool.live == 0

    run(test())
