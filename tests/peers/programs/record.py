"""Record what each program gives: `python -m tests.peers.programs.record`.

Writes `recorded.json`, what Node gave, and `accepted.json`, what unpoison gives where it differs;
the diff of the second is reviewed.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests import _peers
from tests.peers import programs
from tests.peers.normal import normal, normal_value


def ask_node(crate: str) -> dict[str, Any]:
    """Bind a crate with the CLI, run its program under Node; give what was seen by case."""
    module = programs.module_path(crate)
    with tempfile.TemporaryDirectory() as name:
        command = [_peers.wasm_bindgen(), str(module), "--target", "nodejs"]
        command += ["--out-dir", name, "--out-name", crate]
        subprocess.run(command, check=True, capture_output=True)
        command = [_peers.node20(), str(programs.HERE / "runner.mjs")]
        command += [str(Path(name) / f"{crate}.js"), str(programs.HERE / f"{crate}.js")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    digest = sha256(module.read_bytes()).hexdigest()
    return {"sha256": digest, "cases": json.loads(done.stdout)}


def ask_unpoison(crate: str) -> dict[str, Any]:
    """Run the program of a crate here; give what was seen by case."""
    module, text = programs.read_module(crate), programs.program_text(crate)
    names = programs.import_names(text)
    return {
        case: programs.Run(module, text, names).play(case) for case in programs.case_names(text)
    }


def expected(seen: programs.Seen) -> programs.Seen:
    """What Node saw in one case, in normal form."""
    return [
        ["seen", *map(normal_value, one[1:])] if one[0] == "seen" else normal(one) for one in seen
    ]


def write(path: Path, found: dict[str, Any]) -> None:
    """Write a file, one case per line."""
    parts = []
    for crate, content in found.items():
        head = f'"{crate}": {{\n' if path == programs.ACCEPTED else _head(crate, content)
        cases = content.get("cases", content)
        lines = [
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(seen, ensure_ascii=False)}"
            for name, seen in cases.items()
        ]
        end = "\n}" if path == programs.ACCEPTED else "\n}}"
        parts.append(head + ",\n".join(lines) + end)
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def _head(crate: str, content: dict[str, Any]) -> str:
    return f'"{crate}": {{"sha256": "{content["sha256"]}", "cases": {{\n'


def main() -> None:
    """Ask both, and write both files."""
    recorded = {crate: ask_node(crate) for crate in programs.PROGRAMS}
    accepted = {}
    for crate in programs.PROGRAMS:
        theirs = recorded[crate]["cases"]
        ours = ask_unpoison(crate)
        accepted[crate] = {
            case: seen for case, seen in ours.items() if seen != expected(theirs[case])
        }
    write(programs.RECORDED, recorded)
    write(programs.ACCEPTED, accepted)


if __name__ == "__main__":
    main()
