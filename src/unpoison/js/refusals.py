"""What functions do that only refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's


def refuse_call(name: str) -> Callable[..., Any]:
    """Make what calling a constructor without `new` does."""

    def refuse(realm: Any, *arguments: object) -> Any:
        raise TypeError(f"Constructor {name} requires 'new'")

    return refuse
