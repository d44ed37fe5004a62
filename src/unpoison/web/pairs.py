"""What Headers, FormData and URLSearchParams have in common: walking over pairs. Web IDL 3.7.10."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unpoison import js


class PairIterable(js.JsObject):
    """An object that a guest may walk over as names with values, as they are when reached."""

    __slots__ = ()

    def entries(self) -> js.JsIterator:
        """Walk over the pairs."""
        return js.JsIterator(js.Array(pair) for pair in self._walk())

    def keys(self) -> js.JsIterator:
        """Walk over the names."""
        return js.JsIterator(pair[0] for pair in self._walk())

    def values(self) -> js.JsIterator:
        """Walk over the values."""
        return js.JsIterator(pair[1] for pair in self._walk())

    def for_each(self, callback: Any, this: object = None) -> None:
        """Call a function with value, name and this object, for each pair."""
        if not js.is_function(callback):
            raise js.TypeError('The "callback" argument must be of type function')
        for name, value in self._walk():
            js.invoke(callback, this, value, name, self)

    def _walk(self) -> Iterator[tuple[str, Any]]:
        index = 0
        while index < len(pairs := self._pairs_now()):
            yield pairs[index]
            index += 1

    def _pairs_now(self) -> list[Any]:
        """Give the pairs in the order in which they are walked."""
        raise NotImplementedError
