"""Modules of the Rust compiler made for JavaScript: dialects, start, sections, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests._peers import ROOT
from tests.transform.little import CATCH_CODE, UNIT, Little
from unpoison.bindgen import Interface, Str, read_interface
from unpoison.eh import Dialect, dialect_of
from unpoison.errors import UnsupportedModule
from unpoison.symbols import demangle
from unpoison.transform import Adapted, Options, make_javascript_module
from unpoison.wasm import (
    I32,
    ExternKind,
    FuncType,
    Module,
    TagType,
    read_producers,
    read_target_features,
)

COUNTER = ROOT / "examples" / "counter"
TYPES = ROOT / "tests" / "crates" / "types"
STARTS = ROOT / "tests" / "crates" / "starts"


def read(wasm: Path) -> tuple[Module, Interface]:
    data = wasm.read_bytes()
    return Module.parse(data), read_interface(Module.parse(data))


def make(wasm: Path, options: Options | None = None) -> Adapted:
    return make_javascript_module(*read(wasm), options or Options())


@pytest.mark.parametrize(
    ("build", "eh", "expected"),
    [
        ("legacy", "auto", Dialect.LEGACY),
        ("legacy", "legacy", Dialect.LEGACY),
        ("legacy", "exnref", Dialect.EXNREF),
        ("exnref", "auto", Dialect.EXNREF),
        ("exnref", "exnref", Dialect.EXNREF),
        ("abort", "auto", Dialect.NONE),
        ("abort", "legacy", Dialect.NONE),
        ("abort", "exnref", Dialect.NONE),
    ],
)
def test_a_module_has_the_dialect_that_is_asked_for(build: str, eh: str, expected: Dialect) -> None:
    adapted = make(COUNTER / f"counter.{build}.wasm", Options(eh=eh))  # type: ignore[arg-type]
    assert adapted.dialect is expected
    assert dialect_of(adapted.wasm) is expected


def test_the_newer_dialect_has_no_older_form() -> None:
    with pytest.raises(UnsupportedModule, match="no legacy form"):
        make(COUNTER / "counter.exnref.wasm", Options(eh="legacy"))


@pytest.mark.parametrize(("eh", "expected"), [("auto", Dialect.EXNREF), ("legacy", Dialect.LEGACY)])
def test_a_forced_abort_handler_brings_a_dialect(eh: str, expected: Dialect) -> None:
    options = Options(eh=eh, force_abort_handler=True)  # type: ignore[arg-type]
    adapted = make(COUNTER / "counter.abort.wasm", options)
    assert dialect_of(adapted.wasm) is adapted.dialect is expected
    assert adapted.stack_pointer is None


@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_a_forced_abort_handler_changes_nothing_where_panics_unwind(build: str) -> None:
    wasm = COUNTER / f"counter.{build}.wasm"
    assert make(wasm, Options(force_abort_handler=True)) == make(wasm)


def test_same_input_same_bytes() -> None:
    assert make(TYPES / "types.legacy.wasm") == make(TYPES / "types.legacy.wasm")


def test_every_export_of_the_interface_has_a_name_and_that_export_is_there() -> None:
    module, interface = read(COUNTER / "counter.legacy.wasm")
    adapted = make_javascript_module(module, interface)
    exports = {item.name: item for item in Module.parse(adapted.wasm).exports}
    wanted = [item.symbol for item in interface.functions]
    wanted += [member.symbol for class_ in interface.classes for member in class_.members]
    wanted += [class_.free for class_ in interface.classes if class_.free is not None]
    assert set(wanted) <= adapted.exports.keys()
    assert all(item.name in exports for item in adapted.exports.values())
    assert {item.export.name for item in adapted.closures} <= exports.keys()
    assert len(adapted.closures) == len(interface.closures)


def test_nothing_is_left_of_what_only_the_linker_needs() -> None:
    adapted = make(COUNTER / "counter.legacy.wasm")
    module = Module.parse(adapted.wasm)
    names = [item.name for item in module.exports] + [item.name for item in module.imports]
    assert not [name for name in names if "describe" in name or name.startswith("__externref_x")]
    assert {item.module for item in module.imports} == {Options().import_module, "env"}
    assert not [custom for custom in module.customs if custom.name.startswith("__wasm_bindgen")]


def test_imports_are_told_in_the_order_of_the_module() -> None:
    adapted = make(COUNTER / "counter.legacy.wasm")
    module = Module.parse(adapted.wasm)
    functions = [item for item in module.imports if item.kind is ExternKind.FUNCTION]
    told = [(item.module, item.name, item.signature) for item in adapted.imports]
    assert told == [
        (item.module, item.name, module.function_type(index))
        for index, item in enumerate(functions)
    ]
    tags = tuple(item.name for item in module.imports if item.kind is ExternKind.TAG)
    assert tags == adapted.tags == ("__wbindgen_jstag", "__wbindgen_wrapped_jstag")


@pytest.mark.parametrize("build", ["legacy", "exnref", "abort"])
def test_a_start_section_becomes_a_function_to_be_called(build: str) -> None:
    module, interface = read(STARTS / f"starts.{build}.wasm")
    adapted = make_javascript_module(module, interface)
    made = Module.parse(adapted.wasm)
    assert adapted.start == "__wbindgen_start"
    assert made.start is None
    export = made.find_export("__wbindgen_start")
    assert export is not None
    calls = [item for item in made.body_of(export.index).instructions() if item.op.name == "call"]
    assert len(calls) == 1 + len(interface.starts)


def test_a_test_binary_does_not_run_its_starts() -> None:
    module, interface = read(STARTS / "starts.legacy.wasm")
    assert interface.starts
    adapted = make_javascript_module(module, interface, Options(starts=False))
    made = Module.parse(adapted.wasm)
    export = made.find_export(adapted.start)
    assert export is not None
    calls = [item for item in made.body_of(export.index).instructions() if item.op.name == "call"]
    assert len(calls) == 1


def test_a_panic_tag_that_is_imported_becomes_the_modules_own() -> None:
    made = Little()
    tag = made.module.add_import("env", "__cpp_exception", panic_tag(made.module))
    made.add_export("run", [], UNIT, [*CATCH_CODE, ("i32.const", 7), ("throw", tag)])
    adapted = Module.parse(made.make().wasm)
    assert [item.name for item in adapted.imports if item.kind is ExternKind.TAG] == []
    assert len(adapted.tags) == 1


def test_any_other_import_than_a_function_is_refused() -> None:
    made = Little()
    made.module.add_import("env", "other", panic_tag(made.module))
    with pytest.raises(UnsupportedModule, match=r"imports the tag env\.other"):
        made.make()


def panic_tag(module: Module) -> TagType:
    return TagType(module.add_func_type(FuncType((I32,), ())))


def test_names_are_readable_unique_or_left_out() -> None:
    wasm = COUNTER / "counter.legacy.wasm"
    plain, readable = make(wasm), make(wasm, Options(readable=demangle))
    without = make(wasm, Options(names="none"))
    names = Module.parse(readable.wasm).names.functions
    assert len(set(names.values())) == len(names)
    assert any(name.startswith("_R") for name in Module.parse(plain.wasm).names.functions.values())
    assert not any(name.startswith("_R") for name in names.values())
    assert Module.parse(without.wasm).find_custom("name") is None
    assert "bump adapter" in names.values()


def test_the_producers_say_who_made_it_and_features_what_it_needs() -> None:
    adapted = make(COUNTER / "counter.legacy.wasm", Options(version="1.2.3"))
    module = Module.parse(adapted.wasm)
    producers, features = module.find_custom("producers"), module.find_custom("target_features")
    assert producers is not None
    assert features is not None
    assert ("unpoison", "1.2.3") in read_producers(producers.payload)["processed-by"]
    assert {"reference-types", "multivalue", "exception-handling"} <= {
        name for _, name in read_target_features(features.payload)
    }
    left_out = make(COUNTER / "counter.legacy.wasm", Options(producers=False))
    assert Module.parse(left_out.wasm).find_custom("producers") is None


def test_without_a_stack_pointer_a_return_area_is_refused() -> None:
    made = Little()
    made.add_export("text", [], Str(), [])
    interface = replace(made.interface(), stack_pointer=None)
    with pytest.raises(UnsupportedModule, match="__stack_pointer"):
        make_javascript_module(made.finish(), interface)


def test_without_the_function_that_stores_exceptions_a_caught_import_is_refused() -> None:
    made = Little()
    made.add_import("try", [], UNIT, catch=True)
    made.add_export("run", [], UNIT, [*CATCH_CODE, ("call", 2)])
    module = made.finish()
    module.exports = [item for item in module.exports if item.name != "__wbindgen_exn_store"]
    with pytest.raises(UnsupportedModule, match="__wbindgen_exn_store"):
        make_javascript_module(module, made.interface())


def test_exports_of_two_crates_with_one_name_are_both_there() -> None:
    made = Little()
    for symbol in ("run_0123456789abcdef", "run_fedcba9876543210"):
        made.add_export(symbol, [], UNIT, [])
    interface = made.interface()
    named = [
        replace(export, name="run", crate=f"crate-{export.symbol[4:]}")
        for export in interface.functions
    ]
    adapted = make_javascript_module(made.finish(), replace(interface, functions=tuple(named)))
    names = [item.name for item in adapted.exports.values() if item.name.startswith("run")]
    assert names == ["run", "run_fedcba9876543210"]


@pytest.mark.parametrize(
    "name", ["memory", "stored", "__wbindgen_start", "__wbindgen_externrefs", "__stack_pointer"]
)
def test_an_export_cannot_take_a_name_that_the_glue_needs(name: str) -> None:
    made = Little()
    symbol = f"{name}_0123456789abcdef"
    made.add_export(symbol, [], UNIT, [])
    interface = made.interface()
    (export,) = interface.functions
    functions = (replace(export, name=name, crate="crate-0123456789abcdef"),)
    adapted = make_javascript_module(made.finish(), replace(interface, functions=functions))
    assert adapted.exports[symbol].name == symbol
    names = [item.name for item in Module.parse(adapted.wasm).exports]
    assert len(set(names)) == len(names)
