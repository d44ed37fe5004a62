"""What the imports cost that a first load needs, in a new process: CPU time, byte code cached."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench._measure import TOOLS, Comparison, MissingPeer, paired
from bench._operations import EXTISM, WASMTIME

ROUNDS = 11
OURS = "unpoison"
IMPORTED = {OURS: "unpoison.runtime", WASMTIME: "wasmtime", EXTISM: "extism.extism"}
PROGRAM = """
import importlib, sys, time
sys.path.append(sys.argv[2])
start = time.process_time()
importlib.import_module(sys.argv[1])
print(time.process_time() - start)
"""


def measure() -> Iterator[Comparison]:
    """Yield the comparison with each peer."""
    sides = dict(IMPORTED)
    if not (TOOLS / "extism" / "extism").exists():
        MissingPeer(EXTISM).tell()
        del sides[EXTISM]
    with tempfile.TemporaryDirectory() as folder:
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        for module in sides.values():
            _import(module, variables)  # writes the byte code
        rounds = [
            {side: _import(module, variables) for side, module in sides.items()}
            for _ in range(ROUNDS)
        ]
    ours = [times[OURS] for times in rounds]
    for peer in list(sides)[1:]:
        yield paired("imports, CPU", ours, [times[peer] for times in rounds], peer_name=peer)


def _import(module: str, variables: Mapping[str, str]) -> float:
    command = [sys.executable, "-c", PROGRAM, module, str(TOOLS / "extism")]
    folder = Path(__file__).parent.parent
    done = subprocess.run(command, capture_output=True, check=True, env=variables, cwd=folder)
    return float(done.stdout)
