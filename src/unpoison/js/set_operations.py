"""Set's methods that combine two sets, the other one being any set-like object. 24.2.4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

from unpoison.js.classes import Method, PropertyKey
from unpoison.js.conversions import to_number, to_string
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.integers import to_integer
from unpoison.js.iteration import close_iterator, direct_iterator
from unpoison.js.property import get
from unpoison.js.sets import Set, contains, this_set, values_of
from unpoison.js.shown import callee_text
from unpoison.js.values import is_falsy, is_function, is_reference


class SetRecord:
    """A set-like object: its `size`, `has` and `keys`, each read once. ECMA-262 24.2.1.2."""

    def __init__(self, value: Any, name: str) -> None:
        if not is_reference(value):
            raise TypeError(f"Set.prototype.{name} called on non-object")
        size = to_number(get(value, "size"))
        if size != size:
            raise TypeError("The .size property is NaN")
        self.size = to_integer(size)
        if self.size < 0:
            raise RangeError(f"'{to_string(size)}' is an invalid size")
        self._value = value
        self._has = self._method("has")
        self._keys = self._method("keys")

    def _method(self, name: str) -> Any:
        method = get(self._value, name)
        if not is_function(method):
            raise TypeError(f'string "{name}" is not a function')
        return method

    def has(self, value: object) -> bool:
        """Ask it for a value."""
        return not is_falsy(invoke(self._has, self._value, value))

    def keys(self) -> Iterator[Any]:
        """Walk its values."""
        iterator = invoke(self._keys, self._value)
        if not is_reference(iterator):
            raise TypeError(f"{callee_text(iterator)} is not an object")
        return direct_iterator(iterator)


def _difference(this: AbstractSet[Any], other: SetRecord) -> Set:
    made = Set(values_of(this))
    if len(this) <= other.size:
        for value in list(made):
            if other.has(value):
                made.discard(value)
    else:
        for value in other.keys():  # noqa: SIM118 - it is no dict
            made.discard(value)
    return made


def _intersection(this: AbstractSet[Any], other: SetRecord) -> Set:
    if len(this) <= other.size:
        return Set(value for value in values_of(this) if other.has(value))
    return Set(value for value in other.keys() if contains(this, value))  # noqa: SIM118


def _is_disjoint_from(this: AbstractSet[Any], other: SetRecord) -> bool:
    if len(this) <= other.size:
        return not any(other.has(value) for value in values_of(this))
    return not _any_key(other, lambda value: contains(this, value))


def _is_subset_of(this: AbstractSet[Any], other: SetRecord) -> bool:
    return len(this) <= other.size and all(other.has(value) for value in values_of(this))


def _is_superset_of(this: AbstractSet[Any], other: SetRecord) -> bool:
    if len(this) < other.size:
        return False
    return not _any_key(other, lambda value: not contains(this, value))


def _any_key(other: SetRecord, holds: Callable[[Any], bool]) -> bool:
    keys = other.keys()
    for value in keys:
        if holds(value):
            close_iterator(keys)
            return True
    return False


def _symmetric_difference(this: AbstractSet[Any], other: SetRecord) -> Set:
    made = Set(values_of(this))
    for value in other.keys():  # noqa: SIM118
        if contains(this, value):
            made.discard(value)
        else:
            made.add(value)
    return made


def _union(this: AbstractSet[Any], other: SetRecord) -> Set:
    keys = other.keys()
    made = Set(values_of(this))
    for value in keys:
        made.add(value)
    return made


def _operation(name: str, run: Callable[[AbstractSet[Any], SetRecord], object]) -> Method:
    def operate(this: object, other: object) -> object:
        target = this_set(this, name)
        return run(target, SetRecord(other, name))

    return Method(name, operate)


OPERATIONS: Final[dict[PropertyKey, Any]] = {
    name: _operation(name, run)
    for name, run in {
        "difference": _difference,
        "intersection": _intersection,
        "isDisjointFrom": _is_disjoint_from,
        "isSubsetOf": _is_subset_of,
        "isSupersetOf": _is_superset_of,
        "symmetricDifference": _symmetric_difference,
        "union": _union,
    }.items()
}
