"""Law: a mutated real module loads, or is refused by a documented error, from bytes to instance."""

from __future__ import annotations

import os
import random
import time
from functools import cache
from pathlib import Path

from fuzz._wasm import main, mutate
from unpoison import Limits, LinkError, MalformedModule, Module, UnsupportedModule

STATS = Path(__file__).resolve().parent.parent / "examples" / "stats"
SECONDS = 20.0  # processor time; one load takes about 0.1
LIMITS = Limits(memory=64 << 20)


def check(seed: int) -> bool:
    """Load one mutant without the cache; gives whether it could be loaded."""
    rng = random.Random(seed)
    original = _modules()[seed % len(_modules())]
    wasm = mutate(rng, original) if seed % 4 == 0 else overwrite(rng, original)
    os.environ["UNPOISON_CACHE"] = "0"  # mutants are no modules that anybody loads again
    started = time.process_time()
    try:
        Module.read(wasm).instantiate(limits=LIMITS, start_timeout=1.0).close()
    except (MalformedModule, UnsupportedModule, LinkError):
        return False
    finally:
        del os.environ["UNPOISON_CACHE"]
        assert time.process_time() - started < SECONDS
    return True


def overwrite(rng: random.Random, wasm: bytes) -> bytes:
    """Change one byte to four, and no size: most of these modules are still well-formed."""
    out = bytearray(wasm)
    for _ in range(rng.randint(1, 4)):
        out[rng.randrange(8, len(out))] = rng.randrange(256)
    return bytes(out)


@cache
def _modules() -> list[bytes]:
    return [path.read_bytes() for path in sorted(STATS.glob("*.wasm"))]


if __name__ == "__main__":
    main(check)
