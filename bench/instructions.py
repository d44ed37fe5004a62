"""How many instructions of the processor a call takes, counted by callgrind: stable on any machine.

Beside them, how many times those of a call of a Python function that is.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench._counts import instructions
from bench._measure import Figure
from bench._operations import BASELINE, CALLS
from bench._sides import COMPILED, PURE
from unpoison.engine import IS_COMPILED

LARGE = ("_1m", "new_instance")
"""What is counted by the bytes, or by the instance."""


def measure() -> Iterator[Figure]:
    """Yield the count of each operation, on each path."""
    names = [call.name for call in CALLS if not call.name.endswith(LARGE)]
    for path in (COMPILED, PURE) if IS_COMPILED else (PURE,):
        counts = instructions(path, names)
        yield Figure(f"{BASELINE.what}, beside the {path} path", counts[BASELINE.name], "instr.")
        for call in CALLS:
            if call.name in counts:
                yield Figure(f"{call.what} ({path})", counts[call.name], "instr.")
