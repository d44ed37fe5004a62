"""`python -m bench [NAME...]`: measures all, or what is named.

A name is an operation of `_operations.py` (all of them: `calls`), or a file of this folder that
has `measure()`, which yields comparisons and figures. They are told as they come, at the end as one
table, and kept in `bench.json` and `bench.html`; results of other names stay in them. Exit code 1
when a target is missed.
"""

from __future__ import annotations

import importlib
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench import _docs
from bench._calls import measure as measure_call
from bench._measure import MissingPeer
from bench._operations import OPERATIONS
from bench._page import page
from bench._results import Result, facts_of_this_run, read_results, write_results
from bench._sides import ROOT, opened
from bench._table import table


def main(arguments: list[str]) -> int:
    """Measure, print a line per number, then the table; keep the results."""
    parser = ArgumentParser(prog="bench", description="Measure against the peers.")
    parser.add_argument("names", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench", metavar="DIR")
    parser.add_argument("--docs", action="store_true", help="write kept results to the docs")
    chosen = parser.parse_args(arguments)
    known = ["calls", *OPERATIONS, *_files()]
    if unknown := [name for name in chosen.names if name not in known]:
        parser.error(f"{', '.join(unknown)} cannot be measured; what can be: {', '.join(known)}")
    kept = chosen.out / "bench.json"
    if chosen.docs:
        _docs.renew(read_results(kept))
        return 0
    new = _measure_and_tell(chosen.names or ["calls", *_files()])
    results, facts = read_results(kept), facts_of_this_run()
    for name, numbers in new.items():
        results = results.with_numbers(facts, name, numbers)
    write_results(kept, results)
    (chosen.out / "bench.html").write_text(page(results))
    told = [number for numbers in new.values() for number in numbers]
    print("", *table(told), "", f"kept in {chosen.out}", sep="\n")
    return 0 if all(number.met for number in told) else 1


def measure_all(names: list[str]) -> Iterator[tuple[str, Result]]:
    """Yield each number with its name; what has no peer is told and left out."""
    calls = [name for name in OPERATIONS if name in names or "calls" in names]
    if calls:
        with opened() as sides:
            for call in calls:
                yield from ((call, number) for number in measure_call(call, sides))
    for name in names:
        if name not in OPERATIONS and name != "calls":
            yield from ((name, number) for number in _measure_file(name))


def _measure_and_tell(names: list[str]) -> dict[str, list[Result]]:
    results: dict[str, list[Result]] = {}
    for name, number in measure_all(names):
        print(f"{'ok  ' if number.met else 'MISS'} {number}", flush=True)
        results.setdefault(name, []).append(number)
    return results


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
