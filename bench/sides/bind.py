"""`python -m bench.sides.bind FILE FOLDER`: the toolchain once, up to what is compiled."""

from __future__ import annotations

import sys
from pathlib import Path

from unpoison.bindgen import make_python_source, make_shims, mark_unsupported, read_interface
from unpoison.eh import to_exnref
from unpoison.wasm import Module


def main(file: Path, folder: Path) -> None:
    """Write the two modules and the bindings of a module."""
    wasm = file.read_bytes()
    interface = mark_unsupported(read_interface(Module.parse(wasm)))
    shims = make_shims(Module.parse(wasm), interface)
    (folder / "ours.wasm").write_bytes(to_exnref(shims.guest))
    (folder / "ours_entries.wasm").write_bytes(shims.entries)
    (folder / "ours.py").write_text(make_python_source(interface, shims.plan, "Made by unpoison."))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
