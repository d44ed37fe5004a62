"""How much memory this process holds, as the leak tests ask."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/statm")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason=f"reads {STATUS}")


def anonymous_memory() -> int:
    """Give the bytes of resident memory that no file backs.

    Pages of shared libraries come in whenever the kernel likes; they say nothing of a leak.
    """
    resident, shared = map(int, STATUS.read_text().split()[1:3])
    return (resident - shared) * os.sysconf("SC_PAGESIZE")
