"""Limits of every outermost call: exact enough about CPU time, whoever else has the processor."""

from __future__ import annotations

import ctypes
import inspect
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.engine.guest import Guest
from unpoison.engine import (
    IS_COMPILED,
    Budget,
    Code,
    Engine,
    FaultKind,
    InstantiationError,
    make_meter,
)
from unpoison.engine import meter as meter_file
from unpoison.engine import watchdog as watchdog_file

Compiled = Callable[[str], Code]

LOOPING = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func $loop (export "loop") (loop $l (br $l)))
    (func (export "count") (param i32) (result i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (i32.const 77))
    (func (export "host") (result i32) (call $host (i32.const 1)))
    (func (export "host then loop") (drop (call $host (i32.const 1))) (call $loop))
)"""
STARTING = "(module (func $s (loop $l (br $l))) (start $s))"


def metered(
    engine: Engine,
    code: Code,
    cpu: float | None = None,
    wall: float | None = None,
    host: Callable[[int], int] = lambda k: -1,
) -> Guest:
    return Guest(engine, code, host, meter=make_meter(engine.watchdog, cpu, wall))


@pytest.fixture
def make(engine: Engine, compiled: Compiled) -> Callable[..., Guest]:
    return lambda **options: metered(engine, compiled(LOOPING), **options)


@contextmanager
def busy_threads(count: int) -> Iterator[None]:
    """Let other threads use the processors, outside of Python's lock."""
    engine = Engine()
    stop = threading.Event()
    text = bytes(1 << 20)

    def work() -> None:
        import hashlib

        while not stop.is_set():
            hashlib.sha256(text)  # it frees the lock

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        del engine


def test_a_call_that_uses_too_much_is_stopped_and_the_store_lives_on(
    make: Callable[..., Guest],
) -> None:
    one = make(cpu=0.05)
    began = time.thread_time()
    fault = one.fault("loop")
    used = time.thread_time() - began
    assert (fault.kind, fault.message) == (FaultKind.CPU_LIMIT, "CPU limit reached")
    assert [frame.function_name for frame in fault.frames] == ["loop"]
    assert 0.05 <= used < 0.05 + 0.05
    assert one.call("count", 1000) == 77


def test_a_metered_store_runs_while_its_host_function_is_called(make: Callable[..., Guest]) -> None:
    seen: list[bool] = []

    def host(_: int) -> int:
        seen.append(one.store.running())
        if len(seen) == 1:
            one.call("host")
        return -1

    one = make(cpu=30, host=host)
    assert not one.store.running()
    one.call("host")
    assert seen == [True, True]
    assert not one.store.running()
    one = make(cpu=0.01)
    one.fault("loop")
    assert not one.store.running()


def test_each_call_has_the_whole_limit(make: Callable[..., Guest]) -> None:
    one = make(cpu=0.2)
    began = time.thread_time()
    while time.thread_time() - began < 0.4:
        assert one.call("count", 1_000_000) == 77
    assert one.fault("loop").kind is FaultKind.CPU_LIMIT


def test_a_thread_that_waits_for_the_processor_is_not_charged(make: Callable[..., Guest]) -> None:
    one = make(cpu=0.1)
    with busy_threads(4 * (os.cpu_count() or 1)):
        began, cpu = time.monotonic(), time.thread_time()
        assert one.fault("loop").kind is FaultKind.CPU_LIMIT
        passed, used = time.monotonic() - began, time.thread_time() - cpu
    assert used >= 0.1 - meter_file.ANCHOR_AGE
    assert passed > used


def test_a_host_function_that_sleeps_uses_nothing(make: Callable[..., Guest]) -> None:
    one = make(cpu=0.05, host=lambda k: time.sleep(0.2) or -1)
    assert one.call("host") == -1
    assert one.fault("host then loop").kind is FaultKind.CPU_LIMIT


def test_a_call_that_lasts_too_long_is_stopped_also_after_its_host_function_slept(
    make: Callable[..., Guest],
) -> None:
    one = make(wall=0.05, host=lambda k: time.sleep(0.1) or -1)
    assert one.fault("loop").kind is FaultKind.INTERRUPT
    assert one.fault("host then loop").kind is FaultKind.INTERRUPT


def test_a_nested_call_is_part_of_the_outermost_one(make: Callable[..., Guest]) -> None:
    faults = []

    def host(_: int) -> int:
        faults.append(one.fault("loop"))
        return 0

    one = make(cpu=0.05, host=host)
    began = time.thread_time()
    one.fault("host then loop")
    assert time.thread_time() - began < 0.15
    assert faults[0].kind is FaultKind.CPU_LIMIT


def test_a_start_section_keeps_to_the_limits(engine: Engine, compiled: Compiled) -> None:
    for limits, kind in (((0.02, None), FaultKind.CPU_LIMIT), ((None, 0.02), FaultKind.INTERRUPT)):
        with pytest.raises(InstantiationError) as raised:
            Guest(engine, compiled(STARTING), meter=make_meter(engine.watchdog, *limits))
        assert raised.value.fault.kind is kind


def test_a_deadline_of_a_metered_store_holds_and_ends(make: Callable[..., Guest]) -> None:
    one = make(cpu=30)
    for seconds in (0.03, -1):
        with one.store.deadline(seconds):
            assert one.fault("loop").kind is FaultKind.INTERRUPT
    assert one.call("count", 1000) == 77
    with one.store.deadline(30), one.store.deadline(0.02):
        assert one.fault("loop").kind is FaultKind.INTERRUPT


# --- budgets ---


def test_calls_share_a_budget_and_the_one_that_ends_it_is_stopped(
    make: Callable[..., Guest],
) -> None:
    one = make(cpu=30)
    one.store.meter.budget = budget = Budget(0.1)  # type: ignore[union-attr]
    began = time.thread_time()
    while not hasattr(outcome := one.call("count", 1_000_000), "kind"):
        assert outcome == 77
        assert time.thread_time() - began < 0.4
    assert outcome.kind is FaultKind.CPU_LIMIT
    assert time.thread_time() - began >= 0.1
    assert budget.left <= 0


def test_a_budget_that_is_used_up_stops_even_the_shortest_call(make: Callable[..., Guest]) -> None:
    one = make(cpu=30)
    one.store.meter.budget = budget = Budget(5)  # type: ignore[union-attr]
    assert one.call("count", 1) == 77
    budget.left = 0
    assert one.fault("count", 1).kind is FaultKind.CPU_LIMIT
    one.store.meter.budget = None  # type: ignore[union-attr]
    assert one.call("count", 1) == 77


def test_a_word_of_the_guest_says_that_its_limit_is_near(make: Callable[..., Guest]) -> None:
    one, word = make(cpu=0.1), ctypes.c_uint32(0xFFFF)
    meter = one.store.meter
    assert meter is not None
    meter.signals_at(ctypes.addressof(word))
    assert word.value == 0
    assert (one.call("count", 1000), word.value) == (77, 0)
    assert one.fault("loop").kind is FaultKind.CPU_LIMIT
    assert word.value == meter_file.NEAR_LIMIT == 24
    assert (one.call("count", 1000), word.value) == (77, 0)  # it has the whole limit again
    meter.budget = budget = Budget(10)
    assert (one.call("count", 1000), word.value) == (77, 0)
    budget.left = 2
    assert (one.call("count", 1000), word.value) == (77, 0)  # the call may have all of its 0.1 s
    budget.left = 0.02
    assert (one.call("count", 1000), word.value) == (77, 24)


def test_a_budget_is_charged_for_short_calls_too(make: Callable[..., Guest]) -> None:
    one = make(cpu=30)
    one.store.meter.budget = budget = Budget(10)  # type: ignore[union-attr]
    began = time.thread_time()
    for _ in range(2000):
        one.call("count", 100)
    used = time.thread_time() - began
    assert 0 < 10 - budget.left < 3 * used


def test_grace_lets_a_call_run_that_has_nothing_left(make: Callable[..., Guest]) -> None:
    one = make(cpu=0.05, wall=30)
    one.store.meter.budget = budget = Budget(5)  # type: ignore[union-attr]
    budget.left = -1
    with one.store.grace(0.2):
        assert one.call("count", 1) == 77
        assert one.fault("loop").kind is FaultKind.CPU_LIMIT
    assert budget.left == -1
    assert one.fault("count", 1).kind is FaultKind.CPU_LIMIT


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "1", True])
def test_a_budget_is_a_positive_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="positive number of seconds"):
        Budget(seconds)


# --- the thread ---


def watchdogs() -> int:
    return sum(thread.name == "unpoison-watchdog" for thread in threading.enumerate())


@pytest.mark.skipif(IS_COMPILED, reason="the ticker of the compiled calls: test_ticker")
def test_the_thread_rests_when_nothing_runs_and_comes_back(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog_file, "LINGER", 0.02)
    monkeypatch.setattr(watchdog_file, "IDLE_SECONDS", 0.1)
    engine = Engine()
    one = metered(engine, engine.load(compiled(LOOPING).serialize()), cpu=0.05)
    before = watchdogs()
    assert one.call("count", 10) == 77
    waited = time.monotonic()
    while watchdogs() >= before and engine.watchdog._thread is not None:
        assert time.monotonic() - waited < 5
        time.sleep(0.02)
    assert not engine.watchdog.pulsing
    assert one.fault("loop").kind is FaultKind.CPU_LIMIT
    time.sleep(0.06)  # it rests, but is there
    assert one.fault("loop").kind is FaultKind.CPU_LIMIT


def test_stores_without_limits_are_never_asked(
    make: Callable[..., Guest], engine: Engine, compiled: Compiled
) -> None:
    plain, limited = Guest(engine, compiled(LOOPING)), make(cpu=0.02)
    outcome: list[object] = []
    thread = threading.Thread(target=lambda: outcome.append(plain.call("count", 300_000_000)))
    thread.start()
    for _ in range(3):
        assert limited.fault("loop").kind is FaultKind.CPU_LIMIT
    thread.join()
    assert outcome == [77]


def test_two_threads_are_each_charged_for_their_own_calls(
    engine: Engine, compiled: Compiled
) -> None:
    kinds: list[FaultKind] = []

    def run() -> None:
        one = metered(engine, compiled(LOOPING), cpu=0.05)
        began = time.thread_time()
        kinds.append(one.fault("loop").kind)
        assert time.thread_time() - began >= 0.05 - meter_file.ANCHOR_AGE
        one.store.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds == [FaultKind.CPU_LIMIT] * 3


def test_an_interrupt_that_strikes_while_the_limits_are_looked_at_stops_the_guest(
    make: Callable[..., Guest],
) -> None:
    one = make(cpu=20)
    main = threading.get_ident()
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    began = time.monotonic()
    fault = one.fault("loop")
    assert fault.kind is FaultKind.INTERRUPT
    assert isinstance(one.store.take_host_failure(), KeyboardInterrupt)
    assert one.store.take_host_failure() is None
    assert time.monotonic() - began < 10
    timer.join()


@pytest.mark.parametrize("nested", [False, True])
def test_a_guest_is_stopped_however_few_frames_python_has_left(
    make: Callable[..., Guest], monkeypatch: pytest.MonkeyPatch, nested: bool
) -> None:
    """Where the callback could not be entered, nothing would ever stop the guest."""
    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)
    one = make(cpu=0.01)
    call = one.store.caller(one.exports.function("loop"), 1)

    def deep(frames: int) -> int | None:
        return call() if frames == 0 else deep(frames - 1)

    outcomes: list[object] = []

    def host(_: int) -> int:
        room = sys.getrecursionlimit() - len(inspect.stack(0))
        for frames in range(room - 30, room):
            try:
                deep(frames)
                outcomes.append(one.store.take_fault().kind)
            except RecursionError:
                outcomes.append(RecursionError)
        return 0

    if nested:
        outer = metered(one.store.engine, one.code, cpu=30, host=host)
        if not IS_COMPILED:
            one.store.meter.is_running = True  # type: ignore[union-attr]  # as below a call
            one.store.meter._began = 0  # type: ignore[union-attr]
            one.store.meter._anchor = -math.inf  # type: ignore[union-attr]
        outer.call("host")
    else:
        host(0)
    assert FaultKind.CPU_LIMIT in outcomes
    # A compiled call needs no frame of Python, so that of 3.13 fits whenever its caller does.
    assert set(outcomes) <= {FaultKind.CPU_LIMIT, RecursionError}
    assert IS_COMPILED or RecursionError in outcomes
    assert lost == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_process_has_limits_too(make: Callable[..., Guest]) -> None:
    one = make(cpu=0.05)
    assert one.call("count", 10) == 77
    time.sleep(0.01)
    child = os.fork()
    if not child:
        os._exit(0 if one.fault("loop").kind is FaultKind.CPU_LIMIT else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
