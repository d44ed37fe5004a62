"""Functions between JavaScript and rustc's: one for each export, closure type and import.

An export's adapter turns handles into values and a return area into results. In a module that
catches exceptions it puts back, on any exception, the stack pointer and what was lent: the frames
below were left without their ends. A trap is not caught; then the instance is dead.

There an import's adapter looks, behind the call and before any code of the module runs, whether
the instance died meanwhile; then it traps, so that nothing of a dead instance goes on. What
JavaScript throws it stores for an import declared with `catch`, else throws it on as a recoverable
error. Elsewhere the glue does all that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unpoison.bindgen import layout
from unpoison.errors import UnsupportedModule
from unpoison.transform.catching import Code, with_cleanup, with_handler
from unpoison.transform.crossing import Crossing, Handle, value_types
from unpoison.transform.draft import Draft
from unpoison.transform.helpers import Helpers
from unpoison.wasm import (
    EMPTY_BLOCK,
    EXTERNREF,
    F32,
    F64,
    I32,
    I64,
    FuncType,
    MemArg,
    ValType,
)

_LOAD = {I32: ("i32.load", 2), I64: ("i64.load", 3), F32: ("f32.load", 2), F64: ("f64.load", 3)}
_ZERO = {I32: "i32.const", I64: "i64.const", F32: "f32.const", F64: "f64.const"}
_STACK_ALIGNMENT = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """How a function of rustc is called: what crosses, and whether results are in an area.

    `area` are the types in its return area, () without one; then `results` are empty.
    """

    params: tuple[Crossing, ...]
    results: tuple[Crossing, ...]
    area: tuple[ValType, ...] = ()

    @property
    def outer(self) -> FuncType:
        """The type that JavaScript sees of an export."""
        return FuncType(value_types(self.params), self.area or value_types(self.results))

    @property
    def inner(self) -> FuncType:
        """The type that rustc gave an import."""
        return FuncType(tuple(map(_raw, self.params)), tuple(map(_raw, self.results)))

    @property
    def is_plain(self) -> bool:
        """Whether everything crosses as it is."""
        return not self.area and not any(
            isinstance(item, Handle) for item in (*self.params, *self.results)
        )


def _raw(crossing: Crossing) -> ValType:
    return I32 if isinstance(crossing, Handle) else crossing


class Adapters:
    """Makes the adapters of one module; equal ones are one."""

    def __init__(self, draft: Draft, helpers: Helpers) -> None:
        self._draft = draft
        self._helpers = helpers
        self._made: dict[tuple[int, Shape], int] = {}

    def export(self, function: int, shape: Shape, name: str) -> int:
        """Give the adapter of an exported function, or itself when it needs none.

        Raises UnsupportedModule for a return area without a known stack pointer.
        """
        if shape.is_plain and not self._draft.catches:
            return function
        key = function, shape
        if key not in self._made:
            code = _ExportCode(self._draft, self._helpers, shape)
            body = code.make(function)
            self._made[key] = self._draft.add(name, shape.outer, body, code.locals)
        return self._made[key]

    def imported(
        self, function: int, inner: FuncType, shape: Shape, name: str, on: Code, *, guarded: bool
    ) -> int:
        """Give the adapter of an import, or itself when it needs none.

        `inner` is the type that rustc gave it, `on` what is done with a value that it throws: code
        that finds it on the operand stack and does not end; nothing lets it pass. One that is
        `guarded` may run code of a user.
        """
        helpers = self._helpers
        code: Code = []
        for place, crossing in enumerate(shape.params):
            code += [("local.get", place), *helpers.outward(crossing, place)]
        code += [("call", function), *(helpers.guard() if guarded else [])]
        gives = Handle.GIVE in shape.results
        if gives:
            value, handle = range(len(shape.params), len(shape.params) + 2)
            code += [("local.set", value), *helpers.give(value, handle)]
        if on:
            cleanup = helpers.guarding() if guarded else []
            code = with_handler(self._draft.dialect, code, self._draft.js_tag(), on, cleanup)
        elif shape.is_plain and not (guarded and helpers.guard()):
            return function
        locals_ = (EXTERNREF, I32) if gives else ()
        return self._draft.add(f"{name} adapter", inner, code, locals_)


class _ExportCode:
    """The code of an export's adapter; its locals come after the parameters."""

    def __init__(self, draft: Draft, helpers: Helpers, shape: Shape) -> None:
        stack_pointer = draft.interface.stack_pointer
        if shape.area and stack_pointer is None:
            raise UnsupportedModule(
                "the module has no __stack_pointer that can be recognised",
                advice="build it with rustc's own linker and keep the name section",
            )
        self._draft = draft
        self._helpers = helpers
        self._shape = shape
        self._sp = -1 if stack_pointer is None else stack_pointer
        self._saves_sp = stack_pointer is not None and (draft.catches or bool(shape.area))
        self._lent = shape.params.count(Handle.LEND)
        handles = Handle.GIVE in shape.params or Handle.TAKE in shape.results
        self._saved_sp = len(shape.params)
        self._slots = self._saved_sp + self._saves_sp
        self._handle = self._slots + bool(self._lent)
        self.locals = (I32,) * (self._saves_sp + bool(self._lent) + handles)

    def make(self, function: int) -> Code:
        """Give the code, which calls a function of rustc's."""
        code = [*self._arguments(), ("call", function), *self._results()]
        if self._draft.catches:
            code = with_cleanup(self._draft.dialect, code, self._restore(failed=True))
        return [*self._enter(), *code]

    def _enter(self) -> Code:
        """Save what is put back, lend, and make room for the return area."""
        code: Code = self._lend() if self._lent else []
        if not self._saves_sp:
            return code
        code.append(("global.get", self._sp))
        if not self._shape.area:
            return [*code, ("local.set", self._saved_sp)]
        size = -(-layout(self._shape.area)[1] // _STACK_ALIGNMENT) * _STACK_ALIGNMENT
        code += [("local.tee", self._saved_sp), ("i32.const", size), ("i32.sub",)]
        return [*code, ("global.set", self._sp)]

    def _lend(self) -> Code:
        """Take slots of the table for this call. Slot 0 is none: it stands for None."""
        lent = self._helpers.lent
        code: Code = [("global.get", lent), ("i32.const", self._lent), ("i32.sub",)]
        code += [("local.tee", self._slots), ("i32.const", 0), ("i32.le_s",), ("if", EMPTY_BLOCK)]
        code += [("unreachable",), ("end",), ("local.get", self._slots), ("global.set", lent)]
        places = [n for n, item in enumerate(self._shape.params) if item is Handle.LEND]
        for number, place in enumerate(places):
            code += [*self._slot(number), ("local.get", place)]
            code.append(("table.set", self._draft.handles))
        return code

    def _slot(self, number: int) -> Code:
        add: Code = [("i32.const", number), ("i32.add",)] if number else []
        return [("local.get", self._slots), *add]

    def _arguments(self) -> Code:
        code: Code = [("global.get", self._sp)] if self._shape.area else []
        slots = iter(range(self._lent))
        for place, crossing in enumerate(self._shape.params):
            match crossing:
                case Handle.LEND:
                    code += self._slot(next(slots))
                case Handle.GIVE:
                    code += self._helpers.give(place, self._handle)
                case _:
                    code.append(("local.get", place))
        return code

    def _results(self) -> Code:
        """Give what JavaScript gets, and put back what was saved."""
        code: Code = []
        for crossing in self._shape.results:
            if crossing is Handle.TAKE:
                code.append(("local.tee", self._handle))
            code += self._helpers.outward(crossing, self._handle)
        area = self._shape.area
        for type_, offset in zip(area, layout(area)[0], strict=True):
            name, align = _LOAD[type_]
            code += [("global.get", self._sp), (name, MemArg(align, offset))]
        return code + self._restore(failed=False)

    def _restore(self, *, failed: bool) -> Code:
        """Put back what was saved. Only a call that failed, or an area, moves the stack pointer."""
        code: Code = []
        if self._saves_sp and (failed or self._shape.area):
            code += [("local.get", self._saved_sp), ("global.set", self._sp)]
        if self._lent:
            code += [("local.get", self._slots), ("ref.null", EXTERNREF.heap)]
            code += [("i32.const", self._lent), ("table.fill", self._draft.handles)]
            code += [*self._slot(self._lent), ("global.set", self._helpers.lent)]
        return code


def zeros(types: Sequence[ValType]) -> Code:
    """Give the code that leaves a zero of each type."""
    return [(_ZERO[type_], 0) for type_ in types]
