"""Every scenario of the peers on workerd, on the `worker` target: as on Node 26.

The CLI's glue runs there too: it differs from ours in what it differs in on Node.
"""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests import _peers
from tests.glue.bound import bind, wasm_file
from tests.glue.test_beside_the_clis_glue import stricter
from tests.glue.test_runtimes import on_node_26
from tests.peers import record
from tests.peers.workerd.process import running, write_modules

pytestmark = pytest.mark.peers

BUILDS = ("legacy", "exnref", "abort")
PROCESS = "recorder_process.mjs"
TEXTS = {
    "worker.mjs": Path(__file__).with_name("recording_worker.mjs").read_text(encoding="utf-8"),
    PROCESS: Path(__file__).with_name(PROCESS).read_text(encoding="utf-8"),
    "env.js": "export const module_twice = (n) => globalThis.module_twice(n);\n",
    "plain.mjs": "".join(
        f"export const {name} = (...v) => globalThis.{name}(...v);\n" for name in record.PLAIN
    ),
    "node.mjs": "export const { createRequire, readFileSync, resolve } = globalThis.node;\n",
}


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("crate", record.CRATES)
def test_every_scenario_ends_as_on_node_26(crate: str, build: str, tmp_path: Path) -> None:
    bind(tmp_path, crate, build, "worker")
    assert recorded(tmp_path, crate) == on_node_26(crate, build)


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("crate", record.CRATES)
def test_the_clis_glue_differs_as_on_node(crate: str, build: str, tmp_path: Path) -> None:
    command = [_peers.wasm_bindgen(), str(wasm_file(crate, build)), "--target", "module"]
    command += ["--no-typescript", "--out-dir", str(tmp_path), "--out-name", crate]
    subprocess.run(command, check=True, capture_output=True)
    glue = tmp_path / f"{crate}.js"
    glue.write_text(glue.read_text().replace("import source ", "import "))
    theirs = recorded(tmp_path, crate)
    ours = on_node_26(crate, build)
    assert ours.keys() == theirs.keys()
    assert {name: seen for name, seen in ours.items() if seen != theirs[name]} == (
        stricter(theirs, build) if crate == "counter" else {}
    )


def recorded(folder: Path, crate: str) -> dict[str, Any]:
    """Give what the recorder sees on workerd of the glue in a folder."""
    entries = json.loads((record.HERE / "scenarios.json").read_text(encoding="utf-8"))
    scenarios = [e for e in entries if "name" in e and e.get("crate", "counter") == crate]
    recorder = (record.HERE / "record.mjs").read_text(encoding="utf-8")
    for name in ("module", "fs", "path"):
        recorder = recorder.replace(f'"node:{name}"', '"./node.mjs"')
    given = {"crate": crate, "scenarios": scenarios}
    texts = TEXTS | {"record.mjs": recorder, "given.json": json.dumps(given)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_modules(folder / "worker.capnp", _modules(crate, len(scenarios)))
    with running(_peers.workerd(), folder / "worker.capnp") as (_, ports):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{ports['http']}/", timeout=100) as body:
                seen: dict[str, Any] = json.load(body)
        except urllib.error.HTTPError as error:
            raise AssertionError((folder / "log").read_text(errors="replace")) from error
    return seen


def _modules(crate: str, copies: int) -> list[str]:
    """Give the lines of the worker's modules: each copy of the glue is one, all have one file."""
    scripts = {name: name for name in ("worker.mjs", PROCESS, "record.mjs", "node.mjs", "env.js")}
    scripts |= {"env": "plain.mjs"}
    scripts |= {f"{crate}.{number}.js": f"{crate}.js" for number in range(copies)}
    return [
        *(f'(name = "{name}", esModule = embed "{file}"),' for name, file in scripts.items()),
        f'(name = "{crate}_bg.wasm", wasm = embed "{crate}_bg.wasm"),',
        '(name = "given.json", json = embed "given.json"),',
    ]
