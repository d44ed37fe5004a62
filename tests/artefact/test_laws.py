"""Cases of each law in fuzz/ that is about artefacts."""

from __future__ import annotations

from fuzz import artefact_entries, artefact_whole


def test_a_hundred_damaged_entries_are_never_read() -> None:
    for seed in range(100):
        artefact_entries.check(seed)


def test_mutated_modules_load_or_are_refused() -> None:
    loaded = sum(artefact_whole.check(seed) for seed in range(100))
    assert 5 < loaded < 95
