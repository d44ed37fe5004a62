"""none, legacy, exnref or mixed; and what an exnref type alone already says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.eh.flat_text import assemble
from unpoison.eh import Dialect, dialect_of, to_exnref
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import (
    CATCH_ALL,
    EMPTY_BLOCK,
    EXNREF,
    I32,
    BlockType,
    Catch,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    Module,
    TableType,
    ValType,
)
from unpoison.wasm import assemble as instructions

LEGACY = [("try", EMPTY_BLOCK), ("catch_all",), ("end",)]
TRY_TABLE = [
    ("block", EMPTY_BLOCK),
    ("try_table", EMPTY_BLOCK, (Catch(CATCH_ALL, None, 0),)),
    ("end",),
    ("end",),
]
THROW_REF = [("unreachable",), ("throw_ref",)]
NULL = [("ref.null", EXNREF.heap), ("drop",)]
BLOCK = [("block", BlockType(EXNREF)), ("unreachable",), ("end",), ("drop",)]
NON_NULL = ValType(0x64, EXNREF.heap)
SELECT = [("unreachable",), ("select_t", (EXNREF,)), ("drop",)]
THROW = [("throw", 0)]
# Their immediates are the opcodes of try, catch, rethrow, throw_ref, delegate and try_table.
LOOK_ALIKES = [("i32.const", 6), ("i32.const", 0x18), ("i64.const", 0x1F), *[("drop",)] * 3]
LOOK_ALIKES += [("i32.const", 10), ("br_table", (0,) * 6, 0)]


def module(*bodies: list[tuple[Any, ...]]) -> Module:
    """A module with these functions and one tag."""
    built = Module()
    built.add_tag(FuncType())
    for body in bodies:
        built.add_function(FuncType(), FunctionBody.assemble([], [*body, ("end",)]))
    return built


@pytest.mark.parametrize("body", [[], THROW, LOOK_ALIKES])
def test_none(body: list[tuple[Any, ...]]) -> None:
    assert dialect_of(module(body)) is Dialect.NONE


@pytest.mark.parametrize("bodies", [[LEGACY], [LOOK_ALIKES, LEGACY], [THROW + LEGACY]])
def test_legacy(bodies: list[list[tuple[Any, ...]]]) -> None:
    assert dialect_of(module(*bodies).emit()) is Dialect.LEGACY


@pytest.mark.parametrize("body", [TRY_TABLE, THROW_REF, NULL, BLOCK, SELECT])
def test_exnref_instructions(body: list[tuple[Any, ...]]) -> None:
    assert dialect_of(module(body)) is Dialect.EXNREF


@pytest.mark.parametrize("type_", [EXNREF, NON_NULL])
def test_exnref_types(type_: ValType) -> None:
    local, parameter, table, global_ = module(), module(), module(), module()
    local.add_function(FuncType(), FunctionBody.assemble([(1, type_)], [("end",)]))
    parameter.add_func_type(FuncType((I32, type_)))
    table.add_table(TableType(type_, Limits(0)))
    global_.add_global(GlobalType(type_), instructions([*NULL[:1], ("end",)]))
    for each in (local, parameter, table, global_):
        assert dialect_of(each) is Dialect.EXNREF


def test_imported_exnref_types() -> None:
    for desc in (GlobalType(EXNREF), TableType(EXNREF, Limits(0))):
        built = Module()
        built.add_import("env", "it", desc)
        assert dialect_of(built.emit()) is Dialect.EXNREF


@pytest.mark.parametrize("body", [TRY_TABLE, THROW_REF, NULL, BLOCK, SELECT])
@pytest.mark.parametrize("apart", [True, False])
def test_a_mix_is_refused_whether_in_one_function_or_in_two(
    body: list[tuple[Any, ...]], apart: bool
) -> None:
    mixed = module(LEGACY, body) if apart else module(LEGACY + body)
    assert dialect_of(mixed) is Dialect.MIXED
    with pytest.raises(UnsupportedModule) as caught:
        to_exnref(mixed.emit())
    assert "mixes" in caught.value.reason
    assert "function 0 (legacy)" in str(caught.value)
    assert "give the file that the linker wrote" in str(caught.value)


def test_an_exnref_local_beside_a_legacy_try_is_a_mix() -> None:
    built = module()
    built.add_function(FuncType(), FunctionBody.assemble([(1, EXNREF)], [*LEGACY, ("end",)]))
    assert dialect_of(built) is Dialect.MIXED


def test_unknown_instructions_and_cut_bodies_are_malformed() -> None:
    for code in (b"\x06\xff", b"\x06\x40\x06", b"\x1c\x06"):
        built = Module()
        built.add_function(FuncType(), FunctionBody.build([], code))
        with pytest.raises(MalformedModule):
            to_exnref(built.emit())


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(MalformedModule):
        to_exnref(b"\0asn\1\0\0\0")
    with pytest.raises(UnsupportedModule):
        to_exnref(b"\0asm\x0d\0\1\0")


def test_without_legacy_the_same_object_comes_back() -> None:
    for each in (module(), module(THROW), module(TRY_TABLE)):
        wasm = each.emit()
        assert to_exnref(wasm) is wasm


def test_flat_text_and_builder_agree() -> None:
    assert dialect_of(assemble("func f\n try\n end")) is Dialect.LEGACY
