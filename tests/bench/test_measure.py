"""The measuring itself, with sides whose times are made up."""

from __future__ import annotations

import sys

import pytest

from bench._measure import Figure, LineProcess, compare, duration, looped, size, take_turns


def test_the_ratio_says_how_many_times_faster_ours_is() -> None:
    result = compare("call", lambda n: n * 1e-6, lambda n: n * 4e-6, peer_name="peer", target=3)
    assert result.ratio == pytest.approx(4)
    assert result.low == pytest.approx(result.high)
    assert result.met
    assert "4 times as good" in str(result)


def test_a_missed_target_is_said() -> None:
    result = compare("call", lambda n: n * 4e-6, lambda n: n * 1e-6, peer_name="peer", target=1)
    assert not result.met
    assert not Figure("speed", 1.0, "MB/s", target=2.5).met


def test_sides_take_turns() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return 1.0

    compare("call", lambda n: side("a"), lambda n: side("b"), peer_name="b", rounds=4)
    turns = order[-8:]  # after calibration
    assert [set(turns[i : i + 2]) for i in range(0, 8, 2)] == [{"a", "b"}] * 4
    assert {turns[0], turns[2]} == {"a", "b"}


def test_a_first_call_that_takes_long_does_not_make_the_rounds_short() -> None:
    counts: list[int] = []

    def side(count: int) -> float:
        counts.append(count)
        return count * 1e-6 + (0.5 if len(counts) == 1 else 0)

    take_turns({"a": side}, rounds=2)
    assert counts[-1] == pytest.approx(0.05 / 1e-6, rel=0.01)


def test_a_call_is_looped_as_often_as_asked() -> None:
    calls: list[int] = []
    assert looped(lambda: calls.append(1))(5) > 0
    assert len(calls) == 5


ECHO = "import sys\nfor line in sys.stdin: print(float(line.split()[1]) / 10, flush=True)"


def test_another_program_can_be_a_side() -> None:
    with LineProcess([sys.executable, "-c", ECHO]) as process:
        assert process.side("bump")(20) == 2.0


def test_a_program_that_ends_is_an_error() -> None:
    with LineProcess([sys.executable, "-c", "input()"]) as process, pytest.raises(EOFError):
        process.side("bump")(20)


def test_sizes_have_a_fitting_unit() -> None:
    assert [size(n) for n in (12, 90_900, 4_348_019)] == ["12 B", "90.9 kB", "4.35 MB"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.5, "2.5 s"), (0.0125, "12.5 ms"), (3e-6, "3 µs"), (9.5e-8, "95 ns")]
)
def test_durations_have_a_fitting_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
