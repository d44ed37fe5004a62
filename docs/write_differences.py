"""Writes docs/differences.md from the table of the differential test.

`python -m docs.write_differences` rewrites the page; a test compares it with the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.peers.differences import DIFFERENCES, Difference
from tests.peers.record import HERE

PAGE = Path(__file__).parent / "differences.md"
HEADER = """# Where unpoison agrees with wasm-bindgen's glue, and where it is stricter

This page is written by `docs/write_differences.py`. The same scenarios
(`tests/peers/scenarios.json`) were run on the JavaScript that the wasm-bindgen CLI 0.2.130
generates, on Node 20, and recorded with `tests/peers/record.py`; the default tests replay them on
unpoison. `make test-peers` records again and compares. The builds are panic=unwind, with legacy
exception handling and with exnref, and panic=abort.

Beside the scenarios there are programs in JavaScript (`tests/peers/programs`) that use the classes,
names and values of whole crates as JavaScript does, on the glue and on unpoison.
"""


def write_page() -> str:
    """Give the page: the differences with their reasons, then what agrees."""
    return "\n".join([HEADER, *_differences(), *_agreements()])


def _differences() -> Iterator[str]:
    yield "## Stricter on purpose\n"
    yield "| What | wasm-bindgen's glue | unpoison | Why | Builds | Scenarios |"
    yield "|---|---|---|---|---|---|"
    yield from map(_row, DIFFERENCES)
    yield ""


def _row(one: Difference) -> str:
    builds = ", ".join(one.builds) if len(one.builds) < 3 else "all"
    names = "; ".join((*one.scenarios, *one.cases)) or "every one with an abort"
    cells = (one.title, one.glue, one.unpoison, one.why, builds, names)
    return f"| {' | '.join(cells)} |"


def _agreements() -> Iterator[str]:
    yield "## The same\n"
    yield "Scenarios in which both do exactly the same, by build:\n"
    yield "| Group | Scenarios | panic=unwind | panic=abort |"
    yield "|---|---|---|---|"
    pinned = json.loads((HERE / "accepted.json").read_text(encoding="utf-8"))
    for group, names in _groups():
        same = [_count(names, pinned, panic) for panic in ("unwind", "abort")]
        yield f"| {group} | {len(names)} | {same[0]} | {same[1]} |"
    yield ""
    yield "Cases of the programs, in panic=unwind builds:\n"
    yield "| Program | Cases | The same |"
    yield "|---|---|---|"
    recorded, accepted = (
        json.loads((HERE / "programs" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("recorded", "accepted")
    )
    for crate, differing in accepted.items():
        count = len(recorded[crate]["cases"])
        yield f"| {crate} | {count} | {count - len(differing)} |"
    yield ""


def _groups() -> Iterator[tuple[str, list[str]]]:
    """The groups of the scenario file; a group is a heading and what follows it."""
    groups: dict[str, list[str]] = {}
    for entry in json.loads((HERE / "scenarios.json").read_text(encoding="utf-8")):
        if "group" in entry:
            names = groups.setdefault(entry["group"], [])
        else:
            names.append(entry["name"])
    yield from groups.items()


def _count(names: list[str], pinned: dict[str, dict[str, object]], panic: str) -> int:
    differing = {name for key, items in pinned.items() if key.endswith(panic) for name in items}
    return sum(name not in differing for name in names)


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
