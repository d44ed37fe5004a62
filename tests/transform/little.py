"""A module as rustc would make it, small and by hand, with its interface.

Its allocator of handles grows the table by one for each, so that a handle tells how many there
were. Without `handles` it is one that was built without reference types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unpoison.bindgen import (
    TABLE_ALLOC,
    TABLE_DEALLOC,
    Export,
    ExportKind,
    Import,
    ImportKind,
    Interface,
    Panics,
    Param,
    Scalar,
    Type,
    raw_signature,
)
from unpoison.transform import Adapted, Options, make_javascript_module
from unpoison.wasm import (
    EMPTY_BLOCK,
    I32,
    Catch,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    Module,
    i32_expression,
)

Code = Sequence[tuple[Any, ...]]

STACK_TOP = 4096
TERMINATED_WORD = 16
FIRST_HANDLE = 1028
UNIT = Scalar("unit")
GLUE = "glue"
XFORM = "__wbindgen_externref_xform__"
PLACEHOLDER = "__wbindgen_placeholder__"


@dataclass
class Little:
    """Builds the module; imports first, then exports."""

    module: Module = field(default_factory=Module)
    functions: list[Export] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    handles: bool = True

    def __post_init__(self) -> None:
        if self.handles:
            grow = FuncType((I32,), (I32,))
            self._import(XFORM, "__wbindgen_externref_table_grow", grow, ImportKind.INTRINSIC)
            null = FuncType((I32,), ())
            self._import(XFORM, "__wbindgen_externref_table_set_null", null, ImportKind.INTRINSIC)

    def add_import(
        self, name: str, params: Sequence[Type] = (), result: Type = UNIT, *, catch: bool = False
    ) -> int:
        """Add an import of wasm-bindgen's kind and give its index."""
        signature = raw_signature(params, result, inward=False)
        index = self._import(PLACEHOLDER, name, signature, ImportKind.FUNCTION)
        given = tuple(Param(f"p{n}", type_) for n, type_ in enumerate(params))
        self.imports[-1] = replace(
            self.imports[-1], params=given, result=result, path=(name,), catch=catch
        )
        return index

    def add_export(
        self, name: str, params: Sequence[Type], result: Type, code: Code, locals_: int = 0
    ) -> None:
        """Add an exported function with this body (without `end`)."""
        signature = raw_signature(params, result)
        self._export(name, signature, code, locals_)
        given = tuple(Param(f"p{n}", type_) for n, type_ in enumerate(params))
        self.functions.append(
            Export(name, name, signature, ExportKind.FUNCTION, None, None, given, result, result)
        )

    def make(self, options: Options | None = None) -> Adapted:
        """Give the adapted module."""
        options = replace(options or Options(), import_module=GLUE)
        module = Module.parse(self.finish().emit())
        return make_javascript_module(module, self.interface(), options)

    def finish(self) -> Module:
        """Give the module as the linker would write it."""
        module = self.module
        module.add_memory(MemoryType(Limits(1)))
        module.add_export("memory", ExternKind.MEMORY, 0)
        pointer = module.add_global(GlobalType(I32, True), i32_expression(STACK_TOP))
        module.add_export("__stack_pointer", ExternKind.GLOBAL, pointer)
        stored = module.add_global(GlobalType(I32, True), i32_expression(0))
        module.add_export("stored", ExternKind.GLOBAL, stored)
        store: Code = [("local.get", 0), ("global.set", stored)]
        self._export("__wbindgen_exn_store", FuncType((I32,), ()), store)
        if not self.handles:
            self._add_malloc(module)
        else:
            alloc: Code = [("i32.const", 1), ("call", 0)]
            self._export(TABLE_ALLOC, FuncType((), (I32,)), alloc)
            self._export(TABLE_DEALLOC, FuncType((I32,), ()), [("local.get", 0), ("call", 1)])
        return module

    def _add_malloc(self, module: Module) -> None:
        """Add an allocator that only goes up, and a global with what it gave."""
        top = module.add_global(GlobalType(I32, True), i32_expression(STACK_TOP))
        module.add_export("allocated", ExternKind.GLOBAL, top)
        code: Code = [("global.get", top), ("global.get", top), ("local.get", 0), ("i32.add",)]
        malloc = FuncType((I32, I32), (I32,))
        self._export("__wbindgen_malloc", malloc, [*code, ("global.set", top)])
        copy: Code = [
            ("global.get", top),
            ("local.get", 0),
            ("local.get", 1),
            ("memory.copy", 0, 0),
        ]
        code = [*copy, ("global.get", top), ("global.get", top), ("local.get", 2), ("i32.add",)]
        realloc = FuncType((I32,) * 4, (I32,))
        self._export("__wbindgen_realloc", realloc, [*code, ("global.set", top)])

    def interface(self) -> Interface:
        """Give what the records would say."""
        support = {"__wbindgen_exn_store": FuncType((I32,), ())}
        if self.handles:
            support[TABLE_ALLOC] = FuncType((), (I32,))
            support[TABLE_DEALLOC] = FuncType((I32,), ())
        return Interface(
            name="little",
            schema_version="0.2.130",
            tool_version="0.2.130",
            panics=Panics.UNWIND,
            functions=tuple(self.functions),
            imports=tuple(self.imports),
            support=support,
            stack_pointer=0,
            terminated_word=TERMINATED_WORD,
        )

    def _import(self, module: str, name: str, type_: FuncType, kind: ImportKind) -> int:
        index = self.module.add_import(module, name, type_)
        self.imports.append(Import(index, module, name, type_, kind, name))
        return index

    def _export(self, name: str, type_: FuncType, code: Code, locals_: int = 0) -> None:
        groups = [(locals_, I32)] if locals_ else []
        body = FunctionBody.assemble(groups, [*code, ("end",)])
        index = self.module.add_function(type_, body)
        self.module.add_export(name, ExternKind.FUNCTION, index)


CATCH_CODE: Code = [("try_table", EMPTY_BLOCK, (Catch(2, None, 0),)), ("end",)]
"""What makes a module one that handles exceptions in exnref; does nothing."""
