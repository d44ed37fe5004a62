"""Law: whatever a module's schema calls its items, its bindings are valid and run none of it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from fuzz._wasm import main
from unpoison.bindgen import (
    Interface,
    Shims,
    make_package,
    make_python_source,
    make_shims,
    read_interface,
)
from unpoison.eh import to_exnref
from unpoison.wasm import Module

ROOT = Path(__file__).resolve().parent.parent
MODULES = (*["examples/stats/stats.abort.wasm"] * 9, "tests/crates/types/types.abort.wasm")
HARM = "harm_was_done"
PIECES = (
    "", " ", "\n", "\r", "\0", "\x11", "\u2028", "\ufeff", "'", '"', '"""', "'''", "\\", "\\n",
    "#", ";", ":", "(", ")", "{", "}", "{{", "%s", "=", ",", ".", "-", "1", "a",
    "\xe9", "\ufb01", "\u0661", "\U0001f980",
    "import os", f"{HARM}()", f"\n{HARM}()\n", f"\n    {HARM}()\n", f'"""\n{HARM}()\n"""',
    "class", "None", "self", "_border", "__class__", "__init__", "__slots__", "__del__", "Exports",
    "bind", "Series", "mean", "int", "len", "property", "staticmethod", "annotations", "mro",
    "name", "free", "_ptr", "value", "load", "instantiate", "Imports", "_made", "_d0", "arg0",
)  # fmt: skip


def check(seed: int) -> None:
    rng = random.Random(seed)
    interface, shims = _bound(seed % len(MODULES))
    hostile = _declaring(rng, _renamed(rng, interface, 0.3))
    header = "".join(rng.choices(PIECES, k=3))
    source = make_python_source(hostile, shims.plan, header)
    _check_source(source)
    _, files = make_package(hostile, source, hostile.imports[:5], b"")
    for name, content in files.items():
        if name.endswith((".py", ".pyi")):
            _check_source(content.decode())


def _check_source(source: str) -> None:
    tree = ast.parse(source)
    compile(tree, "<bindings>", "exec")
    called = {node.func.id for node in ast.walk(tree) if _is_plain_call(node)}
    assert HARM not in called
    imported = {
        alias.name
        for node in ast.walk(tree)
        for alias in getattr(node, "names", ())
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert "os" not in imported


def _is_plain_call(node: Any) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _renamed(rng: random.Random, value: Any, chance: float) -> Any:
    """Give the value with some texts replaced, wherever a schema has a text of its own."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return "".join(rng.choices(PIECES, k=rng.randint(1, 4))) if rng.random() < chance else value
    if isinstance(value, tuple):
        return tuple(_renamed(rng, item, chance) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {name: _renamed(rng, getattr(value, name), chance) for name in _texts(value)}
        return replace(value, **changed)
    return value


def _declaring(rng: random.Random, interface: Interface) -> Interface:
    """Give the interface with TypeScript in it, and with parameters that TypeScript describes."""
    functions = tuple(
        replace(
            item,
            params=tuple(replace(param, typescript=_type(rng)) for param in item.params),
            result_typescript=_type(rng),
        )
        for item in interface.functions
    )
    shapes = tuple(_shape(rng) for _ in range(3))
    return replace(interface, functions=functions, typescript=(*interface.typescript, *shapes))


def _shape(rng: random.Random) -> str:
    name = rng.choice(("Point", "Series", "mean", "int", "json", "Exports", "TypedDict", "é"))
    docs = "".join(rng.choices(PIECES, k=3))
    items = "".join(
        f"/** {docs} */ {_quoted(rng)}{rng.choice(('', '?'))}: {_type(rng)};" for _ in range(3)
    )
    return f"/** {docs} */ export interface {name} {{ {items} }}"


def _type(rng: random.Random) -> str:
    one = rng.choice((_quoted(rng), "Point", "Series", "Promise<null>", rng.choice(PIECES)))
    return rng.choice((one, f"{one}[]", f"{one} | undefined", f"Record<string, {one}>"))


def _quoted(rng: random.Random) -> str:
    text = "".join(rng.choices(PIECES, k=2)).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n") + '"'


def _texts(value: Any) -> Iterator[str]:
    # What linking computes (symbols, kinds, Wasm types) is not the schema's to choose.
    fixed = {
        "symbol",
        "signature",
        "kind",
        "free",
        "crate",
        "support",
        "describe_exports",
        "plan",
        "wasm_module",
        "wasm_name",
        "schema_version",
        "tool_version",
        "unsupported",
    }
    yield from (field.name for field in fields(value) if field.name not in fixed)


@cache
def _bound(number: int) -> tuple[Interface, Shims]:
    wasm = (ROOT / MODULES[number]).read_bytes()
    interface = read_interface(Module.parse(wasm))
    return interface, make_shims(Module.parse(to_exnref(wasm)), interface)


if __name__ == "__main__":
    main(check)
