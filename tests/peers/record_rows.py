"""Record what wasm-bindgen's glue does with each row: `python -m tests.peers.record_rows`.

Writes `rows_recorded.json`, which the default tests read.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests import _peers
from tests.peers import rows

HERE = Path(__file__).parent
MODULE = rows.CRATE / "rows.legacy.wasm"
RECORDED = HERE / "rows_recorded.json"


def record() -> dict[str, Any]:
    """Bind the module with the CLI, run every scenario under Node; give what was observed."""
    with tempfile.TemporaryDirectory() as name:
        command = [_peers.wasm_bindgen(), str(MODULE), "--target", "nodejs"]
        command += ["--out-dir", name, "--out-name", "rows"]
        subprocess.run(command, check=True, capture_output=True)
        scenarios = Path(name) / "scenarios.json"
        scenarios.write_text(json.dumps([one | {"crate": "rows"} for one in rows.scenarios()]))
        command = [_peers.node20(), str(HERE / "record.mjs"), name, str(scenarios), "rows"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    digest = sha256(MODULE.read_bytes()).hexdigest()
    return {"sha256": digest, "scenarios": json.loads(done.stdout)}


def write(recorded: dict[str, Any]) -> None:
    """Write the record, one scenario per line."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps(seen, ensure_ascii=False)}"
        for name, seen in recorded["scenarios"].items()
    ]
    head = f'{{"sha256": "{recorded["sha256"]}",\n "scenarios": {{\n'
    RECORDED.write_text(head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    write(record())
