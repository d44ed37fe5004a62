"""What loading costs: the counter cold, and warm from the cache."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench._counter import load_counter
from bench._measure import Comparison, compare, looped


def measure() -> Iterator[Comparison]:
    """Yield the comparison of a warm load with a cold one."""
    with tempfile.TemporaryDirectory() as folder:
        with _environment(UNPOISON_CACHE_DIR=folder):
            _load()
        yield compare(
            "warm load of the counter",
            looped(_in(_load, UNPOISON_CACHE="1", UNPOISON_CACHE_DIR=folder)),
            looped(_in(_load, UNPOISON_CACHE="0")),
            peer_name="cold",
            target=10.0,
            rounds=5,
        )


def _load() -> None:
    load_counter().close()


def _in(call: Callable[[], None], **variables: str) -> Callable[[], None]:
    def run() -> None:
        with _environment(**variables):
            call()

    return run


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    yield
    os.environ.clear()
    os.environ.update(before)
