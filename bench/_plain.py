"""The counter driven by hand through the package wasmtime, as one would without unpoison."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import wasmtime

from bench._counter import COUNTER
from unpoison.eh import to_exnref

RETURN_AREA = 8  # bytes: pointer and length of a String


class PlainCounter:
    """One instance; its imports trap, but for `reenter`, which gives its argument back."""

    def __init__(self) -> None:
        self._store = wasmtime.Store()
        module = wasmtime.Module(self._store.engine, to_exnref(COUNTER.read_bytes()))
        linker = wasmtime.Linker(self._store.engine)
        reenter = next(i for i in module.imports if (i.name or "").startswith("__wbg_reenter_"))
        assert isinstance(reenter.type, wasmtime.FuncType)
        linker.define(
            self._store,
            reenter.module,
            reenter.name or "",
            wasmtime.Func(self._store, reenter.type, lambda n: n),
        )
        linker.define_unknown_imports_as_traps(module)
        self._exports = linker.instantiate(self._store, module).exports(self._store)
        self._names = [export.name for export in module.exports]
        self._memory = self._exports["memory"]
        self._malloc = self._function("__wbindgen_malloc")
        self._free = self._function("__wbindgen_free")

    def calls(self) -> dict[str, Callable[[], object]]:
        """Give each operation that is measured, with the same results as ours."""
        return {
            "add": self._numbers("add", 1, 2),
            "greet": self._greet("world"),
            "method": self._push(1.5),
            "host_import": self._numbers("call_back", 3),
        }

    def _function(self, name: str) -> wasmtime.Func:
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        return function

    def _find(self, name: str) -> wasmtime.Func:
        (symbol,) = (
            symbol for symbol in self._names if re.fullmatch(f"{name}_[0-9a-f]{{16}}", symbol)
        )
        return self._function(symbol)

    def _numbers(self, name: str, *arguments: int) -> Callable[[], object]:
        function, store = self._find(name), self._store
        return lambda: function(store, *arguments)

    def _push(self, value: float) -> Callable[[], object]:
        function, store = self._find("acc_push"), self._store
        pointer = self._find("acc_new")(store)
        return lambda: function(store, pointer, value)

    def _greet(self, name: str) -> Callable[[], str]:
        function, store, memory = self._find("greet"), self._store, self._memory
        assert isinstance(memory, wasmtime.Memory)
        malloc, free = self._malloc, self._free
        area: Any = malloc(store, RETURN_AREA, 4)

        def greet() -> str:
            text = name.encode()
            pointer: Any = malloc(store, len(text), 1)
            memory.write(store, text, pointer)
            function(store, area, pointer, len(text))
            place = int.from_bytes(memory.read(store, area, area + 4), "little")
            size = int.from_bytes(memory.read(store, area + 4, area + 8), "little")
            result = memory.read(store, place, place + size).decode()
            free(store, place, size, 1)
            return result

        return greet
