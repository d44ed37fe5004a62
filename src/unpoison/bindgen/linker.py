"""What linking exports and imports have in common: types by symbol, and the check against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unpoison.bindgen.abi import NotBound, raw_signature
from unpoison.bindgen.descriptions import Descriptions
from unpoison.bindgen.descriptor_types import Closure, Function, Scalar, Type
from unpoison.bindgen.interface import Cast, Export, Import
from unpoison.bindgen.module_facts import exported_functions, function_table, table_functions
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.type_walk import closures_in
from unpoison.errors import UnsupportedItem
from unpoison.wasm import FuncType, Module

Refusal = tuple[str, str]

JSPI = "JSPI"
"""What is refused for suspending a call; a module with such an item is refused as a whole."""

_UNKNOWN = Scalar("unit")
_FAT_POINTER = (Scalar("u32"), Scalar("u32"))
_UNKNOWN_FUNCTION = Function(0, (), _UNKNOWN, _UNKNOWN)


@dataclass(frozen=True, slots=True)
class Described:
    """A descriptor, or why there is none to use."""

    described: Type | None
    refusal: Refusal | None = None

    def type(self) -> tuple[Type, Refusal | None]:
        """Give the type; a stand-in comes with the reason."""
        return self.described or _UNKNOWN, self.refusal

    def function(self, params: int) -> tuple[Function, Refusal | None]:
        """Give the signature of a function whose record has so many parameters."""
        if self.refusal is not None:
            return _UNKNOWN_FUNCTION, self.refusal
        if not isinstance(self.described, Function):
            return _UNKNOWN_FUNCTION, ("the descriptor", "it is not one of a function")
        if len(self.described.params) != params:
            found = f"{len(self.described.params)} parameters described, {params} recorded"
            return self.described, (rust_type(self.described), found)
        return self.described, None


class Linker:
    """Looks up what a module has under the symbols that the records imply."""

    def __init__(self, module: Module, descriptions: Descriptions) -> None:
        self.module = module
        self.descriptions = descriptions
        self._exports = exported_functions(module)
        table = function_table(module)
        self._slots = {} if table is None else table_functions(module, table)

    def exported_type(self, symbol: str) -> FuncType | None:
        """Give the Wasm type of an exported function, None when there is no such export."""
        index = self._exports.get(symbol)
        return None if index is None else self.module.function_type(index)

    def describe(self, symbol: str) -> Described | None:
        """Give what is described under a symbol, None when nothing is."""
        try:
            described = self.descriptions.get(symbol)
        except UnsupportedItem as error:
            return Described(None, (f"instruction {error.type}", error.reason))
        return None if described is None else Described(described)

    def shim_type(self, slot: int) -> FuncType | None:
        """Give the Wasm type of the function in a slot of the table, None for an empty slot."""
        index = self._slots.get(slot, -1)
        return None if index < 0 else self.module.function_type(index)

    def checked_export(self, export: Export, has_receiver: bool) -> Export:
        """Give the export, refused when its Wasm type is not what its descriptor implies."""
        types = [param.type for param in export.params]
        return replace(
            export,
            unsupported=export.unsupported
            or self._fault(types, export.result, export.signature, has_receiver),
        )

    def checked_import(self, item: Import) -> Import:
        """Give the import, refused when its Wasm type is not what its descriptor implies."""
        if item.unsupported is not None or item.result is None:
            return item
        types = [param.type for param in item.params]
        fault = self._fault(types, item.result, item.signature, inward=False)
        return replace(item, unsupported=fault)

    def checked_cast(self, cast: Cast) -> Cast:
        """Give the cast, refused when its Wasm type is not what its descriptor implies."""
        if cast.unsupported is not None:
            return cast
        fault = self._fault([cast.source], cast.target, cast.signature, inward=False)
        return replace(cast, unsupported=fault)

    def _fault(
        self,
        params: Sequence[Type],
        result: Type,
        signature: FuncType,
        has_receiver: bool = False,
        inward: bool = True,
    ) -> Refusal | None:
        fault = _mismatch(params, result, signature, has_receiver, inward)
        closures = [closure for type_ in (*params, result) for closure in closures_in(type_)]
        return next(filter(None, [fault, *map(self._closure_fault, closures)]), None)

    def _closure_fault(self, closure: Closure) -> Refusal | None:
        function = closure.function
        signature = self.shim_type(function.shim)
        if signature is None:
            return rust_type(closure), f"slot {function.shim} of the function table is empty"
        return _mismatch([*_FAT_POINTER, *function.params], function.result, signature)


def _mismatch(
    params: Sequence[Type],
    result: Type,
    signature: FuncType,
    has_receiver: bool = False,
    inward: bool = True,
) -> Refusal | None:
    """Give why a Wasm type cannot be that of the described types, None when it can.

    Types that are not bound are no mismatch: who binds them says so.
    """
    try:
        expected = raw_signature(params, result, has_receiver, inward=inward)
    except NotBound:
        return None
    if expected == signature:
        return None
    return str(signature), f"its descriptor implies the Wasm type {expected}"
