"""A hundred cases of each law in fuzz/."""

from __future__ import annotations

from types import ModuleType

import pytest

from fuzz import eh_mutations, eh_patterns, eh_validity

SEEDS = range(100)


@pytest.mark.parametrize(
    "law", [eh_mutations, eh_patterns, eh_validity], ids=lambda law: law.__name__
)
def test_a_hundred_cases_hold(law: ModuleType) -> None:
    for seed in SEEDS:
        law.check(seed)
