"""A hundred cases of the law in fuzz/ about HTTP."""

from __future__ import annotations

from fuzz import http_requests


def test_a_hundred_cases_hold() -> None:
    for seed in range(100):
        http_requests.check(seed)
