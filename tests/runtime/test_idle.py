"""When nothing of an instance goes on by itself, and promises that were given up for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.conftest import ROOT
from tests.runtime.faulty import MATRIX, NOTHING, PANIC, THROW, Host
from unpoison import Instance, Module, PanicError, js
from unpoison.runtime.jobs import Scheduler

Modules = Callable[[Path], Module]
WEBBY = ROOT / "tests" / "crates" / "webby" / "webby.legacy.wasm"


@pytest.fixture
def webby(modules: Modules) -> Iterator[Instance]:
    with modules(WEBBY).instantiate() as instance:
        yield instance


@pytest.fixture
def host(modules: Modules) -> Iterator[Host]:
    made = Host(modules(MATRIX))
    yield made
    made.instance.close()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# --- what keeps it busy ---


def test_it_is_idle_when_nothing_was_asked_of_it(webby: Instance) -> None:
    assert webby.is_idle


def test_a_job_a_timer_and_an_awaitable_keep_it_busy() -> None:
    scheduler = Scheduler(set)

    async def wait(done: asyncio.Event) -> None:
        await done.wait()

    async def main() -> None:
        scheduler.queue.enqueue(lambda: None)
        assert not scheduler.is_idle
        scheduler.run_jobs()
        assert scheduler.is_idle

        timer = scheduler.call_later(60, lambda: None)
        assert not scheduler.is_idle
        timer.cancel()
        assert scheduler.is_idle

        done = asyncio.Event()
        scheduler.spawn(wait(done), lambda _: None, lambda _: None)
        assert not scheduler.is_idle
        done.set()
        await settle()
        assert scheduler.is_idle

        awaitable = scheduler.spawn(wait(asyncio.Event()), lambda _: None, lambda _: None)
        awaitable.cancel()
        assert scheduler.is_idle
        await settle()

    asyncio.run(main())


def test_what_is_held_for_the_outside_keeps_it_busy_until_it_is_given_up() -> None:
    scheduler = Scheduler(set)
    told: list[str] = []
    scheduler.on_idle = lambda: told.append("idle")
    one, other = scheduler.hold(), scheduler.hold()
    one.cancel()
    one.cancel()
    assert (scheduler.is_idle, told) == (False, [])
    other.cancel()
    assert (scheduler.is_idle, told) == (True, ["idle"])


# --- on_idle ---


def test_on_idle_is_called_after_the_last_thing_that_went_on(webby: Instance) -> None:
    seen: list[js.PromiseState] = []

    async def main() -> None:
        promise = webby.exports.sleep(10)
        webby.on_idle = lambda: seen.append(promise.state)
        await settle()
        assert seen == []
        assert await promise > 0

    asyncio.run(main())
    assert set(seen) == {js.PromiseState.FULFILLED}


def test_a_promise_that_nothing_can_settle_is_found_at_once(webby: Instance) -> None:
    seen: list[js.PromiseState] = []

    async def main() -> None:
        signal = js.construct(webby.global_object["AbortController"]).signal
        promise = webby.exports.when_aborted(signal)
        webby.on_idle = lambda: seen.append(promise.state)
        await settle()
        assert seen == [js.PromiseState.PENDING]
        assert webby.is_idle

    asyncio.run(main())


def test_it_is_not_called_below_a_call() -> None:
    scheduler = Scheduler(set)
    seen: list[str] = []
    scheduler.on_idle = lambda: seen.append("idle")

    def job() -> None:
        scheduler.run_jobs()
        seen.append("job")

    scheduler.queue.enqueue(job)
    scheduler.run_jobs()
    assert seen == ["job", "idle"]


def test_a_new_generation_is_idle_whatever_the_old_one_waited_for(webby: Instance) -> None:
    ended: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.01)
        ended.append("slow")

    async def main() -> None:
        scheduler = webby._scheduler
        webby.exports.sleep(60_000)
        scheduler.hold()
        scheduler.spawn(slow(), lambda _: ended.append("delivered"), ended.append)
        webby.reinit()
        assert webby.is_idle
        await asyncio.sleep(0.03)

    asyncio.run(main())
    assert ended == ["slow"]


# --- promises that were given up ---


def outcome(promise: js.Promise[Any]) -> BaseException:
    with pytest.raises(Exception) as raised:
        promise.result()
    return raised.value


def test_a_host_exception_through_an_import_without_catch_gives_the_promise_up(host: Host) -> None:
    promise = host.rust.task(0, 0, THROW)
    host.instance.run_jobs()
    assert outcome(promise) is host.error
    assert promise.is_abandoned


def test_the_end_of_a_generation_gives_up_every_promise_that_is_pending(webby: Instance) -> None:
    async def main() -> None:
        promise = webby.exports.sleep(60_000)
        webby.reinit()
        outcome(promise)
        assert promise.is_abandoned

    asyncio.run(main())


@pytest.mark.parametrize("kind", [NOTHING, PANIC])
def test_what_the_guest_settles_itself_is_not_given_up(host: Host, kind: Any) -> None:
    promise = host.rust.task(7, 0, kind)
    host.instance.run_jobs()
    if kind == PANIC:
        assert isinstance(outcome(promise), PanicError)
    else:
        assert promise.result() == 7
    assert not promise.is_abandoned
