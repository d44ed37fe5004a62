"""The demo shows each error by its class, and a worker that goes on, on the real modules."""

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
    "generation 2",
    "raises unpoison.StaleHandleError: ",
]


SERVED = [
    "    -> 200 Hello, ada!",
    '    -> 200 {"item":"tea","count":2,"total":5.0}',
    "    -> 500 PanicError: the shop panics",
    "    -> 500 The Workers runtime canceled this request",
    "    the others: 20 x 200",
    "(CPU limit)",
    "(memory limit)",
    "(stack overflow)",
    "    -> 200 unstored_count: 3",
    "    -> 500 Error: The Workers runtime canceled",
    "    -> 200 1 1 false",
    "    -> 200 unstored_count: 1",
]


@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_the_demo_shows_every_kind_of_failure(build: str) -> None:
    module = ROOT / "examples" / "counter" / f"counter.{build}.wasm"
    assert missing("demo.py", SHOWN, module) == []


def test_the_demo_serves_a_worker_through_every_failure_and_an_objects_life() -> None:
    assert missing("demo_worker.py", SERVED) == []


def missing(demo: str, shown: list[str], *args: object) -> list[str]:
    """Run a demo, which must say nothing on stderr; give what it does not show, in order."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / demo), *map(str, args)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    left, at = [], 0
    for text in shown:
        found = done.stdout.find(text, at)
        if found < 0:
            left.append(text)
        else:
            at = found + len(text)
    return left
