"""The module driven by hand through the package wasmtime, as one would without unpoison."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import wasmtime

from bench.sides import host
from bench.sides.unpoison_side import MODULE
from unpoison.eh import to_exnref

RETURN_AREA = 8  # bytes: pointer and length of a String


class Work:
    """One instance; its imports trap, but for `host`."""

    def __init__(self) -> None:
        self._engine = wasmtime.Engine()
        self._module = module = wasmtime.Module(self._engine, to_exnref(MODULE.read_bytes()))
        self._store = wasmtime.Store(self._engine)
        linker = wasmtime.Linker(self._store.engine)
        import_ = next(
            i for i in module.imports if re.match(r"__wbg_host_[0-9a-f]{16}", i.name or "")
        )
        assert isinstance(import_.type, wasmtime.FuncType)
        function = wasmtime.Func(self._store, import_.type, host.host)
        linker.define(self._store, import_.module, import_.name or "", function)
        linker.define_unknown_imports_as_traps(module)
        self._exports = linker.instantiate(self._store, module).exports(self._store)
        self._names = [export.name for export in module.exports]
        self._memory: Any = self._exports["memory"]
        self._malloc = partial(self._function("__wbindgen_malloc"), self._store)
        self._free = partial(self._function("__wbindgen_free"), self._store)
        self.bump = partial(self._find("bump"), self._store)
        self.add = partial(self._find("add"), self._store)
        self.call_host = partial(self._find("call_host"), self._store)
        self._text, self._blob = self._find("text"), self._find("blob")
        self._area: Any = self._malloc(RETURN_AREA, 4)

    def another(self) -> wasmtime.Store:
        """Give the store of one more instance, which was called once."""
        store = wasmtime.Store(self._engine)
        linker = wasmtime.Linker(self._engine)
        linker.define_unknown_imports_as_traps(self._module)
        bump: Any = linker.instantiate(store, self._module).exports(store)[self._name("bump")]
        bump(store)
        return store

    def text(self, text: str) -> str:
        """Give a text back, through the module's memory."""
        return self._through(self._text, text.encode()).decode()

    def blob(self, data: bytes) -> bytes:
        """Give bytes back, through the module's memory."""
        return self._through(self._blob, data)

    def Acc(self) -> Acc:  # noqa: N802 - a class of the module
        """Make an object of the module's class."""
        pointer = self._find("acc_new")(self._store)
        return Acc(partial(self._find("acc_push"), self._store, pointer))

    def _through(self, function: wasmtime.Func, data: bytes) -> bytes:
        store, memory, area = self._store, self._memory, self._area
        pointer: Any = self._malloc(len(data), 1)
        memory.write(store, data, pointer)
        function(store, area, pointer, len(data))
        place = int.from_bytes(memory.read(store, area, area + 4), "little")
        size = int.from_bytes(memory.read(store, area + 4, area + 8), "little")
        result = bytes(memory.read(store, place, place + size))
        self._free(place, size, 1)
        return result

    def _function(self, name: str) -> wasmtime.Func:
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        return function

    def _find(self, name: str) -> wasmtime.Func:
        return self._function(self._name(name))

    def _name(self, name: str) -> str:
        (symbol,) = (
            symbol for symbol in self._names if re.fullmatch(f"{name}_[0-9a-f]{{16}}", symbol)
        )
        return symbol


class Acc:
    """An object of the module, by its pointer."""

    def __init__(self, push: partial[Any]) -> None:
        self.push = push
