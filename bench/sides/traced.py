"""`python -m bench.sides.traced SIDE OPERATION...`: bytecodes and calls of Python per operation.

Prints a JSON object of pairs.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from bench._operations import OPERATIONS
from bench.sides.tracing import trace

CALLS = 50


def main(side: str, names: list[str]) -> None:
    """Count each operation."""
    work = import_module(f"bench.sides.{side}").Work()
    print(json.dumps({name: _count(name, work) for name in names}))


def _count(name: str, work: object) -> tuple[float, float]:
    row = OPERATIONS[name]
    names: dict[str, Any] = {"work": work}
    exec(row.python_setup(), names)
    code = compile(row.python, name, "exec")
    exec(code, names)  # the first call binds
    counted = trace(code, names, CALLS)
    return counted.bytecodes, counted.calls


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
