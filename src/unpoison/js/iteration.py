"""The iterator protocol: any value that a guest may loop over, as a Python iterator.

`iterate` is for a loop that runs to its end. A loop that may be left early uses `walking`, which
tells the iterator so at once. ECMA-262 7.4.
"""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from unpoison.js.classes import Method, spec_of
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.property import get, lookup
from unpoison.js.shown import callee_text, shown
from unpoison.js.utf16 import code_points
from unpoison.js.values import Symbol, is_falsy, is_function, is_nullish, is_reference


class IteratorRecord(Iterator[Any]):
    """An iterator of a guest as one of Python: its `next` is read once. ECMA-262 7.4.1."""

    def __init__(self, iterator: object) -> None:
        self._iterator = iterator
        self._next: Any = get(iterator, "next")
        self._done = False

    def __next__(self) -> Any:
        if self._done:
            raise StopIteration
        self._done = True  # a `next` that throws has ended it
        result = self.step()
        if not is_falsy(get(result, "done")):
            raise StopIteration
        value = get(result, "value")
        self._done = False
        return value

    def step(self) -> Any:
        """Call `next`; js.TypeError when it gives no object."""
        result = self.call_next()
        if not is_reference(result):
            raise TypeError(f"Iterator result {shown(result)} is not an object")
        return result

    def call_next(self) -> Any:
        """Call `next`, whatever it gives."""
        if not is_function(self._next):
            raise TypeError(f"{callee_text(self._next)} is not a function")
        return invoke(self._next, self._iterator)

    def close(self) -> None:
        """Tell it that no more values are wanted. ECMA-262 7.4.11."""
        if not self._done:
            self._done = True
            method = get(self._iterator, "return")
            if not is_nullish(method):
                result = invoke(method, self._iterator)
                if not is_reference(result):
                    raise TypeError(f"{shown(result)} is not an object")


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
    return iterate_with(value, method)


def iterate_with(value: Any, method: Any) -> Iterator[Any]:
    """Give the values of the iterator that a value's method makes."""
    direct = direct_iterator(iterator_of(value, method))
    return _closed_at_end(direct) if isinstance(direct, IteratorRecord) else direct


def iterator_of(value: Any, method: Any) -> Any:
    """Give the iterator that a value's method makes. ECMA-262 7.4.4."""
    if not is_function(method):
        raise TypeError(
            f"{callee_text(value)} is not iterable (cannot read property Symbol(Symbol.iterator))"
        )
    iterator = invoke(method, value)
    if not is_reference(iterator):
        raise TypeError(f"Result of the Symbol.iterator method is not an object: {shown(iterator)}")
    return iterator


def _has_standard_iterator(value: object) -> bool:
    found = lookup(value, Symbol.iterator)
    return found is spec_of(value).members.get(Symbol.iterator)


def direct_iterator(iterator: Any) -> Iterator[Any]:
    """Give an iterator of any kind as one of Python; one of Python's is itself."""
    if isinstance(iterator, Iterator) and not _has_own_next(iterator):
        return iterator
    return IteratorRecord(iterator)


def _has_own_next(iterator: object) -> bool:
    found = lookup(iterator, "next")
    return is_function(found) and not isinstance(found, Method)


def _closed_at_end(record: IteratorRecord) -> Iterator[Any]:
    # A loop that is left drops this generator, which ends it.
    try:
        yield from record
    finally:
        record.close()


def close_iterator(iterator: Any) -> None:
    """Tell an iterator that no more values are wanted; one of the host's is left as it is."""
    closes = getattr(iterator, "js_closes", False)
    if closes or isinstance(iterator, IteratorRecord | types.GeneratorType):
        iterator.close()


@contextmanager
def closing(iterator: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Close an iterator when the block is left; what the block raises goes first. 7.4.11."""
    try:
        yield iterator
    except BaseException:
        close_quietly(iterator)
        raise
    close_iterator(iterator)


def close_quietly(iterator: Iterator[Any]) -> None:
    """Close an iterator because of an error, beside which another one does not count."""
    try:
        close_iterator(iterator)
    except Exception:  # noqa: BLE001 - the first error is the one that is thrown
        return


def walking(value: Any) -> Any:
    """Give a context manager of `iterate(value)` that closes the iterator at once."""
    return closing(iterate(value))


async def iterate_async(value: Any) -> AsyncIterator[Any]:
    """Give the values that `for await (const x of value)` would, for Python's `async for`.

    Without a `Symbol.asyncIterator`, the values of a plain iterator are awaited one by one.
    Raises js.TypeError for what is not iterable, and what a promise is rejected with.
    """
    method: Any = None if is_nullish(value) else get(value, Symbol.async_iterator)
    if is_nullish(method):
        for each in iterate(value):
            yield await each if hasattr(each, "__await__") else each
        return
    iterator = invoke(method, value)
    step = get(iterator, "next")
    while True:
        result = invoke(step, iterator)
        result = await result if hasattr(result, "__await__") else result
        if not is_reference(result):
            raise TypeError(f"Iterator result {shown(result)} is not an object")
        if not is_falsy(get(result, "done")):
            return
        yield get(result, "value")
