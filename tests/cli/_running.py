"""Runs a command line in this process and gives what it printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from unpoison.cli.app import execute

ROOT = Path(__file__).parents[2]
STATS = ROOT / "examples" / "stats" / "stats.legacy.wasm"
COUNTER = ROOT / "examples" / "counter" / "counter.legacy.wasm"


@dataclass(frozen=True)
class Ran:
    """One run: its exit code and what it printed."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *args: object) -> Ran:
    """Run `unpoison ARGS`."""
    capsys.readouterr()
    code = execute([str(arg) for arg in args])
    printed = capsys.readouterr()
    return Ran(code, printed.out, printed.err)
