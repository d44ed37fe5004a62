"""The demo shows each error by its class, on the counter as rustc made it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SHOWN = [
    "raises unpoison.PanicError: boom: on purpose",
    "destructors that ran: 2",
    "raises OutOfStockError: only 5 left, not 9",
    "raises OutOfStockError: sold out",
    "raises unpoison.js.Error: invalid digit found in string",
    "raises unpoison.ThrownValue: Rust threw '3 is odd'",
    "raises unpoison.AbortError: ",
    "raises unpoison.TerminatedError: ",
    "raises unpoison.StaleHandleError: ",
    "generation 2",
]


@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_the_demo_shows_every_kind_of_failure(build: str) -> None:
    module = ROOT / "examples" / "counter" / f"counter.{build}.wasm"
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py"), str(module)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [text for text in SHOWN if text not in done.stdout] == []
    assert done.stderr == ""
