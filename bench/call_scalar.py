"""What a call with two numbers costs: `add(1, 2)`."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import WANTED, against_node, against_wasmtime
from bench._counter import load_counter
from bench._measure import Comparison

WHAT = "call with two integers"


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime's Python layer, then with Node."""
    with load_counter() as instance:
        add = instance.exports.add
        yield against_wasmtime(WHAT, "add", lambda: add(1, 2), WANTED)
        yield against_node(WHAT, "add", lambda: add(1, 2))
