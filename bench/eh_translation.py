"""How fast legacy exception handling is translated: 5 MB should take less than 2 s."""

from __future__ import annotations

from collections.abc import Iterator

from bench._counter import COUNTER
from bench._measure import Figure, looped
from unpoison.eh import to_exnref

WANTED = 2.5  # MB/s, 1 MB = 10**6 bytes
ROUNDS = 7


def measure() -> Iterator[Figure]:
    """Yield the best of ROUNDS, in MB of whole module per second of one thread."""
    wasm = COUNTER.read_bytes()
    best = min(looped(lambda: to_exnref(wasm))(1) for _ in range(ROUNDS))
    yield Figure("legacy -> exnref, the counter", len(wasm) / best / 1e6, "MB/s", WANTED)
