"""The recovery matrix in JavaScript: every kind of crossing, with each fault at that very point.

The law of each cell is that of `tests/runtime/test_matrix.py`: the caller gets PanicError, the very
error that the host threw, or the RuntimeError of the abort; after the first two the instance goes
on with nothing left behind; after an abort it refuses every call until it is reset.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node20, node26
from tests.glue.bound import bind, run

pytestmark = pytest.mark.peers

DROPS = {
    "argument conversion": 1, "sequence conversion": 0, "result conversion": 1, "import": 1,
    "import with catch": 1, "import whose error Rust swallows": 1, "owned closure": 2,
    "borrowed closure": 2, "once closure": 2, "immediate closure": 1,
    "immediate mutable closure": 1, "constructor": 1, "getter": 2, "setter": 2, "method": 2,
    "consuming method": 2, "field": 2, "destructor by free": 1, "destructor by consumption": 1,
    "destructor by collection": 1, "promise callback": 1, "iterator of its own kind": 1,
    "iterator next": 1, "async export": 1, "async export after two turns": 1,
    "promise argument": 1, "task after an await": 1, "async import": 1,
    "async import with catch": 1, "stream read": 1, "reader of its own kind": 1,
}  # fmt: skip
"""The crossings, and how many guards each drops, whatever the fault."""

FATAL_PANICS = {"result conversion", "field", "destructor by free", "destructor by collection"}
"""Crossings whose panics nothing catches, so that they end the instance."""

UNREACHABLE = {"name": "RuntimeError", "message": "unreachable"}
CANNOT_UNWIND = UNREACHABLE | {"message": "panic in a function that cannot unwind"}
TERMINATED = {"name": "Error", "message": "Module terminated"}
THROWN, ZERO = {"thrown": True}, {"value": 0}
FAULTS = ("nothing", "panic", "throw", "abort")
CASES = [(crossing, fault) for crossing in DROPS for fault in FAULTS]


def told(crossing: str, fault: str) -> dict[str, Any]:
    """What the caller gets."""
    if fault == "nothing" or crossing == "destructor by collection":
        return ZERO
    if crossing == "import whose error Rust swallows" and fault != "abort":
        return ZERO
    if fault == "abort":
        return UNREACHABLE
    if fault == "throw" and crossing != "async import":
        return THROWN
    if crossing in FATAL_PANICS:
        return CANNOT_UNWIND
    text = "uncaught exception" if crossing == "async import" else "the fault"
    return {"name": "PanicError", "message": text}


def expected(crossing: str, fault: str) -> dict[str, Any]:
    """What is seen of a case."""
    drops = DROPS[crossing]
    seen: dict[str, Any] = {"warm": ZERO, "told": told(crossing, fault)}
    dies = fault == "abort" or (fault == "panic" and crossing in FATAL_PANICS)
    if dies:
        seen |= {"alive": False, "after": TERMINATED}
    else:
        seen |= {"alive": True, "drops": drops, "grown": 0, "bump": 2}
    return seen | {"fresh": 1, "again": ZERO, "againDrops": drops}


def told_to_nobody(crossing: str, fault: str) -> list[Any]:
    """What nobody could be given: that of a finaliser, and of a stream that Rust let go."""
    if (crossing, fault) == ("destructor by collection", "throw"):
        return [THROWN]
    return [UNREACHABLE] if (crossing, fault) == ("stream read", "abort") else []


BUILDS = [
    pytest.param("matrix", "legacy", node20, id="legacy-20"),
    pytest.param("matrix", "legacy", node26, id="legacy-26"),
    pytest.param("matrix", "exnref", node26, id="exnref-26"),
    pytest.param("checked", "legacy", node26, id="debug-26"),
]


@pytest.mark.parametrize(("crate", "build", "node"), BUILDS)
def test_every_fault_at_every_crossing(
    crate: str, build: str, node: Callable[[], str], tmp_path: Path
) -> None:
    main = bind(tmp_path, crate, build, reset_state=True)
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(CASES), encoding="utf-8")
    script = Path(__file__).with_name("matrix.mjs")
    results = run(node(), "--expose-gc", script, main, cases)
    seen = dict(zip(CASES, results, strict=True))
    for result in results:
        message = result["told"].get("message", "")
        if message.startswith("uncaught exception"):
            result["told"]["message"] = "uncaught exception"
    lost = {case: result.pop("uncaught") for case, result in seen.items()}
    assert seen == {case: expected(*case) for case in CASES}
    assert lost == {case: told_to_nobody(*case) for case in CASES}
