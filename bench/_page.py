"""The results as one HTML page that needs nothing else: a plot for each peer, and the table.

A plot has a row per number and a logarithmic axis of ratios: 1 is level with the peer, to the right
ours is better. A full dot is the compiled path, a ring the pure one, the line behind it the middle
half of the rounds, the bar what is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from bench._measure import Comparison
from bench._results import Results
from bench._sides import PURE
from bench._table import ratio, table

WIDTH, LEFT, RIGHT = 960, 330, 60
ROW, TOP = 22, 34
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.grid { stroke: #8884; } .level { stroke: currentColor; }
.spread { stroke: #2a7ab0; stroke-width: 5; stroke-opacity: .35; }
.compiled { fill: #2a7ab0; } .pure { fill: none; stroke: #2a7ab0; stroke-width: 1.5; }
.wanted { stroke: #2e8b57; stroke-width: 3; } .missed { stroke: #c0392b; stroke-width: 3; }
text { fill: currentColor; } table { border-collapse: collapse; font-size: 13px; }
td, th { border-bottom: 1px solid #8884; padding: .15rem .5rem; text-align: right; }
td:first-child, th:first-child { text-align: left; }
@media (prefers-color-scheme: dark) { body { background: #181a1b; color: #ddd; } }
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis between two powers of ten."""

    first: int
    last: int

    def place(self, value: float) -> float:
        """Where a ratio lies, in units of the drawing."""
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def powers(self) -> range:
        """The powers of ten on it."""
        return range(self.first, self.last + 1)


def page(results: Results) -> str:
    """Give the whole page."""
    numbers = [number for rows in results.in_order().values() for number in rows]
    comparisons = [number for number in numbers if isinstance(number, Comparison)]
    facts = ", ".join(f"{name} {value}" for name, value in results.facts.items())
    return "\n".join(
        [
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            "<title>unpoison: benchmarks</title>",
            f"<style>{STYLE}</style><h1>Benchmarks</h1><p>{escape(facts)}</p>",
            f"<p>{escape(' '.join((__doc__ or '').split('.', 1)[1].split()))}</p>",
            *_plots(comparisons),
            "<h2>All numbers</h2>",
            *_html_table(list(table(numbers))),
            "</html>",
        ]
    )


def _plots(comparisons: list[Comparison]) -> Iterator[str]:
    for peer in dict.fromkeys(number.peer_name for number in comparisons):
        yield f"<h2>Beside {escape(peer)}</h2>"
        yield plot([number for number in comparisons if number.peer_name == peer])


def plot(numbers: list[Comparison]) -> str:
    """Give a drawing, as SVG, with one row per number; both paths share a row."""
    axis = _axis(numbers)
    rows = {what: row for row, what in enumerate(dict.fromkeys(n.what for n in numbers))}
    height = TOP + ROW * len(rows) + 8
    parts = [*_grid(axis, height)]
    for what, row in rows.items():
        middle = TOP + ROW * row + ROW / 2
        parts.append(
            f'<text x="{LEFT - 10}" y="{middle + 4}" text-anchor="end">{escape(what)}</text>'
        )
    for number in numbers:
        parts += _mark(number, axis, TOP + ROW * rows[number.what] + ROW / 2)
    body = "\n".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">\n{body}\n</svg>'


def _axis(numbers: Iterable[Comparison]) -> Axis:
    values = [1.0]
    for number in numbers:
        values += [number.low, number.high, number.target or 1.0]
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(first, max(last, first + 1))


def _grid(axis: Axis, height: float) -> Iterator[str]:
    for power in axis.powers():
        x = axis.place(10.0**power)
        kind = "level" if power == 0 else "grid"
        yield f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height}"/>'
        yield f'<text x="{x:.1f}" y="{TOP - 10}" text-anchor="middle">{10.0**power:g}</text>'


def _mark(number: Comparison, axis: Axis, y: float) -> Iterator[str]:
    left, x, right = map(axis.place, (number.low, number.ratio, number.high))
    kind = "pure" if number.path == PURE else "compiled"
    yield f'<line class="spread" x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}"/>'
    if number.target is not None:
        wanted, state = axis.place(number.target), "wanted" if number.met else "missed"
        yield (
            f'<line class="{state}" x1="{wanted:.1f}" x2="{wanted:.1f}" y1="{y - 8}" y2="{y + 8}"/>'
        )
    told = f"{number.what}, {kind}: {ratio(number.ratio)}"
    title = f"<title>{escape(told)}</title>"
    yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="4.5">{title}</circle>'


def _html_table(lines: list[str]) -> Iterator[str]:
    """Turn the lines of the Markdown table into those of an HTML one."""
    yield "<table>"
    head, _, *rows = lines
    for tag, line in [("th", head), *(("td", row) for row in rows)]:
        cells = [_bold(escape(cell.strip())) for cell in line.strip("|").split("|")]
        yield f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"
    yield "</table>"


def _bold(cell: str) -> str:
    return f"<b>{cell[2:-2]}</b>" if cell.startswith("**") else cell
