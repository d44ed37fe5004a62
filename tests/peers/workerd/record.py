"""Record what workerd answers in each conversation: `python -m tests.peers.workerd.record`.

Needs workerd and the wasm-bindgen CLI; writes `recorded.json`, which the default tests read.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from tests.peers.workerd.conversation import SECONDS, Observation, Server, observe
from tests.peers.workerd.process import Workerd, serve
from tests.peers.workerd.routes import CONVERSATIONS, CRON_TIME

HERE = Path(__file__).parent
SHOP = HERE.parents[2] / "examples" / "shop" / "shop.legacy.wasm"
RECORDED = HERE / "recorded.json"

Record = dict[str, list[Observation]]


def record() -> Record:
    """Run every conversation with one workerd; give the observations by name."""
    with serve(SHOP) as workerd:
        server = as_server(workerd)
        return {name: observe(server, steps) for name, steps in CONVERSATIONS.items()}


def as_server(workerd: Workerd) -> Server:
    """The worker on workerd, with its events sent through the control worker."""

    def schedule(cron: str) -> str:
        address = f"http://127.0.0.1:{workerd.control_port}/?time={CRON_TIME}&cron={quote(cron)}"
        with urlopen(address, timeout=SECONDS) as answer:
            outcome: bytes = answer.read()
        return outcome.decode()

    return Server("127.0.0.1", workerd.port, schedule)


def read() -> Record:
    """What was recorded."""
    recorded: Record = json.loads(RECORDED.read_text(encoding="utf-8"))
    return recorded


def write(recorded: Record) -> None:
    """Write the record, one step per line."""
    blocks = []
    for name, steps in recorded.items():
        lines = ",\n".join(f"  {json.dumps(step, ensure_ascii=False)}" for step in steps)
        blocks.append(f" {json.dumps(name)}: [\n{lines}\n ]")
    RECORDED.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(record())
