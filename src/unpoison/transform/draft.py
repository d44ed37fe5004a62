"""The module that is being made: what it has, what was added, what the glue is asked for."""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType

from unpoison.bindgen import (
    EXN_STORE,
    MALLOC,
    REALLOC,
    TABLE_ALLOC,
    TABLE_DEALLOC,
    Cast,
    Import,
    Interface,
    first_free_handle,
)
from unpoison.eh import Dialect
from unpoison.errors import UnsupportedModule
from unpoison.transform.catching import Code
from unpoison.transform.records import JS_TAG, WRAPPED_TAG, AdaptedImport, Options
from unpoison.wasm import (
    EXTERNREF,
    I32,
    ExternKind,
    FunctionBody,
    FuncType,
    Limits,
    Module,
    Relinking,
    TableType,
    ValType,
)

_JS_VALUE = FuncType((EXTERNREF,), ())
_HANDLE_IN = FuncType((I32,), ())
SUPPORT_TYPES = MappingProxyType(
    {TABLE_ALLOC: FuncType((), (I32,)), TABLE_DEALLOC: _HANDLE_IN, EXN_STORE: _HANDLE_IN}
    | {MALLOC: FuncType((I32, I32), (I32,)), REALLOC: FuncType((I32,) * 4, (I32,))}
)
"""What the module that is made calls of wasm-bindgen's own functions."""


class Draft:
    """A module whose functions and tags go by number; see `wasm.Relinking`.

    `handles` is their table. `exported` are the functions that the module exports, or that it
    would export if it had been built with reference types; `names` those of functions that were
    added. `unwinds` says whether exceptions were handled there before the transform.
    """

    def __init__(
        self,
        module: Module,
        interface: Interface,
        options: Options,
        dialect: Dialect,
        *,
        unwinds: bool,
    ) -> None:
        self.module = module
        self.interface = interface
        self.options = options
        self.dialect = dialect
        self.unwinds = unwinds
        self.space = Relinking(module)
        size = Limits(first_free_handle(interface))
        self.handles = module.add_table(TableType(EXTERNREF, size))
        self.names: dict[int, str] = {}
        self.asked: dict[int, AdaptedImport] = {}
        self.exported = {
            item.name: item.index for item in module.exports if item.kind is ExternKind.FUNCTION
        }
        self._tags: dict[str, int] = {}
        self._glue: dict[str, int] = {}

    @property
    def catches(self) -> bool:
        """Whether the module handles exceptions."""
        return self.dialect is not Dialect.NONE

    @property
    def errors_are_fatal(self) -> bool:
        """Whether an error of JavaScript that no import is declared to catch is an abort."""
        return self.options.force_abort_handler and not self.unwinds

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of the tags that are imported."""
        return tuple(self._tags)

    def js_tag(self) -> int:
        """Give the tag of what JavaScript throws."""
        return self._tag(JS_TAG)

    def wrapped_tag(self) -> int:
        """Give the tag that a recoverable error travels under."""
        return self._tag(WRAPPED_TAG)

    def support(self, name: str) -> int:
        """Give one of wasm-bindgen's own functions, which is in SUPPORT_TYPES.

        Raises UnsupportedModule when it is not there or of another type.
        """
        number = self.exported.get(name)
        if number is None or self.space.type_of(number) != SUPPORT_TYPES[name]:
            raise UnsupportedModule(
                f"the module passes JavaScript values and does not export {name}"
                f"{'' if number is None else ' with the type that it must have'}",
                advice="give the file that the linker wrote, before any other tool changed it",
            )
        return number

    def add(self, name: str, type_: FuncType, code: Code, locals_: tuple[ValType, ...] = ()) -> int:
        """Add a function and give its number; its code needs no `end`."""
        groups = [(len(list(group)), type_) for type_, group in groupby(locals_)]
        body = FunctionBody.assemble(groups, [*code, ("end",)])
        number = self.space.add_function(type_, body)
        self.names[number] = name
        return number

    def ask(
        self,
        module: str,
        name: str,
        type_: FuncType,
        source: Import | Cast | str,
        *,
        caught: bool = False,
        harmless: bool = False,
    ) -> int:
        """Add a function that the glue gives, and give its number."""
        number = self.space.add_import(module, name, type_)
        self.asked[number] = AdaptedImport(module, name, type_, source, caught, harmless)
        self.names[number] = name
        return number

    def ask_glue(self, name: str, type_: FuncType) -> int:
        """Give the number of a function that only the transform wants of the glue."""
        if name not in self._glue:
            self._glue[name] = self.ask(self.options.import_module, name, type_, name)
        return self._glue[name]

    def _tag(self, name: str) -> int:
        if name not in self._tags:
            self._tags[name] = self.space.add_tag_import(
                self.options.import_module, name, _JS_VALUE
            )
        return self._tags[name]
