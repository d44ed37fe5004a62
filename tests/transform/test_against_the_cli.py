"""Every module beside the one that the CLI makes of it: what crosses, and how large it is.

Binaryen's validator and Node take each; exports and imports have the CLI's names and types.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests._peers import ROOT, binaryen, node20, node26
from tests.transform.cli_glue import adapt, bind
from unpoison.eh import Dialect
from unpoison.transform import ExceptionHandling, Options
from unpoison.wasm import ExternKind, Module, Names

pytestmark = pytest.mark.peers

FILES = sorted([*ROOT.glob("examples/*/*.wasm"), *ROOT.glob("tests/crates/*/*.wasm")])

REFUSED_BY_THE_CLI = frozenset({"rare.noref.wasm"})
"""It catches exceptions only where values are in a table."""

NUMBERED = re.compile(r"wasm_bindgen_[0-9a-f]+_|_dyn_core|__wbindgen_(generic|closure)_")
"""Closures, whose names the CLI makes of Rust's, and casts, which it numbers in another order."""

OURS_ONLY = frozenset({"__stack_pointer", "__wbindgen_lent", "__wbindgen_export"})
"""With the two globals, glue puts right what an exception leaves behind in a panic=abort module;
with the table it calls the abort hook, which the CLI's glue does not do there."""

THEIRS_ONLY = frozenset({"init"})
"""A private start function: nobody may call it, and it runs in `__wbindgen_start`."""


@pytest.mark.parametrize("wasm", FILES, ids=lambda file: file.name)
def test_a_module_crosses_as_the_clis(wasm: Path, tmp_path: Path) -> None:
    adapted = adapt(wasm, "x")
    check_with_binaryen(adapted.wasm, tmp_path)
    if wasm.name in REFUSED_BY_THE_CLI:
        return
    bind(wasm, tmp_path, "x")
    theirs = (tmp_path / "x_bg.wasm").read_bytes()
    ours, cli = surface(adapted.wasm), surface(theirs)
    differing = {name for name in ours.keys() | cli.keys() if ours.get(name) != cli.get(name)}
    unexplained = differing - {f"export {n}" for n in OURS_ONLY | THEIRS_ONLY}
    assert {name: (ours.get(name), cli.get(name)) for name in unexplained} == {}
    assert numbered(adapted.wasm) <= numbered(theirs)
    assert len(without_names(adapted.wasm)) <= len(without_names(theirs))


def check_with_binaryen(wasm: bytes, folder: Path) -> None:
    file = folder / "ours.wasm"
    file.write_bytes(wasm)
    command = [str(binaryen() / "bin" / "wasm-opt"), "-all", "-g", str(file), "-o"]
    done = subprocess.run(
        [*command, str(folder / "checked.wasm")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:2000]


def surface(wasm: bytes) -> Mapping[str, str]:
    """Give what every import and export is by name, but for those that are numbered."""
    return {name: what for name, what in named(wasm) if not NUMBERED.search(name)}


def numbered(wasm: bytes) -> Counter[str]:
    """Count the types of closures and casts; several closures of the CLI's may be one of ours."""
    return Counter(what for name, what in named(wasm) if NUMBERED.search(name))


def named(wasm: bytes) -> list[tuple[str, str]]:
    module = Module.parse(wasm)
    found = [
        (f"export {item.name}", f"{item.kind.name} {_type(module, item.kind, item.index)}")
        for item in module.exports
    ]
    types = iter(range(module.imported_functions))
    for item in module.imports:
        index = next(types) if item.kind is ExternKind.FUNCTION else 0
        what = _type(module, item.kind, index)
        found.append((f"import {item.module}.{item.name}", f"{item.kind.name} {what}"))
    return found


def _type(module: Module, kind: ExternKind, index: int) -> str:
    return str(module.function_type(index)) if kind is ExternKind.FUNCTION else ""


def without_names(wasm: bytes) -> bytes:
    module = Module.parse(wasm)
    module.names = Names()
    return module.emit()


@pytest.mark.parametrize("eh", ["auto", "exnref"])
def test_node_compiles_every_module(eh: ExceptionHandling, tmp_path: Path) -> None:
    files = {"legacy": list[Path](), "exnref": list[Path]()}
    for wasm in FILES:
        adapted = adapt(wasm, "x", Options(eh=eh))
        file = tmp_path / wasm.name
        file.write_bytes(adapted.wasm)
        files["exnref" if adapted.dialect is Dialect.EXNREF else "legacy"].append(file)
    for node, given in ((node20(), files["legacy"]), (node26(), files["exnref"])):
        compile_all(node, given)


def compile_all(node: str, files: list[Path]) -> None:
    script = (
        "const { readFileSync } = require('fs');"
        "for (const file of process.argv.slice(1)) new WebAssembly.Module(readFileSync(file));"
    )
    done = subprocess.run(
        [node, "-e", script, *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:2000]
