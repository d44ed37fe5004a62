"""Patience is a leaky bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.workers.slow_clients import Outflow, Patience


def test_a_client_that_moves_nothing_is_dropped_after_the_whole_patience() -> None:
    patience = Patience(3.0, 100.0)
    assert [patience.spend(1) for _ in range(4)] == [False, False, True, True]


def test_bytes_buy_seconds_up_to_the_whole_patience() -> None:
    patience = Patience(3.0, 100.0)
    patience.spend(2.5)
    patience.earn(100)
    assert patience.left == pytest.approx(1.5)
    patience.earn(10_000)
    assert patience.left == 3.0


@given(st.lists(st.integers(100, 10_000), min_size=1, max_size=200))
def test_a_client_that_keeps_the_rate_is_never_dropped(sizes: list[int]) -> None:
    patience = Patience(3.0, 100.0)
    for size in sizes:
        assert not patience.spend(1)
        patience.earn(size)


@given(st.integers(0, 49))
def test_a_client_below_the_rate_is_dropped_in_the_end(size: int) -> None:
    patience = Patience(3.0, 50.0)
    ends = 0
    while not patience.spend(1):
        patience.earn(size)
        ends += 1
        assert ends < 1000


def test_an_empty_write_buffer_is_no_stall() -> None:
    outflow = Outflow(2.0, 100.0)
    assert not any(outflow.is_stalled(0, 10) for _ in range(5))


def test_a_write_buffer_that_does_not_shrink_is_a_stall() -> None:
    outflow = Outflow(2.0, 100.0)
    outflow.queued(1000)
    assert not outflow.is_stalled(1000, 1)
    assert outflow.is_stalled(1000, 1)


def test_a_full_write_buffer_that_moves_is_no_stall() -> None:
    outflow = Outflow(2.0, 100.0)
    for _ in range(50):
        outflow.queued(500)
        assert not outflow.is_stalled(1000, 1)
