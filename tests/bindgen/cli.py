"""What wasm-bindgen's CLI makes of the committed modules; recorded by `-m tests.bindgen.cli`."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import _peers
from tests.bindgen.making import BUILDS, COUNTER, CRATES

RECORDED = Path(__file__).with_name("recorded_cli.json")

# What the CLI adds of its own.
_ADDED_IMPORTS = re.compile(r"__wbindgen_init_externref_table|__wbindgen_generic_\d+")
_ADDED_FUNCTION = "function __wbg_reset_state(): void;"

Made = dict[str, list[str]]


def modules() -> dict[str, Path]:
    """Give the modules that are compared, by file name."""
    folders = (COUNTER, CRATES / "types", CRATES / "starts")
    paths = [path / f"{path.name}.{build}.wasm" for path in folders for build in BUILDS]
    return {path.name: path for path in paths}


def recorded() -> dict[str, Made]:
    """Give what was recorded."""
    found: dict[str, Made] = json.loads(RECORDED.read_text())
    return found


def run(module: Path) -> Made:
    """Give the declarations, imports and casts that the CLI finds in a module."""
    with tempfile.TemporaryDirectory() as folder:
        command = [_peers.wasm_bindgen(), str(module), "--target", "nodejs", "--out-dir", folder]
        subprocess.run([*command, "--out-name", "m"], check=True, capture_output=True)
        declared = (Path(folder) / "m.d.ts").read_text()
        glue = (Path(folder) / "m.js").read_text()
    names = re.findall(r"^ {8}(__wb\w+): function", glue, re.MULTILINE)
    return {
        "declarations": sorted(_lines(declared)),
        "imports": sorted(name for name in names if not _ADDED_IMPORTS.fullmatch(name)),
        "casts": sorted(set(re.findall(r"Cast intrinsic for `(.*)`\.$", glue, re.MULTILINE))),
    }


def _lines(declared: str) -> Iterator[str]:
    """Give one line per declaration, without comments."""
    text = re.sub(r"/\*.*?\*/", "", declared, flags=re.DOTALL)
    for kind, name, body in re.findall(r"export (enum|class) (\w+) \{(.*?)^\}", text, re.S | re.M):
        if kind == "enum":
            yield f"enum {name} {{ {' '.join(body.split())} }}"
        else:
            members = (line.strip() for line in body.splitlines() if line.strip())
            yield from (f"class {name}: {line}" for line in members if not _is_free(line))
    others = re.findall(r"^(?:export|declare) ((?:function|type) .*;)$", text, re.MULTILINE)
    yield from (line for line in others if line != _ADDED_FUNCTION)


def _is_free(line: str) -> bool:
    return line.startswith(("free()", "[Symbol.dispose]", "private constructor"))


if __name__ == "__main__":
    made = {name: run(path) for name, path in modules().items()}
    RECORDED.write_text(json.dumps(made, indent=1) + "\n")
