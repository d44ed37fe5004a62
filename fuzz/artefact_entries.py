"""Law: a damaged cache entry is never read, and an intact one always is."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from fuzz._wasm import main, mutate
from unpoison.artefact import Cache


def check(seed: int) -> None:
    rng = random.Random(seed)
    key, payload = rng.randbytes(32), rng.randbytes(rng.randrange(300))
    files = [rng.randbytes(rng.randrange(300)) for _ in range(rng.randrange(3))]
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        assert cache.write(key, payload, files)
        found = cache.read(key)
        assert found is not None
        assert (found.payload, [file.read_bytes() for file in found.files]) == (payload, files)
        entry = rng.choice(sorted(Path(folder).iterdir()))
        intact = entry.read_bytes()
        damaged = mutate(rng, intact)
        entry.write_bytes(damaged)
        assert cache.read(key) == (found if damaged == intact else None)


if __name__ == "__main__":
    main(check)
