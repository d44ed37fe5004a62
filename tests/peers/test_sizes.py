"""What we make for JavaScript is not larger than what the CLI makes of the same module."""

from __future__ import annotations

import pytest

from tests.peers import sizes

LARGER = {("stats.abort", ".js")}
"""That text is short: what puts the stack pointer back is more than what is saved elsewhere."""


@pytest.mark.parametrize("name", sizes.MODULES)
def test_neither_the_text_nor_the_module_is_larger(name: str) -> None:
    larger = {
        (name, ending) for ending, (ours, theirs) in sizes.read()[name].items() if ours > theirs
    }
    assert larger == {(one, ending) for one, ending in LARGER if one == name}


@pytest.mark.peers
@pytest.mark.parametrize("name", ["counter.legacy", "stats.legacy", "types.abort"])
def test_the_record_is_of_what_is_made_now(name: str) -> None:
    seen, recorded = sizes.measure(sizes.MODULES[name]), sizes.read()[name]
    for ending, (ours, theirs) in seen.items():
        assert ours == pytest.approx(recorded[ending][0], rel=0.03)
        assert theirs == recorded[ending][1]
