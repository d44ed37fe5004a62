"""The job queue: order, failures, and when it says that it has something to run."""

from __future__ import annotations

import pytest

from unpoison.js import MicrotaskQueue


def queue_with_log() -> tuple[MicrotaskQueue, list[object]]:
    log: list[object] = []
    return MicrotaskQueue(log.append), log


def fail(error: BaseException) -> None:
    raise error


def test_jobs_run_in_order_and_only_when_asked() -> None:
    queue, log = queue_with_log()
    queue.enqueue(lambda: log.append(1))
    queue.enqueue(lambda: log.append(2))
    assert (log, len(queue)) == ([], 2)
    assert queue.run_jobs() == 2
    assert log == [1, 2]
    assert queue.run_jobs() == 0


def test_jobs_enqueued_by_a_job_run_in_the_same_turn() -> None:
    queue, log = queue_with_log()
    queue.enqueue(lambda: queue.enqueue(lambda: log.append("inner")))
    queue.enqueue(lambda: log.append("outer"))
    assert queue.run_jobs() == 3
    assert log == ["outer", "inner"]


def test_a_job_that_raises_is_reported_and_the_rest_runs() -> None:
    queue, log = queue_with_log()
    error = ValueError()
    queue.enqueue(lambda: fail(error))
    queue.enqueue(lambda: log.append("next"))
    assert queue.run_jobs() == 2
    assert log == [error, "next"]


def test_an_interrupt_travels_out_and_the_rest_stays() -> None:
    queue, log = queue_with_log()
    queue.enqueue(lambda: fail(KeyboardInterrupt()))
    queue.enqueue(lambda: log.append("rest"))
    with pytest.raises(KeyboardInterrupt):
        queue.run_jobs()
    assert log == []
    assert queue.run_jobs() == 1
    assert log[-1] == "rest"


def test_running_inside_a_job_does_nothing() -> None:
    queue, log = queue_with_log()
    queue.enqueue(lambda: log.append(queue.run_jobs()))
    queue.enqueue(lambda: log.append("second"))
    queue.run_jobs()
    assert log == [0, "second"]


def test_cleared_jobs_never_run() -> None:
    queue, log = queue_with_log()
    queue.enqueue(lambda: log.append("never"))
    assert queue.clear() == 1
    assert queue.run_jobs() == 0
    assert log == []


def test_each_job_that_comes_while_none_runs_is_announced() -> None:
    calls: list[str] = []
    queue = MicrotaskQueue(print, lambda: calls.append("ready"))
    queue.enqueue(lambda: queue.enqueue(lambda: None))
    queue.enqueue(lambda: None)
    assert calls == ["ready", "ready"]
    queue.run_jobs()
    assert calls == ["ready", "ready"]


def test_jobs_left_by_an_interrupt_are_announced() -> None:
    calls: list[str] = []
    queue = MicrotaskQueue(print, lambda: calls.append("ready"))
    queue.enqueue(lambda: fail(KeyboardInterrupt()))
    queue.enqueue(lambda: None)
    with pytest.raises(KeyboardInterrupt):
        queue.run_jobs()
    assert calls == ["ready", "ready", "ready"]
