"""The results as one Markdown table, as it stands in docs/benchmarks.md.

One row per number and peer. Where our side has two call paths, both stand in it; else the columns
of the pure path are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench._measure import Comparison, Figure, amount
from bench._sides import PURE

COLUMNS = (
    "what", "unpoison", "pure", "peer", "its cost", "ratio", "middle half", "wanted",
    "pure: ratio", "middle half", "wanted",
)  # fmt: skip
LEFT = {"what", "peer"}
CENTRED = {"middle half"}


def table(results: Iterable[Comparison | Figure]) -> Iterator[str]:
    """Yield the lines of the table; a missed target is set in bold."""
    yield _line(COLUMNS)
    yield _line([_rule(column) for column in COLUMNS])
    for row in _rows(results):
        yield _line(row)


def ratio(value: float) -> str:
    """Give a ratio with three digits that count."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _rows(results: Iterable[Comparison | Figure]) -> list[list[str]]:
    rows: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if isinstance(result, Figure):
            key, row = (result.what, ""), _figure_row(result)
        else:
            key = (result.what, result.peer_name)
            row = _with(rows.get(key, [""] * len(COLUMNS)), result)
        rows[key] = row
    return list(rows.values())


def _figure_row(figure: Figure) -> list[str]:
    value = f"{ratio(figure.value)} {figure.unit}"
    return [figure.what, value, "", "", "", "", "", _wanted(figure), "", "", ""]


def _with(row: list[str], result: Comparison) -> list[str]:
    """Give the row with a comparison filled in, on the side of its path."""
    row = list(row)
    row[0], row[3], row[4] = result.what, result.peer_name, amount(result.peer, result.unit)
    pure = result.path == PURE
    row[2 if pure else 1] = amount(result.ours, result.unit)
    spread = f"{ratio(result.low)} to {ratio(result.high)}"
    first = 8 if pure else 5
    row[first : first + 3] = ratio(result.ratio), spread, _wanted(result)
    return row


def _wanted(result: Comparison | Figure) -> str:
    return result.wanted if result.met else f"**{result.wanted}**"


def _rule(column: str) -> str:
    return "---" if column in LEFT else ":---:" if column in CENTRED else "---:"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
