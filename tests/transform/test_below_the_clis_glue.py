"""The CLI's own glue runs on our module, and sees what it sees on its own module."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests._peers import binaryen, node26
from tests.peers import record
from tests.transform.cli_glue import bind, put_ours_below
from unpoison.transform import ExceptionHandling, Options

pytestmark = pytest.mark.peers

# `schedule_reinit` runs no code of a user, so that our module does not trap behind it: the hook
# comes to its next line.
HOOK = {"a hook that asks for a fresh start, then logs"}

# What a plain import throws is recoverable, too; in the CLI's module nothing catches it. Below
# glue for legacy it is no exception of the tag that stands for JavaScript's there.
PLAIN = {
    "an exception through a plain C-unwind import",
    "an exception through a C-unwind import below many frames",
    "catch_unwind around a C-unwind import that throws",
}

FEATURES = (
    "exception-handling", "reference-types", "multivalue", "bulk-memory", "mutable-globals",
    "nontrapping-float-to-int", "sign-ext",
)  # fmt: skip

# build of the module, dialect of ours, where it differs; Node 20 takes twenty times as long as 26
CASES: list[tuple[str, ExceptionHandling, set[str]]] = [
    ("legacy", "legacy", HOOK),
    ("legacy", "exnref", HOOK),
    ("exnref", "exnref", HOOK | PLAIN),
    ("abort", "auto", set()),
]


@pytest.mark.parametrize(("build", "eh", "differences"), CASES)
@pytest.mark.parametrize("crate", record.CRATES)
def test_every_scenario_ends_as_on_the_clis_module(
    crate: str,
    build: str,
    eh: ExceptionHandling,
    differences: set[str],
    tmp_path: Path,
) -> None:
    wasm = record.CRATES[crate] / f"{crate}.{build}.wasm"
    record.write_glue(crate, wasm, tmp_path)
    theirs = run(crate, tmp_path, node26())
    put_ours_below(wasm, tmp_path, crate, Options(eh=eh))
    ours = run(crate, tmp_path, node26())
    assert theirs.keys() == ours.keys()
    differing = {name for name in theirs if theirs[name] != ours[name]}
    assert differing == (differences if crate == "counter" else set())


@pytest.mark.parametrize("crate", record.CRATES)
def test_errors_of_javascript_are_as_fatal_as_below_the_clis_module(
    crate: str, tmp_path: Path
) -> None:
    wasm = record.CRATES[crate] / f"{crate}.abort.wasm"
    record.write_glue(crate, wasm, tmp_path)
    bind(wasm, tmp_path, crate, "--force-enable-abort-handler")
    theirs = run(crate, tmp_path, node26())
    put_ours_below(wasm, tmp_path, crate, Options(force_abort_handler=True))
    ours = run(crate, tmp_path, node26())
    differing = {name for name in theirs if theirs[name] != ours[name]}
    assert differing == (HOOK | PLAIN if crate == "counter" else set())


def test_a_module_is_still_right_when_binaryen_optimised_it(tmp_path: Path) -> None:
    record.write_glue("counter", record.CRATES["counter"] / "counter.legacy.wasm", tmp_path)
    put_ours_below(record.CRATES["counter"] / "counter.legacy.wasm", tmp_path, "counter")
    file = tmp_path / "counter_bg.wasm"
    before, plain = file.stat().st_size, run("counter", tmp_path, node26())
    enabled = [f"--enable-{feature}" for feature in FEATURES]
    command = [str(binaryen() / "bin" / "wasm-opt"), "-O", *enabled, str(file), "-o", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    assert file.stat().st_size < before
    assert run("counter", tmp_path, node26()) == plain


def run(crate: str, folder: Path, node: str) -> dict[str, Any]:
    """Run the recorder over the glue in a folder; give what it saw by scenario."""
    scenarios = record.HERE / "scenarios.json"
    command = [node, str(record.HERE / "record.mjs"), str(folder), str(scenarios), crate]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
