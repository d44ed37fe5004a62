"""Rewrite `accepted.json`, which pins what unpoison does where it differs on purpose.

`python -m tests.peers.accept`; review the diff: each change is a change of behaviour.
"""

from __future__ import annotations

import json
from typing import Any

from tests.peers.normal import normal
from tests.peers.record import CRATES, HERE, RECORDED
from tests.peers.replay import Scenario, read_module, replay, scenarios

ACCEPTED = HERE / "accepted.json"
BUILDS = {"unwind": "legacy", "abort": "abort"}

Accepted = dict[str, dict[str, Any]]


def theirs(recorded: dict[str, Any], crate: str, build: str, scenario: Scenario) -> list[Any]:
    """What the glue did, in normal form; exnref compares with the record of legacy."""
    peer = "abort" if build == "abort" else "legacy"
    return [normal(one) for one in recorded[f"{crate}.{peer}"]["scenarios"][scenario["name"]]]


def pinned(accepted: Accepted, crate: str, build: str) -> dict[str, Any]:
    """What was accepted for a build, by scenario."""
    return accepted[f"{crate}.{'abort' if build == 'abort' else 'unwind'}"]


def differing() -> Accepted:
    """What unpoison does now in every scenario that differs."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    found: Accepted = {}
    for crate in CRATES:
        for panic, build in BUILDS.items():
            module = read_module(crate, build)
            played = {one["name"]: (one, replay(module, one)) for one in scenarios(crate)}
            found[f"{crate}.{panic}"] = {
                name: ours
                for name, (one, ours) in played.items()
                if ours != theirs(recorded, crate, build, one)
            }
    return found


def write(found: Accepted) -> None:
    """Write the file, one scenario per line."""
    modules = []
    for name, items in found.items():
        lines = [
            f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in items.items()
        ]
        modules.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    ACCEPTED.write_text("{\n" + ",\n".join(modules) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(differing())
