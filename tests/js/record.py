"""Records what Node 20 says to the questions of cases.py: `python -m tests.js.record`."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests._peers import missing, node20, wasm_bindgen
from tests.js.cases import questions
from tests.js.promise_scenarios import SCENARIOS, TICKS

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded.json"


def ask_node() -> dict[str, object]:
    """Give Node's answers, debug texts made by wasm-bindgen's own glue."""
    asked = questions() | {
        "debug_string": glue_function("debugString"),
        "scenarios": {name: TICKS + each.javascript for name, each in SCENARIOS.items()},
    }
    done = subprocess.run(
        [node20(), str(HERE / "recorder.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def glue_function(name: str) -> str:
    """Take a function of the JavaScript glue out of the CLI program, which holds it as text."""
    program = Path(wasm_bindgen()).read_bytes()
    pattern = rb"function " + name.encode() + rb"\(val\) \{.*?\n {12}\}\n"
    found = re.search(pattern, program, re.DOTALL)
    return found[0].decode() if found else missing(f"{name} in the wasm-bindgen CLI")


def recorded() -> dict[str, object]:
    """Give the committed answers."""
    return json.loads(RECORDED.read_text())


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(ask_node(), separators=(",", ":")) + "\n")
