"""`python -m bench [NAME...]`: measures every file of this folder, or those named.

Each file has `measure()`, which yields comparisons and figures. Exit code 1 when a target
is missed.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from bench._measure import MissingPeer


def main(names: list[str]) -> int:
    """Measure, print a line per number, and say what missed its target."""
    missed = 0
    for name in names or _all_names():
        try:
            for result in importlib.import_module(f"bench.{name}").measure():
                print(f"{'ok  ' if result.met else 'MISS'} {result}", flush=True)
                missed += not result.met
        except MissingPeer as missing:
            missing.tell()
    return 1 if missed else 0


def _all_names() -> list[str]:
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
