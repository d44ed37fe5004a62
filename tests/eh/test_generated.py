"""Random legacy modules do on wasmtime, translated, what they do on Node as they are.

By default their outcomes are compared with those that Node 20 gave when they were recorded;
with `-m peers` thousands run three ways: legacy on Node 20, translated on Node 26 and on
wasmtime. Mutants show that the comparison notices faults: MUTANTS are all caught by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import wasmtime

from tests._peers import node20, node26
from tests.eh.generator import VERSION, legacy_module
from tests.eh.mutants import MUTANTS, Mutant, Translator, applied
from tests.eh.record import RECORDED, SEEDS, digest, digest_of_modules
from tests.eh.running import on_node, on_wasmtime
from unpoison.eh import to_exnref
from unpoison.errors import MalformedModule

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "exception-handling.md"
PEER_CASES = int(os.environ.get("UNPOISON_EH_CASES", "3000"))
FIRST_PEER_SEED = 1_000_000
BATCH = 250


@pytest.fixture(scope="module")
def modules() -> list[bytes]:
    return [legacy_module(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def recorded(modules: list[bytes]) -> list[str]:
    """What Node 20 gave for `modules`, as digests."""
    recording = json.loads(RECORDED.read_text())
    assert recording["generator"] == VERSION, "record again: python -m tests.eh.record"
    assert recording["modules"] == digest_of_modules(modules), "the generator changed: VERSION"
    return list(recording["outcomes"])


@pytest.fixture(scope="module")
def engine() -> wasmtime.Engine:
    return wasmtime.Engine()


def test_outcomes_are_those_of_node(
    modules: list[bytes], recorded: list[str], engine: wasmtime.Engine
) -> None:
    translated = map(to_exnref, modules)
    outcomes = [digest(on_wasmtime(engine, wasm)) for wasm in translated]
    assert [seed for seed in SEEDS if outcomes[seed] != recorded[seed]] == []


def test_translating_again_changes_nothing(modules: list[bytes]) -> None:
    for wasm in map(to_exnref, modules):
        assert to_exnref(wasm) is wasm


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.fault)
def test_a_fault_is_noticed(
    mutant: Mutant, modules: list[bytes], recorded: list[str], engine: wasmtime.Engine
) -> None:
    with applied(mutant) as translate:
        faulty = _outcomes(translate, modules, engine)
        assert any(digest(outcome) != recorded[seed] for seed, outcome in faulty)


def test_the_documentation_lists_every_fault() -> None:
    text = DOCUMENTATION.read_text()
    assert [each.fault for each in MUTANTS if f"| {each.fault} |" not in text] == []


def _outcomes(
    translate: Translator, modules: list[bytes], engine: wasmtime.Engine
) -> Iterator[tuple[int, str]]:
    """Run what a mutant translates in another way than the real translator."""
    for seed, wasm in zip(SEEDS, modules, strict=True):
        try:
            translated = translate(wasm)
        except (MalformedModule, ValueError) as error:
            yield seed, f"not translated: {error}"
        else:
            if translated != to_exnref(wasm):
                yield seed, on_wasmtime(engine, translated)


@pytest.mark.peers
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("start", range(0, PEER_CASES, BATCH))
def test_three_ways_to_run_a_module_agree(start: int, engine: wasmtime.Engine) -> None:
    seeds = range(FIRST_PEER_SEED + start, FIRST_PEER_SEED + start + BATCH)
    modules = [legacy_module(seed) for seed in seeds]
    translated = [to_exnref(wasm) for wasm in modules]
    legacy = on_node(node20(), modules)
    exnref = on_node(node26(), translated)
    ours = [on_wasmtime(engine, wasm) for wasm in translated]
    different = [
        seed
        for seed, *outcomes in zip(seeds, legacy, exnref, ours, strict=True)
        if len(set(outcomes)) > 1
    ]
    assert different == []


@pytest.mark.peers
def test_the_recorded_outcomes_are_what_node_gives_today(
    modules: list[bytes], recorded: list[str]
) -> None:
    assert [digest(outcome) for outcome in on_node(node20(), modules)] == recorded
