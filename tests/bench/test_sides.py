"""Both sides of each benchmark do the same work."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench._counter import load_counter, node_counter
from bench._measure import MissingPeer
from bench._plain import PlainCounter
from tests import _peers

OPERATIONS = ("add", "greet", "method", "host_import", "panic", "host_throw", "renewal")


def test_the_calls_by_hand_give_what_ours_give() -> None:
    peers = PlainCounter().calls()
    with load_counter() as instance:
        assert peers["add"]() == instance.exports.add(1, 2) == 3
        assert peers["greet"]() == instance.exports.greet("world") == "Hello, world!"
        assert peers["method"]() is instance.exports.Acc().push(1.5) is None
        assert peers["host_import"]() == instance.exports.call_back(3) == 4


def test_a_missing_peer_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(MissingPeer, match=r"Node 20|wasm-bindgen"), node_counter(tmp_path):
        pass


@pytest.mark.peers
def test_node_does_every_operation() -> None:
    _peers.node20()
    _peers.wasm_bindgen()
    with node_counter(_peers.tools()) as node:
        for what in OPERATIONS:
            assert node.side(what)(3) > 0
