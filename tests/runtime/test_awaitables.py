"""Awaitables of the host given to Rust, and promises of Rust awaited, under asyncio and trio."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.runtime.conftest import in_thread
from tests.runtime.faulty import ABORT, MATRIX, NOTHING, PANIC, Host
from unpoison import AbortError, Module, PanicError, TerminatedError, WrongThreadError, js
from unpoison.errors import NoEventLoopError, StaleHandleError

Run = Callable[[Callable[[], Awaitable[Any]]], Any]


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Run:
    """Give a function that runs a main function under each event loop, by anyio."""
    return lambda main: anyio.run(main, backend=request.param)


@pytest.fixture
def host(modules: Callable[[Path], Module]) -> Iterator[Host]:
    host = Host(modules(MATRIX))
    yield host
    host.instance.close()


@pytest.fixture(autouse=True)
def no_coroutine_is_dropped() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
        gc.collect()


async def give(value: object, turns: int = 2) -> object:
    for _ in range(turns):
        await anyio.sleep(0)
    return value


async def fail(error: BaseException) -> object:
    await anyio.sleep(0)
    raise error


class Later:
    """An awaitable that is no coroutine."""

    def __await__(self) -> Any:
        return give("later").__await__()


# --- a promise of Rust ---


def test_a_promise_is_awaited_under_each_loop(host: Host, run: Run) -> None:
    async def main() -> object:
        return await host.rust.task(7, 5, NOTHING)

    assert run(main) == 7


def test_a_panic_and_what_follows_under_each_loop(host: Host, run: Run) -> None:
    async def main() -> object:
        with pytest.raises(PanicError):
            await host.rust.task(0, 1, PANIC)
        return await host.rust.task(7, 1, NOTHING)

    assert run(main) == 7


def test_the_first_poll_comes_after_the_calls_that_follow(host: Host, run: Run) -> None:
    async def main() -> list[object]:
        host.rust.spawn(0, NOTHING)  # bumps in its first poll
        first = host.rust.bump()
        await anyio.sleep(0.01)
        return [first, host.rust.bump()]

    assert run(main) == [1, 3]


def test_ten_thousand_promises_at_once(host: Host) -> None:
    async def main() -> list[int]:
        return await asyncio.gather(*(host.rust.task(n, n % 2, NOTHING) for n in range(10_000)))

    assert host.rust.task(0, 1, NOTHING).result() == 0  # makes the task queue
    handles = host.instance.live_handles
    assert asyncio.run(main()) == list(range(10_000))
    assert host.rust.drops() == 10_001
    assert host.instance.live_handles == handles


def test_cancelling_who_awaits_leaves_the_rust_future_running(host: Host, run: Run) -> None:
    async def main() -> object:
        made = js.with_resolvers(host.instance._scheduler.realm)
        promise = host.rust.wait_for(made.promise)
        with anyio.move_on_after(0.01):
            await promise
        assert promise.state is js.PromiseState.PENDING
        made.resolve(7)
        return await promise

    assert run(main) == 7
    assert host.rust.drops() == 1


# --- an awaitable of the host ---


@pytest.mark.parametrize("make", [lambda: give("later"), Later], ids=["coroutine", "awaitable"])
def test_an_argument_is_awaited(host: Host, run: Run, make: Callable[[], Any]) -> None:
    async def main() -> object:
        return await host.rust.wait_for(make())

    assert run(main) == "later"


def test_an_asyncio_future_and_a_task_are_awaited(host: Host) -> None:
    async def main() -> list[object]:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        promise = host.rust.wait_for(future)
        future.set_result(1)
        return [await promise, await host.rust.wait_for(asyncio.create_task(give(2)))]

    assert asyncio.run(main()) == [1, 2]


def test_a_value_that_rust_resolves_a_promise_with_is_awaited(host: Host, run: Run) -> None:
    async def main() -> object:
        return await host.rust.wait_then_fault(give(7), NOTHING)

    assert run(main) == 7


@pytest.mark.parametrize("name", ["ask", "ask_caught"])
def test_the_result_of_an_async_import_is_awaited(host: Host, run: Run, name: str) -> None:
    host.answer = lambda kind: give(kind + 1)

    async def main() -> object:
        return await getattr(host.rust, name)(6)

    assert run(main) == 7


def test_a_failure_is_the_very_exception(host: Host, run: Run) -> None:
    error = KeyError("k")

    async def main() -> None:
        with pytest.raises(KeyError) as caught:
            await host.rust.wait_for(fail(error))
        assert caught.value is error

    run(main)


def test_a_cancelled_task_is_an_abort_error_and_no_cancellation(host: Host) -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(10))
        promise = host.rust.wait_for(task)
        task.cancel()
        with pytest.raises(js.Error) as caught:
            await promise
        assert caught.value.name == "AbortError"

    asyncio.run(main())


def test_a_settled_awaitable_drains_in_its_own_turn(host: Host) -> None:
    """When it is done, everything that waits for it in Rust runs before any other callback."""

    async def main() -> list[str]:
        log: list[str] = []
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        host.rust.wait_for(future).then(lambda _: log.append("rust"))
        await asyncio.sleep(0)
        future.add_done_callback(lambda _: log.append("next callback"))
        future.set_result(1)
        await asyncio.sleep(0.01)
        return log

    assert asyncio.run(main()) == ["rust", "next callback"]


# --- without a loop ---


def test_without_a_loop_an_argument_is_refused_before_the_call(host: Host) -> None:
    with pytest.raises(NoEventLoopError, match=r"asyncio\.run"):
        host.rust.wait_for(give(1))
    assert host.rust.drops() == 0


def test_without_a_loop_what_an_import_gives_rejects_the_promise(host: Host) -> None:
    host.answer = give
    with pytest.raises(NoEventLoopError):
        host.rust.ask_caught(1).result()
    assert host.rust.task(7, 1, NOTHING).result() == 7


def test_without_a_loop_a_value_rejects_the_promise(host: Host) -> None:
    with pytest.raises(NoEventLoopError):
        host.rust.wait_then_fault(give(1), NOTHING).result()


def test_without_a_loop_await_runs_the_jobs(host: Host) -> None:
    coroutine = await_it(host.rust.task(7, 3, NOTHING))
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value == 7


def test_without_a_loop_await_of_what_stays_pending_is_refused(host: Host) -> None:
    made = js.with_resolvers(host.instance._scheduler.realm)
    with pytest.raises(NoEventLoopError):
        await_it(made.promise).send(None)


async def await_it(promise: js.Promise[Any]) -> object:
    return await promise


# --- the end of an instance ---


def pending(host: Host) -> js.Promise[Any]:
    made = js.with_resolvers(host.instance._scheduler.realm)
    promise: js.Promise[Any] = host.rust.wait_for(made.promise)
    host.instance.run_jobs()
    return promise


def test_closing_rejects_what_is_pending_at_once(host: Host) -> None:
    promise = pending(host)
    host.instance.close()
    with pytest.raises(TerminatedError):
        promise.result()


def test_renewing_rejects_what_is_pending_at_once(host: Host) -> None:
    promise = pending(host)
    host.instance.reinit()
    with pytest.raises(StaleHandleError):
        promise.result()


def test_an_abort_rejects_every_pending_promise_with_it_at_once(host: Host, run: Run) -> None:
    async def main() -> list[object]:
        promises = [pending(host) for _ in range(3)]
        with pytest.raises(AbortError) as caught:
            host.rust.fault(ABORT)
        assert all(promise.state is js.PromiseState.REJECTED for promise in promises)
        seen: list[object] = [caught.value]
        for promise in promises:
            with pytest.raises(AbortError) as caught:
                await promise
            seen.append(caught.value)
        return seen

    assert len(set(map(id, run(main)))) == 1


def test_an_awaitable_that_settles_after_the_end_changes_nothing(host: Host, run: Run) -> None:
    async def main() -> None:
        promise = host.rust.wait_for(give(1, turns=5))
        host.instance.close()
        with pytest.raises(TerminatedError):
            await promise
        await anyio.sleep(0.01)

    run(main)


# --- rejections nobody handles ---


def test_a_rejection_handled_turns_later_is_not_reported(host: Host) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, c: host.reports.append(c))
        promise = host.rust.task(0, 0, PANIC)
        await asyncio.sleep(0.005)
        assert promise.state is js.PromiseState.REJECTED
        with pytest.raises(PanicError):
            await promise
        del promise
        gc.collect()
        await asyncio.sleep(0)

    asyncio.run(main())
    assert host.reports == []


def test_a_rejection_that_is_kept_unhandled_is_reported_at_close(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    promise = host.rust.task(0, 0, PANIC)
    host.instance.run_jobs()
    assert not caplog.records
    host.instance.close()
    assert [record.name for record in caplog.records] == ["unpoison.promise"]
    del promise
    assert len(caplog.records) == 1


# --- threads ---


def test_a_promise_is_awaited_in_another_threads_loop(host: Host) -> None:
    """It settles in the thread that resolves it, and wakes the other one's loop."""
    made = js.with_resolvers(host.instance._scheduler.realm)
    promise = host.rust.wait_for(made.promise)
    host.instance.run_jobs()
    waits = threading.Event()

    async def elsewhere() -> object:
        asyncio.get_running_loop().call_soon(waits.set)
        return await promise

    def resolve() -> None:
        waits.wait(10)
        made.resolve(7)
        host.instance.run_jobs()

    resolver = threading.Thread(target=resolve)
    resolver.start()
    assert asyncio.run(elsewhere()) == 7
    resolver.join()


def test_two_threads_loops_share_an_instance(host: Host) -> None:
    async def main(base: int) -> list[object]:
        results = []
        for number in range(base, base + 20):
            while True:
                try:
                    promise = host.rust.task(number, 3, NOTHING)
                    break
                except WrongThreadError:
                    await asyncio.sleep(0)
            results.append(await promise)
        return results

    results: list[object] = []
    other = threading.Thread(target=lambda: results.append(asyncio.run(main(100))))
    other.start()
    assert asyncio.run(main(0)) == list(range(20))
    other.join(30)
    assert results == [list(range(100, 120))]


def test_asking_for_a_result_while_another_thread_runs_the_instance_is_refused(host: Host) -> None:
    promise = host.rust.task(7, 1, NOTHING)
    with host.instance._supervisor.turn:
        error = in_thread(promise.result)
    assert isinstance(error, WrongThreadError)
    assert promise.result() == 7


def test_an_abort_in_one_thread_wakes_who_awaits_in_another(host: Host) -> None:
    promise = pending(host)
    waits = threading.Event()

    async def elsewhere() -> object:
        asyncio.get_running_loop().call_soon(waits.set)
        return await promise

    def die() -> object:
        waits.wait(10)
        return host.rust.fault(ABORT)

    deaths: list[object] = []
    killer = threading.Thread(target=lambda: deaths.append(in_thread(die)))
    killer.start()
    with pytest.raises(AbortError) as caught:
        asyncio.run(elsewhere())
    killer.join(30)
    assert deaths == [caught.value]
