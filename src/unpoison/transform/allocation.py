"""Handles for a module that was built without reference types: it cannot count them itself.

rustc's own allocator comes with reference types only. Without them the module gets one that does
the same: a new handle is a slot that was freed, or one more of the table. The slots that are free
lie on a stack in memory, which wasm-bindgen's `malloc` gives.
"""

from __future__ import annotations

from unpoison.bindgen import MALLOC, REALLOC, TABLE_ALLOC, TABLE_DEALLOC, first_free_handle
from unpoison.transform.catching import Code
from unpoison.transform.draft import Draft
from unpoison.transform.needs import DROP_SLICE
from unpoison.wasm import (
    EMPTY_BLOCK,
    EXTERNREF,
    I32,
    BlockType,
    FuncType,
    GlobalType,
    MemArg,
    i32_expression,
)

_FIRST_CAPACITY = 64
_WORD = 4
_AT = MemArg(2, 0)


def add_allocator(draft: Draft) -> None:
    """Give the module its own `alloc`, `dealloc` and `drop_slice` when it has none.

    Raises UnsupportedModule when it has no `malloc` either.
    """
    if TABLE_ALLOC in draft.exported or TABLE_DEALLOC in draft.exported:
        return
    allocator = _Allocator(draft)
    code = allocator.alloc()
    draft.exported[TABLE_ALLOC] = draft.add(TABLE_ALLOC, FuncType((), (I32,)), code, (I32,))
    freed = FuncType((I32,), ())
    draft.exported[TABLE_DEALLOC] = draft.add(TABLE_DEALLOC, freed, allocator.dealloc())
    slice_ = FuncType((I32, I32), ())
    draft.exported[DROP_SLICE] = draft.add(DROP_SLICE, slice_, allocator.drop_slice())


class _Allocator:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._base, self._count, self._capacity = (
            draft.module.add_global(GlobalType(I32, True), i32_expression(0)) for _ in range(3)
        )

    def alloc(self) -> Code:
        """Nothing -> a handle; traps when the table cannot grow."""
        code: Code = [("global.get", self._count), ("if", BlockType(I32))]
        code += [*self._count_by(-1), *self._top(), ("i32.load", _AT), ("else",)]
        code += [("ref.null", EXTERNREF.heap), ("i32.const", 1)]
        code += [("table.grow", self._draft.handles), ("local.tee", 0), ("i32.const", -1)]
        code += [("i32.eq",), ("if", EMPTY_BLOCK), ("unreachable",), ("end",), ("local.get", 0)]
        return [*code, ("end",)]

    def dealloc(self) -> Code:
        """A handle -> nothing; one of a constant stays."""
        first = first_free_handle(self._draft.interface)
        code: Code = [("local.get", 0), ("i32.const", first), ("i32.lt_u",), ("if", EMPTY_BLOCK)]
        code += [("return",), ("end",), ("local.get", 0), ("ref.null", EXTERNREF.heap)]
        code += [("table.set", self._draft.handles), *self._make_room()]
        code += [*self._top(), ("local.get", 0), ("i32.store", _AT)]
        return code + self._count_by(1)

    def drop_slice(self) -> Code:
        """The address of handles and their number -> nothing."""
        code: Code = [("block", EMPTY_BLOCK), ("loop", EMPTY_BLOCK)]
        code += [("local.get", 1), ("i32.eqz",), ("br_if", 1)]
        code += [("local.get", 0), ("i32.load", _AT), ("call", self._draft.exported[TABLE_DEALLOC])]
        code += [("local.get", 0), ("i32.const", _WORD), ("i32.add",), ("local.set", 0)]
        code += [("local.get", 1), ("i32.const", 1), ("i32.sub",), ("local.set", 1), ("br", 0)]
        return [*code, ("end",), ("end",)]

    def _top(self) -> Code:
        code: Code = [("global.get", self._base), ("global.get", self._count)]
        return [*code, ("i32.const", 2), ("i32.shl",), ("i32.add",)]

    def _count_by(self, step: int) -> Code:
        code: Code = [("global.get", self._count), ("i32.const", step), ("i32.add",)]
        return [*code, ("global.set", self._count)]

    def _make_room(self) -> Code:
        code: Code = [("global.get", self._count), ("global.get", self._capacity), ("i32.eq",)]
        code += [("if", EMPTY_BLOCK), ("global.get", self._capacity), ("if", BlockType(I32))]
        code += [("global.get", self._base), *self._bytes(_WORD), *self._bytes(2 * _WORD)]
        code += [("i32.const", _WORD), ("call", self._draft.support(REALLOC)), ("else",)]
        code += [("i32.const", _FIRST_CAPACITY * _WORD), ("i32.const", _WORD)]
        code += [("call", self._draft.support(MALLOC)), ("end",), ("global.set", self._base)]
        code += [*self._bytes(2), ("i32.const", _FIRST_CAPACITY), ("global.get", self._capacity)]
        return [*code, ("select",), ("global.set", self._capacity), ("end",)]

    def _bytes(self, factor: int) -> Code:
        return [("global.get", self._capacity), ("i32.const", factor), ("i32.mul",)]
