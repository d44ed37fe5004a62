"""`python -m bench.sides.bind_javascript FILE FOLDER`: our JavaScript for Node, with its module."""

from __future__ import annotations

import sys
from pathlib import Path

from unpoison.bindgen import read_interface
from unpoison.glue import GlueOptions, make_javascript
from unpoison.symbols import demangle
from unpoison.transform import Options, make_javascript_module
from unpoison.wasm import Module


def main(file: Path, folder: Path) -> None:
    """Write `ours.js` and `ours_bg.wasm`."""
    wasm = file.read_bytes()
    module = Module.parse(wasm)
    interface = read_interface(module)
    options = Options(import_module="./ours_bg.js", readable=demangle)
    adapted = make_javascript_module(module, interface, options)
    text = make_javascript(interface, adapted, "node", GlueOptions("ours"))
    (folder / "ours_bg.wasm").write_bytes(adapted.wasm)
    (folder / "ours.js").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
