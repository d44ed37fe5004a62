"""What a call with a string in and a string out costs: `greet("world")`."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import WANTED, against_node, against_wasmtime
from bench._counter import load_counter
from bench._measure import Comparison

WHAT = "call with a string in and out"


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime's Python layer, then with Node."""
    with load_counter() as instance:
        greet = instance.exports.greet
        yield against_wasmtime(WHAT, "greet", lambda: greet("world"), WANTED)
        yield against_node(WHAT, "greet", lambda: greet("world"))
