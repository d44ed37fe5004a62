"""Our module under the names that the CLI's glue uses, so that the glue runs on it unchanged.

The two differ only in the names of closures and of casts: ours are numbered.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests._peers import wasm_bindgen
from unpoison.bindgen import Cast, Closure, Ref, Scalar, Str, read_interface
from unpoison.symbols import demangle
from unpoison.transform import (
    Adapted,
    AdaptedImport,
    Options,
    make_javascript_module,
)
from unpoison.transform.names import unique_names
from unpoison.wasm import Module

_CRATE_HASH = re.compile(r"_[0-9a-f]{12,16}_")
_CAST = re.compile(r"(__wbindgen_generic_\w+): function.*\n\s+// Cast intrinsic for `(.*) -> ")
_SHIM = re.compile(r"shim_idx: (\d+)")


def bind(wasm: Path, folder: Path, name: str, *options: str) -> None:
    """Write the CLI's glue for Node, with its module."""
    command = [wasm_bindgen(), str(wasm), "--target", "nodejs", "--no-typescript"]
    command += ["--out-dir", str(folder), "--out-name", name, *options]
    subprocess.run(command, check=True, capture_output=True)


def adapt(wasm: Path, name: str, options: Options | None = None) -> Adapted:
    """Make our module, which imports from where the glue is."""
    data = wasm.read_bytes()
    options = replace(options or Options(), import_module=f"./{name}_bg.js", readable=demangle)
    return make_javascript_module(Module.parse(data), read_interface(Module.parse(data)), options)


def put_ours_below(wasm: Path, folder: Path, name: str, options: Options | None = None) -> None:
    """Replace the module of the CLI's glue by ours."""
    file = folder / f"{name}_bg.wasm"
    theirs = Module.parse(file.read_bytes())
    glue = (folder / f"{name}.js").read_text(encoding="utf-8")
    adapted = adapt(wasm, name, options)
    module = Module.parse(adapted.wasm)
    exports = _closure_names(wasm, adapted, theirs)
    module.exports = [replace(e, name=exports.get(e.name, e.name)) for e in module.exports]
    imports = _cast_names(adapted, glue)
    module.imports = [replace(i, name=imports.get(i.name, i.name)) for i in module.imports]
    file.write_bytes(module.emit())


def _closure_names(wasm: Path, adapted: Adapted, theirs: Module) -> Mapping[str, str]:
    """Closures by the Rust function that calls them: its name is their name."""
    module = Module.parse(wasm.read_bytes())
    interface = read_interface(module)
    names = unique_names(module.names.functions, demangle)
    known = {_CRATE_HASH.sub("", item.name): item.name for item in theirs.exports}
    slots = _slots(module, interface.function_table)
    found: dict[str, str] = {}
    for item in adapted.closures:
        text = re.sub(r"\W", "_", names[slots[item.shim.closure.function.shim]])
        if text in known:
            found[item.export.name] = known[text]
    return found


def _slots(module: Module, table: int | None) -> Mapping[int, int]:
    from unpoison.bindgen import table_functions

    return {} if table is None else table_functions(module, table)


def _cast_names(adapted: Adapted, glue: str) -> Mapping[str, str]:
    """Casts by what the glue says in a comment that they take."""
    theirs = {_said(text): name for name, text in _CAST.findall(glue)}
    casts = [item for item in adapted.imports if isinstance(item.source, Cast)]
    return {item.name: theirs[_meant(item)] for item in casts}


def _said(text: str) -> str:
    shim = _SHIM.search(text)
    return text if shim is None else shim[1]


def _meant(item: AdaptedImport) -> str:
    assert isinstance(item.source, Cast)
    match item.source.source:
        case Closure(function=function):
            return str(function.shim)
        case Scalar(kind):
            return kind.upper()
        case Ref(Str()):
            return "Ref(String)"
        case Str():
            return "String"
    raise AssertionError(f"the glue's text for {item.source.source} is not known here")
