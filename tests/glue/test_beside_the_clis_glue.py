"""Every scenario of the peers, under our glue and under the CLI's: the same but where we say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node20, node26
from tests.glue.bound import bind, run
from tests.peers import record, record_rows, rows
from tests.transform import cli_glue

pytestmark = pytest.mark.peers

Node = Callable[[], str]
RECORDED = json.loads(record.RECORDED.read_text(encoding="utf-8"))
LEGACY = [pytest.param(node20, id="20"), pytest.param(node26, id="26")]

TERMINATED = {"class": "Error", "name": "Error", "message": "Module terminated"}
UNREACHABLE = {"class": "RuntimeError", "name": "RuntimeError", "message": "unreachable"}
CANNOT_UNWIND = UNREACHABLE | {"message": "panic in a function that cannot unwind"}
STALE = {
    "class": "Error",
    "name": "Error",
    "message": "Invalid stale object from previous Wasm instance",
}
STALE_CLOSURE = STALE | {"message": "Cannot invoke closure from previous WASM instance"}
HOOK_LINES = [["log", f"hook, line {number}"] for number in (1, 2, 3)]
ACC, ONE, NOTHING = ["value", {"object": "Acc"}], ["value", 1], ["value", None]

RENEWED: dict[str, list[Any]] = {
    "the first call after it has a text": [ONE, NOTHING, ["value", "Hello, fresh!"], ONE],
    "an old object in the first call": [ACC, NOTHING, ["raised", STALE], ONE, ["value", 2]],
    "an old object as the argument of the first call": [
        ACC, NOTHING, ["raised", STALE], ONE, ["value", 2],
    ],
    "freeing an old object": [ACC, NOTHING, NOTHING, ONE, NOTHING, ["value", 2]],
    "an old closure in the first call": [
        ["value", {"function": True}], NOTHING, ["raised", STALE_CLOSURE], ONE,
    ],
}  # fmt: skip
"""Old pointers never reach a fresh instance, and freeing what is gone does nothing."""

DEATHS: dict[str, list[Any]] = {
    "a hook that logs three lines": [
        ["value", 0], *HOOK_LINES, ["raised", UNREACHABLE], ["raised", TERMINATED],
    ],
    "a hook that logs, then asks for a fresh start": [
        ONE, ["value", 0], *HOOK_LINES, ["raised", UNREACHABLE], ONE,
    ],
    "a hook that asks for a fresh start, then logs": [
        ONE, ["value", 0], *HOOK_LINES, ["raised", UNREACHABLE], ONE,
    ],
    "a hook whose import calls an export": [
        ["value", 0], ["raised", TERMINATED], ["log", "reenter gave 6"], ["raised", UNREACHABLE],
        ["raised", TERMINATED],
    ],
    "a hook runs once for an abort below an import": [
        ["value", 0], *HOOK_LINES, ["raised", UNREACHABLE], ["raised", UNREACHABLE],
        ["raised", TERMINATED],
    ],
    "the first call after an abort has a text": [
        ["value", 0], ["raised", UNREACHABLE], ["value", "Hello, fresh!"], ONE,
    ],
    "an async function aborts": [["raised", UNREACHABLE], ["raised", TERMINATED]],
    "an import without catch throws in an async function": [
        ["raised", {"class": "RangeError", "name": "RangeError", "message": "thrown"}], ONE,
    ],
}  # fmt: skip
"""A hook runs once and may call imports; a promise is rejected when its instance dies, or when
its task ends by an error of JavaScript."""

THROWN = ["raised", {"class": "RangeError", "name": "RangeError", "message": "raw"}]
PLAIN_IMPORTS: dict[str, list[Any]] = {
    "an exception through a plain C-unwind import": [THROWN, ONE, ONE],
    "an exception through a C-unwind import below many frames": [THROWN, ["value", 7]],
    "catch_unwind around a C-unwind import that throws": [THROWN, ONE],
}
"""An error of JavaScript is none of the instance's, whichever import throws it."""

ABORTED_TASKS: dict[str, list[Any]] = {
    "an async function panics": [["raised", UNREACHABLE], ["value", 0], ONE],
    "an async function aborts": [["raised", UNREACHABLE], ONE],
    "an import without catch throws in an async function": DEATHS[
        "an import without catch throws in an async function"
    ],
}
"""With panic=abort the instance goes on; the only promise that waits is the failed task's."""

CRITICAL = ["raised", {"class": "Error", "name": "Error", "message": "Critical error"}]
DEAD = ["raised", TERMINATED]
FORCED: dict[str, list[Any]] = RENEWED | DEATHS | {
    "an import without catch throws in an async function": [CRITICAL, DEAD],
    "an exception through a plain C-unwind import": [CRITICAL, DEAD, DEAD],
    "an exception through a C-unwind import below many frames": [CRITICAL, DEAD],
    "catch_unwind around a C-unwind import that throws": [CRITICAL, DEAD],
    "an async function panics": [["raised", UNREACHABLE], DEAD, DEAD],
    "a hook does not run for a panic": DEATHS["a hook that logs three lines"],
    "catch_unwind catches a panic": [["raised", UNREACHABLE], DEAD, DEAD],
    "catch_unwind catches a panic from a destructor": [["raised", UNREACHABLE], DEAD],
}  # fmt: skip
"""With a forced abort handler a panic=abort module dies like one that unwinds; so it does of an
error of a plain import, which the CLI's glue hands on."""

CLEAN = {
    "a field of an abandoned object",
    "a field of an object that is borrowed",
    "a field whose copy panics",
    "a field whose old value panics when it is replaced",
    "free whose destructor panics",
    "an aborting closure ends the instance",
}
"""Where the CLI's glue throws a bare WebAssembly.Exception, ours throws a RuntimeError."""

BUILDS = [
    *(pytest.param(build, node, id=f"{build}-{name}")
      for build in ("legacy", "abort") for name, node in (("20", node20), ("26", node26))),
    pytest.param("exnref", node26, id="exnref-26"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "node"), BUILDS)
@pytest.mark.parametrize("crate", record.CRATES)
def test_every_scenario(crate: str, build: str, node: Node, tmp_path: Path) -> None:
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    bind(folders[0], crate, build)
    record.write_glue(crate, record.CRATES[crate] / f"{crate}.{build}.wasm", folders[1])
    scenarios = record.HERE / "scenarios.json"
    ours = run(node(), record.HERE / "record.mjs", folders[0], scenarios, crate)
    if node is node20:  # where a memory fills slowly; the record is of it, says test_differential
        theirs = RECORDED[f"{crate}.{build}"]["scenarios"]
    else:
        theirs = run(node(), record.HERE / "record.mjs", folders[1], scenarios, crate)
    assert ours.keys() == theirs.keys()
    assert {name: seen for name, seen in ours.items() if seen != theirs[name]} == (
        stricter(theirs, build) if crate == "counter" else {}
    )


@pytest.mark.parametrize("build", ["abort", "exnref"])
def test_a_forced_abort_handler_is_for_modules_that_cannot_unwind(
    build: str, tmp_path: Path
) -> None:
    bind(tmp_path, "counter", build, adapting={"force_abort_handler": True})
    scenarios = record.HERE / "scenarios.json"
    ours = run(node26(), record.HERE / "record.mjs", tmp_path, scenarios, "counter")
    cli_glue.bind(
        record.CRATES["counter"] / f"counter.{build}.wasm", tmp_path, "counter",
        "--force-enable-abort-handler",
    )  # fmt: skip
    theirs = run(node26(), record.HERE / "record.mjs", tmp_path, scenarios, "counter")
    expected = FORCED if build == "abort" else stricter(theirs, build)
    assert {name: seen for name, seen in ours.items() if seen != theirs[name]} == expected


def stricter(theirs: dict[str, Any], build: str) -> dict[str, Any]:
    """Give what our glue does in the scenarios in which it differs."""
    if build == "abort":
        return RENEWED | ABORTED_TASKS
    both = RENEWED | DEATHS | PLAIN_IMPORTS
    return both | {name: list(map(_clean, theirs[name])) for name in CLEAN}


def _clean(seen: list[Any]) -> list[Any]:
    bare = {"class": "WebAssembly.Exception"}
    return ["raised", CANNOT_UNWIND] if seen[1] in (bare, UNREACHABLE) else seen


@pytest.mark.parametrize("node", LEGACY)
def test_every_row_of_the_abi_table(node: Node, tmp_path: Path) -> None:
    bind(tmp_path, "rows", "legacy")
    scenarios = tmp_path / "scenarios.json"
    scenarios.write_text(json.dumps([one | {"crate": "rows"} for one in rows.scenarios()]))
    ours = run(node(), record.HERE / "record.mjs", tmp_path, scenarios, "rows")
    recorded = json.loads(record_rows.RECORDED.read_text(encoding="utf-8"))
    assert ours == recorded["scenarios"]
