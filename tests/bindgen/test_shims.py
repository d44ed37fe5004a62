"""The two modules made of rustc's: what is kept as it was, and what is around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from tests.bindgen.making import BUILDS, counter, crate
from unpoison.bindgen import Shims, make_shims, read_interface
from unpoison.bindgen.module_facts import function_table, table_functions
from unpoison.bindgen.plan import (
    CASTS,
    EXPORTS,
    GUEST,
    HOST,
    PAGES,
    PAGING,
    STACK_POINTER,
    STUB,
    STUBS,
    TABLE,
)
from unpoison.eh import to_exnref
from unpoison.errors import UnsupportedModule
from unpoison.wasm import ExternKind, FunctionBody, MemoryType, Module, Names, read_operands
from unpoison.wasm import Limits as WasmLimits
from unpoison.wasm.immediates import FUNCTION

BYTES = {"counter": counter, "types": lambda build: crate("types", build)}
CASES = [(name, build) for name in BYTES for build in BUILDS]

SIZE_OPS = ("memory.size", "memory.grow")

each_module = pytest.mark.parametrize(("name", "build"), CASES)


@cache
def made(name: str, build: str) -> tuple[Module, Shims]:
    """Give the module that goes in, each name followed by the index, and the shims of it."""
    wasm = BYTES[name](build)
    module = Module.parse(to_exnref(wasm))
    functions = module.names.functions
    numbered = {i: f"{functions.get(i, '')}#{i}" for i in range(module.function_count)}
    module.names = replace(module.names, functions=numbered)
    interface = read_interface(Module.parse(wasm))
    return Module.parse(module.emit()), make_shims(module, interface)


def old_index(guest: Module, index: int) -> int | None:
    """Give the index that a function of the guest had, None for one of ours."""
    name = guest.names.functions[index]
    return None if name in (STUB, PAGING) else int(name.rpartition("#")[2])


def stubs_of(guest: Module) -> dict[int, int]:
    """Give for each stub of the guest the number of the import that it stands for."""
    found = {}
    for index, body in enumerate(guest.bodies):
        if guest.names.functions[index] == STUB:
            *_, number, _, _ = body.instructions()
            found[index] = number.immediates[0]
    return found


@each_module
def test_a_body_says_what_it_said_unless_it_is_a_cast(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    interface = read_interface(Module.parse(BYTES[name](build)))
    stubs = stubs_of(guest)
    olds = [stubs.get(i, old_index(guest, i)) for i in range(guest.function_count)]
    changed = set()
    for old, new in zip(olds, guest.bodies, strict=True):
        if old is None:
            continue
        if old >= before.imported_functions:
            body = before.body_of(old)
            if instructions(body, range(before.function_count)) != instructions(new, olds):
                changed.add(old)
    about_size = {
        before.imported_functions + number
        for number, body in enumerate(before.bodies)
        if any(item.op.name in SIZE_OPS for item in body.instructions())
    }
    assert changed <= {item.index for item in interface.redirected} | about_size
    assert changed & about_size
    assert len(olds) < before.function_count


def instructions(body: FunctionBody, functions: Sequence[int | None]) -> list[object]:
    """Give what a body says, its locals first; functions are called what the sequence says."""
    said: list[object] = list(body.locals)
    for item in body.instructions():
        if FUNCTION in item.op.immediates:
            said.append((item.op, functions[item.immediates[0]]))
        else:
            said.append((item.op, item.immediates))
    return said


@each_module
def test_no_integer_of_the_guest_is_padded(name: str, build: str) -> None:
    _, shims = made(name, build)
    guest = Module.parse(shims.guest)
    padded = [
        operand
        for body in guest.bodies
        for operand in read_operands(body)
        if len(operand.short) < operand.end - operand.start
    ]
    assert padded == []


@each_module
def test_a_function_pointer_means_what_it_meant(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    table = function_table(before)
    assert table is not None
    old, new = table_functions(before, table), table_functions(guest, table)
    assert old.keys() == new.keys()
    stubs = stubs_of(guest)
    assert old == {slot: stubs.get(i, old_index(guest, i)) for slot, i in new.items()}


@each_module
def test_the_guest_exports_its_memory_and_what_the_entries_need(name: str, build: str) -> None:
    _, shims = made(name, build)
    guest = Module.parse(shims.guest)
    names = {item.name for item in guest.exports}
    assert {"memory", TABLE, STACK_POINTER, EXPORTS, STUBS, PAGES} <= names
    assert not any(name.startswith("__wbindgen_describe") for name in names)
    assert [custom.name for custom in guest.customs if custom.name != "name"] == []


@each_module
def test_an_import_that_is_called_becomes_a_stub_of_its_type(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    stubs = stubs_of(guest)
    assert not guest.imports
    assert 0 < len(stubs) < before.imported_functions
    assert list(stubs) == list(range(len(stubs)))
    for index, number in stubs.items():
        assert guest.function_type(index) == before.function_type(number)


@each_module
def test_each_function_keeps_its_name(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    for index in range(guest.function_count):
        old = old_index(guest, index)
        if old is not None:
            assert guest.names.functions[index] == before.names.functions[old]
            assert guest.function_type(index) == before.function_type(old)


@each_module
def test_the_entries_ask_the_host_by_one_function(name: str, build: str) -> None:
    _, shims = made(name, build)
    entries = Module.parse(shims.entries)
    functions = [item for item in entries.imports if item.kind is ExternKind.FUNCTION]
    assert [(item.module, item.name) for item in functions] == [(HOST, "call")]
    assert {item.module for item in entries.imports} == {HOST, GUEST}
    exported = {item.name for item in entries.exports}
    assert {entry.name for entry in shims.plan.by_number} <= exported


@each_module
def test_the_same_module_gives_the_same_shims(name: str, build: str) -> None:
    before, shims = made(name, build)
    interface = read_interface(Module.parse(BYTES[name](build)))
    assert make_shims(Module.parse(before.emit()), interface) == shims


def test_casts_are_one_table_that_the_entries_fill() -> None:
    _, shims = made("counter", "legacy")
    casts = len(read_interface(Module.parse(counter("legacy"))).casts)
    guest = Module.parse(shims.guest)
    (table,) = [item for item in guest.exports if item.name == CASTS]
    assert guest.tables[table.index].type.limits.minimum == casts


def test_a_module_without_a_known_stack_pointer_is_refused() -> None:
    interface = read_interface(Module.parse(counter()))
    with pytest.raises(UnsupportedModule, match="stack_pointer"):
        make_shims(Module.parse(to_exnref(counter())), replace(interface, stack_pointer=None))


def test_a_module_that_imports_its_memory_is_refused() -> None:
    interface = read_interface(Module.parse(counter()))
    module = Module()
    module.add_import("env", "memory", MemoryType(WasmLimits(1)))
    with pytest.raises(UnsupportedModule, match=r"imports the memory env\.memory"):
        make_shims(module, interface)


def test_functions_without_names_are_called_by_the_index_that_they_had() -> None:
    module = Module.parse(to_exnref(counter()))
    module.names = Names()
    interface = read_interface(Module.parse(counter()))
    shims = make_shims(Module.parse(module.emit()), interface)
    guest = Module.parse(shims.guest)
    assert Module.parse(shims.entries).exports
    names = [name for name in guest.names.functions.values() if name not in (STUB, PAGING)]
    numbers = [int(name.removeprefix("function ")) for name in names]
    assert numbers == sorted(numbers)
    assert numbers[0] >= module.imported_functions
    first = [name.startswith("function") for name in guest.names.functions.values()].index(True)
    for index, number in enumerate(numbers, first):
        assert guest.function_type(index) == module.function_type(number)
