"""The promises that somebody still has, of one generation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import ref

from unpoison import js


class Promises:
    """A weak set of promises. Each promise made comes here, so nothing of it is Python code but
    `add`: a WeakSet costs a third of what a promise does.
    """

    __slots__ = ("_references",)

    def __init__(self) -> None:
        self._references: set[ref[js.Promise[Any]]] = set()

    def add(self, promise: js.Promise[Any]) -> None:
        """Note a promise until nobody has it."""
        references = self._references
        references.add(ref(promise, references.discard))

    def __iter__(self) -> Iterator[js.Promise[Any]]:
        """Give those that are there now, whatever happens meanwhile."""
        for each in list(self._references):
            promise = each()
            if promise is not None:
                yield promise

    def save(self) -> frozenset[ref[js.Promise[Any]]]:
        """Give what `since` needs to tell new promises from those that are there now."""
        return frozenset(self._references)

    def since(self, saved: frozenset[ref[js.Promise[Any]]]) -> Iterator[js.Promise[Any]]:
        """Give those that are new since then."""
        for each in self._references - saved:
            promise = each()
            if promise is not None:
                yield promise

    def __len__(self) -> int:
        return len(self._references)
