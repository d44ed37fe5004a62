"""Records what Node 26 says to the cases of the .js files: `python -m tests.js.scripts.record`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests._peers import node26
from tests.js.script import as_body

HERE = Path(__file__).resolve().parent


ZONES = {"date_berlin": "Europe/Berlin", "date_new_york": "America/New_York"}


def zone_of(name: str) -> str:
    """Give the time zone in which a file's cases run: UTC for most."""
    return ZONES.get(name, "UTC")


def names() -> list[str]:
    """Give the names of the files with cases."""
    return sorted(path.stem for path in HERE.glob("*.js"))


def cases(name: str) -> list[str]:
    """Give the cases of a file: its lines but for blank ones and comments."""
    lines = (line.strip() for line in (HERE / f"{name}.js").read_text().splitlines())
    return [line for line in lines if line and not line.startswith("//")]


def recorded(name: str) -> list[str]:
    """Give the committed answers."""
    return json.loads((HERE / f"{name}.json").read_text())  # type: ignore[no-any-return]


def ask_node(name: str) -> list[str]:
    """Give Node's answers."""
    asked = json.dumps([as_body(case) for case in cases(name)])
    recorder = [node26(), str(HERE / "recorder.mjs")]
    world = {**os.environ, "TZ": zone_of(name), "LANG": "en_US.UTF-8"}
    done = subprocess.run(
        recorder, input=asked, capture_output=True, text=True, check=True, env=world
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


if __name__ == "__main__":
    for each in sys.argv[1:] or names():
        text = json.dumps(ask_node(each), indent=0, ensure_ascii=True)
        (HERE / f"{each}.json").write_text(text + "\n")
