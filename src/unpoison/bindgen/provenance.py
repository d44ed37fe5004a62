"""Why a module has no schema, and which file to give instead."""

from __future__ import annotations

from unpoison.bindgen.descriptions import PREFIX
from unpoison.bindgen.import_linking import EXTERNREF_MODULE
from unpoison.bindgen.interpreter import DESCRIBE, MARKER
from unpoison.bindgen.module_facts import PLACEHOLDER
from unpoison.errors import UnsupportedModule
from unpoison.wasm import Module

_RAW_FILE = "give target/wasm32-unknown-unknown/release/NAME.wasm, the file that cargo wrote"
_NO_STRIP = 'build again without `strip` (in Cargo.toml: `strip = "none"` or `"debuginfo"`)'

_CLI_EXPORTS = ("__wbindgen_start", "__wbindgen_externrefs", "__wbindgen_export_")
_CLI_MODULES = ("wbg", "__wbindgen_placeholder__")


def explain_missing_schema(module: Module) -> UnsupportedModule:
    """Give the error for a module without `__wasm_bindgen_unstable`: which case it is."""
    exports = {item.name for item in module.exports}
    imports = {(item.module, item.name) for item in module.imports}
    if any(name.startswith(PREFIX) for name in exports) or _imports_raw(imports):
        reason = "the module was stripped: wasm-bindgen's custom section is missing"
        return UnsupportedModule(reason, advice=f"{_NO_STRIP}; do not run wasm-opt on it")
    if _is_cli_output(exports, imports):
        reason = "the module was processed by the wasm-bindgen CLI (or wasm-pack) already"
        return UnsupportedModule(reason, advice=_RAW_FILE)
    return UnsupportedModule(
        f"the module was not built with wasm-bindgen{_hint(imports)}",
        advice="give the .wasm file of a crate that exports with #[wasm_bindgen]",
    )


def _imports_raw(imports: set[tuple[str, str]]) -> bool:
    """Tell whether a module has imports that the CLI always takes away."""
    return any(
        source == EXTERNREF_MODULE or (source == PLACEHOLDER and name in (DESCRIBE, MARKER))
        for source, name in imports
    )


def _is_cli_output(exports: set[str], imports: set[tuple[str, str]]) -> bool:
    if any(name.startswith(_CLI_EXPORTS) for name in exports):
        return True
    return any(
        source in _CLI_MODULES or source.endswith("_bg.js") or name.startswith("__wbg_")
        for source, name in imports
    )


def _hint(imports: set[tuple[str, str]]) -> str:
    sources = {source for source, _ in imports}
    if any(source.startswith("wasi") for source in sources):
        return " (it is a WASI module: run it with wasmtime itself)"
    if "env" in sources and any(name.startswith("emscripten_") for _, name in imports):
        return " (it was built with Emscripten)"
    return ""
