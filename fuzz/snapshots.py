"""Law: any bytes are a snapshot or a SnapshotError, though their checksum be right."""

from __future__ import annotations

import random
from hashlib import sha256

from fuzz._wasm import main
from unpoison import js
from unpoison.errors import SnapshotError
from unpoison.runtime.snapshots import Snapshot, read_snapshot, write_snapshot

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
        snapshot = read_snapshot(whole)
    except SnapshotError:
        return
    assert read_snapshot(write_snapshot(snapshot)) == snapshot, data.hex()


def made(rng: random.Random) -> Snapshot:
    """Make a small snapshot."""
    memory = bytearray(rng.randrange(3) << 16)
    for _ in range(rng.randrange(4) if memory else 0):
        memory[rng.randrange(len(memory))] = rng.getrandbits(8)
    values = (None, js.null, True, "a\ud800", 1.5, 7, js.BigInt(1 << 80))
    table = tuple(rng.choices(values, k=rng.randrange(5)))
    free = tuple(rng.randrange(5000) for _ in range(rng.randrange(3)))
    return Snapshot("ab" * 32, rng.getrandbits(20), bytes(memory), table, free)


if __name__ == "__main__":
    main(check)
