"""The same crate as a native extension of Python."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from bench._measure import TOOLS
from bench.sides import host

sys.path.append(str(TOOLS / "pyo3"))
module: Any = import_module("work_pyo3")


class Work:
    """The extension's module."""

    def __init__(self) -> None:
        module.set_host(host.host, host.host_text, host.host_fails)
        # By default each panic prints a line; a terminal must not be part of what is measured.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        self.f64s = host.f64s

    def __getattr__(self, name: str) -> object:
        return getattr(module, name)
