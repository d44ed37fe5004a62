"""The results in docs/benchmarks.md: what is between two comments is made from the JSON file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench._measure import Comparison, Figure
from bench._operations import OPERATIONS, PEERS
from bench._results import Result, Results
from bench._table import ratio, table

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN = "<!-- results: `python -m bench --docs` writes them -->"
END = "<!-- end of the results -->"
APART = {
    "javascript": "JavaScript",
    "rollback": "Roll-back and snapshots",
    "workers": "Workers",
    "instructions": "Instructions of the processor, each call",
}
"""Files with a table of their own, and its heading."""


def renew(results: Results, page: Path = PAGE) -> None:
    """Replace the tables of the page. Raises ValueError for a page without the comments."""
    text = page.read_text()
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{page} has no place for results")
    lines = [BEGIN, *sections(results), END]
    page.write_text(text[: found.start()] + "\n".join(lines) + text[found.end() :])


def sections(results: Results) -> Iterator[str]:
    """Yield the lines of all tables, with their headings."""
    facts = results.facts
    yield f"\n{', '.join(f'{name} {value}' for name, value in facts.items())}."
    numbers = results.in_order()
    yield from _goals([row for rows in numbers.values() for row in rows])
    calls = [row for name in numbers if name in OPERATIONS for row in numbers[name]]
    for peer in PEERS:
        yield from _section(f"Calls, beside {peer}", _beside(peer, calls))
    others = [name for name in numbers if name not in OPERATIONS and name not in APART]
    yield from _section("Modules and instances", [row for name in others for row in numbers[name]])
    for name, title in APART.items():
        yield from _section(title, [*numbers.get(name, ())])


def _beside(peer: str, rows: list[Result]) -> list[Result]:
    return [row for row in rows if isinstance(row, Comparison) and row.peer_name == peer]


def _section(title: str, rows: list[Result]) -> Iterator[str]:
    if rows:
        yield from ("", f"### {title}", "", *table(rows), "")


def _goals(rows: list[Result]) -> Iterator[str]:
    """Yield the table of what is wanted; a number below one is told as how many times the cost."""
    yield from ("", "### Goals", "", "| what | wanted | measured | |", "| --- | --- | --- | --- |")
    for row in rows:
        if row.wanted:
            state = "met" if row.met else "**missed**"
            yield f"| {_named(row)} | {' | '.join(_told(row))} | {state} |"


def _named(row: Result) -> str:
    path = row.path if isinstance(row, Comparison) else ""
    return f"{row.what} ({path})" if path else row.what


def _told(row: Result) -> tuple[str, str]:
    if isinstance(row, Figure):
        least = "" if row.most is not None else "at least "
        return f"{least}{row.wanted} {row.unit}", f"{ratio(row.value)} {row.unit}"
    target, peer = row.target or 1.0, row.peer_name
    if target < 1:
        return f"at most {1 / target:.3g} times {peer}", f"{ratio(1 / row.ratio)} times"
    wanted = "as good as" if target == 1 else f"at least {target:.3g} times as good as"
    return f"{wanted} {peer}", f"{ratio(row.ratio)} times as good"
