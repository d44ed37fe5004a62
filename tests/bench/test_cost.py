"""What a call costs, counted and compared, never timed: the same numbers on every machine.

Instructions of the processor are those of callgrind, by those of a call of a Python function that
gives its argument back, in the same process. Bytecodes are those of Python's own tracing, which is
there without Valgrind. A number that grows says that a call does something which it did not do
before; one that shrinks may be written down.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench._counts import instructions, traced
from bench._measure import MissingPeer
from bench._modules import CDDL, SHOP, loading
from bench._operations import BASELINE
from bench._sides import COMPILED, PURE
from bench.sides.bind import main as bind
from bench.sides.tracing import Traced, trace
from bench.sides.unpoison_side import MODULE
from unpoison.eh import to_exnref
from unpoison.engine import IS_COMPILED

SLACK = 1.15
"""How much more is let pass: other versions of Python and wasmtime count a little differently."""

INSTRUCTIONS = {
    COMPILED: {
        "call_counter": 2.3,
        "call_scalar": 2.5,
        "string_10": 7.2,
        "bytes_1k": 8.6,
        "method_call": 2.9,
        "host_import": 4.7,
        "result_ok": 2.4,
        "panic": 110.0,
        "host_throw": 45.0,
        "renewal": 375.0,
    },
    PURE: {
        "call_counter": 15.6,
        "call_scalar": 18.9,
        "string_10": 65.4,
        "method_call": 18.1,
        "host_import": 29.3,
        "panic": 165.0,
        "host_throw": 61.0,
        "renewal": 640.0,
    },
}
"""Calls of a Python function that a call costs as much as. It takes 480 instructions."""

TRACED = {
    COMPILED: {
        "call_counter": Traced(0, 0),
        "call_scalar": Traced(0, 0),
        "string_10": Traced(0, 0),
        "bytes_1k": Traced(0, 0),
        "method_call": Traced(0, 0),
        "host_import": Traced(2, 1),
        "result_ok": Traced(0, 0),
        "panic": Traced(330, 18),
        "host_throw": Traced(85, 6),
        "renewal": Traced(1_880, 84),
        "new_instance": Traced(8_390, 283),
    },
    PURE: {
        "call_counter": Traced(30, 1),
        "call_scalar": Traced(70, 1),
        "string_10": Traced(264, 10),
        "method_call": Traced(55, 1),
        "host_import": Traced(115, 5),
        "closure_call": Traced(136, 6),
        "callback": Traced(890, 46),
        "panic": Traced(681, 35),
        "host_throw": Traced(170, 10),
        "renewal": Traced(2_520, 115),
        "new_instance": Traced(9_160, 363),
    },
}
"""Bytecodes that a call runs, and functions of Python that it enters."""

OUTPUT = {MODULE: 0.13, CDDL: 0.87, SHOP: 0.54}
"""The size of the two modules that come of one, by its own."""

WORK = {
    "load()": Traced(55_400, 2_600),
    "to_exnref(wasm)": Traced(1_104_000, 36_500),
    "bind(module, folder)": Traced(8_840_000, 321_100),
}
"""What a warm load runs, a translation of 0.6 MB, and the whole toolchain for them."""

each_path = pytest.mark.parametrize("path", [COMPILED, PURE], indirect=True)


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    path: str = request.param
    if path == COMPILED and not IS_COMPILED:
        pytest.skip("the compiled call path was not built, or UNPOISON_PURE is set")
    return path


@each_path
def test_a_call_takes_no_more_instructions_than_it_did(path: str) -> None:
    bounds = INSTRUCTIONS[path]
    try:
        counts = instructions(path, tuple(bounds))
    except MissingPeer as missing:
        pytest.skip(f"missing: {missing}")
    ratios = {name: round(counts[name] / counts[BASELINE.name], 1) for name in bounds}
    grown = {name: now for name, now in ratios.items() if now > bounds[name] * SLACK}
    assert grown == {}, f"more than {bounds}: profile it, what is done that was not before?"


@each_path
def test_a_call_runs_no_more_of_python_than_it_did(path: str) -> None:
    bounds = TRACED[path]
    counts = traced(path, tuple(bounds))
    grown = {name: now for name, now in counts.items() if _more(now, bounds[name])}
    assert grown == {}, "profile it: what is done that was not before?"


@pytest.mark.parametrize(("module", "most"), OUTPUT.items(), ids=lambda it: getattr(it, "name", ""))
def test_the_toolchain_writes_less_than_it_reads(module: Path, most: float, tmp_path: Path) -> None:
    bind(module, tmp_path)
    written = sum(file.stat().st_size for file in tmp_path.glob("*.wasm"))
    assert written / module.stat().st_size < most


@pytest.mark.parametrize(("what", "bound"), WORK.items())
def test_loading_runs_no_more_of_python_than_it_did(
    what: str, bound: Traced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPOISON_CACHE_DIR", str(tmp_path))
    names = {"load": loading(MODULE), "to_exnref": to_exnref, "wasm": MODULE.read_bytes()}
    names |= {"bind": bind, "module": MODULE, "folder": tmp_path}
    exec(what, names)
    now = trace(compile(what, what, "exec"), names)
    assert not _more(now, bound), "profile it: what is done that was not before?"


def _more(now: Traced, bound: Traced) -> bool:
    return now.bytecodes > bound.bytecodes * SLACK or now.calls > bound.calls * SLACK + 0.5
