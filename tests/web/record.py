"""Records what Node 26 logs for each program of `programs/`: `python -m tests.web.record`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests._peers import node26

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded.json"
PROGRAMS = {path.stem: path for path in sorted((HERE / "programs").glob("*.js"))}


def ask_node() -> dict[str, list[str]]:
    """Give the lines that each program logs on Node."""
    texts = {name: path.read_text(encoding="utf-8") for name, path in PROGRAMS.items()}
    done = subprocess.run(
        [node26(), "--no-warnings", str(HERE / "recorder.mjs")],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def recorded() -> dict[str, list[str]]:
    """Give the committed lines."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(ask_node(), indent=0) + "\n", encoding="utf-8")
