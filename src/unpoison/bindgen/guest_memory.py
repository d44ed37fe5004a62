"""What of a guest changes while it runs, so that it can begin anew in the same memory, or go back.

A Wasm memory cannot shrink; one that begins anew has to. So the guest counts its pages in a
global, and a growth asks the engine only for those that the memory does not have yet: pages of an
earlier life are used again. Whoever lowers the count must have made what is above it zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from unpoison.wasm import (
    EMPTY_BLOCK,
    F32,
    F64,
    FUNCREF,
    I32,
    I64,
    V128,
    BlockType,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Instruction,
    Module,
    SegmentMode,
    encode_unsigned,
    i32_expression,
)

_PAGE_SIZES = (None, 16)
_MAX_PAGES = 1 << 16
_NO_MORE = -1

_ABOUT_SIZE = re.compile(rb"[\x3f\x40][\x00\x80]")
"""Bytes that memory.size and memory.grow begin with; others may look the same."""

_ABOUT_TABLES = re.compile(rb"\x26(?:\x00|\x80+\x00)|\xfc[\x0c\x0e\x0f\x11\x80]")
"""The same for what changes tables, where there is one only."""

_CHANGES_TABLES = frozenset({"table.set", "table.init", "table.copy", "table.fill"})
"""What writes to the table that its first immediate names; of table.init it is the second."""


_PLAIN = (I32, I64, F32, F64, V128, FUNCREF)
"""Types whose values are plain data to a host."""


class PageCount(NamedTuple):
    """The global that counts a guest's pages, how many it begins with, and the added functions."""

    place: int
    first: int
    functions: range


def count_pages(module: Module) -> PageCount | None:
    """Make the guest count the pages of its memory in a global of its own.

    None, with nothing changed, for a module whose memory is shared, of 64 bits, or not the only
    one. Raises MalformedModule for a body that is not code.
    """
    if len(module.memories) != 1:
        return None
    limits = module.memories[0].limits
    if limits.shared or limits.address64 or limits.page_size_log2 not in _PAGE_SIZES:
        return None
    pages = module.add_global(GlobalType(I32, True), i32_expression(limits.minimum))
    most = _MAX_PAGES if limits.maximum is None else min(limits.maximum, _MAX_PAGES)
    calls = {
        "memory.size": _make_call(module, FuncType((), (I32,)), _size(pages)),
        "memory.grow": _make_call(module, FuncType((I32,), (I32,)), _grow(pages, most)),
    }
    for number, body in enumerate(module.bodies[: -len(calls)]):
        if _ABOUT_SIZE.search(body.data, body.start, body.end):
            _call_instead(module, number, body, calls)
    end = module.function_count
    return PageCount(pages, limits.minimum, range(end - len(calls), end))


def _make_call(module: Module, signature: FuncType, code: list[tuple[object, ...]]) -> bytes:
    index = module.add_function(signature, FunctionBody.assemble((), code))
    return b"\x10" + encode_unsigned(index)


def _size(pages: int) -> list[tuple[object, ...]]:
    return [("global.get", pages), ("end",)]


def _grow(pages: int, most: int) -> list[tuple[object, ...]]:
    refuse: list[tuple[object, ...]] = [
        ("if", EMPTY_BLOCK), ("i32.const", _NO_MORE), ("return",), ("end",),
    ]  # fmt: skip
    wanted: list[tuple[object, ...]] = [("global.get", pages), ("local.get", 0), ("i32.add",)]
    return [
        ("local.get", 0), ("i32.const", most), ("global.get", pages), ("i32.sub",), ("i32.gt_u",),
        *refuse,
        *wanted, ("memory.size", 0), ("i32.gt_u",), ("if", BlockType(I32)),
        *wanted, ("memory.size", 0), ("i32.sub",), ("memory.grow", 0),
        ("else",), ("i32.const", 0), ("end",),
        ("i32.const", _NO_MORE), ("i32.eq",),
        *refuse,
        ("global.get", pages),
        *wanted, ("global.set", pages),
        ("end",),
    ]  # fmt: skip


def _call_instead(
    module: Module, number: int, body: FunctionBody, calls: Mapping[str, bytes]
) -> None:
    parts, position = [], body.start
    for instruction in body.instructions():
        call = calls.get(instruction.op.name)
        if call is not None:
            parts += [body.data[position : instruction.start], call]
            position = instruction.end
    if parts:
        parts.append(body.data[position : body.end])
        module.replace_body(number, FunctionBody(b"".join(parts)))


class Changes(NamedTuple):
    """The globals and tables that a run of a guest may change, beside its stack pointer."""

    globals: tuple[int, ...] = ()
    tables: tuple[int, ...] = ()


def changes_of(module: Module, stack_pointer: int) -> Changes | None:
    """Give what a run of the guest may change, beside its memory and the stack pointer.

    None for what cannot be put back: a segment that is not applied at the start, a table that
    grows, references that are not functions. Raises MalformedModule for a body that is not code.
    """
    first = len(module.imported(ExternKind.GLOBAL))
    mutable = [first + n for n, item in enumerate(module.globals) if item.type.mutable]
    modes = [*(item.mode for item in module.datas), *(item.mode for item in module.elements)]
    if stack_pointer not in mutable or SegmentMode.PASSIVE in modes:
        return None
    tables: set[int] = set()
    for item in _suspects(module):
        if item.op.name == "table.grow":
            return None
        if item.op.name in _CHANGES_TABLES:
            tables.add(item.immediates[item.op.name == "table.init"])
    changes = Changes(
        tuple(index for index in mutable if index != stack_pointer), tuple(sorted(tables))
    )
    kinds = [module.globals[index - first].type.value for index in changes.globals]
    kinds += [module.tables[index].type.element for index in changes.tables]
    return changes if all(kind in _PLAIN for kind in kinds) else None


def _suspects(module: Module) -> Iterator[Instruction]:
    has_one = len(module.tables) <= 1
    for body in module.bodies:
        if not has_one or _ABOUT_TABLES.search(body.data, body.start, body.end):
            yield from body.instructions()
