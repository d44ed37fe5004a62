"""What nothing can settle is an error, wherever it is awaited; what a later event may settle is
waited for; the object goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.workers.shop import CANCELED, get, make
from unpoison.workers import Response
from unpoison.workers.clock import ManualClock
from unpoison.workers.patience import PATIENCE_SECONDS

SECONDS = 5.0


CASES = [
    ("exclusive", "/hang"),
    ("exclusive", "/do/a/tx?hang=1"),  # no event comes into a critical section
    # Who calls an object of its own instance waits for something of the outside, as far as can be
    # told: docs/workers.md, "Recovery".
    ("shared", "/hang"),
]


@pytest.mark.parametrize(("isolation", "path"), CASES)
def test_a_promise_that_nobody_settles_is_an_error_at_once(isolation: str, path: str) -> None:
    # workerd answers the first so; who calls an object waits there for ever.
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await get(worker, "/do/a/inc") == (200, "1")
            began = time.monotonic()
            status, text = await get(worker, path)
            assert time.monotonic() - began < SECONDS
            assert (status, CANCELED in text) == (500, True)
            assert await get(worker, "/do/a/get") == (200, "1")
            assert await get(worker, "/do/a/tx") == (200, "done: 1 1")
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")

    asyncio.run(test())


def test_an_object_that_hangs_is_given_up_when_nothing_has_happened_for_long() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            hanging = start(get(worker, "/do/a/hang"))
            assert await get(worker, "/do/a/inc") == (200, "1")
            await clock.advance(PATIENCE_SECONDS - 1)
            assert await get(worker, "/do/a/get") == (200, "1")  # this happened
            await clock.advance(PATIENCE_SECONDS - 1)
            assert not hanging.done()
            await clock.advance(2)
            status, text = await asyncio.wait_for(hanging, SECONDS)
            assert (status, CANCELED in text) == (500, True)
            assert await get(worker, "/do/a/mem") == (200, "unstored_count: 4")

    asyncio.run(test())


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_a_request_waits_for_another_one(isolation: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(isolation=isolation, clock=clock) as worker:
            polls = [start(get(worker, "/do/a/next")) for _ in range(3)]
            await clock.advance(PATIENCE_SECONDS - 1)
            assert not any(poll.done() for poll in polls)
            assert await get(worker, "/do/a/inc") == (200, "1")
            assert await asyncio.gather(*polls) == [(200, "1")] * 3

    asyncio.run(test())


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_a_body_waits_for_what_other_requests_say(isolation: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(isolation=isolation, clock=clock) as worker:
            response: Response = await worker.fetch("http://shop/do/a/follow?counts=2")
            reading = start(response.text())
            for count in ("1", "2"):
                await clock.advance(PATIENCE_SECONDS - 1)
                assert not reading.done()
                assert await get(worker, "/do/a/inc") == (200, count)
            assert await asyncio.wait_for(reading, SECONDS) == "1\n2\n"

    asyncio.run(test())


def test_an_object_with_waiting_requests_is_not_evicted_and_who_left_is_forgotten() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            left = start(get(worker, "/do/a/next"))
            stays = start(get(worker, "/do/a/next"))
            await clock.advance(PATIENCE_SECONDS - 1)
            left.cancel()
            assert await get(worker, "/do/a/inc") == (200, "1")
            assert await stays == (200, "1")
            assert await get(worker, "/do/a/mem") == (200, "unstored_count: 4")  # the same life
            gone = start(get(worker, "/do/a/hang"))
            await clock.advance(1)
            gone.cancel()
            await clock.advance(PATIENCE_SECONDS)
            await worker.measure()
            assert worker.population().objects_live == 0

    asyncio.run(test())


def test_an_abort_answers_who_waits_for_a_later_event() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            poll = start(get(worker, "/do/a/next"))
            await clock.advance(1)
            assert (await get(worker, "/do/a/abort"))[0] == 500
            assert (await asyncio.wait_for(poll, SECONDS))[0] == 500
            assert await get(worker, "/do/a/inc") == (200, "1")

    asyncio.run(test())


def start(answer: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(answer)
