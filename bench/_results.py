"""Results as JSON: by the name that measured them, with what they were measured on.

A run replaces the results of its own names and keeps the others: each number is a ratio within one
run, so that numbers of several runs may stand side by side.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench._measure import Comparison, Figure, MissingPeer
from bench._operations import CALLS
from bench._sides import newest_node, node20, version_of

Result = Comparison | Figure

KINDS = {"comparison": Comparison, "figure": Figure}


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that is known: the numbers by name, and the facts of the last run."""

    facts: Mapping[str, str]
    numbers: Mapping[str, tuple[Result, ...]]

    def with_numbers(self, facts: Mapping[str, str], name: str, new: Iterable[Result]) -> Results:
        """Give these with the numbers of one name replaced."""
        return Results(facts, {**self.numbers, name: tuple(new)})

    def in_order(self) -> dict[str, tuple[Result, ...]]:
        """Give the numbers in the order of the table of operations, then by name."""
        order = [call.name for call in CALLS]
        calls = [name for name in order if name in self.numbers]
        others = sorted(self.numbers.keys() - set(order))
        return {name: self.numbers[name] for name in (*calls, *others)}


def read_results(path: Path) -> Results:
    """Give what a file holds; nothing when there is none."""
    if not path.exists():
        return Results({}, {})
    kept = json.loads(path.read_text())
    numbers = {name: tuple(map(_read, rows)) for name, rows in kept["numbers"].items()}
    return Results(kept["facts"], numbers)


def write_results(path: Path, results: Results) -> None:
    """Write them, as text that a person can read."""
    numbers = {name: [*map(_write, rows)] for name, rows in results.in_order().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"facts": dict(results.facts), "numbers": numbers}, indent=1))


def facts_of_this_run() -> dict[str, str]:
    """What the numbers depend on: versions, and the machine."""
    facts = {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "wasmtime": version("wasmtime"),
        "system": f"{platform.system()} on {platform.machine()}",
        "cores": str(os.cpu_count()),
    }
    for name, find in (("newest Node", newest_node), ("Node 20", node20)):
        try:
            facts[name] = version_of(find())
        except MissingPeer as missing:
            print(f"no version: {missing} is missing", file=sys.stderr)
    return facts


def _write(result: Result) -> dict[str, Any]:
    kind = "figure" if isinstance(result, Figure) else "comparison"
    return {"kind": kind, "met": result.met, **asdict(result)}


def _read(row: dict[str, Any]) -> Result:
    fields = {key: value for key, value in row.items() if key not in ("kind", "met")}
    made: Result = KINDS[row["kind"]](**fields)
    return made
