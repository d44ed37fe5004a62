"""Functions that many adapters share: what is done with handles, and the guard of a dead instance.

Each is made when it is first asked for.
"""

from __future__ import annotations

from unpoison.bindgen import TABLE_ALLOC, TABLE_DEALLOC
from unpoison.transform.catching import Code
from unpoison.transform.crossing import Crossing, Handle
from unpoison.transform.draft import Draft
from unpoison.transform.records import ADD_TO_HEAP, TERMINATED
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

_EXN_STORE = "__wbindgen_exn_store"
_WORD = MemArg(2, 0)


class Helpers:
    """The helpers of one module, by number."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._made: dict[str, int] = {}
        self._lent: int | None = None

    @property
    def lent(self) -> int:
        """The global with the lowest slot that is lent."""
        if self._lent is None:
            self._lent = self._draft.module.add_global(
                GlobalType(I32, True), i32_expression(LENT_SLOTS)
            )
        return self._lent

    @property
    def uses_lent(self) -> bool:
        """Whether any adapter lends values."""
        return self._lent is not None

    def give(self) -> int:
        """A value of JavaScript -> a new handle."""
        if self._draft.table is None:
            return self._draft.ask_glue(ADD_TO_HEAP, FuncType((EXTERNREF,), (I32,)))
        table, alloc = self._table, self._draft.support(TABLE_ALLOC)
        code: Code = [("call", alloc), ("local.tee", 1), ("local.get", 0), ("table.set", table)]
        return self._make("give", (EXTERNREF,), (I32,), [*code, ("local.get", 1)], I32)

    def take(self) -> int:
        """An owned handle -> its value; the handle is free."""
        code: Code = [("local.get", 0), ("table.get", self._table), ("local.get", 0)]
        code.append(("call", self._draft.support(TABLE_DEALLOC)))
        return self._make("take", (I32,), (EXTERNREF,), code)

    def clone(self) -> int:
        """A handle -> another one of the same value."""
        table = self._table
        code: Code = [("local.get", 0), ("table.get", table), ("call", self.give())]
        return self._make("clone", (I32,), (I32,), code)

    def lend(self) -> int:
        """A value of JavaScript -> a handle that is good until `release`; traps without a slot."""
        code: Code = [
            ("global.get", self.lent),
            ("i32.const", 1),
            ("i32.sub",),
            ("local.tee", 1),
            ("global.set", self.lent),
            ("local.get", 1),
            ("i32.eqz",),
            ("if", EMPTY_BLOCK),
            ("unreachable",),
            ("end",),
            ("local.get", 1),
            ("local.get", 0),
            ("table.set", self._table),
            ("local.get", 1),
        ]
        return self._make("lend", (EXTERNREF,), (I32,), code, I32)

    def release(self) -> int:
        """The lowest slot that stays lent -> nothing; those below it forget their values."""
        extern = EXTERNREF.heap
        code: Code = [
            ("global.get", self.lent),
            ("ref.null", extern),
            ("local.get", 0),
            ("global.get", self.lent),
            ("i32.sub",),
            ("table.fill", self._table),
            ("local.get", 0),
            ("global.set", self.lent),
        ]
        return self._make("release", (I32,), (), code)

    def guard(self) -> int | None:
        """Nothing -> nothing; traps when the instance is dead. None when there is no such state."""
        word = self._draft.interface.terminated_word
        if word is None:
            return None
        address = word - (word >> 31 << 32)
        code: Code = [
            ("i32.const", address),
            ("i32.load", _WORD),
            ("i32.const", TERMINATED),
            ("i32.eq",),
            ("if", EMPTY_BLOCK),
            ("unreachable",),
            ("end",),
        ]
        return self._make("guard", (), (), code)

    def catch(self) -> int:
        """A value that JavaScript threw -> nothing; the import that failed gives it as an Err."""
        code: Code = [*self.guarding(), ("local.get", 0), ("call", self.give())]
        code.append(("call", self._draft.support(_EXN_STORE)))
        return self._make("catch", (EXTERNREF,), (), code)

    def inward(self, crossing: Crossing) -> Code:
        """Give the code that makes of what JavaScript has what Rust has."""
        match crossing:
            case Handle.GIVE:
                return [("call", self.give())]
            case Handle.LEND:
                return [("call", self.lend())]
        return []

    def outward(self, crossing: Crossing) -> Code:
        """Give the code that makes of what Rust has what JavaScript has."""
        match crossing:
            case Handle.TAKE:
                return [("call", self.take())]
            case Handle.SEE:
                return [("table.get", self._table)]
        return []

    def guarding(self) -> Code:
        """Give the call of `guard`, if there is one."""
        guard = self.guard()
        return [] if guard is None else [("call", guard)]

    def constant(self, value: int) -> int:
        """Nothing -> a number."""
        return self._make(f"constant {value}", (), (I32,), [("i32.const", value)])

    def _make(
        self,
        name: str,
        params: tuple[ValType, ...],
        results: tuple[ValType, ...],
        code: Code,
        *locals_: ValType,
    ) -> int:
        if name not in self._made:
            type_ = FuncType(params, results)
            self._made[name] = self._draft.add(f"unpoison: {name}", type_, code, locals_)
        return self._made[name]

    @property
    def _table(self) -> int:
        assert self._draft.table is not None
        return self._draft.table
