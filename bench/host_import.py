"""What a call costs that calls one import on its way: `call_back(3)`."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import against_node, against_wasmtime
from bench._counter import load_counter
from bench._measure import Comparison

WHAT = "call that calls an import"


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime's Python layer, then with Node."""
    with load_counter() as instance:
        call_back = instance.exports.call_back
        yield against_wasmtime(WHAT, "host_import", lambda: call_back(3))
        yield against_node(WHAT, "host_import", lambda: call_back(3))
