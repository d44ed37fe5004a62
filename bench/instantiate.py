"""What one more instance of a loaded module costs, and a fresh start of one: the shop, a Worker.

The peer is wasmtime's Python layer, which has less to do: it instantiates the same module with
imports that trap, binds nothing and runs no start function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import wasmtime

from bench._measure import Comparison, compare, looped
from unpoison.eh import to_exnref
from unpoison.runtime import Limits, Module
from unpoison.workers import SystemClock
from unpoison.workers.program import Program

SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop" / "shop.legacy.wasm"


def measure() -> Iterator[Comparison]:
    """Yield the comparison of a whole instance, then of a fresh start."""
    limits = Limits(memory=128 << 20, cpu=30.0)
    program = Program(Module.read(SHOP), limits, SystemClock())
    peer, name = looped(_plain_instance()), "wasmtime's Python layer"

    def instance() -> None:
        program.instantiate(lambda error: None).close()

    yield compare("one more instance, and its end", looped(instance), peer, peer_name=name)
    with program.instantiate(lambda error: None) as kept:
        yield compare("a fresh start", looped(kept.reinit), peer, peer_name=name)


def _plain_instance() -> Callable[[], object]:
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, to_exnref(SHOP.read_bytes()))

    def instantiate() -> object:
        store = wasmtime.Store(engine)
        linker = wasmtime.Linker(engine)
        linker.define_unknown_imports_as_traps(module)
        return linker.instantiate(store, module)

    return instantiate
