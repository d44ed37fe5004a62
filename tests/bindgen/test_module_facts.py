"""What sections say without wasm-bindgen: tables, the stack pointer, addresses, tags."""

from __future__ import annotations

import pytest

from tests.bindgen.making import BUILDS, Guest, counter
from unpoison.bindgen.module_facts import (
    exported_address,
    function_table,
    initial_globals,
    memory_size,
    panic_tags,
    stack_pointer,
    table_functions,
)
from unpoison.errors import MalformedModule
from unpoison.wasm import (
    EXTERNREF,
    F64,
    FUNCREF,
    I32,
    Element,
    ExternKind,
    FuncType,
    GlobalType,
    Limits,
    Module,
    SegmentMode,
    TableType,
    assemble,
    i32_expression,
)

TYPE = FuncType((I32,), ())


def with_globals(*globals_: tuple[int, bool], names: dict[int, str] | None = None) -> Module:
    module = Guest().module
    for value, mutable in globals_:
        module.add_global(GlobalType(I32, mutable), i32_expression(value))
    if names:
        found = module.names
        found.globals.update(names)
        module.names = found
    return module


@pytest.mark.parametrize("build", BUILDS)
def test_the_stack_pointer_is_found_with_and_without_names(build):
    module = Module.parse(counter(build))
    assert stack_pointer(module) == 0
    module.customs = []
    assert stack_pointer(module) == 0


@pytest.mark.parametrize(
    ("module", "index"),
    [
        (with_globals((65536, True)), 0),
        (with_globals((65536, False), (65536, True)), 1),
        (with_globals((1, True), (65536, True)), 1),
        (with_globals((0, True), (16, True)), 1),
        (with_globals((65552, True)), None),
        (with_globals((65536, True), (64, True), names={1: "__stack_pointer"}), 1),
        (with_globals((65536, True), (64, False), names={1: "__stack_pointer"}), 0),
        (with_globals((65536, True), names={7: "__stack_pointer"}), 0),
        (with_globals(), None),
    ],
)
def test_the_stack_pointer_is_a_mutable_i32_that_points_into_memory(module, index):
    assert stack_pointer(module) == index


def test_an_exported_stack_pointer_is_believed():
    module = with_globals((65536, True), (64, True))
    module.add_export("__stack_pointer", ExternKind.GLOBAL, 1)
    assert stack_pointer(module) == 1


def test_the_function_table_is_the_first_of_functions():
    module = Module()
    module.add_table(TableType(EXTERNREF, Limits(1)))
    module.add_table(TableType(FUNCREF, Limits(1)))
    assert function_table(module) == 1
    assert function_table(Module()) is None


def test_slots_are_filled_by_every_form_of_active_segment():
    module = with_globals((40, False))
    module.add_table(TableType(FUNCREF, Limits(50)))
    module.add_elements(0, 1, [0, 1])
    module.add_elements(0, assemble([("global.get", 0), ("end",)]), [1])
    module.add_elements(0, assemble([("f64.const", 0), ("end",)]), [0])
    reference, null = [("ref.func", 1), ("end",)], [("ref.null", -16), ("end",)]
    expressions = (assemble(reference), assemble(null))
    module.elements = [
        *module.elements,
        Element(expressions, table=0, offset=i32_expression(10)),
        Element((1,), table=1, offset=i32_expression(20)),
        Element((1,), SegmentMode.PASSIVE),
    ]
    assert table_functions(module, 0) == {1: 0, 2: 1, 40: 1, 10: 1, 11: -1}


def test_globals_that_are_not_constant_read_as_zero():
    module = Module()
    module.add_import("env", "g", GlobalType(I32, False))
    module.add_global(GlobalType(I32, False), i32_expression(-1))
    module.add_global(GlobalType(F64, False), assemble([("f64.const", 1), ("end",)]))
    added = [("i32.const", 1), ("i32.const", 1), ("i32.add",), ("end",)]
    module.add_global(GlobalType(I32, False), assemble(added))
    assert initial_globals(module) == {0: 0, 1: 2**32 - 1, 2: 0, 3: 0}


def test_an_exported_address_must_lie_in_memory():
    module = with_globals((65532, False), (65533, False))
    module.add_export("near", ExternKind.GLOBAL, 0)
    module.add_export("far", ExternKind.GLOBAL, 1)
    assert exported_address(module, "near") == 65532
    assert exported_address(module, "none") is None
    assert exported_address(module, "__externref_table_alloc") is None
    with pytest.raises(MalformedModule, match="far holds no address"):
        exported_address(module, "far")


def test_panic_tags_carry_one_i32_and_are_defined_here():
    module = Module()
    module.add_import("env", "t", _tag(module))
    for signature in (FuncType((F64,)), TYPE, FuncType()):
        module.add_tag(signature)
    assert panic_tags(module) == (2,)


def _tag(module: Module):
    from unpoison.wasm import TagType

    return TagType(module.add_func_type(TYPE))


def test_memory_is_counted_in_bytes():
    assert memory_size(Guest().module) == 65536
    assert memory_size(Module()) == 0
