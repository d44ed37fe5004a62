"""The results in docs/benchmarks.md: what is between two comments is made from the JSON file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench._measure import Comparison
from bench._operations import OPERATIONS, PEERS
from bench._results import Result, Results
from bench._table import table

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN = "<!-- results: `python -m bench --docs` writes them -->"
END = "<!-- end of the results -->"
WORKERS = "workers"


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
    calls = [row for name in numbers if name in OPERATIONS for row in numbers[name]]
    for peer in PEERS:
        yield from _section(f"Calls, beside {peer}", _beside(peer, calls))
    others = [name for name in numbers if name not in OPERATIONS and name != WORKERS]
    yield from _section("Modules and instances", [row for name in others for row in numbers[name]])
    yield from _section("Workers", [*numbers.get(WORKERS, ())])


def _beside(peer: str, rows: list[Result]) -> list[Result]:
    return [row for row in rows if isinstance(row, Comparison) and row.peer_name == peer]


def _section(title: str, rows: list[Result]) -> Iterator[str]:
    if rows:
        yield from ("", f"### {title}", "", *table(rows), "")
