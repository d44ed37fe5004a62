"""`python -m bench.sides.many SIDE COUNT`: how many resident bytes each live instance takes."""

from __future__ import annotations

import resource
import sys
from importlib import import_module
from pathlib import Path


def main(side: str, count: int) -> None:
    """Make so many instances, call each once, and print the growth for one."""
    work = import_module(f"bench.sides.{side}").Work()
    alive = [work.another()]
    before = _resident()
    alive += [work.another() for _ in range(count)]
    print((_resident() - before) / count)
    sys.stdout.flush()


def _resident() -> int:
    """The resident bytes of this process. proc(5), statm."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
