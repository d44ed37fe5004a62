"""A hundred cases of each law in fuzz/ that is about workers."""

from __future__ import annotations

import logging
from types import ModuleType

import pytest

from fuzz import http_requests, v8_values, workers_surface

LAWS = [http_requests, v8_values, workers_surface]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_hundred_cases_hold(law: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    for seed in range(100):
        law.check(seed)
