"""A host exception that leaves a task's poll: whose promise it rejects, and what goes on.

In a release build (`matrix`), in one with debug assertions (`checked`), and with panic=abort.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, raiser
from tests.runtime.faulty import ABORT, CHECKED, MATRIX, NOTHING, PANIC, THROW, Host
from unpoison import (
    AbortError,
    AbortReason,
    Module,
    PanicError,
    StaleHandleError,
    TerminatedError,
    UnpoisonError,
    js,
)
from unpoison.runtime.tasks import ConsoleTask, Tasks

Modules = Callable[[Path], Module]

BUILDS = {"release": MATRIX, "debug": CHECKED}
POSITIONS = {"first": 0, "middle": 2, "last": 4}


@pytest.fixture(params=["release", "debug"])
def host(request: pytest.FixtureRequest, modules: Modules) -> Iterator[Host]:
    """Give a host of a build that unwinds."""
    host = Host(modules(BUILDS[request.param]))
    yield host
    host.instance.close()


def settle(host: Host, make: Callable[[Any], list[js.Promise[Any]]]) -> list[js.Promise[Any]]:
    """Run what `make` does under a loop until nothing is left to do; errors go to the reports."""

    async def main() -> list[js.Promise[Any]]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: host.reports.append(context))
        promises = make(host.rust)
        for _ in range(5):
            await asyncio.sleep(0)
        return promises

    return asyncio.run(main())


def outcome(promise: js.Promise[Any]) -> object:
    if promise.state is js.PromiseState.PENDING:
        return "pending"
    try:
        return promise.result()
    except Exception as error:  # noqa: BLE001 - that is the outcome
        return error


@pytest.mark.parametrize("turns", [0, 2])
@pytest.mark.parametrize("position", POSITIONS.values(), ids=POSITIONS.keys())
def test_only_the_promise_of_the_throwing_task_is_rejected(
    host: Host, position: int, turns: int
) -> None:
    def make(rust: Any) -> list[js.Promise[Any]]:
        kinds = [THROW if n == position else NOTHING for n in range(5)]
        return [rust.task(n, turns, kind) for n, kind in enumerate(kinds)]

    results = [outcome(promise) for promise in settle(host, make)]
    expected: list[object] = list(range(5))
    expected[position] = host.error
    assert results == expected
    assert host.reports == []
    assert host.rust.drops() == 5


def test_the_rest_of_the_batch_runs_at_once(host: Host) -> None:
    """All tasks are polled in the turn that the first one throws in."""
    throwing, other = host.rust.task(0, 0, THROW), host.rust.task(1, 0, NOTHING)
    host.instance.run_jobs()
    assert [outcome(throwing), outcome(other)] == [host.error, 1]


def test_every_throwing_task_rejects_its_own_promise(host: Host) -> None:
    kinds = [THROW, NOTHING, THROW, PANIC, THROW]
    results = [
        outcome(promise)
        for promise in settle(
            host, lambda rust: [rust.task(n, n % 2, kind) for n, kind in enumerate(kinds)]
        )
    ]
    assert results[:3] == [host.error, 1, host.error]
    assert isinstance(results[3], PanicError)
    assert results[4] is host.error


def test_a_task_without_a_promise_rejects_nobody_and_is_reported(host: Host) -> None:
    def make(rust: Any) -> list[js.Promise[Any]]:
        first = rust.task(0, 3, NOTHING)
        rust.spawn(0, THROW)
        return [first, rust.task(1, 0, NOTHING)]

    assert [outcome(promise) for promise in settle(host, make)] == [0, 1]
    assert [report["exception"] for report in host.reports] == [host.error]
    assert host.reports[0]["promises"] == []


def test_a_task_spawned_by_a_task_is_not_its_promise(host: Host) -> None:
    def make(rust: Any) -> list[js.Promise[Any]]:
        return [rust.spawn_inside(0, THROW)]

    assert [outcome(promise) for promise in settle(host, make)] == [0]
    assert [report["exception"] for report in host.reports] == [host.error]


def test_a_panic_of_a_task_without_a_promise_is_reported_and_delays_nobody(host: Host) -> None:
    def make(rust: Any) -> list[js.Promise[Any]]:
        rust.spawn(0, PANIC)
        rust.spawn(0, NOTHING)
        return [rust.task(0, 0, NOTHING)]

    assert [outcome(promise) for promise in settle(host, make)] == [0]
    assert [type(report["exception"]) for report in host.reports] == [PanicError]
    assert host.rust.bump() == 2  # the second task counted too


def test_errors_of_another_instance_or_object_are_a_hosts_like_any_other(host: Host) -> None:
    for error in (StaleHandleError("s"), TerminatedError("t"), AbortError("a", AbortReason.PANIC)):
        host.error = error  # type: ignore[assignment]
        throwing, other = host.rust.task(0, 0, THROW), host.rust.task(1, 0, NOTHING)
        host.instance.run_jobs()
        assert [outcome(throwing), outcome(other)] == [error, 1]
    assert host.instance.state == "live"


def test_an_abort_of_a_task_that_nobody_awaits_is_reported(host: Host) -> None:
    settle(host, lambda rust: [rust.spawn(0, ABORT)])
    assert [type(report["exception"]) for report in host.reports] == [AbortError]


def test_an_abort_of_a_task_that_somebody_awaits_is_told_to_them_only(host: Host) -> None:
    (promise,) = settle(host, lambda rust: [rust.task(0, 1, ABORT)])
    assert isinstance(outcome(promise), AbortError)
    assert host.reports == []


def test_the_queue_goes_on_after_a_failure(host: Host) -> None:
    for number in range(20):
        with pytest.raises(type(host.error)):
            host.rust.task(number, number % 3, THROW).result()
        assert host.rust.task(number, number % 3, NOTHING).result() == number


def test_an_interrupt_travels_out_and_every_other_task_ends(host: Host) -> None:
    host.error = KeyboardInterrupt()  # type: ignore[assignment]
    first, middle, last = (host.rust.task(n, 0, THROW if n == 1 else NOTHING) for n in range(3))
    with pytest.raises(KeyboardInterrupt):
        host.instance.run_jobs()
    host.instance.run_jobs()
    assert [outcome(first), outcome(last)] == [0, 2]
    assert middle.state is js.PromiseState.REJECTED
    with pytest.raises(KeyboardInterrupt):
        middle.result()


# --- where the host cannot tell ---


def test_with_panic_abort_a_single_outstanding_promise_is_rejected(
    abort_embedder: Embedder,
) -> None:
    rust, error = abort_embedder.start(), KeyError("k")
    abort_embedder.thrower = raiser(error)
    assert rust.slow(2).result() == 2
    assert outcome_of_jobs(rust.slow_throw()) is error


def outcome_of_jobs(promise: js.Promise[Any]) -> object:
    with pytest.raises(KeyError) as caught:
        promise.result()
    return caught.value


@pytest.mark.parametrize("position", [0, 1])
def test_with_panic_abort_several_are_named_to_the_exception_handler(
    abort_embedder: Embedder, position: int
) -> None:
    rust, error = abort_embedder.start(), KeyError("k")
    abort_embedder.thrower = raiser(error)
    reports: list[dict[str, Any]] = []

    async def main() -> list[js.Promise[Any]]:
        asyncio.get_running_loop().set_exception_handler(lambda _, it: reports.append(it))
        promises = [rust.slow_throw() if n == position else rust.slow(1) for n in range(3)]
        await asyncio.sleep(0)
        return promises

    promises = asyncio.run(main())
    states = [promise.state.value for promise in promises]
    assert states.pop(position) == "pending"
    assert states == ["fulfilled", "fulfilled"]
    (report,) = reports
    assert report["exception"] is error
    assert report["promises"] == promises[position:]
    assert ": slow_throw, slow" in report["message"] or ", slow_throw" in report["message"]


def test_with_panic_abort_an_embedder_may_end_what_was_cut_off(abort_embedder: Embedder) -> None:
    rust, error = abort_embedder.start(), KeyError("k")
    instance = abort_embedder.instance
    abort_embedder.thrower = raiser(error)
    heard: list[BaseException] = []
    instance.on_cut_off = heard.append
    assert instance.on_cut_off is not None
    promises = [rust.slow_throw(), rust.slow(1), rust.slow_throw()]
    instance.run_jobs()
    assert heard == [error, error]
    instance.kill("an import raised")
    assert promises[1].result() == 1
    for promise in (promises[0], promises[2]):
        with pytest.raises(AbortError, match="an import raised") as caught:
            promise.result()
        assert caught.value.reason is AbortReason.HOST_EXCEPTION
    with pytest.raises(TerminatedError):
        rust.slow(1)
    instance.kill("a second time is nothing")


def test_where_frames_are_unwound_nothing_is_cut_off(embedder: Embedder) -> None:
    rust, error = embedder.start(), KeyError("k")
    embedder.thrower = raiser(error)
    heard: list[BaseException] = []
    embedder.instance.on_cut_off = heard.append
    assert outcome_of_jobs(rust.slow_throw()) is error
    assert heard == []


def test_no_call_can_kill_its_own_instance(embedder: Embedder) -> None:
    rust = embedder.start()
    embedder.risky = lambda n: embedder.instance.kill("from inside")
    with pytest.raises(UnpoisonError, match=r"kill\(\)"):
        rust.call_risky(1)
    assert rust.bump() == 1


# --- the record by itself ---


class Bench:
    """Tasks whose jobs and reports can be looked at."""

    def __init__(self) -> None:
        self.uncaught: list[Exception] = []
        self.queue = js.MicrotaskQueue(self.uncaught.append)
        self.realm = js.PromiseRealm(self.queue)
        self.reports: list[tuple[str, BaseException, list[js.Promise[Any]]]] = []
        self.tasks = Tasks(self.queue.enqueue, lambda *report: self.reports.append(report))
        self.kept: list[object] = []

    def spawn(self) -> tuple[js.Promise[Any], ConsoleTask]:
        """Make a promise whose executor spawns a task that keeps the resolving functions."""
        made: list[ConsoleTask] = []

        def executor(resolve: object, reject: object) -> None:
            self.tasks.spawning()
            made.append(self.tasks.create_task("future"))
            self.kept.append(resolve)

        promise: Any = self.tasks.construct(lambda run: js.Promise(self.realm, run), executor)
        return promise, made[0]


def test_a_console_task_gives_what_the_poll_gives() -> None:
    _, task = Bench().spawn()
    assert [task.run(lambda: False), task.run(lambda: True)] == [False, True]


def test_a_failed_task_is_pending_for_rust_and_never_polled_again() -> None:
    bench, error, polls = Bench(), KeyError("k"), []
    promise, task = bench.spawn()
    assert task.run(raiser(error)) is False
    assert task.run(lambda: polls.append(1)) is False
    assert (outcome(promise), polls) == (error, [])


def test_a_failed_task_whose_frames_were_unwound_is_over_for_rust() -> None:
    bench, error = Bench(), KeyError("k")
    promise, task = bench.spawn()

    def poll() -> object:
        bench.kept.clear()  # unwinding drops the future, which held them
        raise error

    assert task.run(poll) is True
    assert outcome(promise) is error


def test_a_death_passes_a_console_task_and_ends_the_batch() -> None:
    bench, death = Bench(), AbortError("dead", AbortReason.UNREACHABLE)
    _, task = bench.spawn()
    bench.tasks.is_gone = lambda: True
    with pytest.raises(AbortError) as caught:
        task.run(raiser(death))
    assert caught.value is death
    bench.tasks.schedule(raiser(death))
    bench.queue.run_jobs()
    assert (bench.uncaught, bench.reports) == ([death], [])


def test_what_is_lost_says_whose_task_failed() -> None:
    bench, error = Bench(), KeyError("k")
    promises = [bench.spawn()[0] for _ in range(3)]
    runs = iter([error, None])

    def run_all(_: object) -> None:
        failure = next(runs)
        if failure is not None:
            del bench.kept[1]
            raise failure

    bench.tasks.schedule(run_all)
    bench.queue.run_jobs()
    assert [outcome(promise) for promise in promises] == ["pending", error, "pending"]
    assert next(runs, "ran twice") == "ran twice"
    assert bench.reports == []


def test_a_batch_that_was_run_again_is_not_run_by_its_second_microtask() -> None:
    bench, runs = Bench(), []

    def run_all(_: object) -> None:
        runs.append(1)
        if len(runs) == 1:
            bench.tasks.schedule(run_all)  # a task wakes before another one fails
            raise KeyError("k")

    bench.tasks.schedule(run_all)
    bench.queue.run_jobs()
    assert len(runs) == 2


def test_a_promise_without_a_task_is_not_outstanding() -> None:
    bench = Bench()
    kept = bench.tasks.construct(lambda run: js.Promise(bench.realm, run), lambda *_: None)
    assert bench.tasks.outstanding() == []
    del kept


def test_a_promise_that_nobody_has_is_not_outstanding() -> None:
    bench = Bench()
    bench.spawn()
    assert len(bench.tasks.outstanding()) == 1  # its functions are kept, and they keep it
    bench.kept.clear()
    assert bench.tasks.outstanding() == []


def test_a_thing_that_is_no_executor_is_refused_as_by_promise_itself() -> None:
    bench = Bench()

    def make(executor: object) -> object:
        raise js.TypeError(f"Promise resolver {executor} is not a function")

    with pytest.raises(js.TypeError, match="resolver 5"):
        bench.tasks.construct(make, 5)
    assert bench.tasks.create_task("x").run(lambda: True) is True


def test_forgetting_leaves_nothing_outstanding() -> None:
    bench = Bench()
    kept = bench.spawn()
    assert len(bench.tasks.outstanding()) == 1
    bench.tasks.forget()
    assert bench.tasks.outstanding() == []
    del kept
