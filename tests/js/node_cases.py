"""Programs that run on Node and in a realm of ours, and what they give as text.

A topic is a file `programs/<topic>.txt`, one program per line (empty lines and lines that start
with # are left out); `programs/<topic>.json` has Node's answers. To record them anew:
`python -m tests.js.node_cases [TOPIC ...]`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests._peers import node20, node26
from tests.script import Interpreter
from unpoison import js

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "programs"
TOPICS = sorted(path.stem for path in FOLDER.glob("*.txt"))


def programs(topic: str, folder: Path = FOLDER) -> list[str]:
    """Give the programs of a topic."""
    lines = (folder / f"{topic}.txt").read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def recorded(topic: str, folder: Path = FOLDER) -> dict[str, str]:
    """Give Node's answers that were recorded: program -> text."""
    return json.loads((folder / f"{topic}.json").read_text())


def write(topic: str, answers: dict[str, str], folder: Path = FOLDER) -> None:
    """Record Node's answers."""
    text = json.dumps(answers, indent=0, ensure_ascii=True)
    (folder / f"{topic}.json").write_text(text + "\n")


def ask_node(topic: str, folder: Path = FOLDER, glue: Path | None = None) -> dict[str, str]:
    """Give Node's answers; `glue` is a module that the programs know as `guest`.

    Node 20 runs the glue, for it has the exception handling that rustc emits.
    """
    asked = programs(topic, folder)
    script = str(HERE / "node_cases.mjs")
    done = subprocess.run(
        [node26(), "--js-sum-precise", script] if glue is None else [node20(), script, str(glue)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(asked, json.loads(done.stdout), strict=True))


def ask_realm(program: str, realm: js.Realm) -> str:
    """Give our answer, in a realm that nothing has changed yet."""
    try:
        return describe(Interpreter(realm).run_script(program))
    except Exception as error:  # noqa: BLE001 - whatever it throws
        return f"throws {describe_thrown(js.from_exception(error))}"


def describe_thrown(value: object) -> str:
    return js.error_text(value) if isinstance(value, BaseException) else describe(value)


def describe(value: Any, depth: int = 0) -> str:
    """Describe a value; node_cases.mjs has the same function."""
    if depth > 4:
        return "..."
    if js.is_number(value):
        return "-0" if value == 0 and str(value).startswith("-") else js.number_to_string(value)
    if js.is_bigint(value) or js.is_string(value):
        return js.debug_string(value)
    if not js.is_reference(value):
        return js.string_of(value)
    if isinstance(value, BaseException):
        return f"error {js.error_text(value)}"
    if js.is_function(value):
        return f"function {js.get(value, 'name')}/{js.get(value, 'length')}"
    tag = js.class_tag(value)
    if tag.endswith("ArrayBuffer"):
        buffer = js.get(value, "byteLength")
        return f"{tag} {buffer}"
    if tag in ("Number", "String", "Boolean"):
        return f"{tag}({describe(js.call_method(value, 'valueOf'), depth + 1)})"
    if tag.endswith("Array"):
        items = [js.get(value, index) for index in range(js.get(value, "length"))]
        return f"{tag}[{', '.join(describe(item, depth + 1) for item in items)}]"
    members = (f"{key!s}: {describe(js.get(value, key), depth + 1)}" for key in js.own_keys(value))
    return f"{tag} {{{', '.join(members)}}}"


if __name__ == "__main__":
    for name in sys.argv[1:] or TOPICS:
        write(name, ask_node(name))
