"""The wait for a promise: its value, its error, a limit, and the end of everything it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from unpoison import js
from unpoison.runtime.jobs import Scheduler
from unpoison.testing.waiting import SlowError, StuckError, SuiteLoop

Body = Callable[[SuiteLoop, js.Capability], Awaitable[Any]]


def run(body: Body) -> Any:
    with asyncio.Runner(loop_factory=SuiteLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, SuiteLoop)

        async def main() -> Any:
            return await body(loop, js.with_resolvers(Scheduler(set).realm))

        return runner.run(main())


def test_the_value_of_a_promise_that_settles_later() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        loop.call_later(0.01, later.resolve, 7)
        return await loop.settle(later.promise, None)

    assert run(body) == 7


def test_the_value_of_a_promise_that_is_settled() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        later.resolve(7)
        return await loop.settle(later.promise, 60.0)

    assert run(body) == 7


def test_a_rejection_is_raised() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        loop.call_soon(later.reject, js.Error("no"))
        return await loop.settle(later.promise, None)

    with pytest.raises(js.Error, match="no"):
        run(body)


def test_a_promise_that_nothing_can_settle_is_stuck() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        return await loop.settle(later.promise, None)

    with pytest.raises(StuckError):
        run(body)


def test_a_promise_that_a_task_may_settle_is_not_stuck() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        async def work() -> None:
            await asyncio.to_thread(lambda: None)
            later.resolve("from a thread")

        task = loop.create_task(work())
        value = await loop.settle(later.promise, None)
        await task
        return value

    assert run(body) == "from a thread"


def test_a_promise_that_takes_too_long_is_slow() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        loop.call_later(60.0, later.resolve)
        return await loop.settle(later.promise, 0.01)

    with pytest.raises(SlowError):
        run(body)


def test_one_wait_follows_another_that_failed() -> None:
    async def body(loop: SuiteLoop, later: js.Capability) -> object:
        with pytest.raises(StuckError):
            await loop.settle(later.promise, None)
        loop.call_soon(later.resolve, 3)
        return await loop.settle(later.promise, 60.0)

    assert run(body) == 3
