"""Every scenario of the peers in each runtime of JavaScript: the same everywhere.

What our glue does on Node 20 and 26 is compared with the CLI's in `test_beside_the_clis_glue.py`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests._peers import runtime
from tests.glue.bound import bind
from tests.peers import record

pytestmark = pytest.mark.peers

FIRST = "20"
"""Node 20 knows only the older dialect."""

NEWEST = "26"
"""What the others are compared with: Node 20 takes twenty times as long to fill a memory."""

CASES = [(build, name) for build in ("legacy", "exnref") for name in ("22", "24", "25", "deno")]
CASES += [("exnref", NEWEST)]
CASES += [("abort", "24"), ("abort", "deno")]  # knows no dialect, so that two are enough

REWORDED = {name: {"a call through a pointer of another type"} for name in ("22", "24", "25")}
"""Where an earlier V8 has another text for a trap."""


def _cases() -> Iterator[Any]:
    """Give every crate in every build on every runtime.

    Half a minute of a counter's is for a memory that fills. Between 20 and 26, which are compared
    with the CLI's glue, one of those is enough but when there is time.
    """
    for crate in record.CRATES:
        for build, name in CASES:
            marks = [pytest.mark.slow] if crate == "counter" and name in ("22", "25") else []
            yield pytest.param(crate, build, name, marks=marks)


@pytest.mark.parametrize(("crate", "build", "name"), _cases())
def test_every_scenario_ends_as_on_node_26(crate: str, build: str, name: str) -> None:
    expected = on_node_26(crate, build)
    seen = json.loads(recorded(crate, build, name))
    assert seen.keys() == expected.keys()
    differing = {scenario for scenario in seen if seen[scenario] != expected[scenario]}
    assert differing == (REWORDED.get(name, set()) if crate == "counter" else set())


def on_node_26(crate: str, build: str) -> dict[str, Any]:
    """Give what the recorder saw under Node 26, whichever the dialect."""
    seen: dict[str, Any] = json.loads(_on_node_26(crate, build if build == "abort" else "legacy"))
    return seen


@cache
def _on_node_26(crate: str, build: str) -> str:
    return recorded(crate, build, NEWEST)


def recorded(crate: str, build: str, name: str) -> str:
    """Give what the recorder saw under a runtime, as JSON."""
    with TemporaryDirectory() as folder:
        bind(Path(folder), crate, build)
        (Path(folder) / "package.json").write_text('{"type": "commonjs"}', encoding="utf-8")
        command: list[Any] = [*runtime(name), record.HERE / "record.mjs", folder]
        command += [record.HERE / "scenarios.json", crate]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_node_20_refuses_exnref(tmp_path: Path) -> None:
    main = bind(tmp_path, "counter", "exnref")
    command = [*runtime(FIRST), "-e", f"require({json.dumps(str(main))})"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "CompileError" in done.stderr or "JSTag" in done.stderr
