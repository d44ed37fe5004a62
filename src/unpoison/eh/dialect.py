"""Which exception-handling dialect a module is written in.

Engines take one dialect per module and refuse a mix; an exnref type beside a legacy try is a
mix already, a `throw` belongs to both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from unpoison.eh import patterns
from unpoison.wasm import (
    BY_NAME,
    EXNREF,
    ArrayType,
    BlockType,
    CompositeType,
    Cursor,
    FunctionBody,
    FuncType,
    GlobalType,
    Immediate,
    Import,
    Instruction,
    Module,
    TableType,
    ValType,
    read_instructions,
)

_TRY = BY_NAME["try"].code


class Dialect(Enum):
    """How a module handles exceptions."""

    NONE = "none"
    LEGACY = "legacy"
    EXNREF = "exnref"
    MIXED = "mixed"


def dialect_of(wasm: bytes | Module) -> Dialect:
    """Give the dialect of a module. Bodies are looked into as far as needed, not validated.

    Raises MalformedModule, and UnsupportedModule for a component.
    """
    module = wasm if isinstance(wasm, Module) else Module.parse(wasm)
    legacy = any(map(_is_legacy, module.bodies))
    if exnref_place(module) is not None:
        return Dialect.MIXED if legacy else Dialect.EXNREF
    return Dialect.LEGACY if legacy else Dialect.NONE


def legacy_functions(module: Module) -> list[int]:
    """Give the defined functions (counted without imports) with legacy exception handling."""
    return [number for number, body in enumerate(module.bodies) if _is_legacy(body)]


def exnref_place(module: Module) -> str | None:
    """Give the first place that uses the exnref dialect, None when there is none."""
    if any(map(_is_exception, _declared_types(module))):
        return "a declared type"
    for number, body in enumerate(module.bodies):
        if _is_exnref(body):
            return f"function {module.imported_functions + number}"
    return None


def _is_legacy(body: FunctionBody) -> bool:
    data, position, end = body.data, body.start, body.end
    # No other legacy instruction is valid without a try. Its byte also occurs in immediates.
    if data.find(_TRY, position, end) < 0:
        return False
    match = patterns.plain_body().match(data, position, end)
    position = body.code_start if match is None else match.end()
    if position < end and data[position] == _TRY:
        return True
    return any(item.op.feature == "legacy-exceptions" for item in _unusual(body, position))


def _is_exnref(body: FunctionBody) -> bool:
    match = patterns.legacy_body().match(body.data, body.start, body.end)
    if match is not None and match.end() == body.end:
        return False
    if any(_is_exception(type_) for _, type_ in body.locals):
        return True
    return any(map(_speaks_exnref, _unusual(body, body.code_start)))


def _unusual(body: FunctionBody, position: int) -> Iterator[Instruction]:
    """Give the instructions from a position on that `plain_code` does not take."""
    data, end, where = body.data, body.end, body.cursor().where
    while position < end:
        match = patterns.plain_code().match(data, position, end)
        position = position if match is None else match.end()
        if position < end:
            instruction = next(read_instructions(Cursor(data, position, end, where=where)))
            yield instruction
            position = instruction.end


def _speaks_exnref(instruction: Instruction) -> bool:
    op = instruction.op
    if op.feature == "exceptions" and op.name != "throw":
        return True
    named = zip(op.immediates, instruction.immediates, strict=True)
    return any(map(_is_exception, (type_ for pair in named for type_ in _types_in(*pair))))


def _types_in(immediate: Immediate, value: Any) -> Iterable[ValType]:
    if immediate.name == "heap type":
        return [ValType(EXNREF.code, value)]
    if isinstance(value, BlockType):
        return [] if value.result is None else [value.result]
    return value if immediate.name == "select types" else []


def _is_exception(type_: ValType) -> bool:
    """Whether values are exceptions (exn), or the null of that hierarchy (noexn)."""
    return type_.is_reference and "exn" in str(type_)


def _declared_types(module: Module) -> Iterator[ValType]:
    """Give every value type outside of bodies.

    Element segments are left out: one of exnref does nothing without a table or array of it.
    """
    for subtype in module.subtypes:
        yield from _types_of(subtype.composite)
    for item in module.imports:
        yield from _imported_types(item)
    yield from (table.type.element for table in module.tables)
    yield from (item.type.value for item in module.globals)


def _types_of(composite: CompositeType) -> Iterable[ValType]:
    if isinstance(composite, FuncType):
        return (*composite.params, *composite.results)
    fields = (composite.element,) if isinstance(composite, ArrayType) else composite.fields
    return [field.storage for field in fields if isinstance(field.storage, ValType)]


def _imported_types(item: Import) -> Iterable[ValType]:
    if isinstance(item.desc, GlobalType):
        return [item.desc.value]
    return [item.desc.element] if isinstance(item.desc, TableType) else []
