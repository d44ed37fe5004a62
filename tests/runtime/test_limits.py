"""CPU, time and stack: each limit, at every way into a guest."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import pytest

import unpoison
from tests.runtime.conftest import ROOT, STARTS, Embedder
from tests.runtime.crossings import CROSSINGS
from tests.runtime.faulty import MATRIX, NOTHING, SPIN, Host
from unpoison import AbortError, AbortReason, Instance, Limits, Module, TerminatedError, js
from unpoison.runtime import Budget

Modules = Callable[[Path], Module]

WEBBY = ROOT / "tests" / "crates" / "webby" / "webby.legacy.wasm"
SOON = Limits(cpu=0.05)

each_limit = pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(cpu=0.05), AbortReason.CPU_LIMIT),
        (Limits(wall=0.05), AbortReason.TIME_LIMIT),
        (Limits(cpu=30, wall=0.05), AbortReason.TIME_LIMIT),
        (Limits(cpu=0.05, wall=30), AbortReason.CPU_LIMIT),
    ],
    ids=["cpu", "wall", "wall first", "cpu first"],
)


# --- each limit ---


@each_limit
def test_a_call_that_never_ends_is_stopped(
    any_embedder: Embedder, limits: Limits, reason: AbortReason
) -> None:
    rust = any_embedder.start(limits=limits)
    assert rust.bump() == 1
    began = time.monotonic()
    with pytest.raises(AbortError) as caught:
        rust.spin()
    assert caught.value.reason is reason
    assert any("spin" in frame for frame in caught.value.backtrace)
    assert time.monotonic() - began < 5
    assert any_embedder.instance.state == "dead"
    with pytest.raises(TerminatedError):
        rust.bump()


def test_load_takes_limits_too(one_embedder: Embedder) -> None:
    path = ROOT / "examples" / "counter" / "counter.legacy.wasm"
    instance = unpoison.load(path, one_embedder.imports(), limits=SOON)
    with pytest.raises(AbortError, match=r"CPU limit.*raise limits=Limits\(cpu="):
        instance.exports.spin()
    instance.close()


def test_the_next_generation_has_the_whole_limit_again(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=SOON, recovery="reinit")
    for generation in (1, 2, 3):
        assert rust.bump() == 1
        assert one_embedder.instance.generation == generation
        with pytest.raises(AbortError) as caught:
            rust.spin()
        assert caught.value.reason is AbortReason.CPU_LIMIT


def test_the_guests_hook_runs_after_a_limit_was_reached(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=SOON)
    rust.install_hook(2)
    with pytest.raises(AbortError):
        rust.spin()
    assert one_embedder.printed == ["hook, line 1", "hook, line 2", "hook, line 3"]
    assert rust.bump() == 1  # the hook had asked for a fresh start


def test_a_hook_that_calls_the_host_runs_though_the_outermost_call_has_nothing_left(
    one_embedder: Embedder,
) -> None:
    rust = one_embedder.start(limits=SOON)
    rust.install_hook(1)
    one_embedder.reenter = lambda _: rust.spin()
    with pytest.raises(AbortError) as caught:
        rust.call_back(1)
    assert caught.value.reason is AbortReason.CPU_LIMIT
    assert len(one_embedder.printed) == 3
    assert one_embedder.instance.state == "dead"


def test_a_host_function_is_not_stopped_and_its_error_is_its_own(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=Limits(wall=0.03))

    def slow(n: int) -> int:
        time.sleep(0.06)
        return n

    one_embedder.risky = slow
    with pytest.raises(AbortError) as caught:
        rust.risky_failures(100)
    assert caught.value.reason is AbortReason.TIME_LIMIT


# --- the stack ---


def depth_of(rust: Any) -> int:
    """Give how deep the guest may recurse."""
    low, high = 0, 1 << 20
    while high - low > 64:
        middle = (low + high) // 2
        try:
            rust.boom_deep(middle)
        except AbortError:
            high = middle
        except unpoison.PanicError:
            low = middle
    return low


def test_a_smaller_stack_ends_a_recursion_earlier(one_embedder: Embedder) -> None:
    depths = []
    for stack in (128 << 10, 256 << 10, None):
        rust = one_embedder.start(limits=Limits(stack=stack), recovery="reinit")
        depths.append(depth_of(rust))
        with pytest.raises(AbortError) as caught:
            rust.abort_native_stack(1)
        assert caught.value.reason is AbortReason.STACK_OVERFLOW
    assert depths[0] < depths[1] < depths[2]
    assert 1.5 < depths[1] / depths[0] < 2.5


def test_the_smallest_stack_is_enough_for_ordinary_calls(any_embedder: Embedder) -> None:
    rust = any_embedder.start(limits=Limits(stack=64 << 10))
    assert rust.greet("Ada") == "Hello, Ada!"
    assert rust.call_risky(1) == 2
    assert rust.slow(3).result() == 3


def test_instances_of_one_module_may_have_different_stacks(modules: Modules) -> None:
    module = modules(MATRIX)
    small = Host(module, limits=Limits(stack=64 << 10, cpu=0.05))
    large = Host(module, limits=Limits(stack=1 << 20))
    assert small.rust.bump() == large.rust.bump() == 1
    with pytest.raises(AbortError):
        small.rust.fault(SPIN)
    assert large.rust.bump() == 2
    assert len(module._by_stack) == 3
    for host in (small, large):
        host.instance.close()


@pytest.mark.parametrize("stack", [0, -1, 1000, 2 << 20, 1e5, "1", True])
def test_a_stack_is_64_kib_to_1_mib(stack: Any) -> None:
    with pytest.raises(ValueError, match="stack must be 65536 to 1048576 bytes"):
        Limits(stack=stack)


@pytest.mark.parametrize("name", ["cpu", "wall"])
@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "1", True])
def test_a_time_is_a_positive_number_of_seconds(name: str, seconds: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a positive number of seconds"):
        Limits(**{name: seconds})


# --- every way in ---


@pytest.mark.parametrize("name", CROSSINGS)
def test_a_guest_that_never_ends_is_stopped_at_every_crossing(
    name: str, modules: Modules, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda hook: lost.append(hook.exc_value))
    host = Host(modules(MATRIX), limits=SOON)
    assert CROSSINGS[name].cross(host, NOTHING) == 0
    with pytest.raises(unpoison.UnpoisonError) as caught:
        CROSSINGS[name].cross(host, SPIN)
    told = [caught.value, caught.value.__cause__, *lost]
    (death,) = {id(each): each for each in told if isinstance(each, AbortError)}.values()
    assert death.reason is AbortReason.CPU_LIMIT
    assert host.instance.state == "dead"
    host.instance.close()


def test_a_start_function_that_never_ends_is_stopped(modules: Modules) -> None:
    with pytest.raises(AbortError) as caught:
        modules(STARTS / "starts.legacy.wasm").instantiate({"on_start": lambda: 3}, limits=SOON)
    assert caught.value.reason is AbortReason.CPU_LIMIT


def test_a_raw_export_that_never_ends_is_stopped(modules: Modules) -> None:
    raw = modules(ROOT / "tests" / "crates" / "raw" / "raw.legacy.wasm")
    instance = raw.instantiate(limits=SOON)
    with pytest.raises(AbortError) as caught:
        instance.raw_exports["spins"]()
    assert caught.value.reason is AbortReason.CPU_LIMIT
    instance.close()


# --- budgets ---


@pytest.fixture
def webby(modules: Modules) -> Instance:
    return modules(WEBBY).instantiate(limits=Limits(cpu=30))


def test_a_budget_is_charged_by_every_turn_of_what_it_began(webby: Instance) -> None:
    async def main() -> None:
        webby.budget = budget = Budget(10)
        promise = webby.exports.sleep(1)
        after_the_call = budget.left
        assert after_the_call < 10
        await promise
        assert budget.left < after_the_call
        webby.budget = None
        left = budget.left
        await webby.exports.sleep(1)
        assert budget.left == left

    asyncio.run(main())


def test_endless_jobs_are_stopped_though_each_is_short(webby: Instance) -> None:
    """Rust that polls for ever, one microtask at a time, never gives the loop a turn."""

    async def main() -> None:
        webby.budget = Budget(0.1)
        realm = webby._scheduler.realm
        calls = [0]

        def again(_: object) -> object:
            calls[0] += 1
            webby.exports.base64("text")
            return js.resolve(realm, 0).then(again)

        promise = js.resolve(realm, 0).then(again)
        with pytest.raises(AbortError) as caught:
            await promise
        assert caught.value.reason is AbortReason.CPU_LIMIT
        assert calls[0] > 10

    asyncio.run(main())


def test_a_budget_outlives_the_generation_that_used_it(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=Limits(cpu=30), recovery="reinit")
    one_embedder.instance.budget = budget = Budget(0.05)
    with pytest.raises(AbortError):
        rust.spin()
    assert budget.left <= 0
    with pytest.raises(AbortError) as caught:
        rust.bump()
    assert caught.value.reason is AbortReason.CPU_LIMIT
    one_embedder.instance.budget = Budget(5)
    assert rust.bump() == 1


def test_a_budget_needs_a_limit(one_embedder: Embedder) -> None:
    one_embedder.start()
    assert one_embedder.instance.budget is None
    one_embedder.instance.budget = None
    with pytest.raises(ValueError, match=r"limits=Limits\(cpu="):
        one_embedder.instance.budget = Budget(1)


# --- what it costs ---


def test_an_instance_without_limits_calls_the_engine_directly(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    rust.bump()
    supervisor = one_embedder.instance._supervisor
    called = [caller for caller in supervisor.calls if caller not in supervisor._resolvers]
    assert called
    for caller in called:
        behind = getattr(caller, "func", caller)  # functools.partial where it is not compiled
        assert not isinstance(behind, FunctionType | MethodType)
