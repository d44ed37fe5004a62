"""The thread that lets the epoch advance while compiled calls run."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.guest import Guest
from unpoison.engine import IS_COMPILED, Code, Engine, FaultKind, make_meter

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="the compiled module is not in use")

LOOPING = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func (export "loop") (loop $l (br $l)))
    (func (export "one") (result i32) (i32.const 1))
)"""


@pytest.fixture
def one(compiled: Callable[[str], Code]) -> Guest:
    engine = Engine()
    code = engine.load(compiled(LOOPING).serialize())
    return Guest(engine, code, meter=make_meter(engine.watchdog, 0.1))


def ticker_of(one: Guest) -> Any:
    return one.store.engine.watchdog


def wait_until(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < 30
        time.sleep(0.01)


def test_there_is_no_thread_before_the_first_call(one: Guest) -> None:
    assert not Engine().watchdog.is_alive  # type: ignore[attr-defined]
    assert one.call("one") == 1
    assert ticker_of(one).is_alive


def test_the_thread_is_none_of_pythons(one: Guest) -> None:
    before = threading.active_count()
    assert one.call("one") == 1
    assert threading.active_count() == before


def test_the_thread_ends_and_comes_back(one: Guest) -> None:
    for _ in range(3):
        assert one.call("one") == 1
        wait_until(lambda: not ticker_of(one).is_alive)
        assert one.fault("loop").kind is FaultKind.CPU_LIMIT


def test_a_call_at_any_moment_of_its_end_is_stopped(one: Guest) -> None:
    """The thread looks again after it has said that it ends."""
    for number in range(12):
        assert one.call("one") == 1
        time.sleep(0.24 + 0.003 * number)
        assert one.fault("loop").kind is FaultKind.CPU_LIMIT


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_has_a_thread_of_its_own(one: Guest) -> None:
    assert one.call("one") == 1
    child = os.fork()
    if child == 0:
        stopped = False
        try:
            stopped = one.fault("loop").kind is FaultKind.CPU_LIMIT
        finally:
            os._exit(0 if stopped else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert one.fault("loop").kind is FaultKind.CPU_LIMIT


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts the threads of Linux")
def test_engines_that_are_gone_leave_no_thread(compiled: Callable[[str], Code]) -> None:
    native = compiled(LOOPING).serialize()

    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    before = threads()
    for _ in range(20):
        engine = Engine()
        assert Guest(engine, engine.load(native)).call("one") == 1
        del engine
    wait_until(lambda: threads() <= before)
