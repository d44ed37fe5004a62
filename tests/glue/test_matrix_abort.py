"""The recovery matrix in JavaScript for a module whose panics are aborts, renewed after each.

An error of JavaScript passes frames that have nothing to run for it: the caller gets it, and what
the frames held stays, as `tests/runtime/test_matrix_abort.py` says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node26
from tests.glue.bound import bind, run
from tests.glue.test_matrix import CASES, DROPS, THROWN, UNREACHABLE, ZERO
from tests.runtime.test_matrix_abort import BORROWED, FATAL_THROWS, TIDY

pytestmark = pytest.mark.peers

SWALLOWED = "import whose error Rust swallows"
COLLECTED = "destructor by collection"
STILL_BORROWED = {
    "name": "Error",
    "message": "attempted to take ownership of Rust value while it was borrowed",
}


def told(crossing: str, fault: str) -> dict[str, Any]:
    """What the caller gets."""
    if fault == "nothing" or crossing in (SWALLOWED, COLLECTED):
        return ZERO
    if fault == "throw" and crossing in BORROWED:
        return STILL_BORROWED  # by freeing it; the error itself came first
    return THROWN if fault == "throw" and crossing not in FATAL_THROWS else UNREACHABLE


def test_every_fault_at_every_crossing(tmp_path: Path) -> None:
    main = bind(tmp_path, "matrix", "abort", reset_state=True, renew_after_abort=True)
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(CASES), encoding="utf-8")
    script = Path(__file__).with_name("matrix.mjs")
    results = run(node26(), "--expose-gc", script, main, cases)
    for (crossing, fault), seen in zip(CASES, results, strict=True):
        where = (crossing, fault)
        dies = fault in ("panic", "abort") or (fault == "throw" and crossing in FATAL_THROWS)
        assert (where, seen["told"]) == (where, told(*where))
        assert (where, seen["bump"]) == (where, 1 if dies else 2)
        if fault == "nothing" or (fault == "throw" and crossing in TIDY):
            assert (where, seen["drops"], seen["grown"]) == (where, DROPS[crossing], 0)
        assert (where, seen["fresh"], seen["again"]) == (where, 1, ZERO)
        assert (where, seen["againDrops"]) == (where, DROPS[crossing])
        lost = {"throw": [THROWN], "nothing": []}.get(fault, [UNREACHABLE])
        assert (where, seen["uncaught"]) == (where, lost if crossing == COLLECTED else [])
