"""What an optional dependency's absence is reported as."""

from __future__ import annotations

import importlib.util
from typing import Final

from unpoison.errors import ToolError

NEEDED: Final = (
    "cronsim", "dotenv", "httptools", "httpx", "json5", "prometheus_client", "uvicorn",
    "watchfiles", "websockets",
)  # fmt: skip
"""The packages of the extra `workers`, as they are imported; uvloop is only faster."""

INSTALL: Final = "pip install 'unpoison[workers]'"


def missing_packages() -> list[str]:
    """Give the packages of the extra that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def missing_extra(purpose: str, error: ImportError) -> ToolError:
    """Give the error for a purpose that needs a package of the extra `workers`."""
    return ToolError(f"{purpose} needs {error.name}; install it with: {INSTALL}", missing=True)
