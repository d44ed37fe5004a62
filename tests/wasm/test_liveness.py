"""Which functions are reached, by each way that WebAssembly has of naming one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unpoison.bindgen import make_shims, read_interface
from unpoison.errors import MalformedModule
from unpoison.wasm import (
    FUNCREF,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    Module,
    TableType,
    assemble,
    live_functions,
)

COUNTER = Path(__file__).parents[2] / "examples" / "counter" / "counter.exnref.wasm"
NOTHING = FuncType((), ())


def make(*bodies: list[tuple[Any, ...]]) -> Module:
    """Give a module with these function bodies, none of them exported."""
    module = Module()
    for body in bodies:
        module.add_function(NOTHING, FunctionBody.assemble((), [*body, ("end",)]))
    return module


def expression(function: int) -> bytes:
    return assemble([("ref.func", function), ("end",)])


def test_a_function_that_nothing_names_is_dead() -> None:
    assert set(live_functions(make([], []))) == set()


def test_an_export_is_live_and_what_it_calls_directly_or_not() -> None:
    module = make([("call", 1)], [("return_call", 2)], [("ref.func", 3), ("drop",)], [], [])
    module.add_export("run", ExternKind.FUNCTION, 0)
    assert set(live_functions(module)) == {0, 1, 2, 3}


def test_exports_of_other_kinds_name_no_function() -> None:
    module = make([], [])
    module.add_table(TableType(FUNCREF, Limits(1, 1)))
    module.add_table(TableType(FUNCREF, Limits(1, 1)))
    module.add_export("table", ExternKind.TABLE, 1)
    assert set(live_functions(module)) == set()


def test_functions_that_call_each_other_and_nobody_else_are_dead() -> None:
    module = make([("call", 1)], [("call", 0)], [])
    module.add_export("run", ExternKind.FUNCTION, 2)
    assert set(live_functions(module)) == {2}


def test_the_start_function_is_live() -> None:
    module = make([], [])
    module.start = 1
    assert set(live_functions(module)) == {1}


def test_imports_are_live_when_they_are_called() -> None:
    module = Module()
    module.add_import("env", "used", NOTHING)
    module.add_import("env", "unused", NOTHING)
    body = FunctionBody.assemble((), [("call", 0), ("end",)])
    module.add_export("run", ExternKind.FUNCTION, module.add_function(NOTHING, body))
    assert set(live_functions(module)) == {0, 2}


@pytest.mark.parametrize("as_expressions", [False, True])
def test_what_a_table_lists_is_live(as_expressions: bool) -> None:
    module = make([], [], [])
    table = module.add_table(TableType(FUNCREF, Limits(2, 2)))
    module.add_elements(table, 0, [1])
    if as_expressions:
        (element,) = module.elements
        module.elements = [type(element)((expression(1),), offset=element.offset)]
    assert set(live_functions(module)) == {1}


def test_what_a_global_or_a_tables_initial_value_names_is_live() -> None:
    module = make([], [], [])
    module.add_global(GlobalType(FUNCREF, False), expression(1))
    module.add_table(TableType(FUNCREF, Limits(1, 1)), expression(2))
    assert set(live_functions(module)) == {1, 2}


def test_what_names_a_function_that_is_not_there_is_refused() -> None:
    module = make([("call", 7)])
    module.add_export("run", ExternKind.FUNCTION, 0)
    with pytest.raises(MalformedModule, match="function 7 does not exist"):
        live_functions(module)


def test_a_body_that_is_no_code_is_refused() -> None:
    module = Module()
    body = FunctionBody(b"\0\xff\x0b")
    module.add_export("run", ExternKind.FUNCTION, module.add_function(NOTHING, body))
    with pytest.raises(MalformedModule, match="unknown instruction 0xff"):
        live_functions(module)


def test_most_of_a_real_module_is_for_the_linker_only() -> None:
    wasm = COUNTER.read_bytes()
    shims = make_shims(Module.parse(wasm), read_interface(Module.parse(wasm)))
    before, after = Module.parse(wasm), Module.parse(shims.guest)
    assert 0 < len(after.bodies) < before.function_count / 2
