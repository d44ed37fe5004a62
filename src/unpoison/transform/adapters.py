"""Functions between JavaScript and rustc's: one for each export, closure type and import.

An export's adapter turns handles into values and a return area into results. In a module that
catches exceptions it puts back, on any exception, the stack pointer and what was lent: the frames
below were left without their ends. A trap is not caught; then the instance is dead.

An import's adapter looks, behind the call and before any code of the module runs, whether the
instance died meanwhile; then it traps, so that nothing of a dead instance goes on. What JavaScript
throws it stores for an import declared with `catch`, else throws it on as a recoverable error.
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
            self._made[key] = self._export(function, shape, name)
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
        guard = helpers.guarding() if guarded else []
        code: Code = []
        for place, crossing in enumerate(shape.params):
            code += [("local.get", place), *helpers.outward(crossing)]
        code += [("call", function), *guard]
        for crossing in shape.results:
            code += helpers.inward(crossing)
        if on:
            code = with_handler(self._draft.dialect, code, self._draft.js_tag(), on, guard)
        elif shape.is_plain and not guard:
            return function
        return self._draft.add(name, inner, code)

    def _export(self, function: int, shape: Shape, name: str) -> int:
        draft = self._draft
        frame = _Frame(self._helpers, draft.interface.stack_pointer, shape, draft.catches)
        code = [*frame.arguments(), ("call", function), *frame.results()]
        if draft.catches:
            code = with_cleanup(draft.dialect, code, frame.restore(failed=True))
        return draft.add(name, shape.outer, [*frame.enter(), *code], (I32,) * frame.locals)


class _Frame:
    """What an export's adapter saves and puts back; its locals come after the parameters."""

    def __init__(
        self, helpers: Helpers, stack_pointer: int | None, shape: Shape, catches: bool
    ) -> None:
        if shape.area and stack_pointer is None:
            raise UnsupportedModule(
                "the module has no __stack_pointer that can be recognised",
                advice="build it with rustc's own linker and keep the name section",
            )
        self._helpers = helpers
        self._shape = shape
        self._sp = -1 if stack_pointer is None else stack_pointer
        self._saves_sp = stack_pointer is not None and (catches or bool(shape.area))
        self._lends = Handle.LEND in shape.params
        self._saved_sp = len(shape.params)
        self._saved_lent = self._saved_sp + self._saves_sp
        self.locals = self._saves_sp + self._lends

    def enter(self) -> Code:
        """Save what is put back, and make room for the return area."""
        code: Code = []
        if self._lends:
            code += [("global.get", self._helpers.lent), ("local.set", self._saved_lent)]
        if not self._saves_sp:
            return code
        code.append(("global.get", self._sp))
        if not self._shape.area:
            return [*code, ("local.set", self._saved_sp)]
        size = -(-layout(self._shape.area)[1] // _STACK_ALIGNMENT) * _STACK_ALIGNMENT
        code += [("local.tee", self._saved_sp), ("i32.const", size), ("i32.sub",)]
        return [*code, ("global.set", self._sp)]

    def arguments(self) -> Code:
        """Give what rustc's function takes."""
        code: Code = [("global.get", self._sp)] if self._shape.area else []
        for place, crossing in enumerate(self._shape.params):
            code += [("local.get", place), *self._helpers.inward(crossing)]
        return code

    def results(self) -> Code:
        """Give what JavaScript gets, and put back what was saved."""
        code: Code = []
        for crossing in self._shape.results:
            code += self._helpers.outward(crossing)
        area = self._shape.area
        for type_, offset in zip(area, layout(area)[0], strict=True):
            name, align = _LOAD[type_]
            code += [("global.get", self._sp), (name, MemArg(align, offset))]
        return code + self.restore(failed=False)

    def restore(self, *, failed: bool) -> Code:
        """Put back what was saved. Only a call that failed, or an area, moves the stack pointer."""
        code: Code = []
        if self._saves_sp and (failed or self._shape.area):
            code += [("local.get", self._saved_sp), ("global.set", self._sp)]
        if self._lends:
            code += [("local.get", self._saved_lent), ("call", self._helpers.release())]
        return code


def zeros(types: Sequence[ValType]) -> Code:
    """Give the code that leaves a zero of each type."""
    return [(_ZERO[type_], 0) for type_ in types]
