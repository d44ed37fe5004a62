"""A hundred cases of the law in fuzz/ that is about generated text."""

from __future__ import annotations

from fuzz import bindings_source


def test_hostile_names_give_valid_bindings_that_run_none_of_them() -> None:
    for seed in range(100):
        bindings_source.check(seed)
