"""Our JavaScript and its module beside those of wasm-bindgen's CLI: calls, sizes, what it costs.

The calls are those of `_operations.py`, under both in the same Node; the toolchains are whole
processes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from subprocess import run

from bench._measure import Comparison, Figure, LineProcess, compare, looped, paired, take_turns
from bench._modules import LOADED, SHOP
from bench._operations import CALLS, NODE, NODE20
from bench._sides import NODE_SIDE, ROOT, newest_node, node20, run_cli
from bench.sides.unpoison_side import MODULE

CLI = "wasm-bindgen's CLI"
MODULES = {**LOADED, "1.6 MB": SHOP}
ROUNDS = 5


def measure() -> Iterator[Figure | Comparison]:
    """Yield the calls in each Node, then sizes and the time of the toolchain for each module."""
    with tempfile.TemporaryDirectory() as folder:
        for name, find in ((NODE20, node20), (NODE, newest_node)):
            yield from _calls(name, find(), Path(folder))
        for size, module in MODULES.items():
            yield from _made(size, module, Path(folder))


def _calls(name: str, node: str, folder: Path) -> Iterator[Comparison]:
    texts = {call.name: call.javascript_source() for call in CALLS if call.javascript}
    ours = _bind(MODULE, folder)
    theirs = run_cli(MODULE, folder)
    command = [node, str(NODE_SIDE)]
    with (
        LineProcess([*command, str(ours), json.dumps(texts)]) as mine,
        LineProcess([*command, str(theirs), json.dumps(texts)]) as peer,
    ):
        for call in CALLS:
            if call.javascript:
                times = take_turns({"ours": mine.side(call.name), "peer": peer.side(call.name)})
                what = f"JavaScript, {name}: {call.what}"
                yield paired(what, times["ours"], times["peer"], peer_name=CLI)


def _made(size: str, module: Path, folder: Path) -> Iterator[Comparison]:
    yield compare(f"JavaScript, toolchain, {size}", looped(partial(_bind, module, folder)),
                  looped(partial(run_cli, module, folder)), peer_name=CLI,
                  rounds=ROUNDS)  # fmt: skip
    for kind, suffix in (("module", "_bg.wasm"), ("text", ".js")):
        mine, theirs = (float((folder / f"{name}{suffix}").stat().st_size)
                        for name in ("ours", "glue"))  # fmt: skip
        what = f"JavaScript, size of the {kind}, {size}"
        yield paired(what, [mine] * 2, [theirs] * 2, peer_name=CLI, unit="B", target=1)


def _bind(module: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "bench.sides.bind_javascript", str(module), str(folder)]
    run(command, check=True, cwd=ROOT)
    return folder / "ours.js"
