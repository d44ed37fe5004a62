"""What a call costs, against wasmtime's own Python layer and against Node's glue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import wasmtime

from bench._counter import COUNTER, load_counter, node_counter
from bench._measure import TOOLS, Comparison, MissingPeer, compare, looped
from unpoison.eh import to_exnref

WANTED = 10.0  # times as fast as wasmtime's Python layer, for a scalar and for a string call
RETURN_AREA = 8  # bytes: pointer and length of a String


def measure() -> Iterator[Comparison]:
    """Yield a comparison per kind of call and peer."""
    with load_counter() as instance:
        counter = instance.exports
        ours: dict[str, Callable[[], object]] = {
            "add": lambda: counter.add(1, 2),
            "greet": lambda: counter.greet("world"),
        }
        assert [call() for call in ours.values()] == [call() for call in plain_calls().values()]
        for name, peer in plain_calls().items():
            yield compare(
                f"{name}()",
                looped(ours[name]),
                looped(peer),
                peer_name="wasmtime's Python layer",
                target=WANTED,
            )
        try:
            with node_counter(TOOLS) as node:
                for name, call in ours.items():
                    yield compare(
                        f"{name}()",
                        looped(call),
                        node.side(name),
                        peer_name="Node 20 with the glue",
                    )
        except MissingPeer as missing:
            missing.tell()


def plain_calls() -> dict[str, Callable[[], object]]:
    """Give the same calls made through the package wasmtime, by hand."""
    store = wasmtime.Store()
    module = wasmtime.Module(store.engine, to_exnref(COUNTER.read_bytes()))
    linker = wasmtime.Linker(store.engine)
    linker.define_unknown_imports_as_traps(module)
    exports = linker.instantiate(store, module).exports(store)
    symbols = {export.name: export for export in module.exports}

    def find(prefix: str) -> wasmtime.Func:
        (name,) = (name for name in symbols if name.startswith(f"{prefix}_"))
        function = exports[name]
        assert isinstance(function, wasmtime.Func)
        return function

    add, greet = find("add"), find("greet")
    malloc, free = exports["__wbindgen_malloc"], exports["__wbindgen_free"]
    assert isinstance(malloc, wasmtime.Func)
    assert isinstance(free, wasmtime.Func)
    memory = exports["memory"]
    assert isinstance(memory, wasmtime.Memory)
    area = malloc(store, RETURN_AREA, 4)

    def call_greet() -> str:
        text = b"world"
        pointer = malloc(store, len(text), 1)
        memory.write(store, text, pointer)
        greet(store, area, pointer, len(text))
        place = int.from_bytes(memory.read(store, area, area + 4), "little")
        size = int.from_bytes(memory.read(store, area + 4, area + 8), "little")
        result = memory.read(store, place, place + size).decode()
        free(store, place, size, 1)
        return result

    return {"add": lambda: add(store, 1, 2), "greet": call_greet}
