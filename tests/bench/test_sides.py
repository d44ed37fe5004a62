"""All sides of each benchmark do the same work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench._measure import MissingPeer
from bench._operations import CALLS, EXTISM, NODE, NODE20, OPERATIONS, PYO3, WASMTIME, Operation
from bench._sides import SIDES, newest_node, node20, opened, run_cli
from bench.sides.unpoison_side import MODULE
from bench.sides.unpoison_side import Work as OurWork
from bench.sides.wasmtime_side import Work as PlainWork
from tests import _peers

EXPRESSIONS = [call for call in CALLS if "\n" not in call.python]
every_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)


@pytest.fixture(scope="module")
def ours() -> OurWork:
    return OurWork()


@every_call
def test_each_operation_runs_on_ours(call: Operation, ours: OurWork) -> None:
    _run(call, ours)


@pytest.mark.parametrize(
    "name",
    [call.name for call in EXPRESSIONS if WASMTIME in call.peers and call.name != "call_counter"],
)
def test_the_calls_by_hand_give_what_ours_give(name: str, ours: OurWork) -> None:
    by_hand = PlainWork()
    assert _run(OPERATIONS[name], by_hand) == _run(OPERATIONS[name], ours)


def test_a_missing_peer_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPeer, match="Node 20"):
        node20(tmp_path)
    with pytest.raises(MissingPeer, match="newest Node"):
        newest_node(tmp_path)
    with pytest.raises(MissingPeer, match="wasm-bindgen"):
        run_cli(MODULE, tmp_path, tools=tmp_path)


def test_a_missing_peer_is_told_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench._sides.TOOLS", tmp_path)
    with opened((PYO3, EXTISM)) as sides:
        assert sides == {}
    assert capsys.readouterr().out.count("skip ") == 2


@pytest.mark.peers
@pytest.mark.parametrize("peer", [NODE, NODE20, PYO3, EXTISM])
def test_a_peer_does_each_of_its_operations(peer: str) -> None:
    _peers.node20()
    _peers.wasm_bindgen()
    with opened((peer,)) as sides:
        if peer not in sides:
            _peers.missing(peer)
        for call in CALLS:
            if peer in call.peers:
                assert sides[peer].side(call.name)(3) > 0


def test_each_peer_of_an_operation_is_a_side() -> None:
    assert {peer for call in CALLS for peer in call.peers} <= set(SIDES)


def _run(call: Operation, work: Any) -> Any:
    names: dict[str, Any] = {"work": work}
    exec(call.python_setup(), names)
    if call in EXPRESSIONS:
        return eval(call.python, names)
    return exec(call.python, names)
