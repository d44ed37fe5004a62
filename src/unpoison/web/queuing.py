"""Queues with sizes, and the queuing strategies. Streams standard 7, 8.1."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.idl import interface

SizeAlgorithm = Callable[[object], object]


class SizedQueue:
    """Chunks with sizes; `total` is the sum of the sizes, never negative. Streams 8.1."""

    __slots__ = ("_items", "total")

    def __init__(self) -> None:
        self._items: deque[tuple[object, float]] = deque()
        self.total = 0.0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, value: object, size: object) -> None:
        """Append a chunk. Raises js.RangeError for a size that is negative, NaN or infinite."""
        number = js.to_number(size)
        if not math.isfinite(number) or number < 0:
            raise js.RangeError("The return value of a queuing strategy's size function is invalid")
        self._items.append((value, number))
        self.total += number

    def take(self) -> object:
        """Remove the first chunk and give it."""
        value, size = self._items.popleft()
        self.total = max(0.0, self.total - size)
        return value

    def first(self) -> object:
        """Give the first chunk."""
        return self._items[0][0]

    def clear(self) -> None:
        """Forget all chunks."""
        self._items.clear()
        self.total = 0.0


class Strategy(js.JsObject):
    """What CountQueuingStrategy and ByteLengthQueuingStrategy have in common."""

    __slots__ = ("high_water_mark",)

    def __init__(self, realm: js.Realm, init: object) -> None:
        super().__init__()
        if not js.is_reference(init):
            raise js.TypeError("the queuing strategy needs an object with highWaterMark")
        found = js.get(init, "highWaterMark")
        if found is None:
            raise js.TypeError("the option highWaterMark is required")
        self.high_water_mark = js.to_number(found)


class CountQueuingStrategy(Strategy):
    """Counts chunks. Streams 7.3."""

    __slots__ = ()

    @property
    def size(self) -> object:
        """The function that gives 1 for every chunk."""
        return _COUNT


class ByteLengthQueuingStrategy(Strategy):
    """Counts bytes. Streams 7.2."""

    __slots__ = ()

    @property
    def size(self) -> object:
        """The function that gives the `byteLength` of a chunk."""
        return _BYTE_LENGTH


_COUNT: Final = js.Method("size", lambda this: 1)
_BYTE_LENGTH: Final = js.Method("size", lambda this, chunk: js.get(chunk, "byteLength"))


def high_water_mark(strategy: object, default: float) -> float:
    """Give the high water mark of a strategy object. Raises js.RangeError. Streams 7.4."""
    found = js.get(strategy, "highWaterMark") if js.is_reference(strategy) else None
    if found is None:
        return default
    number = js.to_number(found)
    if number != number or number < 0:
        raise js.RangeError(f"{js.number_to_string(number)} is no valid highWaterMark")
    return number


def size_algorithm(strategy: object) -> SizeAlgorithm:
    """Give the size function of a strategy object: 1 for every chunk when it has none. 7.4."""
    found: Any = js.get(strategy, "size") if js.is_reference(strategy) else None
    if found is None:
        return lambda chunk: 1
    if not js.is_function(found):
        raise js.TypeError("the size of a queuing strategy must be a function")
    return lambda chunk: found(chunk)


STRATEGY_GLOBALS: Final = {
    kind.__name__: interface(kind, attributes=("highWaterMark", "size"), construct=kind, length=1)
    for kind in (ByteLengthQueuingStrategy, CountQueuingStrategy)
}
