"""Modules bound to JavaScript by us, in a folder, and run under Node."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.peers import record
from unpoison.bindgen import Interface, read_interface
from unpoison.glue import GlueOptions, Target, make_bundler_javascript, make_javascript
from unpoison.transform import Options, make_javascript_module
from unpoison.wasm import Module

ROOT = Path(__file__).resolve().parents[2]


def wasm_file(crate: str, build: str) -> Path:
    """Give the module of a test crate or an example."""
    name = f"{crate}.{build}.wasm"
    found = [ROOT / "tests/crates" / crate / name, ROOT / "examples" / crate / name]
    return next(path for path in found if path.exists())


def text_of(crate: str, build: str, target: Target = "node", **options: Any) -> str:
    """Give the JavaScript of a module."""
    texts, _ = _made(crate, build, target, options, {})
    return texts[0]


def bind(
    folder: Path,
    crate: str,
    build: str,
    target: Target = "node",
    adapting: dict[str, Any] | None = None,
    **options: Any,
) -> Path:
    """Write the JavaScript and the Wasm module of a crate, and what its modules import."""
    texts, wasm = _made(crate, build, target, options, adapting or {})
    main = folder / f"{crate}.js"
    for file, text in zip((folder / f"{crate}_bg.js", main)[-len(texts) :], texts, strict=True):
        file.write_text(text, encoding="utf-8")
    (folder / f"{crate}_bg.wasm").write_bytes(wasm)
    record.write_plain_imports(folder)
    return main


def _made(
    crate: str, build: str, target: Target, options: dict[str, Any], adapting: dict[str, Any]
) -> tuple[tuple[str, ...], bytes]:
    data, interface = _read(crate, build)
    adapted = make_javascript_module(
        Module.parse(data), interface, Options(import_module=f"./{crate}_bg.js", **adapting)
    )
    chosen = GlueOptions(crate, **options)
    if target == "bundler":
        return make_bundler_javascript(interface, adapted, chosen), adapted.wasm
    return (make_javascript(interface, adapted, target, chosen),), adapted.wasm


@cache
def _read(crate: str, build: str) -> tuple[bytes, Interface]:
    data = wasm_file(crate, build).read_bytes()
    return data, read_interface(Module.parse(data))


def run(node: str, *arguments: str | Path) -> Any:
    """Run a script under Node; give the JSON that it prints."""
    command = [node, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout)
