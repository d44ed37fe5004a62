"""Which functions of a module can still be called.

A module for wasm-bindgen's linker carries its describe functions: in the counter they and what
only they call are four fifths of the code, which an engine would compile for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from unpoison.errors import MalformedModule
from unpoison.wasm.code import Instruction, read_instructions
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.module import Module
from unpoison.wasm.opcodes import TABLE
from unpoison.wasm.operands import Operand, read_operands
from unpoison.wasm.sections import ExternKind

_NAMES_FUNCTION = {
    op: place
    for op in TABLE
    for place, immediate in enumerate(op.immediates)
    if immediate.name == "function"
}


def live_functions(module: Module) -> dict[int, list[Operand]]:
    """Give the functions that exports, tables, globals and the start reach, by index.

    Each has the operands of its body, an import has none. Raises MalformedModule for what names
    a function that is not there, and for a body that is not code.
    """
    first, bodies = module.imported_functions, module.bodies

    def read(index: int) -> list[Operand]:
        if index - first >= len(bodies):
            raise MalformedModule(f"function {index} does not exist")
        return [] if index < first else read_operands(bodies[index - first])

    return reach(roots(module), read)


def reach(start: Iterable[int], read: Callable[[int], list[Operand]]) -> dict[int, list[Operand]]:
    """Give the operands of all functions that some name, directly or not; `read` gives them."""
    live: dict[int, list[Operand]] = {}
    pending = list(start)
    while pending:
        index = pending.pop()
        if index not in live:
            operands = live[index] = read(index)
            pending += {item.function for item in operands if item.function is not None}
    return live


def roots(module: Module) -> Iterator[int]:
    """Give what a module names outside of bodies: exports, start, constant expressions, tables."""
    yield from (item.index for item in module.exports if item.kind is ExternKind.FUNCTION)
    if module.start is not None:
        yield module.start
    for expression in _expressions(module):
        yield from _named(read_instructions(Cursor(expression)))
    for element in module.elements:
        yield from (item for item in element.items if isinstance(item, int))


def _expressions(module: Module) -> Iterator[bytes]:
    yield from (item.init for item in module.globals)
    yield from (table.init for table in module.tables if table.init is not None)
    for element in module.elements:
        yield from (item for item in element.items if isinstance(item, bytes))


def _named(instructions: Iterable[Instruction]) -> Iterator[int]:
    for instruction in instructions:
        place = _NAMES_FUNCTION.get(instruction.op)
        if place is not None:
            yield instruction.immediates[place]
