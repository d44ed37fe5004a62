"""The pauses of a worker that keeps dying."""

from __future__ import annotations

from unpoison.workers.restarts import ABORTS_IN_A_ROW, FIRST_PAUSE, LONGEST_PAUSE, Restarts


def test_a_fresh_worker_may_start() -> None:
    assert Restarts().remaining(5.0) == 0


def test_each_start_that_fails_doubles_the_pause() -> None:
    restarts = Restarts()
    assert [restarts.failed_to_start(0.0) for _ in range(3)] == [
        FIRST_PAUSE,
        2 * FIRST_PAUSE,
        4 * FIRST_PAUSE,
    ]
    assert restarts.remaining(0.0) == 4 * FIRST_PAUSE
    assert restarts.remaining(1.0) == 0


def test_a_pause_is_never_longer_than_the_longest() -> None:
    restarts = Restarts()
    assert [restarts.failed_to_start(0.0) for _ in range(200)][-1] == LONGEST_PAUSE


def test_aborts_cost_nothing_until_there_is_a_long_row_of_them() -> None:
    restarts = Restarts()
    assert {restarts.aborted(0.0) for _ in range(ABORTS_IN_A_ROW - 1)} == {0.0}
    assert restarts.aborted(0.0) == FIRST_PAUSE
    assert restarts.aborted(0.0) == 2 * FIRST_PAUSE


def test_a_request_that_succeeds_ends_the_row_and_the_pause() -> None:
    restarts = Restarts()
    for _ in range(ABORTS_IN_A_ROW):
        restarts.aborted(0.0)
    restarts.succeeded()
    assert restarts.remaining(0.0) == 0
    assert restarts.aborted(0.0) == 0.0
    assert restarts.failed_to_start(0.0) == FIRST_PAUSE
