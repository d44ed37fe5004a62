"""`python -m bench.sides SIDE`: answers each line `<operation> <n>` with the seconds it took."""

from __future__ import annotations

import sys
from importlib import import_module
from timeit import Timer

from bench._operations import OPERATIONS


def main(side: str) -> None:
    """Make the side's work and time what is asked for, until the input ends."""
    names = {"work": import_module(f"bench.sides.{side}").Work()}
    for line in sys.stdin:
        operation, count = line.split()
        row = OPERATIONS[operation]
        print(Timer(row.python, row.python_setup(), globals=names).timeit(int(count)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
