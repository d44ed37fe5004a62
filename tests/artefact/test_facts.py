"""Who made a module and where its bytes go."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from unpoison.artefact.facts import read_facts
from unpoison.wasm import Custom, Module

COUNTER = Path(__file__).parents[2] / "examples" / "counter" / "counter.legacy.wasm"


def test_the_counter_was_made_by_rustc() -> None:
    wasm = COUNTER.read_bytes()
    facts = read_facts(wasm, Module.parse(wasm), "legacy")
    sizes = dict(facts.sizes)
    assert facts.sha256 == sha256(wasm).hexdigest()
    assert sizes["file"] == len(wasm)
    assert 0 < sizes["data"] < sizes["code"] < sizes["file"]
    assert sum(sizes.values()) - sizes["file"] < sizes["file"]
    assert facts.producers[0].startswith("rustc 1.")


def test_a_broken_producers_section_counts_as_none() -> None:
    module = Module()
    module.customs = [Custom("producers", b"\xff")]
    wasm = module.emit()
    assert read_facts(wasm, Module.parse(wasm), "none").producers == ()
