"""The command line as a whole: help, errors, a terminal or none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli._running import STATS, run

Capture = pytest.CaptureFixture[str]


def test_help_has_commands_examples_and_exit_codes(capsys: Capture) -> None:
    ran = run(capsys, "--help")
    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in ("bind", "build", "inspect", "translate"))
    assert "Examples:" in ran.out
    assert "4  a tool is missing" in ran.out


@pytest.mark.parametrize("args", [["nope"], ["--nope"], ["inspect"]])
def test_wrong_usage_is_exit_code_2(capsys: Capture, args: list[str]) -> None:
    ran = run(capsys, *args)
    assert ran.code == 2
    assert "Usage:" in ran.err


def test_the_module_runs_as_a_program_without_colour_in_a_pipe() -> None:
    command = [sys.executable, "-m", "unpoison", "run", str(STATS), "mean", "[]"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 1
    assert done.stderr == "unpoison: PanicError: the mean of no numbers\n"
