"""What happened to the objects and closures of one generation, so that it can be undone.

Rust's side of it is in the guest's memory; here is Python's. An object that a call consumed is
whole again when the call is undone, and one that it made is stale. What Rust drops for Python is
noted too: a drop that is undone has to be done once more, unless what it dropped was never made.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any
from weakref import ref

Drop = tuple[int, int, int]
Key = tuple[int, int]
"""What tells a Rust value from any other: the entry that drops it, and its address."""


class Journal:
    """The notes of one transaction. `made` objects are noted weakly, changes by their undoing."""

    __slots__ = ("_dropped", "_made", "_undo")

    def __init__(self) -> None:
        self._made: list[tuple[ref[object], tuple[Key, ...], Callable[[Any], None]]] = []
        self._undo: list[Callable[[], object]] = []
        self._dropped: list[Drop] = []

    def made(self, value: object, keys: Iterable[Key], forget: Callable[[Any], None]) -> None:
        """Note an object of Rust's that is new, and how it is made stale."""
        self._made.append((ref(value), tuple(keys), forget))

    def changed(self, undo: Callable[[], object]) -> None:
        """Note a change by what undoes it."""
        self._undo.append(undo)

    def dropped(self, drop: Drop) -> None:
        """Note a drop that is about to run."""
        self._dropped.append(drop)

    def clear(self) -> None:
        """Begin anew: what was noted holds."""
        self._made.clear()
        self._undo.clear()
        self._dropped.clear()

    def undo(self, drops: deque[Drop]) -> None:
        """Undo everything, the latest first, and let `drops` be those that are still to be run.

        What was noted is kept until `clear`: an object that only these notes hold is dropped then.
        """
        for change in reversed(self._undo):
            change()
        never = Counter[Key]()
        for reference, keys, forget in self._made:
            value = reference()
            if value is None:
                never.update(keys)
            else:
                forget(value)
        again = [*self._dropped, *drops]
        drops.clear()
        for drop in again:
            if never[drop[:2]] > 0:
                never[drop[:2]] -= 1
            else:
                drops.append(drop)
