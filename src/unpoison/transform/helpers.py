"""What many adapters share: the code for handles, and the guard against a dead instance.

What is on the way of every call is written out, since not every engine inlines a call; what only
an exception meets is a function. Each of those is made when it is first asked for.
"""

from __future__ import annotations

from unpoison.bindgen import EXN_STORE, TABLE_ALLOC, TABLE_DEALLOC
from unpoison.transform.catching import Code
from unpoison.transform.crossing import Crossing, Handle
from unpoison.transform.draft import Draft
from unpoison.transform.records import TERMINATED
from unpoison.wasm import (
    EMPTY_BLOCK,
    EXTERNREF,
    I32,
    FuncType,
    GlobalType,
    MemArg,
    ValType,
    i32_expression,
)

LENT_SLOTS = 1024
"""Slots of the table that are for values lent to one call, from the top down; slot 0 is none of
them, it stands for None. Contract facts 4.1."""

_WORD = MemArg(2, 0)


class Helpers:
    """The helpers of one module."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._made: dict[str, int] = {}
        self._lent: int | None = None

    @property
    def lent(self) -> int:
        """The global with the lowest slot that is lent."""
        if self._lent is None:
            type_, first = GlobalType(I32, True), i32_expression(LENT_SLOTS)
            self._lent = self._draft.module.add_global(type_, first)
        return self._lent

    @property
    def uses_lent(self) -> bool:
        """Whether any adapter lends values."""
        return self._lent is not None

    def give(self, value: int, handle: int) -> Code:
        """Give the code that leaves a new handle of the value in a local; `handle` is a local."""
        code: Code = [("call", self._draft.support(TABLE_ALLOC)), ("local.tee", handle)]
        code += [("local.get", value), ("table.set", self._draft.handles), ("local.get", handle)]
        return code

    def outward(self, crossing: Crossing, place: int) -> Code:
        """Give the code that makes of a handle its value; the handle is in a local, too."""
        match crossing:
            case Handle.TAKE:
                free: Code = [("local.get", place), ("call", self._draft.support(TABLE_DEALLOC))]
                return [("table.get", self._draft.handles), *free]
            case Handle.SEE:
                return [("table.get", self._draft.handles)]
        return []

    def guard(self) -> Code:
        """Give the code that traps when the instance is dead; none when no word says so."""
        word = self._draft.interface.terminated_word
        if word is None:
            return []
        address = word - (word >> 31 << 32)
        code: Code = [("i32.const", address), ("i32.load", _WORD), ("i32.const", TERMINATED)]
        return [*code, ("i32.eq",), ("if", EMPTY_BLOCK), ("unreachable",), ("end",)]

    def guarding(self) -> Code:
        """Give the call of a function that does the same."""
        guard = self.guard()
        return [("call", self._make("guard", FuncType(), guard))] if guard else []

    def catching(self) -> Code:
        """Give the code that stores what JavaScript threw, for the import that failed."""
        store = ("call", self._draft.support(EXN_STORE))
        code: Code = [*self.guarding(), *self.give(0, 1), store]
        return [("call", self._make("catch", FuncType((EXTERNREF,)), code, I32))]

    def clone(self) -> int:
        """A handle -> another one of the same value."""
        code: Code = [("local.get", 0), ("table.get", self._draft.handles), ("local.set", 1)]
        type_ = FuncType((I32,), (I32,))
        return self._make("clone", type_, [*code, *self.give(1, 0)], EXTERNREF)

    def constant(self, value: int) -> int:
        """Nothing -> a number."""
        return self._make(f"constant {value}", FuncType((), (I32,)), [("i32.const", value)])

    def _make(self, name: str, type_: FuncType, code: Code, *locals_: ValType) -> int:
        if name not in self._made:
            self._made[name] = self._draft.add(f"unpoison: {name}", type_, code, locals_)
        return self._made[name]
