"""Records what Node 20 makes of generated modules: `python -m tests.eh.record`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tests._peers import node20
from tests.eh.generator import VERSION, legacy_module
from tests.eh.running import on_node

RECORDED = Path(__file__).with_name("recorded.json")
SEEDS = range(300)


def digest(outcome: str) -> str:
    """Give what stands for one outcome in the file."""
    return hashlib.sha256(outcome.encode()).hexdigest()[:12]


def digest_of_modules(modules: Iterable[bytes]) -> str:
    """Give one number for all modules, so that a drift of the generator is called that."""
    return hashlib.sha256(b"".join(modules)).hexdigest()


def main() -> None:
    """Write the file."""
    modules = [legacy_module(seed) for seed in SEEDS]
    recorded = {
        "generator": VERSION,
        "modules": digest_of_modules(modules),
        "outcomes": [digest(outcome) for outcome in on_node(node20(), modules)],
    }
    RECORDED.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main()
