"""Functions left out: what is renumbered, and what keeps its place."""

from __future__ import annotations

from typing import Any

import pytest

from unpoison.wasm import (
    FUNCREF,
    I32,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    Module,
    Names,
    TableType,
    assemble,
    keep_functions,
    read_operands,
)

NOTHING = FuncType((), ())


def make(*bodies: list[tuple[Any, ...]], imports: int = 0) -> Module:
    module = Module()
    for number in range(imports):
        module.add_import("env", f"i{number}", NOTHING)
    for number, body in enumerate(bodies):
        # Types tell the functions apart.
        type_ = FuncType((I32,) * number, ())
        module.add_function(type_, FunctionBody.assemble((), [*body, ("end",)]))
    return module


def keep(module: Module, *functions: int) -> Module:
    first = module.imported_functions
    kept = {i: read_operands(module.body_of(i)) if i >= first else [] for i in functions}
    keep_functions(module, kept)
    return Module.parse(module.emit())


def reference(function: int) -> bytes:
    return assemble([("ref.func", function), ("end",)])


def calls(module: Module, function: int) -> list[int]:
    found = [operand.function for operand in read_operands(module.body_of(function))]
    return [function for function in found if function is not None]


def test_calls_follow_what_they_call() -> None:
    module = keep(make([("call", 3)], [], [("call", 0)], [("call", 2)]), 0, 2, 3)
    assert [calls(module, i) for i in range(3)] == [[2], [0], [1]]
    assert [len(module.function_type(i).params) for i in range(3)] == [0, 2, 3]


def test_the_new_indices_are_given() -> None:
    module = make([], [], [], imports=1)
    assert keep_functions(module, {3: [], 1: []}) == {0: 0, 1: 1, 3: 2}


def test_imports_stay_where_they_are() -> None:
    module = keep(make([], [("call", 1), ("call", 3)], imports=2), 3)
    assert module.imported_functions == 2
    assert calls(module, 2) == [1, 2]


def test_exports_the_start_and_names_follow() -> None:
    module = make([], [], [], imports=1)
    module.add_export("run", ExternKind.FUNCTION, 3)
    module.add_table(TableType(FUNCREF, Limits(9)))
    module.add_export("table", ExternKind.TABLE, 0)
    module.start = 3
    module.names = Names(functions={0: "zero", 2: "two", 3: "three"}, locals={3: {0: "x"}, 2: {}})
    module = keep(module, 3)
    assert [(item.name, item.index) for item in module.exports] == [("run", 1), ("table", 0)]
    assert module.start == 1
    assert module.names.functions == {0: "zero", 1: "three"}
    assert module.names.locals == {1: {0: "x"}}


def test_a_slot_of_a_table_keeps_its_function() -> None:
    module = make([], [], [])
    module.add_table(TableType(FUNCREF, Limits(9)))
    module.add_elements(0, 4, [2, 1])
    (element,) = module.elements
    module.elements = [element, type(element)((reference(2),), offset=element.offset)]
    first, second = keep(module, 1, 2).elements
    assert first.items == (1, 0)
    assert first.offset == element.offset
    assert second.items == (reference(1),)


def test_constant_expressions_follow() -> None:
    module = make([], [])
    module.add_global(GlobalType(FUNCREF, False), reference(1))
    module.add_global(GlobalType(I32, False), assemble([("i32.const", 1), ("end",)]))
    module.add_table(TableType(FUNCREF, Limits(1)), reference(1))
    module = keep(module, 1)
    inits = [item.init for item in module.globals]
    assert inits == [reference(0), assemble([("i32.const", 1), ("end",)])]
    assert module.tables[0].init == reference(0)


@pytest.mark.parametrize("where", ["body", "export", "element", "start"])
def test_a_function_that_is_named_cannot_be_left_out(where: str) -> None:
    module = make([("call", 1)] if where == "body" else [], [])
    if where == "export":
        module.add_export("run", ExternKind.FUNCTION, 1)
    elif where == "element":
        module.add_table(TableType(FUNCREF, Limits(1)))
        module.add_elements(0, 0, [1])
    elif where == "start":
        module.start = 1
    with pytest.raises(ValueError, match="function 1 is named"):
        keep(module, 0)
