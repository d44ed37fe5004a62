"""Every scenario of the peers in each browser, on the `web` target: as on Node 26.

That is as on Node 20, says `test_runtimes.py`, but Node 20 takes twenty times as
long to fill a memory.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.glue.bound import bind
from tests.glue.browsers import open_page
from tests.glue.test_runtimes import recorded
from tests.peers import record

pytestmark = pytest.mark.peers

CASES = [
    (build, name) for name in ("chromium", "firefox", "webkit") for build in ("legacy", "exnref")
]
CASES += [("abort", "chromium")]  # knows no dialect, so that one is enough

LEFT_OUT = {"webkit": {"memory runs out"}}
"""WebKit ends the page's process at a limit of its own before a memory is full."""

STACK = {"class": "RangeError", "name": "RangeError", "message": "Maximum call stack size exceeded"}
ENGINES: dict[str, dict[str, Any]] = {
    "chromium": {},
    "firefox": {
        "unreachable": "unreachable executed",
        "memory access out of bounds": "index out of bounds",
        "divide by zero": "integer divide by zero",
        "function signature mismatch": "indirect call signature mismatch",
        "table index is out of bounds": "index out of bounds",
    },
    "webkit": {
        "unreachable": "Unreachable code should not be executed",
        "memory access out of bounds": "Out of bounds memory access",
        "divide by zero": "Division by zero",
        "function signature mismatch":
            "call_indirect to a signature that does not match",
        "table index is out of bounds": "Out of bounds call_indirect",
    },
}  # fmt: skip
"""The words of V8, and those that each engine has in their place."""

PAGE = """<!doctype html><meta charset="utf-8">
<script type="importmap">{}</script><script type="module" src="page.mjs"></script>
"""
NODE = "export const { createRequire, readFileSync, resolve } = globalThis.node;\n"
IMPORTS = {"env": "./plain.js"} | {f"node:{n}": "./node.mjs" for n in ("module", "fs", "path")}


@pytest.mark.parametrize(("build", "browser"), CASES)
@pytest.mark.parametrize("crate", record.CRATES)
def test_every_scenario_ends_as_on_node_26(
    crate: str, build: str, browser: str, tmp_path: Path
) -> None:
    count = write_page(tmp_path, crate, build, LEFT_OUT.get(browser, set()))
    seen = json.loads(open_page(browser, tmp_path))
    assert len(seen) == count
    on_node = json.loads(recorded(crate, "abort" if build == "abort" else "legacy", "26"))
    told = {name: _told(on_node[name], browser) for name in seen}
    assert _plain(seen, browser) == told


def write_page(folder: Path, crate: str, build: str, left_out: set[str]) -> int:
    """Write what the page loads; give the number of scenarios that it runs."""
    bind(folder, crate, build, "web")
    entries = json.loads((record.HERE / "scenarios.json").read_text(encoding="utf-8"))
    scenarios = [
        one
        for one in entries
        if "name" in one and one.get("crate", "counter") == crate and one["name"] not in left_out
    ]
    plain = [f"export const {n} = (...v) => globalThis.{n}(...v);" for n in record.PLAIN]
    texts = {
        "scenarios.json": json.dumps(scenarios),
        "page.json": json.dumps({"crate": crate, "copies": len(scenarios)}),
        "index.html": PAGE.format(json.dumps({"imports": IMPORTS})),
        "node.mjs": NODE,
        "plain.js": "\n".join(plain),
        "env.js": "export const module_twice = (n) => globalThis.module_twice(n);\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(record.HERE / "record.mjs", folder)
    shutil.copy(Path(__file__).with_name("page.mjs"), folder)
    return len(scenarios)


def _told(seen: Any, browser: str) -> Any:
    """Give what Node saw in the words of another engine."""
    if isinstance(seen, list):
        return [_told(item, browser) for item in seen]
    if not isinstance(seen, dict):
        return seen
    if browser == "firefox" and seen == STACK:
        return {"class": "InternalError", "name": "InternalError", "message": "too much recursion"}
    if browser == "webkit" and seen == STACK:
        return STACK | {"message": f"{STACK['message']}."}
    if seen.get("class") == "RuntimeError":
        return seen | {"message": ENGINES[browser].get(seen["message"], seen["message"])}
    return {key: _told(value, browser) for key, value in seen.items()}


def _plain(seen: Any, browser: str) -> Any:
    """Give what a browser saw without the expression that WebKit adds to an error."""
    if browser != "webkit":
        return seen
    if isinstance(seen, list):
        return [_plain(item, browser) for item in seen]
    if not isinstance(seen, dict):
        return seen
    if isinstance(seen.get("message"), str):
        message = seen["message"].partition(" (evaluating")[0]
        return seen | {"message": message}
    return {key: _plain(value, browser) for key, value in seen.items()}
