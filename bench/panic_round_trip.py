"""What a panic costs, from the call to the PanicError in the caller's hands."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import against_node, swallow
from bench._counter import load_counter
from bench._measure import Comparison
from unpoison import PanicError


def measure() -> Iterator[Comparison]:
    """Yield the comparison with Node."""
    with load_counter() as instance:
        boom = instance.exports.boom
        yield against_node("panic", "panic", lambda: swallow(boom, PanicError))
