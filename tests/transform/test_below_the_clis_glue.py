"""The CLI's own glue runs on our module, and sees what it sees on its own module."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node20
from tests.peers import record
from tests.transform.cli_glue import put_ours_below

pytestmark = pytest.mark.peers

DIFFERENCES = {
    # `schedule_reinit` runs no code of a user, so that our module does not trap behind it: the
    # hook comes to its next line.
    ("counter", "legacy"): {"a hook that asks for a fresh start, then logs"},
}


@pytest.mark.parametrize("build", record.BUILDS)
@pytest.mark.parametrize("crate", record.CRATES)
def test_every_scenario_ends_as_on_the_clis_module(crate: str, build: str, tmp_path: Path) -> None:
    wasm = record.CRATES[crate] / f"{crate}.{build}.wasm"
    record.write_glue(crate, wasm, tmp_path)
    put_ours_below(wasm, tmp_path, crate)
    recorded = json.loads(record.RECORDED.read_text(encoding="utf-8"))
    theirs, ours = recorded[f"{crate}.{build}"]["scenarios"], run(crate, tmp_path)
    assert theirs.keys() == ours.keys()
    differing = {name for name in theirs if theirs[name] != ours[name]}
    assert differing == DIFFERENCES.get((crate, build), set())


def run(crate: str, folder: Path) -> dict[str, Any]:
    """Run the recorder over the glue in a folder; give what it saw by scenario."""
    scenarios = record.HERE / "scenarios.json"
    command = [node20(), str(record.HERE / "record.mjs"), str(folder), str(scenarios), crate]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
