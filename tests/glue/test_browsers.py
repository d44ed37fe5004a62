"""Every scenario of the peers in each browser, on the `web` target: as on Node 26."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.glue.bound import bind
from tests.glue.browsers import open_page
from tests.glue.test_runtimes import on_node_26
from tests.peers import record

pytestmark = pytest.mark.peers

CASES = [
    (build, name) for name in ("chromium", "firefox", "webkit") for build in ("legacy", "exnref")
]
CASES += [("abort", "chromium")]  # knows no dialect, so that one is enough

ALONE = {"webkit": {"memory runs out"}}
"""WebKit ends the process of a page that fills a memory besides those of its other scenarios."""

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
    chosen = scenarios_of(crate)
    alone = chosen & ALONE.get(browser, set())
    seen: dict[str, Any] = {}
    for number, names in enumerate([chosen - alone, *({name} for name in alone)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_page(folder, crate, build, names)
        seen |= json.loads(open_page(browser, folder))
    assert seen.keys() == chosen
    on_node = on_node_26(crate, build)
    told = {name: _told(on_node[name], browser) for name in seen}
    assert _plain(seen, browser) == told


def scenarios_of(crate: str) -> set[str]:
    """Give the names of the scenarios of a crate."""
    return {one["name"] for one in _entries() if one.get("crate", "counter") == crate}


def _entries() -> list[dict[str, Any]]:
    entries = json.loads((record.HERE / "scenarios.json").read_text(encoding="utf-8"))
    return [one for one in entries if "name" in one]


def write_page(folder: Path, crate: str, build: str, names: set[str]) -> None:
    """Write what a page loads that runs some scenarios."""
    bind(folder, crate, build, "web")
    scenarios = [
        one for one in _entries() if one.get("crate", "counter") == crate and one["name"] in names
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
    for name in ("page.mjs", "recorder_process.mjs"):
        shutil.copy(Path(__file__).with_name(name), folder)


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
