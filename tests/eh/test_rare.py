"""What the patterns leave to the codec, inside of tries: branches on references, typed references
as block types, memory indices, typed selects, long tables."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from unpoison.eh import to_exnref
from unpoison.wasm import (
    EMPTY_BLOCK,
    FUNCREF,
    I32,
    BlockType,
    ExternKind,
    FunctionBody,
    FuncType,
    Limits,
    MemoryType,
    Module,
    RecGroup,
    StructType,
    SubType,
    ValType,
)

FUNC = FUNCREF.heap
ANY, I31 = ValType(0x63, 0x6E - 0x80), 0x6C - 0x80
NON_NULL_FUNC = ValType(0x64, FUNC)


def run(
    body: list[tuple[Any, ...]], *arguments: int, locals_: tuple[tuple[int, ValType], ...] = ()
) -> object:
    """Translate and call a function of an i32, in a module with one tag and two memories."""
    module = Module()
    module.types = [RecGroup((SubType(StructType()),))]
    module.add_tag(FuncType())
    for _ in range(2):
        module.add_memory(MemoryType(Limits(1)))
    code = FunctionBody.assemble(locals_, [*body, ("end",)])
    main = module.add_function(FuncType((I32,), (I32,)), code)
    module.add_export("main", ExternKind.FUNCTION, main)
    config = wasmtime.Config()
    config.wasm_gc = True
    config.wasm_function_references = True
    store = wasmtime.Store(wasmtime.Engine(config))
    translated = to_exnref(module.emit())
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, translated), [])
    function = instance.exports(store)["main"]
    assert isinstance(function, wasmtime.Func)
    return function(store, *arguments)


def caught(*handler: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """A block around a try whose handler may leave to the block; falls out with 1, else 2."""
    return [
        ("block", EMPTY_BLOCK),
        ("try", EMPTY_BLOCK),
        ("throw", 0),
        ("catch", 0),
        *handler,
        ("end",),
        ("i32.const", 1),
        ("return",),
        ("end",),
        ("i32.const", 2),
    ]


def test_br_on_null_leaves_a_handler() -> None:
    assert run(caught(("ref.null", FUNC), ("br_on_null", 1), ("drop",)), 0) == 2


def test_br_on_null_to_the_try_itself() -> None:
    assert run(caught(("ref.null", FUNC), ("br_on_null", 0), ("drop",)), 0) == 1


def test_br_on_non_null_leaves_a_handler() -> None:
    body = [
        ("block", BlockType(ANY)),
        ("try", EMPTY_BLOCK),
        ("throw", 0),
        ("catch_all",),
        ("local.get", 0),
        ("ref.i31",),
        ("br_on_non_null", 1),
        ("end",),
        ("i32.const", 1),
        ("return",),
        ("end",),
        ("drop",),
        ("i32.const", 2),
    ]
    assert run(body, 0) == 2


@pytest.mark.parametrize(("name", "result"), [("br_on_cast", 2), ("br_on_cast_fail", 1)])
def test_casts_leave_a_handler(name: str, result: int) -> None:
    body = [
        ("block", BlockType(ANY)),
        ("try", EMPTY_BLOCK),
        ("throw", 0),
        ("catch_all",),
        ("local.get", 0),
        ("ref.i31",),
        (name, 0b11, 1, ANY.heap, I31),
        ("drop",),
        ("end",),
        ("i32.const", 1),
        ("return",),
        ("end",),
        ("drop",),
        ("i32.const", 2),
    ]
    assert run(body, 7) == result


def test_a_try_may_give_a_reference_that_is_not_null() -> None:
    body = [
        ("try", BlockType(ValType(0x64, I31))),
        ("throw", 0),
        ("catch_all",),
        ("local.get", 0),
        ("ref.i31",),
        ("end",),
        ("i31.get_s",),
    ]
    assert run(body, 7) == 7


@pytest.mark.parametrize("argument", [0, 1, 8, 30])
def test_a_long_table_leaves_a_handler(argument: int) -> None:
    body = caught(("local.get", 0), ("br_table", (0, 1) * 10, 0))
    assert run(body, argument) == (2 if argument < 20 and argument % 2 else 1)


def test_rare_immediates_are_measured() -> None:
    body = caught(
        ("i32.const", 6),
        ("i32.const", 7),
        ("i32.store", (2, 0x1806, 1)),
        ("i32.const", 6),
        ("i32.load", (2, 0x1806, 1)),
        ("i32.const", 9),
        ("i32.const", 0),
        ("select_t", (I32,)),
        ("drop",),
        ("ref.null", FUNC),
        ("drop",),
        ("struct.new", 0),
        ("ref.test", 0),
        ("br_if", 1),
    )
    assert run(body, 0, locals_=((3, NON_NULL_FUNC),)) == 2
