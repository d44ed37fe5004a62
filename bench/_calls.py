"""The operations of one run, each measured on every side in turns."""

from __future__ import annotations

from collections.abc import Iterator

from bench._measure import Comparison, paired, take_turns
from bench._operations import OPERATIONS, Operation
from bench._sides import COMPILED, PATHS, PURE, Opened


def measure(name: str, sides: Opened) -> Iterator[Comparison]:
    """Yield the comparison of each path of ours with each peer that does the operation."""
    row = OPERATIONS[name]
    peers = [peer for peer in row.peers if peer in sides]
    paths = [path for path in PATHS if path in sides]
    times = take_turns({side: sides[side].side(name) for side in (*paths, *peers)})
    for peer in peers:
        for path in paths:
            yield paired(row.what, times[path], times[peer], peer_name=peer,
                         target=_target(row, peer, path), path=path)  # fmt: skip


def _target(row: Operation, peer: str, path: str) -> float | None:
    return {COMPILED: row.wanted, PURE: row.wanted_pure}[path].get(peer)
