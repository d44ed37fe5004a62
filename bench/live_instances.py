"""How much memory a live instance takes that was called once: 10 000 of them in one process.

The peers make fewer: 1000 plug-ins (at ten thousand, Extism ends the process), and 100 instances by
hand (each builds a Python object for each of its 1600 exports).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from bench._measure import TOOLS, Comparison, Figure, MissingPeer, paired
from bench._operations import EXTISM, WASMTIME
from bench._sides import ROOT

COUNT = 10_000
ROUNDS = 3
WHAT = "memory of a live instance"
PEERS = {EXTISM: ("extism_side", 1000), WASMTIME: ("wasmtime_side", 100)}


def measure() -> Iterator[Figure | Comparison]:
    """Yield the memory of all, then what one takes beside each peer."""
    ours = [_resident("unpoison_side", COUNT) for _ in range(ROUNDS)]
    yield Figure(f"{COUNT:,} live instances", min(ours) * COUNT / 1e6, "MB")
    for peer, (side, count) in PEERS.items():
        if peer == EXTISM and not (TOOLS / "extism" / "extism").exists():
            MissingPeer(peer).tell()
            continue
        theirs = [_resident(side, count) for _ in range(ROUNDS)]
        yield paired(WHAT, ours, theirs, peer_name=peer, unit="B")


def _resident(side: str, count: int) -> float:
    command = [sys.executable, "-m", "bench.sides.many", side, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)
