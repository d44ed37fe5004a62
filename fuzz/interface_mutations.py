"""Law: any module at all gives an interface or is refused by a documented error."""

from __future__ import annotations

import pickle
import random
import time
from functools import cache
from pathlib import Path

from fuzz._wasm import main, mutate
from unpoison.bindgen import SECTION_NAME, read_interface
from unpoison.errors import UnpoisonError
from unpoison.wasm import Custom, FunctionBody, Module

CRATES = Path(__file__).resolve().parent.parent / "tests" / "crates"

# An interpreter that is led astray spends its whole budget, which takes about 1.5 s.
SECONDS = 10


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = mutate(rng, rng.choice(_modules())) if rng.random() < 0.5 else _damaged(rng)
    started = time.process_time()
    try:
        interface = read_interface(Module.parse(data))
    except UnpoisonError:
        pass
    else:
        assert pickle.loads(pickle.dumps(interface)) == interface
    assert time.process_time() - started < SECONDS


def _damaged(rng: random.Random) -> bytes:
    """Give a module that is well framed, with faults in one section or body only."""
    module = Module.parse(rng.choice(_modules()))
    if rng.random() < 0.5:
        module.customs = [_mutated_schema(rng, custom) for custom in module.customs]
    else:
        _damage_description(rng, module)
    return module.emit()


def _damage_description(rng: random.Random, module: Module) -> None:
    """Change one byte of a describe function, or of one that it may call."""
    described = [item.index for item in module.exports if item.name.startswith("__wbindgen_d")]
    chosen = rng.choice((rng.choice(described), module.imported_functions + rng.randrange(40)))
    data = bytearray(module.body_of(chosen).raw)
    data[rng.randrange(len(data))] = rng.getrandbits(8)
    module.replace_body(chosen - module.imported_functions, FunctionBody(bytes(data)))


def _mutated_schema(rng: random.Random, custom: Custom) -> Custom:
    if custom.name != SECTION_NAME:
        return custom
    return Custom(custom.name, mutate(rng, custom.payload))


@cache
def _modules() -> tuple[bytes, ...]:
    """Give the small modules that rustc made."""
    return tuple(path.read_bytes() for path in sorted(CRATES.glob("*/*.wasm")))


if __name__ == "__main__":
    main(check)
