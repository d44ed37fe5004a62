"""A hundred cases of each law in fuzz/."""

from __future__ import annotations

import pytest

from fuzz import wasm_acceptance, wasm_identity, wasm_mutations, wasm_operands

SEEDS = range(100)


@pytest.mark.parametrize(
    "law", [wasm_identity, wasm_mutations, wasm_operands], ids=lambda law: law.__name__
)
def test_a_hundred_cases_hold(law: object) -> None:
    for seed in SEEDS:
        law.check(seed)  # type: ignore[attr-defined]


def test_a_hundred_cases_of_acceptance_hold_and_enough_of_them_were_valid() -> None:
    assert sum(wasm_acceptance.check(seed) for seed in SEEDS) > 20
