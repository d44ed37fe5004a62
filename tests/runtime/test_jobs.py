"""Promises of Rust under asyncio, and without a loop."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import AbortError, PanicError, TerminatedError, ThrownValue, js


def test_a_promise_is_awaited(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main() -> int:
        return int(await rust.slow(5))

    assert asyncio.run(main()) == 5


def test_without_a_loop_result_runs_the_jobs(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    promise = rust.slow(5)
    assert promise.state.value == "pending"
    assert promise.result() == 5
    assert promise.state.value == "fulfilled"


def test_without_a_loop_run_jobs_gives_the_number_of_jobs(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    promise = rust.slow(1)
    assert any_embedder.instance.run_jobs() > 0
    assert any_embedder.instance.run_jobs() == 0
    assert promise.result() == 1


def test_the_first_poll_comes_after_the_calls_that_follow(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    promise = rust.slow_bump()
    assert rust.bump() == 1  # before the first poll
    assert promise.result() == 3


def test_under_a_loop_the_first_poll_comes_at_its_next_turn(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main() -> list[int]:
        promise = rust.slow_bump()
        seen = [rust.bump()]
        seen.append(await promise)
        return seen

    assert asyncio.run(main()) == [1, 3]


def test_under_a_loop_a_promise_settles_though_nobody_awaits_it(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main() -> str:
        promise = rust.slow(2)
        await asyncio.sleep(0.01)
        return str(promise.state.value)

    assert asyncio.run(main()) == "fulfilled"


def test_run_through_makes_a_call_and_runs_its_jobs_with_no_turn_of_the_loop(
    any_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rust = any_embedder.start()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        turns: list[object] = []
        monkeypatch.setattr(loop, "call_soon", lambda *call, **_: turns.append(call))
        promise = any_embedder.instance.run_through(lambda: rust.slow(0))
        monkeypatch.undo()
        assert (promise.state.value, turns) == ("fulfilled", [])
        assert await rust.slow(3) == 3  # afterwards jobs have their turn as ever

    asyncio.run(main())


def test_the_jobs_of_a_run_through_that_raises_have_their_turn(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    promises: list[Any] = []

    def call() -> None:
        promises.append(rust.slow(0))
        raise KeyError("mine")

    async def main() -> None:
        with pytest.raises(KeyError, match="mine"):
            any_embedder.instance.run_through(call)
        assert await asyncio.wait_for(promises[0], 5) == 0

    asyncio.run(main())


def test_many_promises_settle_each_with_its_own_value(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main() -> list[int]:
        return list(await asyncio.gather(*(rust.slow(n % 7) for n in range(200))))

    assert asyncio.run(main()) == [n % 7 for n in range(200)]
    assert rust.drops() == 200


def test_a_promise_made_without_a_loop_is_awaited_in_one(any_embedder: Embedder) -> None:
    promise = any_embedder.start().slow(3)

    async def main() -> object:
        return await promise

    assert asyncio.run(main()) == 3


def test_a_promise_may_be_awaited_twice_and_by_two_tasks(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main() -> list[object]:
        promise = rust.slow(3)

        async def wait() -> object:
            return await promise

        return [*await asyncio.gather(wait(), wait()), await promise]

    assert asyncio.run(main()) == [3, 3, 3]


def test_promises_of_two_loops_one_after_the_other(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    async def main(n: int) -> int:
        return int(await rust.slow(n))

    assert [asyncio.run(main(n)) for n in range(3)] == [0, 1, 2]


# --- failures ---


def test_an_err_rejects_with_the_value(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(ThrownValue) as caught:
        rust.slow_fail().result()
    assert caught.value.value == "slow failure"


def test_a_panic_rejects_and_the_instance_goes_on(embedder: Embedder) -> None:
    rust = embedder.start()

    async def main() -> None:
        with pytest.raises(PanicError, match="slow panic"):
            await rust.slow_panic()
        assert await rust.slow(1) == 1

    asyncio.run(main())
    assert rust.drops() == 2


def test_a_host_exception_in_a_task_rejects_the_promise_of_a_lone_task(
    embedder: Embedder,
) -> None:
    rust, error = embedder.start(), KeyError("k")
    embedder.thrower = raiser(error)
    with pytest.raises(KeyError) as caught:
        rust.slow_throw().result()
    assert caught.value is error
    assert rust.slow(1).result() == 1


def test_an_abort_in_a_task_rejects_every_promise_with_it(embedder: Embedder) -> None:
    rust = embedder.start()

    async def main() -> list[object]:
        return await asyncio.gather(
            rust.slow(3), rust.slow_abort(), rust.slow(50), return_exceptions=True
        )

    results = asyncio.run(main())
    errors = [result for result in results if isinstance(result, AbortError)]
    assert len(errors) >= 2
    assert len(set(map(id, errors))) == 1
    with pytest.raises(TerminatedError):
        rust.bump()


def test_after_an_abort_a_renewing_instance_serves_new_promises(embedder: Embedder) -> None:
    rust = embedder.start(recovery="reinit")

    async def main() -> int:
        with pytest.raises(AbortError):
            await rust.slow_abort()
        return int(await rust.slow(2))

    assert asyncio.run(main()) == 2
    assert embedder.instance.generation == 2


def test_an_unhandled_rejection_is_reported_once_to_the_loop(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    reports: list[dict[str, Any]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reports.append(context))
        rust.slow_fail()
        for _ in range(5):
            await asyncio.sleep(0.005)

    asyncio.run(main())
    assert [type(report["exception"]) for report in reports] == [ThrownValue]


def test_an_unhandled_rejection_without_a_loop_is_logged_once(
    any_embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    rust = any_embedder.start()
    rust.slow_fail()
    any_embedder.instance.run_jobs()
    any_embedder.instance.run_jobs()
    records = [record for record in caplog.records if record.name == "unpoison.promise"]
    assert len(records) == 1
    assert records[0].levelno == logging.ERROR


def test_a_handled_rejection_is_not_reported(
    any_embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    rust = any_embedder.start()

    async def main() -> None:
        with pytest.raises(ThrownValue):
            await rust.slow_fail()

    asyncio.run(main())
    with pytest.raises(ThrownValue):
        rust.slow_fail().result()
    assert not caplog.records


def test_an_awaitable_of_the_host_that_fails_unhandled_is_reported_once(
    any_embedder: Embedder,
) -> None:
    any_embedder.start()
    scheduler = any_embedder.instance._scheduler
    reports: list[dict[str, Any]] = []

    async def fail() -> None:
        raise KeyError("k")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reports.append(context))
        scheduler.adopt(fail())
        for _ in range(5):
            await asyncio.sleep(0.005)

    asyncio.run(main())
    assert [repr(report["exception"]) for report in reports] == ["KeyError('k')"]


def test_a_promise_is_handed_to_rust_as_it_is(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    scheduler = any_embedder.instance._scheduler

    async def main() -> None:
        promise = rust.slow(1)
        assert scheduler.promised(promise) is promise
        assert await promise == 1

    asyncio.run(main())


# --- cancellation ---


def test_cancelling_the_task_that_awaits_leaves_promise_and_instance_good(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    capability = js.with_resolvers(any_embedder.instance._scheduler.realm)

    async def wait() -> object:
        return await capability.promise

    async def main() -> tuple[object, int]:
        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        capability.resolve(3)
        return await capability.promise, rust.bump()

    assert asyncio.run(main()) == (3, 1)


def test_a_keyboard_interrupt_in_a_job_travels_out_and_other_tasks_go_on(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    any_embedder.thrower = raiser(KeyboardInterrupt())
    rust.slow_throw()
    other = rust.slow(2)
    with pytest.raises(KeyboardInterrupt):
        any_embedder.instance.run_jobs()
    # What is left of that tick waits for the next wake, as upstream (contract facts 5.5).
    assert rust.slow(1).result() == 1
    assert other.result() == 2
    assert any_embedder.lock_is_free()


def test_two_instances_have_queues_of_their_own(any_embedder: Embedder) -> None:
    other = any_embedder.module.instantiate(any_embedder.imports())
    rust = any_embedder.start()
    mine, theirs = rust.slow(1), other.exports.slow(2)
    any_embedder.instance.run_jobs()
    assert (mine.state.value, theirs.state.value) == ("fulfilled", "pending")
    assert theirs.result() == 2
    other.close()
