"""How large what we make for JavaScript is, beside what wasm-bindgen's CLI makes of a module.

`python -m tests.peers.sizes` writes `sizes.json`, which the table in docs/javascript.md is of.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from tests import _peers
from unpoison.glue import PackageOptions, make_javascript_package
from unpoison.symbols import demangle

RECORDED = Path(__file__).with_name("sizes.json")
ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    path.stem: path
    for path in (
        *sorted(ROOT.glob("examples/*/*.wasm")),
        *sorted(ROOT.glob("tests/crates/types/*.wasm")),
    )
}
ENDINGS = (".js", "_bg.wasm")

Sizes = dict[str, list[int]]


def measure(module: Path) -> Sizes:
    """Give the bytes of ours and of theirs for each of ENDINGS, both for Node, names kept."""
    options = PackageOptions(name="made", readable=demangle)
    _, ours = make_javascript_package(module.read_bytes(), "node", options)
    command = [_peers.wasm_bindgen(), str(module), "--target", "nodejs", "--out-name", "made"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*command, "--out-dir", folder], check=True, capture_output=True)
        theirs = [(Path(folder) / f"made{ending}").stat().st_size for ending in ENDINGS]
    return {e: [len(ours[f"made{e}"]), size] for e, size in zip(ENDINGS, theirs, strict=True)}


def read() -> dict[str, Sizes]:
    """Give what was recorded, by the name of the module's file."""
    recorded: dict[str, Sizes] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return recorded


if __name__ == "__main__":
    lines = (f" {json.dumps(n)}: {json.dumps(measure(path))}" for n, path in MODULES.items())
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
