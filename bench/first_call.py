"""What a warm load with a first call costs in a new process, after the imports: 0.6 MB.

Beside what the other programs do from their start to the same call, each a new process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench._measure import TOOLS, Comparison, Figure, MissingPeer, paired
from bench._operations import EXTISM, NODE, NODE20
from bench._sides import ROOT, newest_node, node20, run_cli
from bench.sides.unpoison_side import MODULE

WHAT = "warm load to first call in a new process, 0.6 MB"
MOST = 25.0  # ms of work after imports
ROUNDS = 11
OURS = "unpoison"
NODE_SIDE = Path(__file__).parent / "sides" / "node_once.cjs"

Command = list[str]


def measure() -> Iterator[Figure | Comparison]:
    """Yield our CPU time, then the comparison with each peer."""
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        _run(commands[OURS])  # fills the cache
        rounds = [{name: _run(command) for name, command in commands.items()}
                  for _ in range(ROUNDS)]  # fmt: skip
    cpu = statistics.median(round_[OURS][1] for round_ in rounds) * 1e3
    yield Figure(f"{WHAT}, CPU", cpu, "ms", most=MOST)
    ours = [round_[OURS][0] for round_ in rounds]
    for peer in list(commands)[1:]:
        yield paired(WHAT, ours, [round_[peer][0] for round_ in rounds], peer_name=peer)


def _commands(folder: Path) -> Mapping[str, Command]:
    commands = {OURS: [sys.executable, "-m", "bench.sides.once", "unpoison_side"]}
    if (TOOLS / "extism" / "extism").exists():
        commands[EXTISM] = [sys.executable, "-m", "bench.sides.once", "extism_side"]
    for name, find in ((NODE, newest_node), (NODE20, node20)):
        try:
            commands[name] = [find(), str(NODE_SIDE), str(run_cli(MODULE, folder))]
        except MissingPeer as missing:
            missing.tell()
    return commands


def _run(command: Command) -> tuple[float, float]:
    """Seconds and CPU seconds that the program tells of itself."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    seconds, cpu = map(float, done.stdout.split())
    return seconds, cpu
