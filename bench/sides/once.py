"""`python -m bench.sides.once SIDE`: what the first call in a process costs, imports left out.

Prints the seconds from the loading of the module to the end of the first call, and their CPU.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module


def main(side: str) -> None:
    """Load the module and call it once."""
    make = import_module(f"bench.sides.{side}").Work
    cpu, start = time.process_time(), time.perf_counter()
    make().bump()
    print(time.perf_counter() - start, time.process_time() - cpu)


if __name__ == "__main__":
    main(sys.argv[1])
