"""An abort in a job: back to the last idle moment, or a renewal, by what has answered since."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.faulty import ABORT, ABORTING, EXNREF, MATRIX, NOTHING, THROW, Host, raised
from unpoison import AbortError, Module

BUILDS = {"legacy": MATRIX, "exnref": EXNREF, "abort": ABORTING}


@pytest.fixture(params=BUILDS)
def host(request: pytest.FixtureRequest, modules: Callable[[Path], Module]) -> Host:
    """Give a host that has bumped once and is idle."""
    made = Host(modules(BUILDS[request.param]), recovery="rollback")
    made.rust.bump()
    raised(lambda each, kind: each.rust.swallow(kind), made, THROW)
    return made


def outcome(promise: Any) -> BaseException | None:
    try:
        promise.result()
    except Exception as error:  # noqa: BLE001 - it is what a test looks at
        return error
    return None


def is_renewed(host: Host) -> bool:
    renewed = host.rust.bump() == 1
    assert (host.instance.generation == 2) is renewed
    return renewed


def test_a_task_whose_promise_is_pending_is_undone_with_the_call_that_began_it(host: Host) -> None:
    host.rust.bump()
    before = host.instance.dump_memory()
    error = outcome(host.rust.task(NOTHING, 1, ABORT))
    assert isinstance(error, AbortError)
    assert str(error).endswith("as if it had not been made")
    assert host.instance.dump_memory() == before
    assert host.rust.bump() == 3


def test_other_promises_that_are_pending_are_rejected_with_it(host: Host) -> None:
    waiting = host.rust.task(NOTHING, 100, NOTHING)
    failing = host.rust.task(NOTHING, 1, ABORT)
    errors = [outcome(failing), outcome(waiting)]
    assert errors[0] is errors[1]
    assert isinstance(errors[0], AbortError)
    assert not is_renewed(host)
    assert outcome(host.rust.task(NOTHING, 3, NOTHING)) is None


def test_a_call_that_answered_meanwhile_would_lose_its_effects(host: Host) -> None:
    failing = host.rust.task(NOTHING, 2, ABORT)
    assert host.rust.bump() == 2
    error = outcome(failing)
    assert isinstance(error, AbortError)
    assert str(error).endswith("so the instance starts afresh")
    assert is_renewed(host)


def test_a_promise_that_was_settled_meanwhile_would_lose_its_effects(host: Host) -> None:
    good = host.rust.task(NOTHING, 1, NOTHING)
    failing = host.rust.task(NOTHING, 9, ABORT)
    assert outcome(good) is None
    assert isinstance(outcome(failing), AbortError)
    assert is_renewed(host)


def test_a_call_that_was_undone_meanwhile_has_no_effects_to_lose(host: Host) -> None:
    failing = host.rust.task(NOTHING, 2, ABORT)
    for _ in range(3):
        assert isinstance(raised(lambda each, kind: each.rust.fault(kind), host, ABORT), AbortError)
    assert isinstance(outcome(failing), AbortError)
    assert not is_renewed(host)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_drop_that_was_undone_meanwhile_takes_no_answer_back(host: Host) -> None:
    held = [host.rust.Bomb(ABORT)]
    failing = host.rust.task(NOTHING, 3, ABORT)
    assert host.rust.bump() == 2
    held.clear()
    gc.collect()
    host.rust.task(NOTHING, 100, NOTHING)  # an entry, which runs the queue of drops first
    assert isinstance(outcome(failing), AbortError)
    assert is_renewed(host)


def test_a_task_that_a_call_leaves_behind_belongs_to_an_answer(host: Host) -> None:
    host.rust.spawn(1, ABORT)
    host.instance.run_jobs()
    assert is_renewed(host)


def test_a_call_that_aborts_while_tasks_wait_is_undone_alone(host: Host) -> None:
    waiting = host.rust.task(NOTHING, 3, NOTHING)
    assert isinstance(raised(lambda each, kind: each.rust.fault(kind), host, ABORT), AbortError)
    assert outcome(waiting) is None
    assert not is_renewed(host)


def test_it_can_happen_again_and_again(host: Host) -> None:
    before = host.instance.live_handles
    for _ in range(20):
        assert isinstance(outcome(host.rust.task(NOTHING, 2, ABORT)), AbortError)
    assert host.instance.live_handles == before
    assert not is_renewed(host)
