"""What an abort costs with the fresh start that its hook asks for, and a first call then."""

from __future__ import annotations

from collections.abc import Iterator

from bench._against import against_node, swallow
from bench._counter import load_counter
from bench._measure import Comparison
from unpoison import AbortError

RENEW = 7  # the kind of hook that calls schedule_reinit


def measure() -> Iterator[Comparison]:
    """Yield the comparison with Node, whose glue resets itself."""
    with load_counter() as instance:
        counter = instance.exports

        def renewal() -> None:
            counter.install_hook(RENEW)
            swallow(counter.abort_now, AbortError)
            assert counter.bump() == 1

        yield against_node("abort, fresh start, first call", "renewal", renewal)
