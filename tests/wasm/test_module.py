"""Modules: read, changed and built. The real ones are those that rustc made of examples/counter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime

from unpoison.errors import MalformedModule
from unpoison.wasm.body import FunctionBody
from unpoison.wasm.definitions import FuncType, StructType
from unpoison.wasm.externs import GlobalType, Limits, MemoryType, TableType
from unpoison.wasm.frame import Custom
from unpoison.wasm.immediates import CATCH, Catch
from unpoison.wasm.module import Module, i32_expression
from unpoison.wasm.names import Names
from unpoison.wasm.sections import Export, ExternKind, FuncDesc, Import
from unpoison.wasm.segments import Data
from unpoison.wasm.types import EMPTY_BLOCK, FUNCREF, I32, BlockType

REAL = sorted((Path(__file__).resolve().parents[2] / "examples" / "counter").glob("*.wasm"))
UNARY = FuncType((I32,), (I32,))

real_modules = pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)


def wat(text: str) -> Module:
    return Module.parse(wasmtime.wat2wasm(text))


def body(*instructions: tuple[object, ...]) -> FunctionBody:
    return FunctionBody.assemble([], [*instructions, ("end",)])


# --- real modules ---


def test_there_are_real_modules() -> None:
    assert len(REAL) == 3


@real_modules
def test_a_real_module_decodes_to_the_last_byte_and_comes_back_the_same(path: Path) -> None:
    data = path.read_bytes()
    module = Module.parse(data)
    module.check()
    assert module.emit() is data
    assert len(module.names.functions) >= module.function_count


@real_modules
def test_a_real_module_survives_that_every_section_is_encoded_again(path: Path) -> None:
    module = Module.parse(path.read_bytes())
    for section in ("types", "imports", "functions", "tables", "globals", "exports", "elements"):
        setattr(module, section, getattr(module, section))
    module.bodies, module.datas, module.names = module.bodies, module.datas, module.names
    again = Module.parse(module.emit())
    for section in ("types", "imports", "functions", "exports", "elements", "bodies", "datas"):
        assert getattr(again, section) == getattr(module, section)
    assert again.names == module.names


def test_replacing_one_body_leaves_the_others_as_they_came() -> None:
    data = REAL[0].read_bytes()
    module = Module.parse(data)
    old = [each.raw for each in module.bodies]
    module.replace_body(7, body(("unreachable",)))
    new = [each.raw for each in Module.parse(module.emit()).bodies]
    assert new[7] == bytes.fromhex("00 00 0b")
    assert (new[:7], new[8:]) == (old[:7], old[8:])


# --- reading ---

SMALL = """(module
  (type $unary (func (param i32) (result i32))) (type $struct (struct))
  (import "m" "f" (func $f (type $unary))) (import "m" "tag" (tag (param i64)))
  (tag (param i32)) (func $g (param f64)) (export "g" (func $g)) (start 0) (data "x"))"""


def test_index_spaces_count_imports_first() -> None:
    module = wat(SMALL)
    assert (module.imported_functions, module.function_count) == (1, 2)
    assert [str(module.function_type(index)) for index in (0, 1)] == ["(i32) -> i32", "(f64) -> ()"]
    assert [str(module.tag_type(index)) for index in (0, 1)] == ["(i64) -> ()", "(i32) -> ()"]
    assert module.body_of(1) is module.bodies[0]
    assert module.find_export("g") == Export("g", ExternKind.FUNCTION, 1)
    assert module.find_export("h") is None
    assert (module.start, module.data_count) == (0, None)


@pytest.mark.parametrize(
    ("look_up", "reason"),
    [
        (lambda module: module.function_type(2), "function 2 does not exist"),
        (lambda module: module.function_type(-1), "function -1 does not exist"),
        (lambda module: module.body_of(2), "function 2 does not exist"),
        (lambda module: module.tag_type(2), "tag 2 does not exist"),
        (lambda module: module.func_type(99), "type 99 does not exist"),
        (lambda module: module.func_type(1), "type 1 is not a function type"),
    ],
)
def test_an_index_that_does_not_exist_is_the_fault_of_the_module(
    look_up: object, reason: str
) -> None:
    assert callable(look_up)
    with pytest.raises(MalformedModule, match=reason):
        look_up(wat(SMALL))


def test_an_imported_function_has_no_body() -> None:
    with pytest.raises(ValueError, match="imported"):
        wat(SMALL).body_of(0)


def test_data_instructions_need_a_data_count() -> None:
    module = wat('(module (memory 1) (data "x") (func (data.drop 0)))')
    module.check()
    module.data_count = None
    with pytest.raises(MalformedModule, match=r"data.drop needs a data count section in body 0"):
        Module.parse(module.emit()).check()


# --- changing ---


def test_a_function_type_is_found_or_added_at_the_end() -> None:
    module = wat(SMALL)
    count = len(module.subtypes)
    assert module.add_func_type(UNARY) == 0
    assert module.add_func_type(FuncType()) == count
    assert module.add_func_type(FuncType()) == count
    assert Module.parse(module.emit()).func_type(count) == FuncType()


def test_only_a_plain_function_type_is_found() -> None:
    module = wat("""(module (rec (type (func)) (type (struct))) (type (sub (func)))
      (type (func (param i32))))""")
    assert module.add_func_type(FuncType((I32,))) == 3
    # Types 0 (in a group) and 2 (not final) look alike, but they are other types.
    assert module.add_func_type(FuncType()) == 4
    assert [type(each.composite) for each in module.subtypes[:2]] == [FuncType, StructType]


def test_additions_after_a_read_are_seen() -> None:
    module = Module()
    assert (module.imported_functions, len(module.subtypes)) == (0, 0)
    module.add_import("m", "f", UNARY)
    assert (module.imported_functions, module.function_type(0)) == (1, UNARY)
    module.imports = [*module.imports, Import("m", "g", FuncDesc(0))]
    assert module.imported_functions == 2
    module.types = []
    with pytest.raises(MalformedModule, match="type 0 does not exist"):
        module.function_type(0)


def test_a_copy_is_changed_apart_from_its_module() -> None:
    data = REAL[0].read_bytes()
    module = Module.parse(data)
    names, exports = module.names, list(module.exports)
    copy = module.copy()
    assert copy.emit() is data
    copy.add_function(UNARY, body(("local.get", 0)))
    copy.exports = exports[1:]
    copy.names = Names(module="other")
    copy.customs = [custom for custom in copy.customs if custom.name == "name"]
    assert (module.emit(), module.names, list(module.exports)) == (data, names, exports)
    assert copy.function_count == module.function_count + 1
    again = Module.parse(copy.emit())
    assert (again.names.module, len(again.exports), len(again.customs)) == (
        "other", len(exports) - 1, 1,
    )  # fmt: skip


def test_an_import_is_renamed_in_place() -> None:
    module = wat(SMALL)
    module.imports = [replace(each, name="0") for each in module.imports]
    assert Module.parse(module.emit()).imports[0] == Import("m", "0", FuncDesc(0))


def test_an_import_that_would_renumber_is_refused() -> None:
    module = wat(SMALL)
    with pytest.raises(ValueError, match="after a defined function"):
        module.add_import("m", "late", UNARY)
    assert module.add_import("m", "memory", MemoryType(Limits(1))) == 0


def test_the_data_count_follows_the_segments() -> None:
    module = wat('(module (memory 1) (data "x") (func (data.drop 0)))')
    module.add_data(0, 8, b"y")
    assert module.data_count == 2
    module.datas = [Data(b"", offset=i32_expression(0))]
    assert module.data_count == 1
    wasmtime.Module.validate(wasmtime.Engine(), module.emit())


def test_names_replace_the_section_they_came_from_where_it_was() -> None:
    module = wat('(module $a (func $f) (@custom "x" "y"))')
    module.customs = [*reversed(module.customs), Custom("name", b"ignored")]
    module.names = Names(module="b", functions={0: "g"})
    again = Module.parse(module.emit())
    assert again.names == Names(module="b", functions={0: "g"})
    assert [custom.name for custom in again.customs] == ["name", "x"]
    module.customs = [custom for custom in module.customs if custom.name != "name"]
    assert module.names == Names()
    module.names = Names(module="c")
    module.names = Names()
    assert [custom.name for custom in Module.parse(module.emit()).customs] == ["x"]


def test_a_broken_name_section_does_not_break_the_module() -> None:
    module = Module.parse(bytes.fromhex("00 61736d 01000000 00 07 046e616d65 01 ff"))
    module.check()
    assert module.names.functions == {}
    assert module.names.malformed is not None


# --- building ---


def built() -> Module:
    """A module with one of each: `main` calls through a table in a try_table."""
    module = Module()
    host = module.add_import("env", "host", UNARY)
    module.add_memory(MemoryType(Limits(1)))
    table = module.add_table(TableType(FUNCREF, Limits(4)))
    tag = module.add_tag(FuncType((I32,)))
    counter = module.add_global(GlobalType(I32, True), i32_expression(0xFFFF_FFFF))
    main = module.add_function(
        UNARY,
        body(
            ("block", BlockType(I32)),
            ("try_table", EMPTY_BLOCK, (Catch(CATCH, tag, 0),)),
            ("i32.const", 10),
            ("local.get", 0),
            ("i32.load", (2, 0)),
            ("call_indirect", module.add_func_type(UNARY), table),
            ("global.get", counter),
            ("i32.add",),
            ("return",),
            ("end",),
            ("unreachable",),
            ("end",),
        ),
    )
    thrower = module.add_function(UNARY, body(("local.get", 0), ("throw", tag)))
    module.add_export("main", ExternKind.FUNCTION, main)
    module.add_elements(table, 1, [host, thrower])
    module.add_data(0, 4, b"\1\0\0\0\2\0\0\0")
    module.names = Names(module="built", functions={host: "host", main: "main"})
    return module


def test_a_built_module_runs() -> None:
    store = wasmtime.Store()
    host = wasmtime.Func(
        store,
        wasmtime.FuncType([wasmtime.ValType.i32()], [wasmtime.ValType.i32()]),
        lambda value: value * 10,
    )
    module = wasmtime.Module(store.engine, built().emit())
    main = wasmtime.Instance(store, module, [host]).exports(store)["main"]
    assert isinstance(main, wasmtime.Func)
    assert main(store, 4) == 99
    assert main(store, 8) == 10


def test_a_built_module_is_read_as_it_was_built() -> None:
    module = built()
    again = Module.parse(module.emit())
    again.check()
    sections = "subtypes imports functions tables memories tags globals exports elements datas"
    for section in [*sections.split(), "bodies", "names"]:
        assert getattr(again, section) == getattr(module, section)


def test_nothing_is_an_empty_module() -> None:
    assert Module().emit() == b"\0asm\1\0\0\0"
    assert Module.parse(Module().emit()).types == []


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "41000b"), (-1, "417f0b"), (2**32 - 1, "417f0b"), (2**31, "4180808080780b")],
)
def test_an_i32_may_be_given_signed_or_unsigned(value: int, encoded: str) -> None:
    assert i32_expression(value) == bytes.fromhex(encoded)
