"""`python -m bench [NAME...]`: measures every file of this folder, or those named.

Each file has `measure()`, which yields comparisons and figures. They are told as they come, and
at the end as one table. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from bench._measure import Comparison, Figure, MissingPeer
from bench._table import table


def main(names: list[str]) -> int:
    """Measure, print a line per number, then the table with what missed its target."""
    results: list[Comparison | Figure] = []
    for name in names or _all_names():
        try:
            for result in importlib.import_module(f"bench.{name}").measure():
                print(f"{'ok  ' if result.met else 'MISS'} {result}", flush=True)
                results.append(result)
        except MissingPeer as missing:
            missing.tell()
    print("", *table(results), sep="\n")
    return 0 if all(result.met for result in results) else 1


def _all_names() -> list[str]:
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
