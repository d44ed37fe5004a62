"""Law: any bytes at all are parsed or refused by a documented error, in bounded time."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main, mutate, random_module, real_modules, small_real_modules
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import Module

# Decoding everything takes about 0.6 us per byte; this is 30 times that, for busy machines.
SECONDS_PER_BYTE = 2e-5


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = mutate(rng, source(rng))
    started = time.process_time()
    decode(data)
    assert time.process_time() - started < 0.1 + SECONDS_PER_BYTE * len(data)


def source(rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(real_modules())
    if kind < 0.5:
        return rng.choice(small_real_modules())
    return random_module(rng).emit()


def decode(data: bytes) -> None:
    try:
        module = Module.parse(data)
        assert module.emit() == data
        module.check()
        assert module.names is not None
    except MalformedModule as error:
        assert error.offset is None or 0 <= error.offset <= len(data)
    except UnsupportedModule:
        assert data[6:8] == b"\x01\0"


if __name__ == "__main__":
    main(check)
