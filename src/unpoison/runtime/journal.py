"""What happened to the objects and closures of one generation, so that it can be undone.

Rust's side of it is in the guest's memory; here is Python's. An object that a call consumed is
whole again when the call is undone, and one that it made is stale. What Rust drops for Python is
noted too: a drop that is undone has to be done once more, unless what it dropped was never made.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol
from weakref import ref

Drop = tuple[int, int, int]
Key = tuple[int, int]
"""What tells a Rust value from any other: the entry that drops it, and its address."""


class Owner(Protocol):
    """An object or closure of Rust's."""

    def _forget(self) -> None:
        """Own nothing any more: what it owned was never made."""

    def _is_empty(self) -> bool:
        """Tell whether it owns nothing any more."""


class Made(NamedTuple):
    """An object that is new: itself, weakly, and its Rust values."""

    value: ref[Owner]
    keys: tuple[Key, ...]


class Change(NamedTuple):
    """A change of an object, by what undoes it."""

    value: object
    undo: Callable[[], object]


class Journal:
    """The notes since one moment; `undo` goes back to it."""

    __slots__ = ("_changes", "_dropped", "_left", "_made", "_undone")

    def __init__(self) -> None:
        self._made: list[Made] = []
        self._changes: list[Change] = []
        self._dropped: list[Drop] = []
        # Of an undoing that was interrupted: the changes that are undone, the drops that are left.
        self._undone: list[Change] = []
        self._left: list[Drop] | None = None

    def made(self, value: Owner, keys: Iterable[Key]) -> None:
        """Note an object of Rust's that is new."""
        self._made.append(Made(ref(value), tuple(keys)))

    def changed(self, value: object, undo: Callable[[], object]) -> None:
        """Note a change of an object."""
        self._changes.append(Change(value, undo))

    def dropped(self, drop: Drop) -> None:
        """Note a drop that is about to run."""
        self._dropped.append(drop)

    def clear(self) -> None:
        """Begin anew: what was noted holds. An object that only these notes hold is collected."""
        if not (self._made or self._changes or self._dropped or self._undone or self._left):
            self._left = None
            return
        self._made.clear()
        self._changes.clear()
        self._dropped.clear()
        self._undone.clear()
        self._left = None

    def absorb(self, later: Journal) -> None:
        """Add the notes of what came after these, and forget what came and went since."""
        if not (later._made or later._changes or later._dropped):
            return
        self._made += later._made
        new = {id(value) for made in self._made if (value := made.value()) is not None}
        self._changes += (change for change in later._changes if id(change.value) not in new)
        gone = Counter(later._dropped_keys())
        kept: list[Made] = []
        for made in self._made:
            value = made.value()
            if value is None and all(gone[key] > 0 for key in made.keys):
                gone.subtract(made.keys)
            elif value is None or not value._is_empty():
                kept.append(made)
        self._made = kept
        for drop in later._dropped:
            if gone[drop[:2]] > 0:
                gone[drop[:2]] -= 1
                self._dropped.append(drop)

    def _dropped_keys(self) -> Iterable[Key]:
        return (drop[:2] for drop in self._dropped)

    def undo(self, drops: deque[Drop]) -> None:
        """Undo everything, the latest first, and let `drops` be those that are still to be run.

        No drop may be queued meanwhile. It can be done again when an interrupt has struck. Objects
        that only these notes hold are kept until `clear`.
        """
        changes = self._changes
        while changes:
            change = changes[-1]
            self._undone.append(change)
            del changes[-1]  # and nothing can interrupt before the call
            change.undo()
        for made in self._made:
            value = made.value()
            if value is not None:
                value._forget()
        if self._left is None:
            self._left = self._still_to_run(drops)
        drops.clear()
        drops.extend(self._left)

    def _still_to_run(self, drops: deque[Drop]) -> list[Drop]:
        never = Counter(key for made in self._made if made.value() is None for key in made.keys)
        left = []
        for drop in (*self._dropped, *drops):
            if never[drop[:2]] > 0:
                never[drop[:2]] -= 1
            else:
                left.append(drop)
        return left
