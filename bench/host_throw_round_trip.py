"""What an import's exception costs that leaves through Rust frames with cleanup."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import against_node, swallow
from bench._counter import SoldOutError, load_counter
from bench._measure import Comparison


def measure() -> Iterator[Comparison]:
    """Yield the comparison with Node."""
    with load_counter() as instance:
        call = instance.exports.call_thrower
        yield against_node(
            "exception of an import", "host_throw", lambda: swallow(call, SoldOutError)
        )
