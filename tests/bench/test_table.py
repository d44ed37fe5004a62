"""The table that docs/benchmarks.md shows."""

from __future__ import annotations

from bench._measure import Comparison, Figure
from bench._table import table


def test_a_comparison_shows_both_sides_and_the_spread() -> None:
    result = Comparison("call", "peer", 1e-6, 20e-6, 20.0, 19.0, 21.5, target=10)
    *_, row = table([result])
    assert row == "| call | 1 µs |  | peer | 20 µs | 20 | 19 to 21.5 | 10 |  |  |  |"


def test_both_call_paths_stand_in_one_row() -> None:
    compiled = Comparison("call", "peer", 1e-6, 20e-6, 20.0, 19.0, 21.5, path="compiled")
    pure = Comparison("call", "peer", 4e-6, 20e-6, 5.0, 4.8, 5.2, target=12, path="pure")
    *_, row = table([compiled, pure])
    assert row == (
        "| call | 1 µs | 4 µs | peer | 20 µs | 20 | 19 to 21.5 |  | 5 | 4.8 to 5.2 | **12** |"
    )


def test_a_missed_target_is_set_in_bold() -> None:
    *_, row = table([Figure("speed", 1.5, "MB/s", target=2.5)])
    assert row == "| speed | 1.5 MB/s |  |  |  |  |  | **2.5** |  |  |  |"


def test_every_line_has_as_many_columns() -> None:
    results = [Comparison("call", "peer", 1, 1, 1, 1, 1), Figure("speed", 1, "MB/s")]
    assert {line.count("|") for line in table(results)} == {12}
