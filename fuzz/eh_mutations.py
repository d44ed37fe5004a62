"""Law: a damaged legacy module is translated or refused by a documented error, in bounded time."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main, mutate, real_modules, small_real_modules
from tests.eh.generator import legacy_module
from unpoison.eh import Dialect, dialect_of, to_exnref
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import Module

# Twenty times what a translation takes; the constant is for compiling the patterns.
SECONDS_PER_BYTE = 2e-5


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = damaged(rng)
    started = time.process_time()
    translate(data)
    assert time.process_time() - started < 0.3 + SECONDS_PER_BYTE * len(data)


def damaged(rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.02:
        return mutate(rng, rng.choice(real_modules()))
    if kind < 0.3:
        return mutate(rng, rng.choice(small_real_modules()))
    return damage_code(rng, legacy_module(rng.randrange(1000)))


def damage_code(rng: random.Random, wasm: bytes) -> bytes:
    """Change single bytes of a body: what is broken then is the exception handling."""
    body = rng.choice(Module.parse(wasm).bodies)
    out = bytearray(wasm)
    for _ in range(rng.randint(1, 3)):
        out[rng.randrange(body.start, body.end)] = rng.choice((*range(0x20), rng.getrandbits(8)))
    return bytes(out)


def translate(data: bytes) -> None:
    try:
        translated = to_exnref(data)
    except MalformedModule as error:
        assert error.offset is None or 0 <= error.offset <= len(data)
    except UnsupportedModule as error:
        assert str(error)
    else:
        assert translated is data or dialect_of(translated) is Dialect.EXNREF
        assert to_exnref(translated) is translated


if __name__ == "__main__":
    main(check)
