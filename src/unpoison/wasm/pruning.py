"""Functions left out of a module, and everything that names one of the others renumbered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from unpoison.wasm.body import FunctionBody
from unpoison.wasm.code import assemble, read_instructions
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.immediates import FUNCTION
from unpoison.wasm.leb128 import encode_unsigned
from unpoison.wasm.module import Module
from unpoison.wasm.names import Names
from unpoison.wasm.operands import Operand, rewrite_operands
from unpoison.wasm.sections import ExternKind
from unpoison.wasm.segments import Element


def keep_functions(module: Module, kept: Mapping[int, Sequence[Operand]]) -> dict[int, int]:
    """Leave out every defined function but those kept, and give the new index of each other one.

    `kept` has the operands of each function's body, and must have every function that anything
    kept names; imports stay. What is renumbered: calls and references in bodies and constant
    expressions, exports, element segments, the start function, names. Tables keep their slots, so
    a function pointer keeps its meaning. Other custom sections are not looked into.
    Raises ValueError when a function that is named is not kept.
    """
    first = module.imported_functions
    order = [*range(first), *sorted(index for index in kept if index >= first)]
    places = {old: new for new, old in enumerate(order)}
    try:
        bodies = _rewritten(module, places, kept)
        types = [module.functions[old - first] for old in _defined(module, places)]
        renumber_functions(module, places)
    except KeyError as error:
        raise ValueError(f"function {error.args[0]} is named, but left out") from None
    module.functions, module.bodies = types, bodies
    return places


def renumber_functions(module: Module, places: Mapping[int, int]) -> None:
    """Write the new indices of functions wherever they are named, but in bodies.

    Raises KeyError when a function that is named has no place.
    """
    if module.start is not None:
        module.start = places[module.start]
    module.exports = [
        replace(item, index=places[item.index]) if item.kind is ExternKind.FUNCTION else item
        for item in module.exports
    ]
    module.elements = [_element(item, places) for item in module.elements]
    module.globals = [replace(g, init=_expression(g.init, places)) for g in module.globals]
    module.tables = [
        table if table.init is None else replace(table, init=_expression(table.init, places))
        for table in module.tables
    ]
    module.names = _names(module.names, places)


def _defined(module: Module, places: Mapping[int, int]) -> Iterable[int]:
    first = module.imported_functions
    return (old for old in places if old >= first)


def _rewritten(
    module: Module, places: Mapping[int, int], kept: Mapping[int, Sequence[Operand]]
) -> list[FunctionBody]:
    encoded = {old: encode_unsigned(new) for old, new in places.items()}
    first, bodies = module.imported_functions, module.bodies
    return [
        rewrite_operands(bodies[old - first], kept[old], encoded)
        for old in _defined(module, places)
    ]


def _element(element: Element, places: Mapping[int, int]) -> Element:
    functions = tuple(places[item] for item in element.items if isinstance(item, int))
    expressions = (item for item in element.items if isinstance(item, bytes))
    return replace(element, items=functions or tuple(_expression(e, places) for e in expressions))


def _expression(expression: bytes, places: Mapping[int, int]) -> bytes:
    instructions = list(read_instructions(Cursor(expression)))
    if not any(FUNCTION in item.op.immediates for item in instructions):
        return expression
    return assemble(
        (item.op.name, places[item.immediates[0]])
        if FUNCTION in item.op.immediates
        else item.source
        for item in instructions
    )


def _names(names: Names, places: Mapping[int, int]) -> Names:
    return replace(
        names,
        functions={places[old]: name for old, name in names.functions.items() if old in places},
        locals={places[old]: inner for old, inner in names.locals.items() if old in places},
        labels={places[old]: inner for old, inner in names.labels.items() if old in places},
    )
