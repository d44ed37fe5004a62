"""Writes the tables of docs/javascript.md: the runtimes, and what was recorded beside the CLI.

`python -m docs.write_javascript` rewrites them between their marks; a test compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.peers import sizes
from tests.peers.declarations import RECORD, TOLD
from tests.peers.workerd.load import RECORDED as LOAD
from unpoison.glue import RUNTIMES

LOADED = {
    "worker-build": "worker-build 0.8.7", "shared": "unpoison",
    "exclusive": "unpoison, `--isolation exclusive`",
}  # fmt: skip
PAGE = Path(__file__).parent / "javascript.md"


def write_page(page: str) -> str:
    """Give the page with its tables as they should be. Raises ValueError when a mark is missing."""
    tables = {
        "runtimes": _runtimes(), "declarations": _declarations(), "load": _load(),
        "sizes": _sizes(),
    }  # fmt: skip
    for name, lines in tables.items():
        begin = f"<!-- {name}: written by docs/write_javascript.py -->\n"
        pattern = re.compile(re.escape(begin) + r".*?(?=<!-- end -->\n)", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"the page has no marks for {name}")
        text = begin + "".join(f"{line}\n" for line in lines)
        page = pattern.sub(lambda _, text=text: text, page)  # type: ignore[misc]
    return page


def _runtimes() -> Iterator[str]:
    yield "| runtime | versions | legacy | exnref | panic=abort | known by |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in RUNTIMES:
        known = f"{one.evidence.value} here with {one.source}"
        if one.evidence.value == "read":
            known = f"read in {one.source}"
        runs = ["yes" if one.runs(dialect) else "no" for dialect in ("legacy", "exnref", "none")]
        yield f"| {' | '.join((one.name, one.versions, *runs, known))} |"


def _declarations() -> Iterator[str]:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    own = sum(reasons.keys() <= {"the mark of a module"} for reasons in recorded.values())
    yield f"Of {len(recorded)} modules, {own} differ in nothing but `export {{}};`.\n"
    yield "| what | wasm-bindgen 0.2.130 | unpoison | declarations | modules |"
    yield "| --- | --- | --- | --- | --- |"
    for reason, told in TOLD.items():
        counts = {name: found[reason] for name, found in recorded.items() if reason in found}
        names = [name.partition(".")[0] for name in counts]
        shown = ", ".join(names) if len(names) < 6 else f"{len(names)}"
        cells = (reason, *(text.replace("|", "\\|") for text in told), sum(counts.values()), shown)
        yield f"| {' | '.join(map(str, cells))} |"


def _load() -> Iterator[str]:
    measured = json.loads(LOAD.read_text(encoding="utf-8"))
    one = measured["shared"]
    asked = f"{one['others']} requests beside {one['aborts']} aborts"
    yield f"| {asked} | failed | good answers a second |"
    yield "| --- | --- | --- |"
    for build, told in LOADED.items():
        seen = measured[build]
        good = seen["others"] - seen["failed"]
        yield f"| {told} | {seen['failed']} | {good / seen['seconds']:.0f} |"


def _sizes() -> Iterator[str]:
    yield "| module | text: CLI | unpoison | module: CLI | unpoison |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, seen in sizes.read().items():
        cells = (f"{size:,}" for ours, theirs in seen.values() for size in (theirs, ours))
        yield f"| {' | '.join((name, *cells))} |"


if __name__ == "__main__":
    PAGE.write_text(write_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
