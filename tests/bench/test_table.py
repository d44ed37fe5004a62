"""The table that docs/benchmarks.md shows."""

from __future__ import annotations

from bench._measure import Comparison, Figure
from bench._table import table


def test_a_comparison_shows_both_sides_and_the_spread() -> None:
    result = Comparison("call", "peer", 1e-6, 20e-6, 20.0, 19.0, 21.5, target=10)
    *_, row = table([result])
    assert row == "| call | 1 µs | peer | 20 µs | 20.00 | 19.00 to 21.50 | 10 |"


def test_a_missed_target_is_set_in_bold() -> None:
    *_, row = table([Figure("speed", 1.5, "MB/s", target=2.5)])
    assert row == "| speed | 1.5 MB/s | | | | | **2.5** |"


def test_every_line_has_as_many_columns() -> None:
    results = [Comparison("call", "peer", 1, 1, 1, 1, 1), Figure("speed", 1, "MB/s")]
    assert {line.count("|") for line in table(results)} == {8}
