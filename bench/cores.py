"""What two instances in two threads get of two cores: each sorts a million numbers.

The peer does the same, one after the other in one thread. On a busy machine the ratio says how busy
it is: where both cores are free it is close to 2.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench._measure import Comparison, compare, looped
from unpoison.runtime import Instance, Module

STATS = Path(__file__).resolve().parent.parent / "examples" / "stats" / "stats.exnref.wasm"
COUNT = 1_000_000


def measure() -> Iterator[Comparison]:
    """Yield the comparison."""
    module = Module.read(STATS)
    numbers = array("d", range(COUNT))
    random.Random(1).shuffle(numbers)

    def sort(instance: Instance) -> None:
        instance.exports.median(numbers)

    with module.instantiate() as one, module.instantiate() as two, ThreadPoolExecutor(2) as pool:
        both = (one, two)
        threads, alone = lambda: [*pool.map(sort, both)], lambda: [*map(sort, both)]
        what = "two instances, 0.1 s of work each, in two threads"
        yield compare(what, looped(threads), looped(alone), peer_name="one thread")
