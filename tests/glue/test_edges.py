"""What the recovery contract promises beyond the matrix: each case of `edges.mjs`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node20, node26
from tests.glue.bound import bind, run

pytestmark = pytest.mark.peers

TERMINATED = "Error: Module terminated"
UNREACHABLE = "RuntimeError: unreachable"
STALE = "Error: Invalid stale object from previous Wasm instance"
STALE_CLOSURE = "Error: Cannot invoke closure from previous WASM instance"
NULL = "Error: null pointer passed to rust"

EXPECTED: dict[str, Any] = {
    "nothing of a dead instance is called": [[TERMINATED] * 7, []],
    "nothing of a replaced instance reaches the new one": [
        [STALE, None, STALE, STALE, STALE, STALE_CLOSURE], 1,
    ],
    "pending promises are rejected at once when the instance dies": [UNREACHABLE, UNREACHABLE],
    "pending promises are rejected when the instance is replaced": [
        1, "Error: The Wasm instance of this promise was replaced", 2,
    ],
    "a renewal waits for the calls that are under way": [3, 1],
    "a value that kills the instance while it is converted": [TERMINATED, []],
    "what is no text, and what is no object of the class": [
        "TypeError: expected a string, found number",
        "TypeError: expected a string, found null",
        "Error: expected instance of Acc",
        "Error: expected instance of Acc",
        "TypeError: Cannot mix BigInt and other types, use explicit conversions",
        "TypeError: Cannot convert a Symbol value to a number",
        "Hello, fine!",
    ],
    "an object that was freed": [NULL, NULL, 1],
    "a memory that grows while texts are passed": [3_000_008, 1_000_008, "Hello, ä!", 1],
    "texts of every kind": [True] * 11,
    "using, and a second free": [1, NULL],
    "a collected object is dropped, one of a dead instance is not": [1, TERMINATED],
    "a terminated instance keeps its cause": ["Module terminated", True],
}  # fmt: skip


@pytest.mark.parametrize(
    ("build", "node"),
    [pytest.param("legacy", node20, id="legacy-20"), pytest.param("exnref", node26, id="exnref")],
)
def test_every_case(build: str, node: Callable[[], str], tmp_path: Path) -> None:
    main = bind(tmp_path, "counter", build)
    seen = run(node(), "--expose-gc", Path(__file__).with_name("edges.mjs"), main)
    assert seen == {name: [value, []] for name, value in EXPECTED.items()}


TARGETS = [
    ("web", node20, "legacy"),
    ("web", node26, "exnref"),
    ("bundler", node26, "legacy"),
    ("module", node26, "exnref"),
]


@pytest.mark.parametrize(("target", "node", "build"), TARGETS)
def test_every_target_starts(
    target: Any, node: Callable[[], str], build: str, tmp_path: Path
) -> None:
    bind(tmp_path, "counter", build, target)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "node_modules/env/package.json").write_text("{}", encoding="utf-8")
    seen = run(node(), "--no-warnings", Path(__file__).with_name("targets.mjs"), tmp_path, target)
    entry = (tmp_path / "counter.js").read_text(encoding="utf-8")
    assert "wbindgen_throw" not in entry or target != "bundler"
    instance = ["Hello, you!", 2.5, "PanicError: boom", 3, UNREACHABLE, TERMINATED]
    started = {"web": [True, True, True]}.get(target, [])
    assert seen == [instance, started]


def test_timers_of_a_replaced_instance_do_nothing(tmp_path: Path) -> None:
    main = bind(tmp_path, "gloo", "abort", reset_state=True)
    seen = run(node20(), Path(__file__).with_name("timers.mjs"), main)
    lost = "The Wasm instance of this promise was replaced"
    assert seen == [[True, 30, lost, 0, 1], []]
