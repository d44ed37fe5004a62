"""The promise state machine; the order of its jobs is compared with Node elsewhere."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Generator
from typing import Any

import pytest

from unpoison import js
from unpoison.errors import AbortError, AbortReason, ThrownValue


class Bench:
    """A realm whose jobs, reports and unhandled rejections can be looked at."""

    def __init__(self, waiter: js.Waiter | None = None) -> None:
        self.uncaught: list[Exception] = []
        self.created: list[js.Promise] = []
        self.queue = js.MicrotaskQueue(self.uncaught.append)
        self.unhandled: list[object] = []
        self.rejections = js.UnhandledRejections(self.unhandled.append)
        self.realm = js.PromiseRealm(self.queue, self.rejections, waiter, self.created.append)

    def pending(self) -> js.Capability:
        return js.with_resolvers(self.realm)

    def settled(self, promise: js.Promise) -> tuple[js.PromiseState, object]:
        seen: list[object] = []
        promise.then(seen.append, seen.append)
        self.queue.run_jobs()
        return promise.state, seen[0]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def raiser(error: BaseException) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail


def test_a_new_promise_is_pending_and_resolving_fulfils_it(bench: Bench) -> None:
    made = bench.pending()
    assert made.promise.state is js.PromiseState.PENDING
    made.resolve(5)
    assert made.promise.state is js.PromiseState.FULFILLED
    assert made.promise.result() == 5


def test_a_promise_may_say_what_it_is_fulfilled_with(bench: Bench) -> None:
    promise: js.Promise[int] = js.Promise[int](bench.realm, lambda resolve, reject: resolve(5))
    assert type(promise) is js.Promise
    assert promise.result() + 1 == 6


def test_what_a_promise_is_to_type_checkers_is_no_property(bench: Bench) -> None:
    promise = js.resolve(bench.realm, 1)
    names = ["__class_getitem__", "__parameters__", "__orig_bases__"]
    assert [js.get(promise, name) for name in names] == [None] * 3


def test_resolving_without_a_value_gives_undefined(bench: Bench) -> None:
    made = bench.pending()
    made.resolve()  # type: ignore[call-arg]
    assert made.promise.result() is None


def test_resolving_with_any_value_that_is_no_thenable_fulfils_at_once(bench: Bench) -> None:
    for value in (5, "then", js.null, [1], {"then": 5}, {}, print, ValueError()):
        assert js.resolve(bench.realm, value).state is js.PromiseState.FULFILLED
    assert len(bench.queue) == 0


def test_result_raises_the_very_exception_or_the_thrown_value(bench: Bench) -> None:
    error = ValueError("x")
    with pytest.raises(ValueError, match="x") as caught:
        js.reject(bench.realm, error).result()
    assert caught.value is error
    with pytest.raises(ThrownValue) as thrown:
        js.reject(bench.realm, 5).result()
    assert thrown.value.value == 5


def test_result_of_a_pending_promise_is_an_error(bench: Bench) -> None:
    with pytest.raises(js.Error) as caught:
        bench.pending().promise.result()
    assert caught.value.name == "InvalidStateError"


def test_a_handler_that_raises_rejects_with_that_object(bench: Bench) -> None:
    error = KeyError("k")
    promise = js.resolve(bench.realm).then(raiser(error))
    assert bench.settled(promise) == (js.PromiseState.REJECTED, error)
    thrown = js.resolve(bench.realm).then(raiser(ThrownValue(7)))
    assert bench.settled(thrown) == (js.PromiseState.REJECTED, 7)


def test_reactions_of_the_host_make_no_promise_and_handle_a_rejection(bench: Bench) -> None:
    seen: list[object] = []
    made, failed = bench.pending(), js.reject(bench.realm, "why")
    before = len(bench.created)
    for promise in (made.promise, failed):
        promise.react(lambda value: seen.append(("value", value)), None)
        promise.react(None, lambda reason: seen.append(("reason", reason)))
    made.resolve(1)
    assert seen == []
    bench.queue.run_jobs()
    assert seen == [("reason", "why"), ("value", 1)]
    assert len(bench.created) == before
    bench.rejections.report_all()
    assert bench.unhandled == []


def test_what_a_reaction_of_the_host_raises_is_reported(bench: Bench) -> None:
    problem = ValueError("mine")
    js.resolve(bench.realm, 1).react(raiser(problem), None)
    bench.queue.run_jobs()
    assert bench.uncaught == [problem]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_interrupt_in_a_handler_rejects_and_travels_out(
    bench: Bench, kind: type[BaseException]
) -> None:
    error = kind()
    promise = js.resolve(bench.realm).then(raiser(error))
    with pytest.raises(kind):
        bench.queue.run_jobs()
    assert bench.settled(promise) == (js.PromiseState.REJECTED, error)


def test_an_interrupt_in_an_executor_travels_out(bench: Bench) -> None:
    with pytest.raises(KeyboardInterrupt):
        js.Promise(bench.realm, raiser(KeyboardInterrupt()))
    assert bench.created[0].state is js.PromiseState.REJECTED


def test_a_getter_of_then_that_raises_rejects(bench: Bench) -> None:
    class Trap:
        @property
        def then(self) -> object:
            raise LookupError("trap")

    state, reason = bench.settled(js.resolve(bench.realm, Trap()))
    assert state is js.PromiseState.REJECTED
    assert isinstance(reason, LookupError)


def test_a_promise_locked_to_another_does_not_resolve_again(bench: Bench) -> None:
    other, made = bench.pending(), bench.pending()
    made.resolve(other.promise)
    made.resolve("second")
    made.reject("third")
    other.resolve("first")
    assert bench.settled(made.promise) == (js.PromiseState.FULFILLED, "first")


def test_resolve_gives_a_promise_back_as_itself(bench: Bench) -> None:
    promise = bench.pending().promise
    assert js.resolve(bench.realm, promise) is promise


def test_python_can_ask_for_every_method_by_its_javascript_name(bench: Bench) -> None:
    promise = js.resolve(bench.realm, 1)
    log: list[object] = []
    js.call_method(promise, "then", log.append)
    js.call_method(promise, "catch", log.append)
    js.call_method(promise, "finally", lambda: log.append("f"))
    bench.queue.run_jobs()
    assert log == [1, "f"]
    assert js.get(promise, "_value") is None
    assert js.get(promise, "result") is None


# --- subscribers and waiting ---


def test_a_subscriber_is_called_once_when_the_promise_settles(bench: Bench) -> None:
    made, log = bench.pending(), []
    made.promise.subscribe(log.append)
    assert log == []
    made.resolve(1)
    assert log == [made.promise]
    made.promise.subscribe(log.append)
    assert log == [made.promise, made.promise]


def test_an_unsubscribed_one_is_not_called(bench: Bench) -> None:
    made, log = bench.pending(), []
    made.promise.subscribe(log.append)
    made.promise.unsubscribe(log.append)
    made.promise.unsubscribe(log.append)
    made.resolve(1)
    assert log == []


class LoopWaiter:
    """The least that asyncio needs."""

    def __init__(self) -> None:
        self.bench: Bench | None = None

    def settle(self, promise: js.Promise) -> None:
        assert self.bench is not None
        self.bench.queue.run_jobs()

    def wait(self, promise: js.Promise) -> Generator[Any, None, object]:
        future = asyncio.get_running_loop().create_future()

        def wake(_: js.Promise) -> None:
            if not future.done():
                future.set_result(None)

        promise.subscribe(wake)
        try:
            yield from future
        finally:
            promise.unsubscribe(wake)
        return None

    def adopt(self, value: object) -> js.Promise | None:
        if not asyncio.iscoroutine(value):
            return None
        assert self.bench is not None
        made = self.bench.pending()
        task = asyncio.ensure_future(value)
        task.add_done_callback(lambda done: made.resolve(done.result()))
        return made.promise


@pytest.fixture
def loop_bench() -> Bench:
    waiter = LoopWaiter()
    waiter.bench = Bench(waiter)
    return waiter.bench


def test_result_runs_the_jobs_that_are_due(loop_bench: Bench) -> None:
    promise = js.resolve(loop_bench.realm, 1).then(lambda v: v + 1).then(lambda v: v * 10)
    assert promise.result() == 20


def test_a_promise_can_be_awaited(loop_bench: Bench) -> None:
    async def main() -> object:
        made = loop_bench.pending()
        asyncio.get_running_loop().call_soon(made.resolve, "woken")
        return await made.promise, await made.promise

    assert asyncio.run(main()) == ("woken", "woken")


def test_an_awaited_rejection_raises(loop_bench: Bench) -> None:
    async def main() -> None:
        made = loop_bench.pending()
        asyncio.get_running_loop().call_soon(made.reject, ValueError("late"))
        with pytest.raises(ValueError, match="late"):
            await made.promise

    asyncio.run(main())
    assert loop_bench.unhandled == []


def test_a_cancelled_await_leaves_no_subscriber(loop_bench: Bench) -> None:
    async def main() -> js.Promise:
        promise = loop_bench.pending().promise
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(promise, 0.001)
        return promise

    assert not asyncio.run(main())._subscribers


def test_a_coroutine_is_adopted_by_the_waiter(loop_bench: Bench) -> None:
    async def answer() -> int:
        return 42

    async def main() -> object:
        promise = js.resolve(loop_bench.realm, answer())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        loop_bench.queue.run_jobs()
        return promise.result()

    assert asyncio.run(main()) == 42


# --- rejections that nobody handles ---


def test_an_unhandled_rejection_is_told_once_when_its_promise_is_collected(bench: Bench) -> None:
    promise = js.reject(bench.realm, 1)
    bench.queue.run_jobs()
    bench.created.clear()
    assert bench.unhandled == []  # somebody may handle it yet
    del promise
    assert bench.unhandled == [1]
    bench.rejections.report_all()
    assert bench.unhandled == [1]


def test_at_the_end_those_that_are_kept_are_told_once(bench: Bench) -> None:
    kept = js.reject(bench.realm, 1)
    bench.rejections.report_all()
    bench.rejections.report_all()
    assert bench.unhandled == [1]
    del kept
    assert bench.unhandled == [1]


def test_a_thousand_rejections_are_kept_and_then_the_oldest_are_told(bench: Bench) -> None:
    kept = [js.reject(bench.realm, number) for number in range(1003)]
    assert bench.unhandled == [0, 1, 2]
    for promise in kept:
        promise.catch()
    assert bench.unhandled == [0, 1, 2]


def test_a_handled_rejection_is_not_told_but_its_descendant_is(bench: Bench) -> None:
    js.reject(bench.realm, 1).then(lambda v: v)
    assert bench.unhandled == []
    bench.queue.run_jobs()
    bench.created.clear()
    assert bench.unhandled == [1]


@pytest.mark.parametrize(
    "handle",
    [
        lambda promise: promise.catch(lambda _: None),
        lambda promise: promise.subscribe(lambda _: None),
    ],
)
def test_a_rejection_that_is_handled_however_late_is_not_told(
    bench: Bench, handle: Callable[[js.Promise], object]
) -> None:
    promise = js.reject(bench.realm, 1)
    bench.queue.run_jobs()
    handle(promise)
    bench.queue.run_jobs()
    del promise
    assert bench.unhandled == []


def test_asking_for_the_result_handles_a_rejection(bench: Bench) -> None:
    with pytest.raises(ThrownValue):
        js.reject(bench.realm, 1).result()
    assert bench.unhandled == []


def test_who_only_wants_to_know_when_it_settles_does_not_handle_it(bench: Bench) -> None:
    made, seen = bench.pending(), []
    made.promise.when_settled(seen.append)
    made.reject(1)
    assert seen == [made.promise]
    seen.clear()
    bench.created.clear()
    del made
    assert bench.unhandled == [1]


def test_the_end_of_the_resolving_functions_is_noticed(bench: Bench) -> None:
    kept: list[object] = []
    log: list[str] = []
    promise = js.Promise(bench.realm, lambda resolve, reject: kept.extend((resolve, reject)))
    watch = js.when_unreachable(kept[0], lambda: log.append("gone"))
    kept.pop()
    assert log == []
    kept.pop()
    assert (log, promise.state) == (["gone"], js.PromiseState.PENDING)
    del watch


# --- a host whose instance died ---


def test_abandoning_rejects_even_a_promise_locked_to_another(bench: Bench) -> None:
    error = AbortError("dead", AbortReason.UNREACHABLE)
    other, locked = bench.pending(), bench.pending()
    locked.resolve(other.promise)
    bench.queue.run_jobs()
    assert locked.promise.abandon(error)
    assert bench.settled(locked.promise) == (js.PromiseState.REJECTED, error)
    other.resolve("too late")
    bench.queue.run_jobs()
    assert locked.promise.state is js.PromiseState.REJECTED
    assert not locked.promise.abandon(error)


def test_a_realm_hears_of_every_promise(bench: Bench) -> None:
    js.resolve(bench.realm, 1).then(None)
    js.Promise(bench.realm, lambda resolve, reject: resolve(1))
    assert len(bench.created) == 3


def test_a_settled_promise_keeps_nothing_alive(bench: Bench) -> None:
    class Handler:
        def __call__(self, value: object) -> None:
            """Be a handler."""

    handler = Handler()
    gone = weakref.ref(handler)
    promise = js.resolve(bench.realm, 1)
    promise.then(handler)
    bench.queue.run_jobs()
    bench.created.clear()
    del handler
    gc.collect()
    assert gone() is None


def test_a_long_chain_does_not_recurse(bench: Bench) -> None:
    promise = js.resolve(bench.realm, 0)
    for _ in range(20_000):
        promise = promise.then(lambda value: value + 1)
    bench.queue.run_jobs()
    assert promise.result() == 20_000
