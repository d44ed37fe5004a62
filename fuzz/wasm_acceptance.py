"""Law: every module that wasmtime validates, the codec parses and decodes to the last byte."""

from __future__ import annotations

import random
from functools import cache

import wasmtime

from fuzz._wasm import main, small_real_modules
from unpoison.wasm import Module


def check(seed: int) -> bool:
    rng = random.Random(seed)
    data = change_a_byte(rng, rng.choice(small_real_modules()))
    valid = validates(data)
    if valid:
        module = Module.parse(data)
        module.check()
        assert module.emit() == data
    return valid


def change_a_byte(rng: random.Random, data: bytes) -> bytes:
    # One bit, and only one: about half of such modules are still valid.
    out = bytearray(data)
    out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def validates(data: bytes) -> bool:
    try:
        wasmtime.Module.validate(_engine(), data)
    except wasmtime.WasmtimeError:
        return False
    return True


@cache
def _engine() -> wasmtime.Engine:
    return wasmtime.Engine()


if __name__ == "__main__":
    main(check)
