"""What two instances in two threads get of the processor's cores: each sorts a million numbers.

One peer does the same in two processes, which nothing of Python's ties together: a ratio of 1 says
that the threads do not wait for each other, however busy the machine is. The other does it in one
thread; that ratio is close to 2 where two cores are free, and 1 where there is only one to be had.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from bench._measure import Comparison, compare, looped
from unpoison.runtime import Instance, Module

STATS = Path(__file__).resolve().parent.parent / "examples" / "stats" / "stats.exnref.wasm"
COUNT = 1_000_000
WHAT = "two instances, 0.1 s of work each, in two threads"


def measure() -> Iterator[Comparison]:
    """Yield the comparison with processes, then with one thread."""
    spawned = get_context("spawn")
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, spawned) as processes:
        ours, both = looped(_in(threads)), looped(_in(processes))
        yield compare(WHAT, ours, both, peer_name="two processes")
        yield compare(WHAT, ours, looped(lambda: [*map(_sort, (0, 1))]), peer_name="one thread")


def _in(pool: Executor) -> Callable[[], object]:
    return lambda: [*pool.map(_sort, (0, 1))]


def _sort(which: int) -> float:
    found = _instances()[which].exports.median(_numbers())
    assert isinstance(found, float)
    return found


@lru_cache
def _instances() -> tuple[Instance, Instance]:
    module = Module.read(STATS)
    return module.instantiate(), module.instantiate()


@lru_cache
def _numbers() -> array[float]:
    numbers = array("d", range(COUNT))
    random.Random(1).shuffle(numbers)
    return numbers
