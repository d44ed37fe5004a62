"""The counter (`examples/counter`) with all that it imports."""

from __future__ import annotations

from pathlib import Path

import unpoison

ROOT = Path(__file__).parent.parent
COUNTER = ROOT / "examples" / "counter" / "counter.legacy.wasm"


class SoldOutError(Exception):
    """What the import `thrower` raises."""


def thrower() -> None:
    """Fail, as the Node side's import does."""
    raise SoldOutError("sold out")


def load_counter(source: Path | bytes = COUNTER) -> unpoison.Instance:
    """Give an instance with all imports."""
    imports = {
        "risky": lambda n: n * 2,
        "thrower": thrower,
        "reenter": lambda n: n,
        "apply": lambda function, n: function(n),
        "apply_mut": lambda function, n: function(n),
        "env": {"raw_hook": lambda n: n, "raw_plain": lambda n, factor: n * factor},
    }
    return unpoison.load(source, imports=imports)
