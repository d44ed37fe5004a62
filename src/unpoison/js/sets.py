"""Sets as values: JavaScript's Set in Python, and a host's set as one. ECMA-262 24.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from collections.abc import Set as AbstractSet
from typing import Any

from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.keyed import Entries
from unpoison.js.members import JsObject
from unpoison.js.shown import shown
from unpoison.js.values import same_value_zero


class Set(JsObject, MutableSet[Any]):
    """A JavaScript Set. `Set(iterable)` makes one in Python; values keep their order.

    Any value can be in it, an object by its identity.
    """

    __module__ = "unpoison.js"
    __slots__ = ("_entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Iterable[Any] = (), /) -> None:
        super().__init__()
        self._entries = Entries()
        for item in items:
            self.add(item)

    def add(self, value: Any) -> Set:  # type: ignore[override]
        """Add a value; give the set itself, as JavaScript's does."""
        self._entries.set(value, value)
        return self

    def discard(self, value: Any) -> None:
        """Remove a value if it is there."""
        self._entries.remove(value)

    def clear(self) -> None:
        """Remove all values."""
        self._entries.clear()

    def __contains__(self, value: object) -> bool:
        return self._entries.find(value) is not None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Any]:
        return (entry.key for entry in self._entries)

    def __repr__(self) -> str:
        return f"js.Set([{', '.join(map(repr, self))}])"


def values_of(this: AbstractSet[Any]) -> Iterator[Any]:
    """Walk the values: those of a host's set as they are now, for Python refuses changes."""
    return iter(this) if isinstance(this, Set) else iter(list(this))


def contains(this: AbstractSet[Any], value: object) -> bool:
    """Tell whether a value is in a set: `1`, `1n` and `true` are three values."""
    if isinstance(this, Set):
        return value in this
    try:
        if value == value and value not in this:
            return False
    except Exception:  # noqa: BLE001 - it cannot be hashed, or the host's __eq__ fails
        return False
    return any(same_value_zero(each, value) for each in list(this))


def this_set(this: object, name: str) -> Any:
    """Give the Set that a method is called on. Raises js.TypeError for anything else."""
    if not isinstance(this, AbstractSet):
        raise TypeError(
            f"Method Set.prototype.{name} called on incompatible receiver {shown(this)}"
        )
    return this
