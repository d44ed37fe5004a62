"""One operation of the counter, compared with the same operation of a peer."""

from __future__ import annotations

from collections.abc import Callable

from bench._counter import node_counter
from bench._measure import TOOLS, Comparison, compare, looped
from bench._plain import PlainCounter

WANTED = 10.0  # times as fast as wasmtime's Python layer, for a scalar and for a string call


def against_wasmtime(
    what: str, operation: str, call: Callable[[], object], target: float | None = None
) -> Comparison:
    """Compare with wasmtime's own Python layer, which must give the same result."""
    peer = PlainCounter().calls()[operation]
    assert call() == peer()
    name = "wasmtime's Python layer"
    return compare(what, looped(call), looped(peer), peer_name=name, target=target)


def against_node(what: str, operation: str, call: Callable[[], object]) -> Comparison:
    """Compare with Node 20 and the glue of wasm-bindgen's CLI. Raises MissingPeer."""
    with node_counter(TOOLS) as node:
        name = "Node 20 with the glue"
        return compare(what, looped(call), node.side(operation), peer_name=name)


def swallow(call: Callable[[], object], error: type[Exception]) -> None:
    """Make a call that must raise this error."""
    try:
        call()
    except error:
        return
    raise AssertionError("nothing was raised")
