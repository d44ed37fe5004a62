"""Timers as a table of times: order, ties, cancelling. Nobody waits here."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from unpoison.runtime.timers import Timers


def run_due(timers: Timers, now: float) -> None:
    due: deque[Callable[[], object]] = deque()
    timers.take_due(now, due)
    for run in due:
        run()


def test_due_timers_come_in_the_order_of_their_times() -> None:
    timers, log = Timers(), []
    for time in (3.0, 1.0, 2.0):
        timers.add(time, lambda time=time: log.append(time))
    assert timers.next_time() == 1.0
    run_due(timers, 2.5)
    assert (log, timers.next_time()) == ([1.0, 2.0], 3.0)


def test_equal_times_come_in_the_order_of_the_calls() -> None:
    timers, log = Timers(), []
    for name in "abcdef":
        timers.add(1.0, lambda name=name: log.append(name))
    run_due(timers, 1.0)
    assert log == list("abcdef")


def test_a_cancelled_timer_never_runs_and_is_not_waited_for() -> None:
    timers, log = Timers(), []
    timers.add(1.0, lambda: log.append("first")).cancel()
    timers.add(2.0, lambda: log.append("second"))
    assert timers.next_time() == 2.0
    run_due(timers, 9.0)
    assert (log, timers.next_time()) == (["second"], None)


def test_a_timer_cancelled_by_one_before_it_does_not_run() -> None:
    timers, log = Timers(), []
    timers.add(1.0, lambda: second.cancel())
    second = timers.add(1.0, lambda: log.append("second"))
    run_due(timers, 1.0)
    assert log == []


def test_clearing_cancels_those_that_were_taken_out_no_more() -> None:
    timers, log = Timers(), []
    timers.add(1.0, lambda: log.append(1))
    timers.clear()
    run_due(timers, 2.0)
    assert (log, timers.next_time()) == ([], None)


@given(st.lists(st.integers(0, 5)), st.integers(0, 6))
def test_what_is_due_is_a_stable_sort(times: list[int], now: int) -> None:
    timers, log = Timers(), []
    for number, time in enumerate(times):
        timers.add(time, lambda entry=(time, number): log.append(entry))
    run_due(timers, now)
    entries = [(time, number) for number, time in enumerate(times) if time <= now]
    heapq.heapify(entries)
    assert log == [heapq.heappop(entries) for _ in range(len(entries))]
