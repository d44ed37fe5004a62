"""Law: any bytes are a snapshot or a SnapshotError, though their checksum be right."""

from __future__ import annotations

import random
from dataclasses import replace
from hashlib import sha256

from fuzz._wasm import main
from unpoison import js
from unpoison.errors import SnapshotError
from unpoison.runtime.snapshots import Snapshot, read_snapshot, runs_of, write_snapshot

CHECKSUM = 32


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(write_snapshot(made(rng))[:-CHECKSUM])
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(data))
        if rng.random() < 0.5:
            data[place] = rng.getrandbits(8)
        else:
            del data[place : place + rng.randrange(1, 9)]
    whole = bytes(data) + sha256(data).digest()
    try:
        snapshot = unpacked(whole)
    except SnapshotError:
        return
    assert unpacked(write_snapshot(snapshot)) == snapshot, data.hex()


def unpacked(data: bytes) -> Snapshot:
    """Read a snapshot, and all that is packed in it."""
    snapshot = read_snapshot(data)
    return replace(snapshot, runs=tuple(snapshot.runs))


def made(rng: random.Random) -> Snapshot:
    """Make a small snapshot."""
    memory = bytearray(rng.randrange(3) << 16)
    for _ in range(rng.randrange(4) if memory else 0):
        memory[rng.randrange(len(memory))] = rng.getrandbits(8)
    values = (None, js.null, True, "a\ud800", 1.5, 7, js.BigInt(1 << 80))
    table = tuple(rng.choices(values, k=rng.randrange(5)))
    free = tuple(rng.randrange(5000) for _ in range(rng.randrange(3)))
    runs = tuple(runs_of(bytes(memory)))
    return Snapshot("ab" * 32, rng.getrandbits(20), len(memory) >> 16, runs, table, free)


if __name__ == "__main__":
    main(check)
