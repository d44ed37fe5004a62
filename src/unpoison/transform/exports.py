"""What JavaScript may call: the exports of the interface, closures, and wasm-bindgen's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from unpoison.bindgen import (
    ClosureShim,
    Export,
    NotBound,
    Scalar,
    Type,
    flatten,
    table_functions,
    takes_self,
)
from unpoison.transform.adapters import Adapters, Shape
from unpoison.transform.crossing import Crossing, crossings
from unpoison.transform.draft import Draft
from unpoison.transform.names import canonical
from unpoison.transform.needs import needed_support
from unpoison.transform.records import (
    EXTERNREFS,
    FUNCTION_TABLE,
    LENT,
    STACK_POINTER,
    START,
    AdaptedClosure,
    AdaptedExport,
)
from unpoison.wasm import I32, ExternKind, FuncType
from unpoison.wasm import Export as WasmExport

_POINTER = Scalar("u32")
_LEFT_OUT = frozenset(
    {"__heap_base", "__data_end", "__indirect_function_table"}  # are for the linker
    | {START, EXTERNREFS, FUNCTION_TABLE, LENT}
)


class Exports:
    """The functions that the new module exports, by the symbols and closures of the interface."""

    def __init__(self, draft: Draft, adapters: Adapters) -> None:
        self._draft = draft
        self._adapters = adapters
        self._numbers: dict[str, int] = {}
        self._others = [
            item
            for item in draft.module.exports
            if item.kind in (ExternKind.MEMORY, ExternKind.GLOBAL) and item.name not in _LEFT_OUT
        ]
        self._taken = {STACK_POINTER, *_LEFT_OUT, *(item.name for item in self._others)}
        self._closures: dict[int, AdaptedExport] = {}
        table = draft.interface.function_table
        self._slots = {} if table is None else table_functions(draft.module, table)
        self.functions: dict[str, AdaptedExport] = {}
        self.closures: list[AdaptedClosure] = []

    def add_all(self) -> None:
        """Add every export that has a form, and what the glue needs of wasm-bindgen's own."""
        interface = self._draft.interface
        members = (member for class_ in interface.classes for member in class_.members)
        for export in (*interface.functions, *members):
            self._add_bound(export)
        for class_ in interface.classes:
            for symbol in (class_.free, class_.upcast):
                if symbol is not None:
                    self._add_raw(symbol, class_.crate, interface.support.get(symbol))
        for name, signature in interface.raw_exports.items():
            self._add_raw(name, "", signature)
        wanted = needed_support(interface, catches=self._draft.catches)
        for name, number in self._draft.exported.items():
            if name in wanted:
                type_ = self._draft.space.type_of(number)
                self._add(name, name, number, type_, adapted=False)
        for shim in interface.closures:
            self._add_closure(shim)

    def write(self) -> None:
        """Replace the exports of the module, by number; others than functions stay."""
        functions = (
            WasmExport(name, ExternKind.FUNCTION, number) for name, number in self._numbers.items()
        )
        self._draft.module.exports = [*self._others, *functions]

    def _add_bound(self, export: Export) -> None:
        number = self._draft.exported.get(export.symbol)
        if number is None or export.unsupported is not None or export.symbol in self.functions:
            return
        try:
            params = [param.type for param in export.params]
            shape = self._shape(params, export.result, takes_self(export))
        except NotBound:
            return
        self._add_adapted(export.symbol, canonical(export.symbol, export.crate), number, shape)

    def _add_raw(self, symbol: str, crate: str, signature: FuncType | None) -> None:
        number = self._draft.exported.get(symbol)
        if number is not None and signature is not None and symbol not in self.functions:
            shape = Shape(signature.params, signature.results)
            self._add_adapted(symbol, canonical(symbol, crate) if crate else symbol, number, shape)

    def _add_adapted(self, symbol: str, name: str, number: int, shape: Shape) -> None:
        adapter = self._adapters.export(number, shape, f"{name} adapter")
        self._add(symbol, name, adapter, shape.outer, adapted=adapter != number)

    def _add(self, symbol: str, name: str, number: int, type_: FuncType, *, adapted: bool) -> None:
        name = self._free_name(name, symbol)
        self._numbers[name] = number
        self.functions[symbol] = AdaptedExport(name, type_, adapted)

    def _free_name(self, *wanted: str) -> str:
        """Give the first name that is free, else the last one with a number."""
        more = (f"{wanted[-1]}_{number}" for number in count(1))
        name = next(name for name in chain(wanted, more) if name not in self._taken)
        self._taken.add(name)
        return name

    def _add_closure(self, shim: ClosureShim) -> None:
        function = shim.closure.function
        number = self._slots.get(function.shim, -1)
        if number < 0:
            return
        try:
            shape = self._shape([_POINTER, _POINTER, *function.params], function.result)
        except NotBound:
            return
        adapter = self._adapters.export(number, shape, f"closure {len(self._closures)} adapter")
        known = self._closures.get(adapter)
        if known is None:
            name = self._free_name(f"__wbindgen_closure_{len(self._closures)}")
            known = AdaptedExport(name, shape.outer, adapter != number)
            self._closures[adapter] = known
            self._numbers[name] = adapter
        self.closures.append(AdaptedClosure(shim, known))

    def _shape(self, params: Sequence[Type], result: Type, receiver: bool = False) -> Shape:
        flat: list[Crossing] = [I32] if receiver else []
        flat += (part for param in params for part in crossings(param, inward=True))
        area = flatten(result)
        if len(area) > 1:
            return Shape(tuple(flat), (), area)
        return Shape(tuple(flat), crossings(result, inward=False))
