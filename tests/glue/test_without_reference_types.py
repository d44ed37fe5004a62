"""A module that was built without reference types answers as its twin with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests._peers import node20
from tests.glue.bound import bind, run

pytestmark = pytest.mark.peers

SCRIPT = Path(__file__).with_name("rare.mjs")


def test_rare_answers_the_same_without_reference_types(tmp_path: Path) -> None:
    outcomes = {}
    for build in ("legacy", "noref"):
        folder = tmp_path / build
        folder.mkdir()
        outcomes[build] = run(node20(), SCRIPT, bind(folder, "rare", build))
    assert outcomes["noref"] == outcomes["legacy"]
    assert not [name for name in outcomes["legacy"] if ", round" in name]
    assert any("value" in seen for seen in outcomes["legacy"].values())
