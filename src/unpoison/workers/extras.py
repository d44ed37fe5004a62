"""What an optional dependency's absence is reported as."""

from __future__ import annotations

from unpoison.errors import ToolError


def missing_extra(purpose: str, error: ImportError) -> ToolError:
    """Give the error for a purpose that needs a package of the extra `workers`."""
    return ToolError(
        f"{purpose} needs {error.name}; install it with: pip install 'unpoison[workers]'",
        missing=True,
    )
