"""`unpoison bind`: the package imports, works, is clean, and is the same each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli._running import COUNTER, ROOT, STATS, run

Capture = pytest.CaptureFixture[str]

USE_STATS = """
import stats
assert stats.mean([1.5, 2.5]) == 2.0
series = stats.Series()
series.push(2)
assert series.mean == 2.0
assert series.trend() is stats.Trend.Rising
assert stats.load().repeat("ab", 2) == "abab"
"""
USE_COUNTER = """
import counter
try:
    counter.bump()
except AttributeError as error:
    assert "load(imports=" in str(error)
else:
    raise AssertionError("no imports were given")
given = dict.fromkeys(["risky", "thrower", "reenter", "apply", "apply_mut"], lambda *_: 0)
env = {"raw_hook": lambda n: n, "raw_plain": lambda n, factor: factor}
assert counter.load(imports={**given, "env": env}).bump() == 1
"""


@pytest.fixture
def packages(tmp_path: Path, capsys: Capture) -> Path:
    for file in (STATS, COUNTER):
        ran = run(capsys, "bind", file, "-o", tmp_path)
        assert ran.code == 0, ran.err
        assert "import " in ran.err
    return tmp_path


def python(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(folder)])
    environ = {**os.environ, "PYTHONPATH": path, "MYPYPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("program", [USE_STATS, USE_COUNTER], ids=["stats", "counter"])
def test_a_package_is_used_like_any_other(packages: Path, program: str) -> None:
    done = python(packages, "-c", program)
    assert (done.returncode, done.stderr) == (0, "")


def test_rust_documentation_is_the_docstring(packages: Path) -> None:
    program = "import stats; print(stats.mean.__doc__, stats.Series.push.__doc__)"
    assert "arithmetic mean; panics" in python(packages, "-c", program).stdout


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--isolated", "."],
        ["mypy", "--strict", "--follow-imports=silent", "stats", "counter"],
    ],
    ids=" ".join,
)
def test_a_package_is_clean(packages: Path, command: list[str]) -> None:
    done = python(packages, "-m", *command)
    assert done.returncode == 0, done.stdout


def test_the_same_input_gives_the_same_bytes(packages: Path, capsys: Capture) -> None:
    files = {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()}
    assert run(capsys, "bind", STATS, "-o", packages).code == 0
    assert {path: path.read_bytes() for path in files} == files


def test_a_folder_that_cannot_be_written_is_wrong_usage(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run(capsys, "bind", STATS, "-o", tmp_path / "file" / "out")
    assert ran.code == 2
    assert "Traceback" not in ran.err
