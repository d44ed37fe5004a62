"""Modules that cannot be loaded: each is told what it is and which file to give instead."""

from __future__ import annotations

import pytest

from tests.bindgen.making import counter
from unpoison.bindgen import SECTION_NAME, read_interface
from unpoison.errors import UnsupportedModule
from unpoison.wasm import (
    EXTERNREF,
    FUNCREF,
    ExternKind,
    FuncType,
    Limits,
    MemoryType,
    Module,
    TableType,
)

RAW_FILE = "target/wasm32-unknown-unknown/release/NAME.wasm"


def refusal(module: Module) -> str:
    with pytest.raises(UnsupportedModule) as caught:
        read_interface(Module.parse(module.emit()))
    return str(caught.value)


def importing(*names: tuple[str, str]) -> Module:
    module = Module()
    for source, name in names:
        module.add_import(source, name, FuncType())
    return module


def exporting(*names: str) -> Module:
    module = Module()
    table = module.add_table(TableType(EXTERNREF, Limits(1)))
    for name in names:
        module.add_export(name, ExternKind.TABLE, table)
    return module


@pytest.mark.parametrize("build", ["legacy", "abort"])
def test_a_real_module_whose_custom_sections_are_gone_was_stripped(build):
    module = Module.parse(counter(build))
    module.customs = []
    assert "was stripped" in refusal(module)
    assert "build again without `strip`" in refusal(module)


def test_describe_exports_alone_tell_that_a_module_was_stripped():
    assert "was stripped" in refusal(exporting("__wbindgen_describe_f_00"))


@pytest.mark.parametrize(
    "names",
    [
        [("__wbindgen_placeholder__", "__wbindgen_describe")],
        [("__wbindgen_externref_xform__", "__wbindgen_externref_table_grow")],
    ],
)
def test_raw_imports_alone_tell_that_a_module_was_stripped(names):
    assert "was stripped" in refusal(importing(*names))


@pytest.mark.parametrize(
    "module",
    [
        importing(("./counter_bg.js", "__wbg_log_00")),
        importing(("wbg", "__wbg_log_00")),
        importing(("__wbindgen_placeholder__", "__wbg_log_00")),
        importing(("elsewhere", "__wbg_log_00")),
        exporting("memory", "__wbindgen_start"),
        exporting("__wbindgen_externrefs"),
    ],
)
def test_output_of_the_cli_is_refused_for_the_file_that_cargo_wrote(module):
    assert "processed by the wasm-bindgen CLI" in refusal(module)
    assert RAW_FILE in refusal(module)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (Module(), "was not built with wasm-bindgen;"),
        (importing(("wasi_snapshot_preview1", "fd_write")), "it is a WASI module"),
        (importing(("env", "emscripten_memcpy_js")), "built with Emscripten"),
        (importing(("env", "log")), "was not built with wasm-bindgen;"),
    ],
)
def test_any_other_module_was_not_built_with_wasm_bindgen(module, said):
    assert said in refusal(module)
    assert "#[wasm_bindgen]" in refusal(module)


def test_a_component_is_refused():
    with pytest.raises(UnsupportedModule, match="component"):
        Module.parse(b"\0asm\x0d\0\1\0")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(1, 2, shared=True), "shared memory"),
        (Limits(1, address64=True), "64-bit memory"),
    ],
)
def test_threads_and_memory64_are_refused(limits, said):
    module = Module()
    module.add_memory(MemoryType(limits))
    assert said in refusal(module)


def test_an_imported_memory_is_refused():
    module = Module()
    module.add_import("env", "memory", MemoryType(Limits(1)))
    assert "imports its memory" in refusal(module)


def test_two_memories_are_refused():
    module = Module()
    module.add_memory(MemoryType(Limits(1)))
    module.add_memory(MemoryType(Limits(1)))
    assert "2 memories" in refusal(module)


def test_the_section_name_is_that_of_the_published_crates():
    assert SECTION_NAME == "__wasm_bindgen_unstable"
    assert FUNCREF != EXTERNREF
