"""Integers and lengths that arguments mean, and the elements of array-likes. ECMA-262 7.1, 7.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from unpoison.js.attributes import MISSING
from unpoison.js.exceptions import RangeError
from unpoison.js.integers import to_length
from unpoison.js.property import get, has, lookup
from unpoison.js.values import is_reference

MAX_ELEMENTS: Final = 1 << 22
"""Elements of an array that one call of a method may make: 32 MB of references."""
MAX_NESTED: Final = 1 << 18
"""Arrays within arrays that one call may walk through: shared ones multiply."""
MAX_LIKE: Final = 1 << 20
"""The length of an array-like object that is no array: walking it takes a second."""


def length_of(this: Any) -> int:
    """Give the length of an array or array-like. ECMA-262 7.3.18.

    Raises js.RangeError when one that is no array is longer than MAX_LIKE.
    """
    if isinstance(this, list | tuple):
        return len(this)
    length = to_length(get(this, "length"))
    if length > MAX_LIKE:
        raise RangeError(f"an array-like of more than {MAX_LIKE} elements is not supported")
    return length


def element(this: Any, index: int) -> Any:
    """Give `this[index]`."""
    if isinstance(this, list | tuple):
        return this[index] if index < len(this) else None
    return get(this, str(index))


def has_element(this: Any, index: int) -> bool:
    """Give `index in this`."""
    if isinstance(this, list | tuple):
        return index < len(this)
    name = str(index)
    return has(this, name) if is_reference(this) else lookup(this, name) is not MISSING


def present(this: Any, *, backwards: bool = False) -> Iterator[tuple[int, Any]]:
    """Give the indices and elements that are there, each looked up when it is its turn."""
    indices = range(length_of(this))
    for index in reversed(indices) if backwards else indices:
        if has_element(this, index):
            yield index, element(this, index)


def elements(this: Any) -> list[Any]:
    """Give the elements of an array or array-like as a new list."""
    if isinstance(this, list | tuple):
        return list(this)
    return [element(this, index) for index in range(length_of(this))]


def checked_size(size: int) -> int:
    """Give a number of elements that are to be made. Raises js.RangeError for too many."""
    if size > MAX_ELEMENTS:
        raise RangeError("Invalid array length")
    return size
