"""The iterator protocol: any value that a guest may loop over, as a Python iterator. 7.4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unpoison.js.classes import Method, spec_of
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.property import get, lookup, word_for
from unpoison.js.utf16 import code_points
from unpoison.js.values import Symbol, is_falsy, is_function, is_nullish, is_reference


def iterate(value: Any) -> Iterator[Any]:
    """Give the values that `for (const x of value)` would.

    Lists, tuples and strings without an iterator of their own are walked directly. Raises
    js.TypeError for what is not iterable.
    """
    if isinstance(value, list | tuple) and _has_standard_iterator(value):
        return iter(value)
    if isinstance(value, str):
        return code_points(value)
    method = None if is_nullish(value) else get(value, Symbol.iterator)
    if not is_function(method):
        raise TypeError(f"{word_for(value)} is not iterable")
    return _walk(invoke(method, value))


def _has_standard_iterator(value: object) -> bool:
    found = lookup(value, Symbol.iterator)
    return found is spec_of(value).members.get(Symbol.iterator)


def _walk(iterator: Any) -> Iterator[Any]:
    """Walk an iterator; one that is left early is told so by its `return`. 7.4.11."""
    if not is_reference(iterator):
        raise TypeError(f"{word_for(iterator)} is not an iterator")
    if isinstance(iterator, Iterator):
        return iterator
    return _walk_protocol(iterator)


def _walk_protocol(iterator: Any) -> Iterator[Any]:
    step = get(iterator, "next")
    done = False
    try:
        while True:
            done = True  # a `next` that throws has closed it
            result = invoke(step, iterator)
            if not is_reference(result):
                raise TypeError(f"Iterator result {word_for(result)} is not an object")
            if not is_falsy(get(result, "done")):
                return
            value = get(result, "value")
            done = False
            yield value
    finally:
        if not done:
            _close(iterator)


def _close(iterator: object) -> None:
    method = get(iterator, "return")
    if is_function(method) and not isinstance(method, Method):
        invoke(method, iterator)
