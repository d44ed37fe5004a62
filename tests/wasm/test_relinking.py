"""Imports change, functions are replaced and left out: everything follows at once."""

from __future__ import annotations

from typing import Any

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm import (
    EMPTY_BLOCK,
    EXTERNREF,
    FUNCREF,
    I32,
    I64,
    Catch,
    ExternKind,
    FunctionBody,
    FuncType,
    Limits,
    Module,
    Names,
    Relinking,
    TableType,
    read_operands,
)

NOTHING = FuncType((), ())
NUMBER = FuncType((), (I32,))


def body(*instructions: tuple[Any, ...]) -> FunctionBody:
    return FunctionBody.assemble((), [*instructions, ("end",)])


def make(*bodies: FunctionBody, imports: int = 0) -> Module:
    module = Module()
    for number in range(imports):
        module.add_import("env", f"i{number}", NOTHING)
    for item in bodies:
        module.add_function(NOTHING, item)
    return module


def close(space: Relinking, module: Module) -> Module:
    space.close()
    return Module.parse(module.emit())


def calls(module: Module, name: str) -> list[int | None]:
    export = module.find_export(name)
    assert export is not None
    return [operand.function for operand in read_operands(module.body_of(export.index))]


def imports(module: Module) -> list[str]:
    return [item.name for item in module.imports]


def test_a_new_import_moves_everything_that_is_defined() -> None:
    module = make(body(("call", 0), ("call", 2)), body(), imports=1)
    module.add_export("run", ExternKind.FUNCTION, 1)
    space = Relinking(module)
    asked = space.add_import("glue", "asked", NUMBER)
    module.add_export("ask", ExternKind.FUNCTION, space.add_function(NUMBER, body(("call", asked))))
    module = close(space, module)
    assert imports(module) == ["i0", "asked"]
    assert calls(module, "ask") == [1]
    assert calls(module, "run")[0] == 0
    assert module.function_count == 5


def test_what_is_replaced_is_gone_and_what_replaces_it_is_named() -> None:
    module = make(body(("call", 0), ("call", 0), ("call", 2)), body(("nop",)), imports=1)
    module.add_export("run", ExternKind.FUNCTION, 1)
    space = Relinking(module)
    real = space.add_import("env", "real", NOTHING)
    space.replace(0, space.add_function(NOTHING, body(("call", real), ("nop",))))
    space.replace(2, real)
    module = close(space, module)
    assert imports(module) == ["real"]
    wrapper, again, direct = calls(module, "run")
    assert wrapper == again
    assert wrapper is not None
    assert direct == 0
    assert [operand.function for operand in read_operands(module.body_of(wrapper))] == [0]


def test_functions_that_nothing_names_are_left_out() -> None:
    module = make(body(), body(("call", 2)), body(), imports=2)
    module.add_export("run", ExternKind.FUNCTION, 3)
    space = Relinking(module)
    space.add_import("glue", "unused", NOTHING)
    space.add_function(NOTHING, body())
    module = close(space, module)
    assert imports(module) == []
    assert len(module.bodies) == 2


def test_what_is_named_most_gets_the_indices_of_one_byte() -> None:
    often = [("call", number) for number in range(101, 131) for _ in range(2)]
    once = [("call", number) for number in range(1, 101)]
    module = make(body(*once, *often), *[body()] * 130)
    module.add_export("run", ExternKind.FUNCTION, 0)
    called = calls(close(Relinking(module), module), "run")
    assert max(item for item in called[100:] if item is not None) < 128
    assert max(item for item in called if item is not None) > 128


def test_large_functions_come_first() -> None:
    module = make(body(("call", 1), ("call", 2)), body(), body(*[("nop",)] * 9))
    module.add_export("run", ExternKind.FUNCTION, 0)
    assert calls(close(Relinking(module), module), "run") == [2, 0]


def test_exports_elements_the_start_and_names_follow_the_replaced() -> None:
    module = make(body(), body(("nop",)), body(("nop",), ("nop",)))
    module.add_table(TableType(FUNCREF, Limits(3)))
    module.add_elements(0, 0, [0, 1])
    module.start = 2
    module.names = Names(functions={0: "old", 1: "one", 2: "two"})
    space = Relinking(module)
    new = space.add_function(NOTHING, body(("unreachable",)))
    space.replace(0, new)
    module.add_export("run", ExternKind.FUNCTION, 0)
    module.names = Names(functions={**module.names.functions, new: "new"})
    module = close(space, module)
    (element,) = module.elements
    (export,) = module.exports
    named = module.names.functions
    assert [named[item] for item in element.items if isinstance(item, int)] == ["new", "one"]
    assert named[export.index] == "new"
    assert module.start is not None
    assert named[module.start] == "two"
    assert len(named) == 3


def test_tags_of_the_module_come_after_the_imported_ones() -> None:
    module = Module()
    own = module.add_tag(FuncType((I64,), ()))
    clauses = (Catch(0, own, 0),)
    throws = body(("block", EMPTY_BLOCK), ("try_table", EMPTY_BLOCK, clauses), ("end",), ("end",))
    module.add_export("run", ExternKind.FUNCTION, module.add_function(NOTHING, throws))
    module.add_export("tag", ExternKind.TAG, own)
    module.names = Names(tags={own: "own"})
    space = Relinking(module)
    new = space.add_tag_import("glue", "new", FuncType((EXTERNREF,), ()))
    new_body = body(("ref.null", EXTERNREF.heap), ("throw", new))
    module.add_export("throw", ExternKind.FUNCTION, space.add_function(NOTHING, new_body))
    module = close(space, module)
    assert [module.tag_type(tag).params for tag in (0, 1)] == [(EXTERNREF,), (I64,)]
    tags = {item.name: item.index for item in module.exports}
    assert tags["tag"] == 1
    assert module.names.tags == {1: "own"}
    assert [item.tag for item in read_operands(module.body_of(tags["run"]))] == [1]
    assert [item.tag for item in read_operands(module.body_of(tags["throw"]))] == [0]


def test_types_of_functions_are_given_by_number() -> None:
    module = make(body(), imports=1)
    space = Relinking(module)
    assert space.type_of(space.add_import("glue", "n", NUMBER)) == NUMBER
    assert [space.type_of(number) for number in (0, 1)] == [NOTHING, NOTHING]


@pytest.mark.parametrize("number", [-1, 1, 9])
def test_a_function_that_does_not_exist_is_refused(number: int) -> None:
    module = make(body())
    space = Relinking(module)
    with pytest.raises(MalformedModule, match=f"function {number} does not exist"):
        space.type_of(number)
    module.add_export("run", ExternKind.FUNCTION, number % 100)
    with pytest.raises(MalformedModule, match="does not exist"):
        space.close()


def test_a_tag_that_does_not_exist_is_refused() -> None:
    module = make(body(("throw", 7)))
    module.add_export("run", ExternKind.FUNCTION, 0)
    with pytest.raises(MalformedModule, match="tag 7 does not exist"):
        Relinking(module).close()
