"""What is read of wrk, and that both servers answer what the load asks for."""

from __future__ import annotations

import os
import time

import pytest

from bench._load import Load, cpu_seconds, read_summary
from bench._measure import Comparison, Figure, MissingPeer, paired
from bench._served import workerd

QUIET = """\
Running 2s test @ http://127.0.0.1:41001/hello/ada
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.90ms    1.01ms  20.01ms   91.33%
    Req/Sec     8.70k     1.10k   10.01k    70.00%
  17316 requests in 2.00s, 2.05MB read
Requests/sec:   8650.12
Transfer/sec:      1.02MB
"""
BROKEN = """\
  120 requests in 900.00ms, 2.05MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 61
Requests/sec:     133.12
"""


def test_a_quiet_run_has_no_failures() -> None:
    load = read_summary(QUIET, cpu=1.7316)
    assert load == Load(17316, 0, 2.0, 1.7316)
    assert load.cpu_each == pytest.approx(1e-4)
    assert load.seconds_each == pytest.approx(2 / 17316)


def test_refused_answers_and_broken_sockets_are_failures() -> None:
    assert read_summary(BROKEN, cpu=0.0) == Load(120, 71, 0.9, 0.0)


def test_an_output_without_a_summary_is_an_error() -> None:
    with pytest.raises(AssertionError, match="unable to connect"):
        read_summary("unable to connect to 127.0.0.1:1", cpu=0.0)


def test_the_time_of_a_process_grows_with_its_work() -> None:
    before, until = cpu_seconds(os.getpid()), time.process_time() + 0.1
    while time.process_time() < until:
        pass
    assert 0.05 < cpu_seconds(os.getpid()) - before < 5


def test_a_missing_workerd_has_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("bench._served.TOOLS", tmp_path)
    with pytest.raises(MissingPeer, match="workerd"), workerd():
        pass


def test_rounds_are_compared_one_by_one() -> None:
    result = paired("hello", [1.0, 2.0, 4.0], [2.0, 4.0, 8.0], peer_name="workerd", target=1)
    assert (result.ratio, result.low, result.high) == (2.0, 2.0, 2.0)
    assert isinstance(result, Comparison)
    assert result.met


def test_a_figure_may_have_a_most() -> None:
    assert Figure("failed", 0, "of 9", most=0).met
    assert not Figure("failed", 1, "of 9", most=0).met
    assert "wanted at most 0" in str(Figure("failed", 1, "of 9", most=0))
