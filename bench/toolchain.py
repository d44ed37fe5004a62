"""What the toolchain costs beside wasm-bindgen's CLI, and how large what it makes is.

Both are whole processes that read a module as rustc emits it and write theirs: a module without
what only describes it, and the text of its bindings. No machine code is made.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench._measure import Comparison, Figure, compare, looped, paired
from bench._modules import LOADED, SHOP
from bench._sides import ROOT, run_cli

CLI = "wasm-bindgen's CLI"
MODULES = {**LOADED, "1.6 MB": SHOP}
MOST = {"1.6 MB": 1.0}  # seconds, cold; the goal is for 1.4 MB
ROUNDS = 5


def measure() -> Iterator[Figure | Comparison]:
    """Yield time and size for each module."""
    with tempfile.TemporaryDirectory() as made:
        for size, module in MODULES.items():
            yield from _beside_cli(size, module, Path(made))


def _beside_cli(size: str, module: Path, folder: Path) -> Iterator[Figure | Comparison]:
    ours = partial(_run, module, folder)
    result = compare(f"toolchain, {size}", looped(ours), looped(partial(run_cli, module, folder)),
                     peer_name=CLI, rounds=ROUNDS)  # fmt: skip
    if size in MOST:
        yield Figure(f"toolchain, {size}, cold, CPU", _cpu(ours), "s", most=MOST[size])
    yield result
    mine, theirs = _size(folder, "ours*.wasm"), _size(folder, "glue_bg.wasm")
    yield paired(f"size of the output, {size}", [mine] * 2, [theirs] * 2, peer_name=CLI, unit="B")


def _cpu(run: Callable[[], object]) -> float:
    """The CPU seconds of the processes that are run, the least of ROUNDS."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    return min(once() for _ in range(ROUNDS))


def _run(module: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "bench.sides.bind", str(module), str(folder)]
    subprocess.run(command, check=True, cwd=ROOT)


def _size(folder: Path, pattern: str) -> float:
    return sum(path.stat().st_size for path in folder.glob(pattern))
