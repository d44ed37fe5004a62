"""Scripts of interleaved promise work, and the order in which Node does it.

`python -m tests.peers.orders` records anew; it needs Node 20 and the wasm-bindgen CLI. A script is
a list of steps that the host takes one after the other without waiting; only `turn` waits for the
event loop. What happens writes a line into the log, and the log is what is compared.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import _peers

HERE = Path(__file__).parent
RECORDED = HERE / "orders.json"
MODULE = HERE.parents[1] / "tests" / "crates" / "matrix" / "matrix.legacy.wasm"
SCRIPTS = 80

Step = list[Any]
Maker = Callable[[random.Random, int, list[int]], Step]

MAKERS: dict[str, Maker] = {
    "task": lambda dice, number, _: ["task", number, dice.randrange(4)],
    "yielding": lambda dice, number, _: ["yielding", number, dice.randrange(4)],
    "spawn": lambda dice, number, _: ["spawn", dice.randrange(3)],
    "chain": lambda dice, number, _: ["chain", number, dice.randrange(1, 5)],
    "ask": lambda dice, number, _: ["ask", number * 10 + dice.randrange(4)],
    "wait": lambda dice, number, _: ["wait", number],
    "bump": lambda dice, number, _: ["bump"],
    "resolve": lambda dice, number, waiting: (
        ["resolve", waiting.pop(dice.randrange(len(waiting)))] if waiting else ["bump"]
    ),
    "turn": lambda dice, number, _: ["turn"],
}


def scripts() -> dict[str, list[Step]]:
    """Give the scripts by name, the same in each run."""
    return {f"script {seed}": make_script(random.Random(seed)) for seed in range(SCRIPTS)}


def make_script(dice: random.Random) -> list[Step]:
    """Make a script of a few steps; whatever waits is resolved in the end."""
    waiting: list[int] = []
    steps: list[Step] = []
    for number in range(1, dice.randrange(4, 14)):
        kind = dice.choice(list(MAKERS))
        steps.append(MAKERS[kind](dice, number, waiting))
        if kind == "wait":
            waiting.append(number)
    return [*steps, *(["resolve", number] for number in waiting)]


def record() -> dict[str, list[str]]:
    """Run every script on wasm-bindgen's own glue under Node; give its log by the script's name."""
    with tempfile.TemporaryDirectory() as directory:
        command = [_peers.wasm_bindgen(), str(MODULE), "--target", "nodejs"]
        command += ["--out-dir", directory, "--out-name", "matrix"]
        subprocess.run(command, check=True, capture_output=True)
        done = subprocess.run(
            [_peers.node20(), str(HERE / "orders.mjs"), directory],
            input=json.dumps(scripts()),
            capture_output=True,
            text=True,
            check=True,
        )
    recorded: dict[str, list[str]] = json.loads(done.stdout)
    return recorded


def write(recorded: dict[str, list[str]]) -> None:
    """Write the record, one script per line."""
    lines = (f" {json.dumps(name)}: {json.dumps(log)}" for name, log in recorded.items())
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(record())
