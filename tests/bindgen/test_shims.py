"""The two modules made of rustc's: what is kept as it was, and what is around it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.bindgen.making import BUILDS, counter, crate
from unpoison.bindgen import Shims, make_shims, read_interface
from unpoison.bindgen.plan import CASTS, EXPORTS, GUEST, HOST, STACK_POINTER, STUB, STUBS, TABLE
from unpoison.eh import to_exnref
from unpoison.errors import UnsupportedModule
from unpoison.wasm import ExternKind, FunctionBody, MemoryType, Module, Names
from unpoison.wasm import Limits as WasmLimits

BYTES = {"counter": counter, "types": lambda build: crate("types", build)}
CASES = [(name, build) for name in BYTES for build in BUILDS]

each_module = pytest.mark.parametrize(("name", "build"), CASES)


@cache
def made(name: str, build: str) -> tuple[Module, Shims]:
    """Give the module that goes in and the shims that come out."""
    wasm = BYTES[name](build)
    translated = to_exnref(wasm)
    interface = read_interface(Module.parse(wasm))
    return Module.parse(translated), make_shims(Module.parse(translated), interface)


@each_module
def test_a_body_stays_as_it_was_unless_it_is_a_cast_or_never_called(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    casts = {cast.index for cast in read_interface(Module.parse(BYTES[name](build))).casts}
    first = before.imported_functions
    kept = 0
    for index, (old, new) in enumerate(
        zip(before.bodies, guest.bodies[first:], strict=True), first
    ):
        assert before.function_type(index) == guest.function_type(index)
        if index in casts:
            assert content(new) != content(old)
        elif content(new) == content(old):
            kept += 1
        else:
            assert content(new) == UNREACHABLE
    assert kept


UNREACHABLE = b"\0\0\x0b"


def content(body: FunctionBody) -> bytes:
    return bytes(body.data[body.start : body.end])


@each_module
def test_the_guest_exports_its_memory_and_what_the_entries_need(name: str, build: str) -> None:
    _, shims = made(name, build)
    guest = Module.parse(shims.guest)
    names = {item.name for item in guest.exports}
    assert {"memory", TABLE, STACK_POINTER, EXPORTS, STUBS} <= names
    assert not any(name.startswith("__wbindgen_describe") for name in names)
    assert [custom.name for custom in guest.customs if custom.name != "name"] == []


@each_module
def test_every_import_of_the_guest_becomes_a_stub_of_its_type(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    assert not guest.imports
    assert guest.function_count == before.function_count
    for index in range(before.imported_functions):
        assert guest.function_type(index) == before.function_type(index)
        assert guest.names.functions[index] == STUB


@each_module
def test_names_are_kept_of_functions_that_can_run(name: str, build: str) -> None:
    before, shims = made(name, build)
    guest = Module.parse(shims.guest)
    first = before.imported_functions
    for index, body in enumerate(guest.bodies[first:], first):
        if content(body) != UNREACHABLE:
            assert guest.names.functions.get(index) == before.names.functions.get(index)
    assert len(guest.names.functions) < len(before.names.functions)


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
    _, shims = made(name, build)
    interface = read_interface(Module.parse(BYTES[name](build)))
    again = make_shims(Module.parse(to_exnref(BYTES[name](build))), interface)
    assert again == shims


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


def test_a_module_without_names_works_but_for_panics_in_fields() -> None:
    module = Module.parse(to_exnref(counter()))
    module.names = Names()
    interface = read_interface(Module.parse(counter()))
    shims = make_shims(Module.parse(module.emit()), interface)
    assert Module.parse(shims.entries).exports
