"""What objects, closures and promises need of the instance that they belong to."""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from unpoison.engine import Turn
from unpoison.runtime.journal import Journal


class Home(Protocol):
    """A generation, as its objects see it.

    `drops` is the queue of (entry number, first argument, second argument). `journal`, if any,
    is told what happens to objects and closures, so that it can be undone.
    """

    alive: bool
    drops: deque[tuple[int, int, int]]
    journal: Journal | None


class Keeper(Protocol):
    """The border, as its objects and closures see it."""

    destroy_closure_number: int | None

    @property
    def home(self) -> Home:
        """The current generation."""

    def note_drop(self) -> None:
        """Make the next entry run the queued drops."""

    def destroy_closure(self, a: int, b: int) -> None:
        """Drop a closure of the current generation."""

    def free_object(self, value: Any) -> None:
        """Drop a Rust struct now."""


class Gate(Protocol):
    """Who may run in an instance, as its promises see it."""

    @property
    def turn(self) -> Turn:
        """The lock, taken by a subscript."""

    def wait(self) -> None:
        """Take the lock that another thread holds, or raise WrongThreadError."""

    def is_running(self) -> bool:
        """Tell whether a call runs below this one, in this thread. Asked with the lock held."""

    def is_live(self) -> bool:
        """Tell whether the current generation has not died."""
