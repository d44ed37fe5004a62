"""Write the golden files again: `python tests/golden/update.py`. Read the diff before a commit."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMAND = "python tests/golden/update.py"

MODULES = {
    "counter": ROOT / "examples" / "counter" / "counter.legacy.wasm",
    "types": ROOT / "tests" / "crates" / "types" / "types.legacy.wasm",
}


def golden_path(name: str) -> Path:
    """Give the file that holds the bindings of a module."""
    return HERE / f"{name}_bindings.txt"


def bindings(name: str) -> str:
    """Give the bindings of a module as they are made now."""
    from unpoison import Module

    return Module.read(MODULES[name]).python_source


def main() -> None:
    """Write every golden file."""
    for name in MODULES:
        golden_path(name).write_text(bindings(name))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
