"""Array's methods that change it, and their copying forms. ECMA-262 23.1.3.

A list is changed in place. Any other array-like, and an Array with attributes (a frozen one, say),
is changed through its properties: what is the same before and after is not written. Tuples refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.conversions import to_number, to_string
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.indices import (
    elements,
    length_of,
)
from unpoison.js.integers import relative, to_integer, to_length
from unpoison.js.objects import Array
from unpoison.js.property import delete, get
from unpoison.js.property import set as set_property
from unpoison.js.shown import shown
from unpoison.js.utf16 import utf16_units
from unpoison.js.values import is_function

ABSENT: Final = object()
"""The default of a parameter whose absence is not undefined."""
MAX_LENGTH: Final = 2**53 - 1


def is_plain_list(this: object) -> bool:
    """Tell whether elements can be changed without asking for attributes."""
    if isinstance(this, Array):
        return this._js_attributes is None
    return isinstance(this, list)


def change(this: Any, edit: Callable[[list[Any]], Any]) -> Any:
    """Let a function change the list of the elements; give what it gives."""
    if is_plain_list(this):
        return edit(this)
    before = elements(this)
    after = list(before)
    result = edit(after)
    _write_back(this, before, after)
    return result


def _write_back(this: Any, before: list[Any], after: list[Any]) -> None:
    for index, value in enumerate(after):
        if index >= len(before) or before[index] is not value:
            set_property(this, index, value)
    for index in range(len(before) - 1, len(after) - 1, -1):
        delete(this, index)
    set_property(this, "length", len(after))


def copy_within(this: Any, target: object, start: object, end: object = None) -> Any:
    """Copy elements to another place, within the length."""
    length = length_of(this)
    to = relative(target, length, 0)
    first = relative(start, length, 0)
    last = relative(end, length, length)
    count = min(last - first, length - to)

    def edit(items: list[Any]) -> None:
        if count > 0:
            items[to : to + count] = items[first : first + count]

    change(this, edit)
    return this


def fill(this: Any, value: object, start: object = None, end: object = None) -> Any:
    """Set elements to one value."""
    length = length_of(this)
    first = relative(start, length, 0)
    last = relative(end, length, length)

    def edit(items: list[Any]) -> None:
        if last > first:
            items[first:last] = [value] * (min(last, len(items)) - first)

    change(this, edit)
    return this


def pop(this: Any) -> Any:
    """Remove the last element and give it."""
    if is_plain_list(this):
        return this.pop() if this else None
    length = to_length(get(this, "length"))
    if not length:
        set_property(this, "length", 0)
        return None
    last = get(this, str(length - 1))
    delete(this, str(length - 1))
    set_property(this, "length", length - 1)
    return last


def push(this: Any, *items: object) -> int:
    """Append elements; give the new length."""
    if is_plain_list(this):
        this.extend(items)
        return len(this)
    length = to_length(get(this, "length"))
    if length + len(items) > MAX_LENGTH:
        raise TypeError(
            f"Pushing {len(items)} elements on an array-like of length {length} "
            "is disallowed, as the total surpasses 2**53-1"
        )
    for offset, item in enumerate(items):
        set_property(this, str(length + offset), item)
    set_property(this, "length", length + len(items))
    return length + len(items)


def reverse(this: Any) -> Any:
    """Turn the order of the elements around."""
    change(this, lambda items: items.reverse())
    return this


def shift(this: Any) -> Any:
    """Remove the first element and give it."""
    return change(this, lambda items: items.pop(0) if items else None)


def unshift(this: Any, *new: object) -> int:
    """Put elements before the first one; give the new length."""

    def edit(items: list[Any]) -> int:
        items[:0] = new
        return len(items)

    return change(this, edit)  # type: ignore[no-any-return]


def sort(this: Any, compare: object) -> Any:
    """Sort in place: stable, by the texts of the elements when there is no function.

    The function sees the array as it was; what it does to it is overwritten.
    """
    require_comparison(compare)
    length_of(this)
    ordered = _sorted(elements(this), compare)

    def edit(items: list[Any]) -> None:
        items[: len(ordered)] = ordered

    change(this, edit)
    return this


def to_sorted(this: Any, compare: object) -> Array:
    """Give a sorted copy."""
    require_comparison(compare)
    return Array(_sorted(elements(this), compare))


def require_comparison(compare: object) -> None:
    """Raise js.TypeError for what is no comparison function."""
    if compare is not None and not is_function(compare):
        raise TypeError(
            f"The comparison function must be either a function or undefined: {shown(compare)}"
        )


def _sorted(items: list[Any], compare: object) -> list[Any]:
    """Sort a list, undefined last. ECMA-262 23.1.3.30.2, CompareArrayElements."""
    known = [each for each in items if each is not None]
    if compare is None:
        known.sort(key=lambda each: utf16_units(to_string(each)))
    else:
        known.sort(key=cmp_to_key(_comparison(callback(compare))))
    return known + [None] * (len(items) - len(known))


def _comparison(order: Callable[..., Any]) -> Callable[[Any, Any], int]:
    def compare(left: Any, right: Any) -> int:
        number = to_number(order(left, right))
        return (number > 0) - (number < 0)

    return compare


def splice(this: Any, start: object = ABSENT, count: object = ABSENT, *new: object) -> Array:
    """Remove elements and put others in their place; give the removed ones."""
    first, removed = _splice_range(length_of(this), start, count)

    def edit(items: list[Any]) -> Array:
        found = Array(items[first : first + removed])
        items[first : first + removed] = new
        return found

    return change(this, edit)  # type: ignore[no-any-return]


def to_spliced(this: Any, start: object = ABSENT, count: object = ABSENT, *new: object) -> Array:
    """Give a copy in which elements are removed and others put in their place."""
    first, removed = _splice_range(length_of(this), start, count)
    items = elements(this)
    return Array([*items[:first], *new, *items[first + removed :]])


def _splice_range(length: int, start: object, count: object) -> tuple[int, int]:
    first = relative(None if start is ABSENT else start, length, 0)
    if count is ABSENT:
        return first, 0 if start is ABSENT else length - first
    return first, int(min(max(to_integer(count), 0), length - first))


def to_reversed(this: Any) -> Array:
    """Give a copy in the opposite order."""
    return Array(elements(this)[::-1])
