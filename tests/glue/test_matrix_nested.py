"""A fault inside a crossing inside a crossing: Rust calls JavaScript, which calls Rust again.

The law of each cell is that of `test_matrix.py`, for the outer call: what the inner one raises goes
through it, or is swallowed by it, and both clean up; what ends the instance ends both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node26
from tests.glue.bound import bind, run
from tests.glue.test_matrix import (
    CANNOT_UNWIND,
    DROPS,
    FATAL_PANICS,
    TERMINATED,
    THROWN,
    UNREACHABLE,
    ZERO,
)

pytestmark = pytest.mark.peers

SWALLOWS = "import whose error Rust swallows"
OUTER = (
    "import", "import with catch", SWALLOWS, "iterator of its own kind", "iterator next",
    "sequence conversion", "immediate closure", "immediate mutable closure", "promise argument",
    "async import", "async import with catch", "stream read", "reader of its own kind",
)  # fmt: skip
"""The crossings in which JavaScript runs."""

INNER = tuple(
    crossing
    for crossing in DROPS
    if not any(word in crossing for word in ("async", "promise", "await", "stream", "reader"))
    and crossing != "destructor by collection"
)
"""The crossings that end before they return."""

FAULTS = ("panic", "throw", "abort")
CASES = [(outer, fault, inner) for outer in OUTER for inner in INNER for fault in FAULTS]

Case = tuple[str, str, str]


def death(case: Case) -> dict[str, Any] | None:
    """What ends the instance, if anything does."""
    _, fault, inner = case
    if fault == "abort":
        return UNREACHABLE
    return CANNOT_UNWIND if fault == "panic" and inner in FATAL_PANICS else None


def told(case: Case) -> dict[str, Any]:
    """What the caller of the outer crossing gets."""
    outer, fault, inner = case
    died = death(case)
    if died is not None:
        return died
    if SWALLOWS in (outer, inner):
        return ZERO
    if outer == "async import":
        return {"name": "PanicError", "message": "uncaught exception"}
    return THROWN if fault == "throw" else {"name": "PanicError", "message": "the fault"}


def expected(case: Case) -> dict[str, Any]:
    """What is seen of a case."""
    outer, _, inner = case
    seen: dict[str, Any] = {"warm": ZERO, "told": told(case), "uncaught": []}
    died = death(case)
    if died is None:
        drops = DROPS[outer] + DROPS[inner]
        seen |= {"alive": True, "drops": drops, "grown": 0, "bump": 2}
    else:
        seen |= {"alive": False, "after": TERMINATED}
        # A stream that Rust let go has nobody to tell.
        seen["uncaught"] = [died] if outer == "stream read" else []
    return seen | {"fresh": 1, "again": ZERO, "againDrops": DROPS[outer]}


@pytest.mark.parametrize("build", ["legacy", pytest.param("exnref", marks=pytest.mark.slow)])
def test_every_fault_inside_of_two_crossings(build: str, tmp_path: Path) -> None:
    main = bind(tmp_path, "matrix", build, reset_state=True)
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(CASES), encoding="utf-8")
    script = Path(__file__).with_name("matrix.mjs")
    results = run(node26(), "--expose-gc", script, main, cases)
    for result in results:
        if result["told"].get("message", "").startswith("uncaught exception"):
            result["told"]["message"] = "uncaught exception"
    seen = dict(zip(CASES, results, strict=True))
    assert {case: seen[case] for case in CASES if seen[case] != expected(case)} == {}
