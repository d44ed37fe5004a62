"""A guest that counts its pages sees its memory as one that does not, and may begin anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bindgen.making import BUILDS, counter, crate
from unpoison.bindgen import PAGES, read_interface
from unpoison.bindgen.guest_memory import Changes, changes_of, count_pages
from unpoison.engine import Engine, Exports, Slots, Store
from unpoison.wasm import (
    EXTERNREF,
    F32,
    F64,
    FUNCREF,
    I32,
    I64,
    V128,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    Module,
    SegmentMode,
    TableType,
    ValType,
    i32_expression,
)

FIRST = 2
MOST = 9

ENGINE = Engine()


def growing(limits: Limits, *, counts: bool) -> Module:
    """Give a module with `size` and `grow`, and other code with bytes that look like theirs."""
    module = Module()
    module.add_memory(MemoryType(limits))
    bodies: dict[str, tuple[FuncType, list[tuple[Any, ...]]]] = {
        "size": (FuncType((), (I32,)), [("memory.size", 0)]),
        "grow": (FuncType((I32,), (I32,)), [("local.get", 0), ("memory.grow", 0)]),
        "same bytes": (FuncType((), (I32,)), [("i32.const", 0x40), ("i32.const", 0), ("i32.or",)]),
    }
    for name, (signature, code) in bodies.items():
        body = FunctionBody.assemble((), [*code, ("end",)])
        module.add_export(name, ExternKind.FUNCTION, module.add_function(signature, body))
    module.add_export("memory", ExternKind.MEMORY, 0)
    if counts:
        pages = count_pages(module)
        assert pages is not None
        module.add_export(PAGES, ExternKind.GLOBAL, pages.place)
    return module


class Guest:
    """One instance of such a module."""

    def __init__(self, module: Module) -> None:
        self.slots = Slots(1)
        self.store = Store(ENGINE, self.slots)
        self.exports: Exports = self.store.instantiate(ENGINE.compile(module.emit()))
        self.memory = self.exports.memory("memory")

    def call(self, name: str, *arguments: int) -> int:
        """Call a function that gives an i32."""
        for place, argument in enumerate(arguments):
            self.slots.i32[4 * place] = argument
        call = self.store.caller(self.exports.function(name), 1)
        assert not call()
        assert not self.slots.trap
        return self.slots.i32[0]


LIMITS = [Limits(FIRST), Limits(FIRST, MOST), Limits(0), Limits(MOST, MOST)]
GROWTHS = st.lists(st.sampled_from([0, 1, 2, 5, 0x10000, -1, -0x80000000]), max_size=8)


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@settings(deadline=None)
@given(growths=GROWTHS)
def test_a_guest_that_counts_sees_what_one_that_does_not_sees(
    limits: Limits, growths: list[int]
) -> None:
    plain, counting = (Guest(growing(limits, counts=counts)) for counts in (False, True))
    for pages in growths:
        assert counting.call("grow", pages) == plain.call("grow", pages)
        assert counting.call("size") == plain.call("size")
        assert counting.memory.size() == plain.memory.size()
    assert counting.call("same bytes") == 0x40


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@settings(deadline=None)
@given(growths=GROWTHS, again=GROWTHS)
def test_a_lowered_count_is_a_smaller_memory(
    limits: Limits, growths: list[int], again: list[int]
) -> None:
    used, new = (Guest(growing(limits, counts=True)) for _ in range(2))
    for pages in growths:
        used.call("grow", pages)
    size = used.memory.size()
    used.exports.global_(PAGES).set(limits.minimum)
    for pages in again:
        assert used.call("grow", pages) == new.call("grow", pages)
        assert used.call("size") == new.call("size")
    assert used.memory.size() == max(size, new.memory.size())


@pytest.mark.parametrize(
    "limits",
    [Limits(1, 2, shared=True), Limits(1, address64=True), Limits(1, page_size_log2=0)],
    ids=["shared", "64 bits", "small pages"],
)
def test_other_kinds_of_memory_are_left_alone(limits: Limits) -> None:
    module = Module()
    module.add_memory(MemoryType(limits))
    before = module.emit()
    assert count_pages(module) is None
    assert module.emit() == before


def test_a_module_without_a_memory_and_one_with_two_are_left_alone() -> None:
    module = Module()
    assert count_pages(module) is None
    module.add_memory(MemoryType(Limits(1)))
    module.add_memory(MemoryType(Limits(1)))
    before = module.emit()
    assert count_pages(module) is None
    assert module.emit() == before


# --- what else changes ---


@pytest.mark.parametrize("build", BUILDS)
def test_of_a_rust_module_only_memory_and_the_stack_pointer_change(build: str) -> None:
    for wasm in (counter(build), crate("types", build)):
        module = Module.parse(wasm)
        pointer = read_interface(Module.parse(wasm)).stack_pointer
        assert pointer is not None
        assert changes_of(module, pointer) == Changes()


def steady() -> Module:
    """Give a module of which only memory and the stack pointer, global 0, can change."""
    module = Module()
    module.add_memory(MemoryType(Limits(1)))
    module.add_global(GlobalType(I32, True), i32_expression(0))
    module.add_global(GlobalType(I32, False), i32_expression(0))
    module.add_table(TableType(FUNCREF, Limits(2, 2)))
    module.add_data(0, 0, b"x")
    return module


def with_code(*code: tuple[Any, ...]) -> Module:
    """Give the module with one function more."""
    module = steady()
    module.add_function(FuncType((), ()), FunctionBody.assemble((), [*code, ("end",)]))
    return module


def test_a_module_that_changes_no_more_is_found() -> None:
    assert changes_of(steady(), 0) == Changes()
    code = (("i32.const", 0x26), ("i32.const", 0), ("drop",))
    assert changes_of(with_code(*code), 0) == Changes()


CHANGES = {
    "table.set": (("i32.const", 0), ("ref.null", FUNCREF.heap), ("table.set", 0)),
    "table.fill": (
        ("i32.const", 0), ("ref.null", FUNCREF.heap), ("i32.const", 1), ("table.fill", 0),
    ),
    "table.copy": (("i32.const", 0), ("i32.const", 1), ("i32.const", 1), ("table.copy", 0, 0)),
    "table.init": (("i32.const", 0), ("i32.const", 0), ("i32.const", 0), ("table.init", 0, 0)),
}  # fmt: skip
GROWTH = (("ref.null", FUNCREF.heap), ("i32.const", 1), ("table.grow", 0), ("drop",))


@pytest.mark.parametrize("name", CHANGES)
def test_code_that_writes_to_a_table_is_found(name: str) -> None:
    assert changes_of(with_code(*CHANGES[name]), 0) == Changes(tables=(0,))


def test_of_several_tables_the_one_that_is_written_to_is_found() -> None:
    code = (("i32.const", 0), ("i32.const", 0), ("i32.const", 1), ("table.copy", 1, 0))
    module = with_code(*code)
    assert module.add_table(TableType(FUNCREF, Limits(1))) == 1
    assert changes_of(module, 0) == Changes(tables=(1,))


@pytest.mark.parametrize("kind", [I32, I64, F32, F64, V128, FUNCREF], ids=str)
def test_another_mutable_global_is_found(kind: ValType) -> None:
    assert changes_of(with_global(kind), 0) == Changes(globals=(2,))


def with_global(kind: ValType) -> Module:
    """Give the module with one mutable global more."""
    module = steady()
    module.add_global(GlobalType(kind, True), i32_expression(0))  # its type is not looked at
    return module


def test_what_cannot_be_put_back_is_told() -> None:
    assert changes_of(with_code(*GROWTH), 0) is None
    assert changes_of(with_global(EXTERNREF), 0) is None
    module = steady()
    module.datas = [replace(module.datas[0], mode=SegmentMode.PASSIVE, offset=None)]
    assert changes_of(module, 0) is None


def test_a_stack_pointer_that_does_not_change_is_none() -> None:
    assert changes_of(steady(), 1) is None
