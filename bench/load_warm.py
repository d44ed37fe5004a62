"""What a load from the cache costs, beside wasmtime's Python layer with its own artefact.

The peer has less to do: it deserialises and instantiates, and binds nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator

import wasmtime

from bench._counter import COUNTER, load_counter
from bench._environment import environment
from bench._measure import Comparison, compare, looped
from unpoison.eh import to_exnref


def measure() -> Iterator[Comparison]:
    """Yield the comparison with wasmtime, then with a cold load."""
    with tempfile.TemporaryDirectory() as folder, environment(UNPOISON_CACHE_DIR=folder):
        load_counter().close()
        ours = looped(lambda: load_counter().close())
        name = "wasmtime's Python layer"
        yield compare("warm load", ours, looped(_plain_load()), peer_name=name)
        yield compare(
            "warm load", ours, looped(_cold_load), peer_name="cold load", target=10.0, rounds=5
        )


def _cold_load() -> None:
    with environment(UNPOISON_CACHE="0"):
        load_counter().close()


def _plain_load() -> Callable[[], object]:
    engine = wasmtime.Engine()
    artefact = wasmtime.Module(engine, to_exnref(COUNTER.read_bytes())).serialize()

    def load() -> object:
        module = wasmtime.Module.deserialize(engine, artefact)
        store = wasmtime.Store(engine)
        linker = wasmtime.Linker(engine)
        linker.define_unknown_imports_as_traps(module)
        return linker.instantiate(store, module)

    return load
