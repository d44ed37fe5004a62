"""Names of test cases that are the same in every process, as pytest-xdist needs them."""

from __future__ import annotations

import re


def case_id(value: object) -> str:
    """Give a short `repr` without the address that it may hold."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:40]
