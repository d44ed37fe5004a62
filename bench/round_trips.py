"""What a failure costs: panic, host exception, abort and fresh start, against Node's glue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench._counter import SoldOutError, load_counter, node_counter
from bench._measure import TOOLS, Comparison, compare, looped
from unpoison import AbortError, PanicError


def measure() -> Iterator[Comparison]:
    """Yield a comparison per kind of failure."""
    with load_counter() as instance, node_counter(TOOLS) as node:
        counter = instance.exports

        def renewal() -> None:
            counter.install_hook(7)
            _swallow(counter.abort_now, AbortError)
            assert counter.bump() == 1

        sides: list[tuple[str, str, Callable[[], object]]] = [
            ("panic round trip", "panic", lambda: _swallow(counter.boom, PanicError)),
            (
                "host exception round trip",
                "host_throw",
                lambda: _swallow(counter.call_thrower, SoldOutError),
            ),
            ("abort, fresh start, first call", "renewal", renewal),
        ]
        for what, name, call in sides:
            yield compare(what, looped(call), node.side(name), peer_name="Node 20 with the glue")


def _swallow(call: Callable[[], object], error: type[Exception]) -> None:
    try:
        call()
    except error:
        return
    raise AssertionError("nothing was raised")
