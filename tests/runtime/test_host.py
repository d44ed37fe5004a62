"""The host that platform values see: macrotasks, timers and awaitables, under asyncio and trio."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import pytest

from unpoison import js
from unpoison.errors import NoEventLoopError
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import make_world

Main = Callable[[], Awaitable[object]]


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Main], Any]:
    """Give a function that runs a main function under each event loop, by anyio."""
    return lambda main: anyio.run(main, backend=request.param)


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(set)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Let no coroutine be dropped silently."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
        gc.collect()


def microtask(scheduler: Scheduler, job: Callable[[], object]) -> None:
    scheduler.realm.jobs.enqueue(job)


# --- macrotasks ---


def test_an_entry_runs_now_and_then_the_microtasks(scheduler: Scheduler) -> None:
    log: list[str] = []
    scheduler.enter(lambda: (microtask(scheduler, lambda: log.append("job")), log.append("entry")))
    assert log == ["entry", "job"]


def test_the_microtasks_of_an_entry_take_no_turn_of_the_loop(scheduler: Scheduler) -> None:
    async def main() -> list[object]:
        asked: list[object] = []
        loop = asyncio.get_running_loop()
        call_soon = loop.call_soon
        loop.call_soon = lambda call, *more, **options: asked.append(call)  # type: ignore
        try:
            scheduler.enter(lambda: microtask(scheduler, lambda: asked.append("job")))
        finally:
            loop.call_soon = call_soon  # type: ignore[method-assign]
        return asked

    assert asyncio.run(main()) == ["job"]


def test_an_entry_that_is_interrupted_leaves_its_microtasks_to_the_next_turn(
    scheduler: Scheduler,
) -> None:
    class Interrupt(BaseException):
        pass

    log: list[str] = []

    def entry() -> None:
        microtask(scheduler, lambda: log.append("job"))
        raise Interrupt

    async def main() -> None:
        with pytest.raises(Interrupt):
            scheduler.enter(entry)
        assert log == []
        await asyncio.sleep(0)
        assert log == ["job"]

    asyncio.run(main())


def test_microtasks_that_wait_run_before_the_entry(scheduler: Scheduler) -> None:
    log: list[str] = []
    microtask(scheduler, lambda: log.append("job"))
    scheduler.enter(lambda: log.append("entry"))
    assert log == ["job", "entry"]


def test_an_entry_made_by_an_entry_comes_after_its_microtasks(scheduler: Scheduler) -> None:
    log: list[str] = []

    def outer() -> None:
        scheduler.enter(lambda: log.append("inner"))
        microtask(scheduler, lambda: log.append("job"))
        log.append("outer")

    scheduler.enter(outer)
    assert log == ["outer", "job", "inner"]


def test_an_entry_made_by_a_microtask_comes_after_it(scheduler: Scheduler) -> None:
    log: list[str] = []
    microtask(scheduler, lambda: (scheduler.enter(lambda: log.append("in")), log.append("job")))
    scheduler.run_jobs()
    assert log == ["job", "in"]


def test_what_an_entry_raises_is_reported_and_its_microtasks_run(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    log: list[str] = []

    def fail() -> None:
        microtask(scheduler, lambda: log.append("job"))
        raise KeyError("k")

    scheduler.enter(fail)
    assert log == ["job"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


# --- timers ---


def test_timers_run_in_order_with_microtasks_between(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    log: list[str] = []

    def note(name: str) -> None:
        log.append(name)
        microtask(scheduler, lambda: log.append(f"{name} job"))

    async def main() -> None:
        scheduler.call_later(0.02, lambda: note("late"))
        scheduler.call_later(0.001, lambda: note("early"))
        scheduler.call_later(0.001, lambda: note("early too"))
        scheduler.call_later(0.0, lambda: note("cancelled")).cancel()
        assert log == []
        await anyio.sleep(0.06)

    run(main)
    order = ("early", "early too", "late")
    assert log == [text for name in order for text in (name, f"{name} job")]


def test_a_timer_set_without_a_loop_starts_under_the_next(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    promise = js.with_resolvers(scheduler.realm)
    scheduler.call_later(0.01, lambda: promise.resolve(7))
    scheduler.run_jobs()
    assert promise.promise.state is js.PromiseState.PENDING

    async def main() -> object:
        return await promise.promise

    assert run(main) == 7


def test_a_timer_survives_the_loop_that_it_was_set_under(scheduler: Scheduler) -> None:
    promise = js.with_resolvers(scheduler.realm)

    async def first() -> None:
        scheduler.call_later(0.02, lambda: promise.resolve(7))

    async def second() -> object:
        return await promise.promise

    asyncio.run(first())
    assert asyncio.run(second()) == 7


def test_time_is_that_of_the_clock_given() -> None:
    scheduler = Scheduler(set, clock=Standing(12.5))
    assert scheduler.now() == 12.5
    assert scheduler.wall_time() == 1012.5
    dates = make_world(scheduler.realm).global_object
    assert js.call_method(dates["Date"], "now") == 1_012_500
    assert dates["performance"].time_origin == 1_012_500
    assert js.construct(dates["File"], [], "name").last_modified == 1_012_500


def test_the_clock_given_wakes_the_timers_when_it_says_so() -> None:
    clock = Standing(12.5)
    scheduler = Scheduler(set, clock=clock)
    log: list[str] = []

    async def main() -> None:
        scheduler.call_later(0.1, lambda: log.append("late"))
        scheduler.call_later(0.05, lambda: log.append("early"))
        (_, first), (seconds, second) = clock.asked
        assert seconds == pytest.approx(0.05)
        assert first is not second
        second()  # at its time, whatever a sum of floats says of it
        assert log == ["early"]
        clock.seconds += 1
        clock.asked[-1][1]()
        assert log == ["early", "late"]

    asyncio.run(main())


class Standing:
    """A Clock that notes what it is asked for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[tuple[float, Callable[[], object]]] = []

    def monotonic(self) -> float:
        return self.seconds

    def time(self) -> float:
        return 1000 + self.seconds

    def call_later(self, seconds: float, callback: Callable[[], object]) -> js.Handle:
        self.asked.append((seconds, callback))
        return asyncio.get_running_loop().call_later(3600, print)


# --- awaitables ---


async def give(value: object) -> object:
    await anyio.sleep(0)
    return value


async def fail(error: BaseException) -> object:
    await anyio.sleep(0)
    raise error


def test_an_awaitable_hands_its_value_to_a_macrotask(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    log: list[object] = []

    async def main() -> None:
        scheduler.spawn(give(7), log.append, log.append)
        await anyio.sleep(0.02)

    run(main)
    assert log == [7]


def test_an_awaitable_that_fails_hands_over_its_exception(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    log: list[object] = []
    error = KeyError("k")

    async def main() -> None:
        scheduler.spawn(fail(error), log.append, lambda problem: log.append([problem]))
        await anyio.sleep(0.02)

    run(main)
    assert log == [[error]]


def test_a_cancelled_awaitable_calls_nothing(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    log: list[object] = []

    async def main() -> None:
        handle = scheduler.spawn(anyio.sleep(10), log.append, log.append)
        await anyio.sleep(0.005)
        handle.cancel()
        await anyio.sleep(0.01)

    run(main)
    assert log == []


def test_an_awaitable_that_the_loop_cancels_at_its_end_is_an_abort_error(
    scheduler: Scheduler, run: Callable[[Main], Any]
) -> None:
    log: list[object] = []

    async def main() -> None:
        scheduler.spawn(anyio.sleep(10), log.append, log.append)
        await anyio.sleep(0.005)

    run(main)
    assert [(type(error), js.error_name(error)) for error in log] == [(js.Error, "AbortError")]


def test_without_a_loop_an_awaitable_is_refused_and_its_coroutine_closed(
    scheduler: Scheduler,
) -> None:
    with pytest.raises(NoEventLoopError, match=r"asyncio\.run"):
        scheduler.spawn(give(7), print, print)


def test_a_future_of_somebody_else_is_watched_and_not_cancelled(scheduler: Scheduler) -> None:
    log: list[object] = []

    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        scheduler.spawn(future, log.append, log.append).cancel()
        scheduler.spawn(future, log.append, log.append)
        await asyncio.sleep(0.005)
        assert not future.cancelled()
        future.set_result(7)
        await asyncio.sleep(0.005)

    asyncio.run(main())
    assert log == [7]


# --- other threads, other generations ---


def test_a_turn_that_finds_another_thread_inside_comes_back(scheduler: Scheduler) -> None:
    log: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with scheduler._gate.turn:  # type: ignore[attr-defined]
            inside.set()
            leave.wait(10)

    async def main() -> None:
        microtask(scheduler, lambda: log.append("job"))
        scheduler.enter(lambda: log.append("entry"))
        await asyncio.sleep(0.01)
        assert log == []  # and the loop was not blocked
        leave.set()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(10)
    asyncio.run(main())
    thread.join()
    assert log == ["job", "entry"]


def test_the_jobs_entries_and_timers_of_the_dead_are_forgotten(scheduler: Scheduler) -> None:
    log: list[str] = []

    async def main() -> None:
        microtask(scheduler, lambda: log.append("job"))
        scheduler.call_later(0.001, lambda: log.append("timer"))
        scheduler.forget()
        await asyncio.sleep(0.01)

    asyncio.run(main())
    assert log == []


def test_microtasks_run_before_any_io_callback(scheduler: Scheduler) -> None:
    log: list[str] = []

    async def main() -> None:
        reader, writer = socket.socketpair()
        loop = asyncio.get_running_loop()
        loop.add_reader(reader, lambda: (log.append("io"), loop.remove_reader(reader)))
        writer.send(b"x")
        microtask(scheduler, lambda: microtask(scheduler, lambda: log.append("job of a job")))
        await asyncio.sleep(0.01)
        reader.close()
        writer.close()

    asyncio.run(main())
    assert log == ["job of a job", "io"]
