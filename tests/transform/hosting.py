"""A host for adapted modules on wasmtime, which throws and catches as JavaScript does.

An exception that crosses a function of Python ends as a trap, so that a helper module has the two
tags, throws, and catches around the export that is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import wasmtime

from unpoison.transform import EXTERNREFS, JS_TAG, WRAPPED_TAG, Adapted, AdaptedExport
from unpoison.wasm import (
    EMPTY_BLOCK,
    EXTERNREF,
    F32,
    F64,
    I32,
    I64,
    BlockType,
    Catch,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Module,
    TagType,
)

_TYPES = {
    I32: wasmtime.ValType.i32(),
    I64: wasmtime.ValType.i64(),
    F32: wasmtime.ValType.f32(),
    F64: wasmtime.ValType.f64(),
    EXTERNREF: wasmtime.ValType.externref(),
}
_VALUE = FuncType((EXTERNREF,), ())


@dataclass(frozen=True)
class Throws:
    """An import that throws this value."""

    value: object


Given = Mapping[str, "Callable[..., Any] | Throws"]

RETURNED, BY_JAVASCRIPT, RECOVERABLE = range(3)


class Hosted:
    """An instance of an adapted module; `given` are its imports by name."""

    def __init__(self, adapted: Adapted, given: Given | None = None) -> None:
        self.adapted = adapted
        self._engine = wasmtime.Engine()
        self.store = wasmtime.Store(self._engine)
        self._linker = wasmtime.Linker(self._engine)
        self._helper = self._instantiate(_tags())
        self._linker.define_instance(self.store, "helper", self._helper)
        module = wasmtime.Module(self._engine, adapted.wasm)
        self._instance = wasmtime.Instance(
            self.store, module, [self._link(item, given or {}) for item in module.imports]
        )

    def call(self, name: str, *arguments: Any) -> Any:
        """Call an export by its symbol. Raises wasmtime.Trap, also for an exception."""
        return self.exported(self.adapted.exports[name].name)(self.store, *arguments)

    def ending(self, name: str, *arguments: Any) -> tuple[int, Any]:
        """Tell how a call ends, and with which value when it was thrown."""
        export = self.adapted.exports[name]
        self._linker.define(self.store, "given", "call", self.exported(export.name))
        self._linker.allow_shadowing = True
        catcher = self._instantiate(_catcher(export)).exports(self.store)
        function, payload = catcher["run"], catcher["payload"]
        assert isinstance(function, wasmtime.Func)
        assert isinstance(payload, wasmtime.Global)
        return function(self.store, *arguments), payload.value(self.store)

    def exported(self, name: str) -> Any:
        """Give what the module exports under a Wasm name."""
        return self._instance.exports(self.store)[name]

    def number(self, name: str) -> int:
        """Give the value of an exported global."""
        value: int = self.exported(name).value(self.store)
        return value

    def slot(self, place: int) -> object:
        """Give what is in a slot of the table of handles."""
        found = self.exported(EXTERNREFS).get(self.store, place)
        return found.value if isinstance(found, wasmtime.Val) else found

    def write(self, address: int, word: int) -> None:
        """Write a word of memory."""
        self.exported("memory").write(self.store, word.to_bytes(4, "little"), address)

    def _instantiate(self, wasm: bytes) -> wasmtime.Instance:
        return self._linker.instantiate(self.store, wasmtime.Module(self._engine, wasm))

    def _link(self, wanted: wasmtime.ImportType, given: Given) -> Any:
        if wanted.name in (JS_TAG, WRAPPED_TAG):
            return self._helper.exports(self.store)[str(wanted.name)]
        type_ = wanted.type
        assert isinstance(type_, wasmtime.FuncType)
        what = given.get(str(wanted.name), lambda *_: None)
        if not isinstance(what, Throws):
            return wasmtime.Func(self.store, type_, what)
        value = what.value
        given_value = wasmtime.FuncType([], [_TYPES[EXTERNREF]])
        self._linker.allow_shadowing = True
        function = wasmtime.Func(self.store, given_value, lambda: value)
        self._linker.define(self.store, "given", "value", function)
        signature = next(i.signature for i in self.adapted.imports if i.name == wanted.name)
        return self._instantiate(_thrower(signature)).exports(self.store)["throw"]


def _tags() -> bytes:
    module = Module()
    for name in (JS_TAG, WRAPPED_TAG):
        module.add_export(name, ExternKind.TAG, module.add_tag(_VALUE))
    return module.emit()


def _thrower(signature: FuncType) -> bytes:
    """Give a module whose `throw` has a type and throws what the host gives."""
    module = Module()
    value = module.add_import("given", "value", FuncType((), (EXTERNREF,)))
    tag = module.add_import("helper", JS_TAG, TagType(module.add_func_type(_VALUE)))
    body = FunctionBody.assemble((), [("call", value), ("throw", tag), ("end",)])
    module.add_export("throw", ExternKind.FUNCTION, module.add_function(signature, body))
    return module.emit()


def _catcher(export: AdaptedExport) -> bytes:
    """Give a module whose `run` calls an export, and tells how that ends."""
    module = Module()
    call = module.add_import("given", "call", export.signature)
    type_ = TagType(module.add_func_type(_VALUE))
    tags = [module.add_import("helper", name, type_) for name in (JS_TAG, WRAPPED_TAG)]
    payload = module.add_global(GlobalType(EXTERNREF, True), b"\xd0\x6f\x0b")
    module.add_export("payload", ExternKind.GLOBAL, payload)
    clauses = tuple(Catch(0, tag, place) for place, tag in enumerate(tags))
    arguments = [("local.get", place) for place in range(len(export.signature.params))]
    code: list[tuple[Any, ...]] = [("block", BlockType(EXTERNREF)), ("block", BlockType(EXTERNREF))]
    code += [("try_table", EMPTY_BLOCK, clauses), *arguments, ("call", call)]
    code += [("drop",)] * len(export.signature.results)
    code += [("i32.const", RETURNED), ("return",), ("end",), ("unreachable",), ("end",)]
    code += [("global.set", payload), ("i32.const", BY_JAVASCRIPT), ("return",), ("end",)]
    code += [("global.set", payload), ("i32.const", RECOVERABLE), ("end",)]
    type_of_run = FuncType(export.signature.params, (I32,))
    run = module.add_function(type_of_run, FunctionBody.assemble((), code))
    module.add_export("run", ExternKind.FUNCTION, run)
    return module.emit()
