"""Array's methods that change nothing: search, iteration, and those that give a new array.

They work on lists, tuples and any array-like object. ECMA-262 23.1.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import STACK_OVERFLOW, RangeError, TypeError  # noqa: A004
from unpoison.js.exotic import Delegate
from unpoison.js.indices import (
    MAX_ELEMENTS,
    MAX_NESTED,
    checked_size,
    element,
    elements,
    has_element,
    length_of,
    present,
)
from unpoison.js.integers import relative, to_integer
from unpoison.js.objects import Array
from unpoison.js.property import call_method, get
from unpoison.js.values import (
    WELL_KNOWN_SYMBOLS,
    is_falsy,
    is_nullish,
    is_reference,
    same_value_zero,
    strict_equal,
)

ABSENT: Final = object()
"""The default of a parameter whose absence is not undefined."""


def is_array(value: Any) -> bool:
    """Give `Array.isArray(value)`."""
    if isinstance(value, Delegate):
        return value.js_is_array()
    return isinstance(value, list | tuple)


def at(this: Any, index: object) -> Any:
    """Give the element at an index that may count from the end."""
    length = length_of(this)
    place = to_integer(index)
    place = place + length if place < 0 else place
    return element(this, int(place)) if 0 <= place < length else None


def concat(this: Any, *items: Any) -> Array:
    """Give the elements of this array, and of each item that is one, in a new array."""
    made = Array()
    for each in (this, *items):
        if not _spreads(each):
            made.append(each)
            continue
        checked_size(len(made) + length_of(each))
        made.extend(elements(each))
    return made


def _spreads(value: Any) -> bool:
    if not is_reference(value):
        return False
    wanted = get(value, WELL_KNOWN_SYMBOLS["isConcatSpreadable"])
    return is_array(value) if wanted is None else not is_falsy(wanted)


def every(this: Any, predicate: object, this_argument: object = None) -> bool:
    """Tell whether the predicate holds for every element."""
    return not _any(this, predicate, this_argument, holds=False)


def some(this: Any, predicate: object, this_argument: object = None) -> bool:
    """Tell whether the predicate holds for some element."""
    return _any(this, predicate, this_argument, holds=True)


def _any(this: Any, predicate: object, this_argument: object, *, holds: bool) -> bool:
    test = callback(predicate, this_argument)
    return any(is_falsy(test(item, index, this)) != holds for index, item in present(this))


def filter_(this: Any, predicate: object, this_argument: object = None) -> Array:
    """Give the elements for which the predicate holds."""
    test = callback(predicate, this_argument)
    return Array(item for index, item in present(this) if not is_falsy(test(item, index, this)))


def _finder(*, backwards: bool, wants_index: bool) -> Callable[..., Any]:
    def find(this: Any, predicate: object, this_argument: object = None) -> Any:
        length = length_of(this)
        test = callback(predicate, this_argument)
        for index in range(length)[:: -1 if backwards else 1]:
            item = element(this, index)
            if not is_falsy(test(item, index, this)):
                return index if wants_index else item
        return -1 if wants_index else None

    return find


find = _finder(backwards=False, wants_index=False)
find_index = _finder(backwards=False, wants_index=True)
find_last = _finder(backwards=True, wants_index=False)
find_last_index = _finder(backwards=True, wants_index=True)


def flat(this: Any, depth: object = None) -> Array:
    """Give the elements, and those of elements that are arrays, down to a depth."""
    levels = 1 if depth is None else to_integer(depth)
    return _Flattener().flatten([item for _, item in present(this)], levels)


class _Flattener:
    """One `flat`: it counts the arrays that it walks through, for shared ones multiply."""

    def __init__(self) -> None:
        self._made = Array()
        self._arrays = 0

    def flatten(self, items: list[Any], levels: float) -> Array:
        """Give the elements of nested arrays. Raises js.RangeError for too many."""
        try:
            self._append(items, levels)
        except RecursionError:
            raise RangeError(STACK_OVERFLOW) from None
        return self._made

    def _append(self, items: list[Any], levels: float) -> None:
        for item in items:
            if levels > 0 and is_array(item):
                self._arrays += 1
                checked_size(len(self._made) + self._arrays * (MAX_ELEMENTS // MAX_NESTED))
                self._append([inner for _, inner in present(item)], levels - 1)
            else:
                self._made.append(item)
        checked_size(len(self._made))


def flat_map(this: Any, function: object, this_argument: object = None) -> Array:
    """Give what a function gives for each element, one level flat."""
    apply = callback(function, this_argument)
    return _Flattener().flatten([apply(item, index, this) for index, item in present(this)], 1)


def for_each(this: Any, function: object, this_argument: object = None) -> None:
    """Call a function for each element."""
    apply = callback(function, this_argument)
    for index, item in present(this):
        apply(item, index, this)


def includes(this: Any, value: object, start: object = None) -> bool:
    """Tell whether an element is that value; NaN is found."""
    length = length_of(this)
    first = relative(start, length, 0) if length else 0
    return any(same_value_zero(element(this, index), value) for index in range(first, length))


def index_of(this: Any, value: object, start: object = None) -> int:
    """Give the first index at which a value is, or -1."""
    length = length_of(this)
    first = relative(start, length, 0) if length else 0
    return next((index for index in range(first, length) if _is_at(this, index, value)), -1)


def last_index_of(this: Any, value: object, start: object = ABSENT) -> int:
    """Give the last index at which a value is, or -1."""
    length = length_of(this)
    last = length - 1 if start is ABSENT or not length else to_integer(start)
    last = min(last, length - 1) if last >= 0 else length + last
    if last < 0:
        return -1
    return next((i for i in range(int(last), -1, -1) if _is_at(this, i, value)), -1)


def _is_at(this: Any, index: int, value: object) -> bool:
    return has_element(this, index) and strict_equal(element(this, index), value)


def map_(this: Any, function: object, this_argument: object = None) -> Array:
    """Give what a function gives for each element."""
    length = length_of(this)
    apply = callback(function, this_argument)
    made = Array([None] * length)
    for index, item in present(this):
        made[index] = apply(item, index, this)
    return made


def reduce(this: Any, function: object, initial: object = ABSENT) -> Any:
    """Combine the elements from the first to the last."""
    return _reduce(this, function, initial, backwards=False)


def reduce_right(this: Any, function: object, initial: object = ABSENT) -> Any:
    """Combine the elements from the last to the first."""
    return _reduce(this, function, initial, backwards=True)


def _reduce(this: Any, function: object, initial: object, *, backwards: bool) -> Any:
    combine = callback(function)
    result = initial
    for index, item in present(this, backwards=backwards):
        result = item if result is ABSENT else combine(result, item, index, this)
    if result is ABSENT:
        raise TypeError("Reduce of empty array with no initial value")
    return result


def slice_(this: Any, start: object, end: object) -> Array:
    """Give the elements from `start` to before `end`."""
    length = length_of(this)
    first = relative(start, length, 0)
    last = relative(end, length, length)
    if isinstance(this, list | tuple):
        return Array(this[first:last])
    return Array(element(this, index) for index in range(first, last))


def to_locale_string(this: Any) -> str:
    """Join what `toLocaleString` of each element gives."""
    try:
        texts = [
            "" if is_nullish(each) else to_string(call_method(each, "toLocaleString"))
            for each in elements(this)
        ]
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None
    return ",".join(texts)


def with_(this: Any, index: object, value: object) -> Array:
    """Give a copy with another element at an index."""
    length = length_of(this)
    place = to_integer(index)
    actual = place + length if place < 0 else place
    if not 0 <= actual < length:
        raise RangeError(f"Invalid index : {to_string(place)}")
    made = Array(elements(this))
    made[int(actual)] = value
    return made
