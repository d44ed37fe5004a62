"""Record what wasm-bindgen's own glue does in each scenario: `python -m tests.peers.record`.

Needs Node 20 and the wasm-bindgen CLI; writes `recorded.json`, which the default tests read.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests import _peers

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RECORDED = HERE / "recorded.json"
CRATES = {"counter": ROOT / "examples/counter", "types": ROOT / "tests/crates/types"}
BUILDS = ("legacy", "abort")
PLAIN = ("raw_hook", "raw_plain")
"""What the crates import without wasm-bindgen, from `env`."""


def record() -> dict[str, Any]:
    """Run every scenario on every build; give observations by "crate.build" and scenario."""
    return {
        f"{crate}.{build}": record_module(crate, path / f"{crate}.{build}.wasm")
        for crate, path in CRATES.items()
        for build in BUILDS
    }


def record_module(crate: str, module: Path) -> dict[str, Any]:
    """Bind one module with the CLI and run its scenarios under Node."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_glue(crate, module, directory)
        command = [_peers.node20(), str(HERE / "record.mjs"), name]
        command += [str(HERE / "scenarios.json"), crate]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    digest = sha256(module.read_bytes()).hexdigest()
    return {"sha256": digest, "scenarios": json.loads(done.stdout)}


def write_glue(crate: str, module: Path, directory: Path) -> None:
    """Write the glue of one module, with the plain imports that it asks for."""
    command = [_peers.wasm_bindgen(), str(module), "--target", "nodejs"]
    command += ["--out-dir", str(directory), "--out-name", crate]
    subprocess.run(command, check=True, capture_output=True)
    write_plain_imports(directory)


def write_plain_imports(directory: Path) -> None:
    """Write the modules of functions that the crates import without wasm-bindgen."""
    # The glue asks for the plain imports as a package, and for ./env.js beside itself.
    package = directory / "node_modules" / "env" / "index.js"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_text("".join(f"exports.{n} = (...v) => globalThis.{n}(...v);\n" for n in PLAIN))
    (directory / "env.js").write_text("exports.module_twice = (n) => globalThis.module_twice(n);\n")


def write(recorded: dict[str, Any]) -> None:
    """Write the record, one scenario per line."""
    modules = []
    for name, module in recorded.items():
        lines = [f"   {json.dumps(k)}: {_line(v)}" for k, v in module["scenarios"].items()]
        text = ",\n".join(lines)
        modules.append(
            f' {json.dumps(name)}: {{"sha256": "{module["sha256"]}", "scenarios": {{\n{text}}}}}'
        )
    RECORDED.write_text("{\n" + ",\n".join(modules) + "\n}\n", encoding="utf-8")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    write(record())
