"""Law: any bytes at all are read as a schema section or refused by a documented error."""

from __future__ import annotations

import random
import time
from functools import cache

from fuzz._wasm import main, mutate, real_modules
from unpoison.bindgen import SECTION_NAME, read_schema
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import Module

# Reading takes about 0.3 us per byte; this is 60 times that, for busy machines.
SECONDS_PER_BYTE = 2e-5


def check(seed: int) -> None:
    rng = random.Random(seed)
    payload = mutate(rng, _excerpt(rng))
    started = time.process_time()
    try:
        schema = read_schema([payload])
    except MalformedModule as error:
        assert error.offset is None or 0 <= error.offset <= len(payload)
    except UnsupportedModule as error:
        assert "0.2.130" in str(error)
    else:
        assert len(schema.programs) <= len(payload)
    assert time.process_time() - started < 0.1 + SECONDS_PER_BYTE * len(payload)


def _excerpt(rng: random.Random) -> bytes:
    """Give a few whole programs, sometimes all of them."""
    programs = _programs()
    if rng.random() < 0.02:
        return b"".join(programs)
    first = rng.randrange(len(programs))
    return b"".join(programs[first : first + rng.randint(1, 4)])


@cache
def _programs() -> tuple[bytes, ...]:
    """Give each handshake with its program, of a real module."""
    customs = Module.parse(real_modules()[0]).customs
    payload = next(custom.payload for custom in customs if custom.name == SECTION_NAME)
    found: list[bytes] = []
    at = 0
    while at < len(payload):
        start = at
        for _ in range(2):
            at += 4 + int.from_bytes(payload[at : at + 4], "little")
        found.append(payload[start:at])
    return tuple(found)


if __name__ == "__main__":
    main(check)
