"""The processes of one run: ours on either path, and each peer that is there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

from bench._environment import environment
from bench._measure import TOOLS, LineProcess, MissingPeer
from bench._operations import CALLS, EXTISM, NODE, NODE20, PYO3, WASMTIME
from bench.sides.unpoison_side import MODULE
from unpoison.engine import IS_COMPILED

ROOT = Path(__file__).parent.parent
COMPILED = "compiled"
PURE = "pure"
PATHS = (COMPILED, PURE)
NODE_SIDE = Path(__file__).parent / "sides" / "node.cjs"

Opened = Mapping[str, LineProcess]


@contextmanager
def opened(names: tuple[str, ...] | None = None) -> Iterator[Opened]:
    """Start each side, or those named; one that is missing is told and left out."""
    with ExitStack() as stack:
        sides = {}
        for name in names or tuple(SIDES):
            try:
                sides[name] = stack.enter_context(SIDES[name](stack))
            except MissingPeer as missing:
                missing.tell()
        yield sides


def run_cli(module: Path, folder: Path, *options: str, tools: Path = TOOLS) -> Path:
    """Let wasm-bindgen's CLI write its glue for Node, and give its file. Raises MissingPeer."""
    cli = tools / "bin" / "wasm-bindgen"
    if not cli.exists():
        raise MissingPeer("the wasm-bindgen CLI")
    command = [str(cli), str(module), "--target", "nodejs", "--out-name", "glue"]
    command += ["--no-typescript", "--out-dir", str(folder), *options]
    subprocess.run(command, check=True)
    return folder / "glue.js"


def node20(tools: Path = TOOLS) -> str:
    """Give the path of a Node 20: the one of npm, or the one on the path. Raises MissingPeer."""
    own = tools / "node20" / "node_modules" / "node" / "bin" / "node"
    for candidate in (str(own), shutil.which("node")):
        if candidate and Path(candidate).exists() and version_of(candidate).startswith("v20."):
            return candidate
    raise MissingPeer("Node 20")


def newest_node(tools: Path = TOOLS) -> str:
    """Give the path of the newest Node, of npm. Raises MissingPeer."""
    node = tools / "node_modules" / "node" / "bin" / "node"
    if not node.exists():
        raise MissingPeer("the newest Node")
    return str(node)


def version_of(program: str) -> str:
    """What a program says to `--version`."""
    command = [program, "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _python(side: str, **variables: str) -> LineProcess:
    with environment(**variables):
        return LineProcess([sys.executable, "-m", "bench.sides", side], cwd=ROOT)


def _compiled(_: ExitStack) -> LineProcess:
    if not IS_COMPILED:
        raise MissingPeer("the compiled call path")
    return _python("unpoison_side", UNPOISON_PURE="0")


def _pure(_: ExitStack) -> LineProcess:
    return _python("unpoison_side", UNPOISON_PURE="1")


def _wasmtime(_: ExitStack) -> LineProcess:
    return _python("wasmtime_side")


def _pyo3(_: ExitStack) -> LineProcess:
    if not (TOOLS / "pyo3" / "work_pyo3.so").exists():
        raise MissingPeer("the PyO3 extension")
    return _python("pyo3_side")


def _extism(_: ExitStack) -> LineProcess:
    if not (TOOLS / "extism" / "extism").exists():
        raise MissingPeer("Extism")
    return _python("extism_side")


def _with_node(find: Callable[[], str]) -> Callable[[ExitStack], LineProcess]:
    def start(stack: ExitStack) -> LineProcess:
        node = find()
        glue = run_cli(MODULE, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        texts = {call.name: call.javascript_source() for call in CALLS}
        return LineProcess([node, str(NODE_SIDE), str(glue), json.dumps(texts)])

    return start


SIDES: Mapping[str, Callable[[ExitStack], LineProcess]] = MappingProxyType(
    {
        COMPILED: _compiled,
        PURE: _pure,
        PYO3: _pyo3,
        NODE: _with_node(newest_node),
        NODE20: _with_node(node20),
        WASMTIME: _wasmtime,
        EXTISM: _extism,
    }
)
