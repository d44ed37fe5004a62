"""What every part of the interpreter knows: steps, scopes, and how a program is left."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

Steps = Generator[Any, Any, Any]
"""A computation that stops at each value that it awaits or yields."""


class Missing(BaseException):
    """The program uses a part of JavaScript that is not here."""


class Leave(Exception):  # noqa: N818 - it is no error
    """`return`, `break`, `continue` or the end of an optional chain, on its way."""

    def __init__(self, how: str, value: object = None) -> None:
        self.how, self.value = how, value


class Scope:
    """The variables of a block."""

    def __init__(self, outer: Scope | None, names: dict[str, Any]) -> None:
        self.outer, self.names = outer, names

    def holder(self, name: str) -> dict[str, Any] | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.outer
        return None


def finish(steps: Steps) -> Any:
    """Run steps that stop nowhere."""
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise Missing("await or yield outside of a function that can stop")
