"""Every example in every runtime of JavaScript: the same as under the CLI's glue.

`counter` and `types` have their scenarios in `test_runtimes.py`, `test_browsers.py` and
`test_workerd_scenarios.py`, the Workers theirs in `test_worker_entry.py`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests import _peers
from tests.glue.bound import bind, wasm_file
from tests.glue.browsers import open_page
from tests.peers.workerd.process import running, write_modules
from tests.transform import cli_glue
from unpoison.glue import Target

pytestmark = pytest.mark.peers

HERE = Path(__file__).parent
EXAMPLES = ("stats", "jsonlogic", "cddl_check", "photon", "gloo")
NODES = ("20", "22", "24", "25", "26", "deno")
BROWSERS = ("chromium", "firefox", "webkit")
BUILDS = [("legacy", name) for name in NODES] + [("exnref", name) for name in NODES[1:]]
BUILDS += [("abort", "26")]
PAGES = [(build, name) for name in BROWSERS for build in ("legacy", "exnref")]

PAGE = """<!doctype html><meta charset="utf-8"><script type="module">
import { useAll } from "./examples.mjs";
const seen = await useAll(async (name) => {
    const rust = await import(`./${name}.js`);
    await rust.default();
    return rust;
});
await fetch("result", { method: "POST", body: JSON.stringify(seen) });
</script>
"""


def bind_all(folder: Path, build: str, target: Target = "node") -> None:
    """Write our glue of every example, in a dialect."""
    for name, content in bound(build, target).items():
        (folder / name).write_bytes(content)


@cache
def bound(build: str, target: Target) -> dict[str, bytes]:
    """Give the files of our glue; `gloo` has one build, without exceptions."""
    with TemporaryDirectory() as folder:
        for name in EXAMPLES:
            own = "abort" if build == "abort" or name == "gloo" else "legacy"
            adapting = {"eh": build} if own == "legacy" else {}
            bind(Path(folder), name, own, target, adapting)
        files = [file for file in Path(folder).iterdir() if file.is_file()]
        return {file.name: file.read_bytes() for file in files}


@cache
def theirs(build: str) -> dict[str, Any]:
    """Give what is seen under the CLI's glue, on Node 26."""
    with TemporaryDirectory() as folder:
        for name in EXAMPLES:
            own = "abort" if name == "gloo" or build == "abort" else "legacy"
            cli_glue.bind(wasm_file(name, own), Path(folder), name)
        return used(folder, "26")


def used(folder: str | Path, runtime: str) -> dict[str, Any]:
    """Use the glue in a folder under a runtime."""
    (Path(folder) / "package.json").write_text('{"type": "commonjs"}', encoding="utf-8")
    command = [*_peers.runtime(runtime), str(HERE / "run_examples.mjs"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize(("build", "runtime"), BUILDS)
def test_every_example_in_node_and_deno(build: str, runtime: str, tmp_path: Path) -> None:
    bind_all(tmp_path, build)
    assert used(tmp_path, runtime) == theirs("abort" if build == "abort" else "legacy")


@pytest.mark.parametrize(("build", "browser"), PAGES)
def test_every_example_in_a_browser(build: str, browser: str, tmp_path: Path) -> None:
    bind_all(tmp_path, build, "web")
    shutil.copy(HERE / "examples.mjs", tmp_path)
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    assert json.loads(open_page(browser, tmp_path)) == theirs("legacy")


@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_every_example_in_workerd(build: str, tmp_path: Path) -> None:
    bind_all(tmp_path, build, "worker")
    shutil.copy(HERE / "examples.mjs", tmp_path)
    imports = "".join(f'import * as {name} from "./{name}.js";\n' for name in EXAMPLES)
    text = f"""{imports}import {{ useAll }} from "./examples.mjs";
const glue = {{ {", ".join(EXAMPLES)} }};
export default {{ fetch: async () => Response.json(await useAll((name) => glue[name])) }};
"""
    (tmp_path / "worker.mjs").write_text(text, encoding="utf-8")
    scripts = ["worker.mjs", "examples.mjs", *(f"{name}.js" for name in EXAMPLES)]
    modules = [f'    (name = "{name}", esModule = embed "{name}"),' for name in scripts]
    modules += [
        f'    (name = "{name}_bg.wasm", wasm = embed "{name}_bg.wasm"),' for name in EXAMPLES
    ]
    write_modules(tmp_path / "worker.capnp", modules)
    with running(_peers.workerd(), tmp_path / "worker.capnp") as (_, ports):
        answer = urllib.request.urlopen(f"http://127.0.0.1:{ports['http']}/", timeout=60).read()
    assert json.loads(answer) == theirs("legacy")
