"""Runs generated modules, on wasmtime or on a Node, and gives outcomes that can be compared.

The outcome of a module is one line of text; `run_cases.mjs` says what is in it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import wasmtime

from tests.eh.generator import CALLS

SCRIPT = Path(__file__).with_name("run_cases.mjs")


def on_wasmtime(engine: wasmtime.Engine, wasm: bytes) -> str:
    """Give the outcome of an exnref module; one that is refused gives the reason."""
    store = wasmtime.Store(engine)
    try:
        instance = wasmtime.Instance(store, wasmtime.Module(engine, wasm), [])
    except wasmtime.WasmtimeError as error:
        return f"refused: {error}"
    exports = instance.exports(store)
    run, trace = exports["run"], exports["trace"]
    assert isinstance(run, wasmtime.Func)
    assert isinstance(trace, wasmtime.Global)
    outcomes = []
    for argument in range(1, CALLS + 1):
        mark = _call(store, run, argument)
        outcomes.append(f"{mark}{trace.value(store) & 0xFFFFFFFF:x}")
    return " ".join(outcomes)


def _call(store: wasmtime.Store, run: wasmtime.Func, argument: int) -> str:
    try:
        run(store, argument)
    except wasmtime.Trap as trap:
        return "?" if trap.trap_code is None else "!"
    return ""


def on_node(node: str, modules: Iterable[bytes]) -> list[str]:
    """Give the outcomes of modules in the dialect that this Node runs."""
    framed = b"".join(len(wasm).to_bytes(4, "little") + wasm for wasm in modules)
    done = subprocess.run(
        [node, str(SCRIPT), str(CALLS)], input=framed, capture_output=True, check=True
    )
    return done.stdout.decode().split("\n")
