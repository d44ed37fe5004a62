"""What the module imports: asked of the glue through an adapter, or answered by the module itself.

Source: `wasm-bindgen-cli-support` src/externref.rs and src/transforms (behaviour); contract facts
4.2, 4.3 and 5.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn

from unpoison.bindgen import (
    TABLE_DEALLOC,
    Cast,
    Closure,
    Extern,
    Import,
    ImportKind,
    NotBound,
    Ref,
    Scalar,
    Type,
    first_free_handle,
    flatten,
)
from unpoison.errors import UnsupportedModule
from unpoison.transform.adapters import Adapters, Shape, zeros
from unpoison.transform.catching import Code
from unpoison.transform.crossing import Crossing, crossings, value_types
from unpoison.transform.draft import Draft
from unpoison.transform.helpers import Helpers
from unpoison.transform.names import canonical
from unpoison.transform.records import RETHROW_CRITICAL
from unpoison.wasm import EXTERNREF, I32, ExternKind, FuncType
from unpoison.wasm import Import as WasmImport

PLACEHOLDER = "__wbindgen_placeholder__"

_HARMLESS = frozenset(
    f"__wbindgen_{name}"
    for name in (
        "is_undefined", "is_null", "is_null_or_undefined", "is_object", "is_function", "is_string",
        "is_symbol", "is_bigint", "is_falsy", "typeof", "jsval_eq", "number_get", "boolean_get",
        "bigint_get_as_i64", "memory", "exports", "module", "instance", "function_table", "reinit",
    )
)  # fmt: skip
"""Intrinsics that run no code of a user and throw nothing: nothing is caught behind them."""

_ONLY_IN_JSPI = frozenset(
    f"__wbindgen_jspi_{name}" for name in ("suspend", "spawn_poll", "spawn_first")
)
_JSPI_PROBE = "__wbindgen_jspi_in_context"
"""Its answer is no, since modules that suspend are refused; so the others are never called."""

_CLASS_TYPES: Mapping[ImportKind, tuple[Type, Type]] = MappingProxyType(
    {
        ImportKind.CLASS_WRAP: (Scalar("u32"), Extern()),
        ImportKind.CLASS_UNWRAP: (Ref(Extern()), Scalar("u32")),
    }
)


class Imports:
    """Gives each function that is imported, or that stands for a host's, what replaces it."""

    def __init__(self, draft: Draft, helpers: Helpers, adapters: Adapters) -> None:
        self._draft = draft
        self._helpers = helpers
        self._adapters = adapters
        self._generic: dict[object, int] = {}
        self._class_names: set[str] = set()
        self._strings = {
            string: number for number, string in enumerate(draft.interface.static_strings)
        }

    def replace_all(self) -> None:
        """Replace every import, cast and generic import.

        Raises UnsupportedModule for a module that imports anything but functions, or without the
        functions that the table of handles needs.
        """
        space, interface = self._draft.space, self._draft.interface
        known = {(item.wasm_module, item.wasm_name): item for item in interface.imports}
        made: dict[tuple[str, str], int] = {}
        for index, wasm in enumerate(self._draft.module.imports):
            if wasm.kind is not ExternKind.FUNCTION:
                _refuse(wasm)
            key = wasm.module, wasm.name
            if key not in made:
                found = known.get(key)
                made[key] = self._never(index) if found is None else self._import(index, found)
            space.replace(index, made[key])
        for redirected in interface.redirected:
            space.replace(redirected.index, self._redirected(redirected))

    def _import(self, index: int, item: Import) -> int:
        answer = self._answer(index, item)
        if answer is not None:
            return answer
        if item.wasm_module != PLACEHOLDER:
            return self._asked(item, item.wasm_module, item.wasm_name)
        name = item.wasm_name
        if item.struct is not None:
            name = canonical(name, item.struct.crate)
            name = item.wasm_name if name in self._class_names else name
            self._class_names.add(name)
        return self._asked(item, self._draft.options.import_module, name)

    def _answer(self, index: int, item: Import) -> int | None:
        """Give the function with which the module answers itself, None when the glue must."""
        if item.kind is ImportKind.STRING and item.string is not None:
            return self._constant(item, self._first_string + self._strings[item.string])
        if item.kind is not ImportKind.INTRINSIC:
            return None
        if item.name in _ONLY_IN_JSPI:
            return self._never(index)
        if item.name == _JSPI_PROBE:
            return self._constant(item, 0)
        answer = _TABLE_INTRINSICS.get(item.name)
        if answer is None:
            return None
        signature, make = answer
        return make(self._draft, self._helpers) if item.signature == signature else None

    @property
    def _first_string(self) -> int:
        return first_free_handle(self._draft.interface) - len(self._strings)

    def _constant(self, item: Import, value: int) -> int | None:
        signature = FuncType((), (I32,))
        return self._helpers.constant(value) if item.signature == signature else None

    def _never(self, index: int) -> int:
        type_ = self._draft.space.type_of(index)
        return self._draft.add("unpoison: never called", type_, [("unreachable",)])

    def _redirected(self, item: Cast | Import) -> int:
        """Give the adapter of a cast or generic import; several functions may want the same."""
        key: object = (item.signature, item.source, item.target) if isinstance(item, Cast) else (
            item.wasm_name, item.signature, item.params, item.result
        )  # fmt: skip
        if key not in self._generic:
            name = f"__wbindgen_generic_{len(self._generic):016x}"
            self._generic[key] = self._asked(item, self._draft.options.import_module, name)
        return self._generic[key]

    def _asked(self, item: Import | Cast, module: str, name: str) -> int:
        shape = self._shape(item)
        outer = FuncType(value_types(shape.params), value_types(shape.results))
        on = self._on_exception(item)
        harmless = _is_harmless(item)
        guarded = self._draft.catches and not harmless
        number = self._draft.ask(module, name, outer, item, caught=bool(on), harmless=harmless)
        return self._adapters.imported(number, item.signature, shape, name, on, guarded=guarded)

    def _shape(self, item: Import | Cast) -> Shape:
        plain = Shape(item.signature.params, item.signature.results)
        if item.unsupported is not None:
            return plain
        params, result = _types(item)
        if result is None:
            return plain
        try:
            shape = _import_shape(params, result)
        except NotBound:
            return plain
        return shape if shape.inner == item.signature else plain

    def _on_exception(self, item: Import | Cast) -> Code:
        """Give what is done with a value that JavaScript throws; nothing lets it pass."""
        draft, helpers = self._draft, self._helpers
        if not draft.catches or _is_harmless(item):
            return []
        if isinstance(item, Import) and item.catch and item.unsupported is None:
            return [*helpers.catching(), *zeros(item.signature.results), ("return",)]
        if draft.errors_are_fatal:
            rethrow = draft.ask_glue(RETHROW_CRITICAL, FuncType((EXTERNREF,), ()))
            return [*helpers.guarding(), ("call", rethrow), ("unreachable",)]
        return [*helpers.guarding(), ("throw", draft.wrapped_tag())]


def _refuse(item: WasmImport) -> NoReturn:
    raise UnsupportedModule(
        f"the module imports the {item.kind.name.lower()} {item.module}.{item.name}",
        advice="build it without shared memory and imported tables",
    )


def _is_harmless(item: Import | Cast) -> bool:
    if isinstance(item, Cast):
        return isinstance(item.source, Scalar | Closure)
    if item.kind is ImportKind.CLASS_WRAP:
        return True  # the glue makes an object of its own class
    return item.kind is ImportKind.INTRINSIC and item.name in _HARMLESS


def _types(item: Import | Cast) -> tuple[list[Type], Type | None]:
    if isinstance(item, Cast):
        return [item.source], item.target
    if item.kind in _CLASS_TYPES:
        source, target = _CLASS_TYPES[item.kind]
        return [source], target
    return [param.type for param in item.params], item.result


def _import_shape(params: Sequence[Type], result: Type) -> Shape:
    flat: list[Crossing] = [part for param in params for part in crossings(param, inward=False)]
    if len(flatten(result)) > 1:
        return Shape((I32, *flat), ())
    return Shape(tuple(flat), crossings(result, inward=True))


def _grow(draft: Draft, helpers: Helpers) -> int:
    """Grow the table, and give its old size."""
    code: Code = [("ref.null", EXTERNREF.heap), ("local.get", 0), ("table.grow", draft.handles)]
    return draft.add("unpoison: grow", FuncType((I32,), (I32,)), code)


def _set_null(draft: Draft, helpers: Helpers) -> int:
    code: Code = [("local.get", 0), ("ref.null", EXTERNREF.heap), ("table.set", draft.handles)]
    return draft.add("unpoison: forget", FuncType((I32,), ()), code)


_TABLE_INTRINSICS: Mapping[str, tuple[FuncType, Callable[[Draft, Helpers], int]]] = (
    MappingProxyType(
        {
            "__wbindgen_externref_table_grow": (FuncType((I32,), (I32,)), _grow),
            "__wbindgen_externref_table_set_null": (FuncType((I32,), ()), _set_null),
            "__wbindgen_externref_statics_end": (
                FuncType((), (I32,)),
                lambda draft, helpers: helpers.constant(first_free_handle(draft.interface)),
            ),
            "__wbindgen_object_drop_ref": (
                FuncType((I32,), ()),
                lambda draft, helpers: draft.support(TABLE_DEALLOC),
            ),
            "__wbindgen_object_clone_ref": (
                FuncType((I32,), (I32,)),
                lambda draft, helpers: helpers.clone(),
            ),
        }
    )
)
"""What the table of handles is asked, which the module has itself."""
