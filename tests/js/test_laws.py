"""A hundred cases of each law in fuzz/ that is about JavaScript's texts."""

from __future__ import annotations

from types import ModuleType

import pytest

from fuzz import js_dates, js_json, js_regexp


@pytest.mark.parametrize("law", [js_dates, js_json, js_regexp], ids=lambda law: law.__name__)
def test_a_hundred_cases_hold(law: ModuleType) -> None:
    for seed in range(100):
        law.check(seed)
