"""What a load from the cache costs, beside wasmtime's Python layer with its own artefact.

The peer has less to do: it deserialises and instantiates, and binds nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import wasmtime

from bench._environment import environment
from bench._measure import Comparison, compare, looped
from bench._modules import LOADED, loading
from unpoison.eh import to_exnref

ROUNDS = 5


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime, then with a cold load, for each size."""
    with tempfile.TemporaryDirectory() as folder, environment(UNPOISON_CACHE_DIR=folder):
        for size, module in LOADED.items():
            loading(module)()
            what, ours = f"warm load, {size}", looped(loading(module))
            by_hand = looped(_plain_load(module))
            yield compare(what, ours, by_hand, peer_name="wasmtime's Python layer")
            cold = looped(_cold_load(module))
            yield compare(what, ours, cold, peer_name="cold load", target=10.0, rounds=ROUNDS)


def _cold_load(module: Path) -> Callable[[], None]:
    load = loading(module)

    def cold() -> None:
        with environment(UNPOISON_CACHE="0"):
            load()

    return cold


def _plain_load(path: Path) -> Callable[[], object]:
    engine = wasmtime.Engine()
    artefact = wasmtime.Module(engine, to_exnref(path.read_bytes())).serialize()

    def load() -> object:
        module = wasmtime.Module.deserialize(engine, artefact)
        store = wasmtime.Store(engine)
        linker = wasmtime.Linker(engine)
        linker.define_unknown_imports_as_traps(module)
        return linker.instantiate(store, module)

    return load
