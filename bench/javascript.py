"""What our JavaScript costs beside that of wasm-bindgen's CLI: calls, in one run, and sizes.

The same program of the same Node runs the same operations on the same crate under both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench._measure import Comparison, LineProcess, MissingPeer, compare, looped, paired
from bench._modules import LOADED
from bench._operations import CALLS, NODE, NODE20
from bench._sides import NODE_SIDE, ROOT, newest_node, node20, run_cli
from bench.sides.bind_javascript import main as bind_here
from bench.sides.unpoison_side import MODULE

CLI = "the CLI's glue"
OPERATIONS = [call for call in CALLS if call.javascript]
WANTED = 1.0  # not slower, not larger
ROUNDS = 5  # of the toolchain


def measure() -> Iterator[Comparison]:
    """Yield each operation on each Node, then sizes and the time of the toolchain."""
    for name, find in ((NODE20, node20), (NODE, newest_node)):
        try:
            yield from _calls(name, find)
        except MissingPeer as missing:
            missing.tell()
    for size, module in {"bench": MODULE, **LOADED}.items():
        yield from _sizes(size, module)
        yield from _toolchain(size, module)


def bind(module: Path, folder: Path) -> Path:
    """Write our JavaScript for Node, and its module; give the file."""
    bind_here(module, folder)
    return folder / "ours.js"


def _bind_alone(module: Path, folder: Path) -> None:
    """Do the same in a process of its own, as the CLI is one."""
    command = [sys.executable, "-m", "bench.sides.bind_javascript", str(module), str(folder)]
    subprocess.run(command, check=True, cwd=ROOT)


def _toolchain(size: str, module: Path) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as name:
        sides = (looped(partial(one, module, Path(name))) for one in (_bind_alone, run_cli))
        yield compare(f"toolchain, JavaScript, {size}", *sides, peer_name=CLI, rounds=ROUNDS)


def _calls(name: str, find: Callable[[], str]) -> Iterator[Comparison]:
    texts = json.dumps({call.name: call.javascript_source() for call in OPERATIONS})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        glues = bind(MODULE, folder), run_cli(MODULE, folder)
        ours, theirs = (
            stack.enter_context(LineProcess([find(), str(NODE_SIDE), str(glue), texts]))
            for glue in glues
        )
        for call in OPERATIONS:
            what, sides = f"{call.what}, {name}", (ours.side(call.name), theirs.side(call.name))
            yield compare(what, *sides, peer_name=CLI, target=WANTED)


def _sizes(size: str, module: Path) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = bind(module, folder), run_cli(module, folder)
        for ending in (".js", "_bg.wasm"):
            mine, other = (
                path.with_name(path.stem + ending).stat().st_size for path in (ours, theirs)
            )
            what = f"size of {ending.strip('_')}, {size}"
            yield paired(what, [mine] * 2, [other] * 2, peer_name=CLI, target=WANTED, unit="B")
