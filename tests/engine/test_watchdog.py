"""Deadlines: exact about which store, lazy about threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine import IS_COMPILED, Code, Engine, FaultKind
from unpoison.engine import watchdog as watchdog_file

Make = Callable[..., Guest]

in_python = pytest.mark.skipif(IS_COMPILED, reason="the ticker of the compiled calls: test_ticker")

LOOPING = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func (export "loop") (loop $l (br $l)))
    (func (export "count") (param i32) (result i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (i32.const 77))
    (func $recurse (export "recurse") (call $recurse_too) (call $recurse_too))
    (func $recurse_too (if (i32.const 0) (then (call $recurse))))
    (func (export "host") (result i32) (call $host (i32.const 1)))
)"""


def watchdog_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "unpoison-watchdog"]


def test_a_runaway_loop_is_interrupted_and_the_store_lives_on(guest: Make) -> None:
    one = guest(LOOPING)
    began = time.monotonic()
    with one.store.deadline(0.05):
        fault = one.fault("loop")
    assert fault.kind is FaultKind.INTERRUPT
    assert 0.05 <= time.monotonic() - began < 1.0
    assert one.call("count", 1000) == 77


@in_python
def test_no_deadline_is_no_thread(compiled: Callable[[str], Code]) -> None:
    engine = Engine()
    before = len(watchdog_threads())
    one = Guest(engine, engine.load(compiled(LOOPING).serialize()))
    assert one.call("count", 10) == 77
    assert len(watchdog_threads()) == before
    with one.store.deadline(10):
        assert len(watchdog_threads()) == before + 1
    one.store.close()


@in_python
def test_the_thread_ends_when_nobody_has_a_deadline(
    compiled: Callable[[str], Code], monkeypatch: object
) -> None:
    engine = Engine()
    one = Guest(engine, engine.load(compiled(LOOPING).serialize()))
    before = len(watchdog_threads())
    with one.store.deadline(0.001):
        one.call("loop")
    waited = time.monotonic()
    while len(watchdog_threads()) > before:
        assert time.monotonic() - waited < watchdog_file.IDLE_SECONDS + 3
        time.sleep(0.02)
    with one.store.deadline(0.02):
        assert one.fault("loop").kind is FaultKind.INTERRUPT
    one.store.close()


def test_a_deadline_that_is_not_reached_changes_nothing(guest: Make) -> None:
    one = guest(LOOPING)
    with one.store.deadline(30):
        assert one.call("count", 100_000) == 77
    assert one.call("count", 100_000) == 77


def test_a_deadline_of_the_past_stops_the_first_call(guest: Make) -> None:
    one = guest(LOOPING)
    with one.store.deadline(-1):
        assert one.fault("loop").kind is FaultKind.INTERRUPT


def test_one_stores_deadline_never_interrupts_another(guest: Make) -> None:
    long, short = guest(LOOPING), guest(LOOPING)
    outcome: list[object] = []

    def run_long() -> None:
        with long.store.deadline(60):
            outcome.append(long.call("count", 300_000_000))

    thread = threading.Thread(target=run_long)
    thread.start()
    for _ in range(5):
        with short.store.deadline(0.01):
            assert short.fault("loop").kind is FaultKind.INTERRUPT
    thread.join()
    assert outcome == [77]


def test_the_inner_of_two_deadlines_ends_first_and_the_outer_comes_back(guest: Make) -> None:
    one = guest(LOOPING)
    began = time.monotonic()
    with one.store.deadline(0.15):
        with one.store.deadline(0.02):
            assert one.fault("loop").kind is FaultKind.INTERRUPT
        inner = time.monotonic() - began
        assert one.fault("loop").kind is FaultKind.INTERRUPT
    assert 0.02 <= inner < 0.15 <= time.monotonic() - began


def test_an_inner_deadline_never_extends_the_outer_one(guest: Make) -> None:
    one = guest(LOOPING)
    began = time.monotonic()
    with one.store.deadline(0.03), one.store.deadline(60):
        assert one.fault("loop").kind is FaultKind.INTERRUPT
    assert time.monotonic() - began < 5


def test_a_deadline_that_passes_in_the_host_stops_the_guest_on_return(guest: Make) -> None:
    text = LOOPING.replace(
        "(call $host (i32.const 1))", "(call $host (i32.const 1)) (loop $l (br $l))"
    )
    one = guest(text, host=lambda k: time.sleep(0.03) or -1)
    with one.store.deadline(0.01):
        assert one.fault("host").kind is FaultKind.INTERRUPT


def test_many_stores_with_many_deadlines_each_stop_at_their_own(
    engine: Engine, compiled: Callable[[str], Code]
) -> None:
    late: list[float] = []

    def run(seconds: float) -> None:
        one = Guest(engine, compiled(LOOPING))
        with one.store.deadline(seconds):
            began = time.monotonic()
            assert one.fault("loop").kind is FaultKind.INTERRUPT
            late.append(time.monotonic() - began - seconds)
        one.store.close()

    threads = [threading.Thread(target=run, args=(0.02 * n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(late) == 6
    assert min(late) >= 0


@in_python
def test_an_idle_hour_before_a_deadline_costs_nothing(guest: Make) -> None:
    one = guest(LOOPING)
    one.store.engine.watchdog._start -= 3600
    began = time.monotonic()
    with one.store.deadline(0.02):
        assert one.fault("loop").kind is FaultKind.INTERRUPT
    assert time.monotonic() - began < 1
