"""What a method of a Rust object costs: `acc.push(1.5)`."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import against_node, against_wasmtime
from bench._counter import load_counter
from bench._measure import Comparison

WHAT = "method of a Rust object"


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime's Python layer, then with Node."""
    with load_counter() as instance:
        acc = instance.exports.Acc()
        yield against_wasmtime(WHAT, "method", lambda: acc.push(1.5))
        yield against_node(WHAT, "method", lambda: acc.push(1.5))
