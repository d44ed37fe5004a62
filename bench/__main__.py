"""`python -m bench [NAME...]`: measures all, or what is named.

A name is an operation of `_operations.py` (all of them: `calls`), or a file of this folder that
has `measure()`, which yields comparisons and figures. They are told as they come, and at the end
as one table. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench._calls import measure as measure_call
from bench._measure import Comparison, Figure, MissingPeer
from bench._operations import OPERATIONS
from bench._sides import opened
from bench._table import table

Result = Comparison | Figure


def main(names: list[str]) -> int:
    """Measure, print a line per number, then the table with what missed its target."""
    results: list[Result] = []
    for result in measure_all(names or ["calls", *_files()]):
        print(f"{'ok  ' if result.met else 'MISS'} {result}", flush=True)
        results.append(result)
    print("", *table(results), sep="\n")
    return 0 if all(result.met for result in results) else 1


def measure_all(names: list[str]) -> Iterator[Result]:
    """Yield the numbers of each name; what has no peer is told and left out."""
    calls = [name for name in OPERATIONS if name in names or "calls" in names]
    if calls:
        with opened() as sides:
            for call in calls:
                yield from measure_call(call, sides)
    for name in names:
        if name not in OPERATIONS and name != "calls":
            yield from _measure_file(name)


def _measure_file(name: str) -> Iterator[Result]:
    with closing(importlib.import_module(f"bench.{name}").measure()) as numbers:
        try:
            yield from numbers
        except MissingPeer as missing:
            missing.tell()


def _files() -> list[str]:
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
