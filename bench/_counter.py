"""The counter on both sides: under unpoison here, and under the generated glue in Node 20."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import unpoison
from bench._measure import LineProcess, MissingPeer

ROOT = Path(__file__).parent.parent
COUNTER = ROOT / "examples" / "counter" / "counter.legacy.wasm"
NODE_SIDE = Path(__file__).with_name("_node_side.cjs")
ENV = "exports.raw_hook = (n) => n;\nexports.raw_plain = (n, factor) => n * factor;\n"


class SoldOutError(Exception):
    """What the import `thrower` raises."""


def thrower() -> None:
    """Fail, as the Node side's import does."""
    raise SoldOutError("sold out")


def load_counter(source: Path | bytes = COUNTER) -> unpoison.Instance:
    """Give an instance with all imports."""
    imports = {
        "risky": lambda n: n * 2,
        "thrower": thrower,
        "reenter": lambda n: n,
        "apply": lambda function, n: function(n),
        "apply_mut": lambda function, n: function(n),
        "env": {"raw_hook": lambda n: n, "raw_plain": lambda n, factor: n * factor},
    }
    return unpoison.load(source, imports=imports)


@contextmanager
def node_counter(tools: Path) -> Iterator[LineProcess]:
    """Run the counter in Node 20 with the glue of wasm-bindgen's CLI.

    Raises MissingPeer when either is not there (`make test-peers` installs them).
    """
    node = _node20(tools)
    with tempfile.TemporaryDirectory() as folder:
        glue = Path(folder)
        run_cli(tools, glue)
        (glue / "node_modules" / "env").mkdir(parents=True)
        (glue / "node_modules" / "env" / "index.js").write_text(ENV)
        with LineProcess([node, str(NODE_SIDE), str(glue / "counter.js")]) as process:
            yield process


def run_cli(tools: Path, folder: Path) -> None:
    """Let wasm-bindgen's CLI write its glue for the counter. Raises MissingPeer."""
    cli = tools / "bin" / "wasm-bindgen"
    if not cli.exists():
        raise MissingPeer("the wasm-bindgen CLI")
    command = [str(cli), str(COUNTER), "--target", "nodejs", "--out-name", "counter"]
    subprocess.run([*command, "--no-typescript", "--out-dir", str(folder)], check=True)


def _node20(tools: Path) -> str:
    own = tools / "node20" / "node_modules" / "node" / "bin" / "node"
    for candidate in (str(own), shutil.which("node")):
        if candidate is not None and Path(candidate).exists():
            command = [candidate, "--version"]
            version = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            if version.startswith("v20."):
                return candidate
    raise MissingPeer("Node 20")
