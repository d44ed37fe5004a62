"""The methods of Iterator.prototype. ECMA-262 27.1.4."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.classes import PropertyKey
from unpoison.js.conversions import to_number, to_string
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.indices import checked_size
from unpoison.js.integers import to_integer
from unpoison.js.iteration import (
    close_iterator,
    close_quietly,
    closing,
    direct_iterator,
    iterate_with,
)
from unpoison.js.iterators import IteratorHelper
from unpoison.js.objects import Array
from unpoison.js.property import get
from unpoison.js.values import Symbol, is_falsy, is_nullish, is_reference

ABSENT: Final = object()
"""The default of a parameter whose absence is not undefined."""
Steps = Generator[Any, None, None]


def flattenable(value: Any, name: str) -> Iterator[Any]:
    """Give the iterator of an iterable, or of an iterator. ECMA-262 7.4.17.

    Raises js.TypeError for a primitive.
    """
    if not is_reference(value):
        raise TypeError(f"{name} called on non-object")
    method = get(value, Symbol.iterator)
    if is_nullish(method):
        return direct_iterator(value)
    return iterate_with(value, method)


def _object(this: object, name: str) -> Any:
    if not is_reference(this):
        raise TypeError(f"Iterator.prototype.{name} called on non-object")
    return this


def _function(this: object, name: str, function: object) -> Callable[..., Any]:
    """Check `this` and the function; an iterator whose method is misused is closed."""
    _object(this, name)
    try:
        return callback(function)
    except TypeError:
        _close_object(this)
        raise


def _limit(this: object, name: str, value: object) -> float:
    _object(this, name)
    try:
        number = to_number(value)
        if number != number or (limit := to_integer(number)) < 0:
            raise RangeError(f"{to_string(value)} must be positive")
    except BaseException:
        _close_object(this)
        raise
    return limit


def _close_object(this: object) -> None:
    try:
        method = get(this, "return")
        if not is_nullish(method):
            invoke(method, this)
    except Exception:  # noqa: BLE001 - the misuse is what is thrown
        return


def _called(under: Iterator[Any], function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function; when it raises, the iterator is closed."""
    try:
        return function(*arguments)
    except BaseException:
        close_quietly(under)
        raise


def _map(this: object, function: object) -> IteratorHelper:
    apply = _function(this, "map", function)
    under = direct_iterator(this)

    def steps() -> Steps:
        for index, value in enumerate(under):
            yield _called(under, apply, value, index)

    return IteratorHelper(under, steps())


def _filter(this: object, function: object) -> IteratorHelper:
    test = _function(this, "filter", function)
    under = direct_iterator(this)

    def steps() -> Steps:
        for index, value in enumerate(under):
            if not is_falsy(_called(under, test, value, index)):
                yield value

    return IteratorHelper(under, steps())


def _take(this: object, limit: object) -> IteratorHelper:
    count = _limit(this, "take", limit)
    under = direct_iterator(this)

    def steps() -> Steps:
        left = count
        while left > 0:
            left -= 1
            for value in under:
                yield value
                break
            else:
                return
        close_iterator(under)

    return IteratorHelper(under, steps())


def _drop(this: object, limit: object) -> IteratorHelper:
    count = _limit(this, "drop", limit)
    under = direct_iterator(this)

    def steps() -> Steps:
        left = count
        for value in under:
            if left <= 0:
                yield value
            left -= 1

    return IteratorHelper(under, steps())


def _flat_map(this: object, function: object) -> IteratorHelper:
    apply = _function(this, "flatMap", function)
    under = direct_iterator(this)

    def flatten(value: object, index: int) -> Iterator[Any]:
        return flattenable(apply(value, index), "Iterator.prototype.flatMap")

    def steps() -> Steps:
        for index, value in enumerate(under):
            inner = _called(under, flatten, value, index)
            with closing(inner):
                while True:
                    try:
                        found = next(inner)
                    except StopIteration:
                        break
                    except BaseException:
                        close_quietly(under)
                        raise
                    yield found

    return IteratorHelper(under, steps())


def _reduce(this: object, function: object, initial: object = ABSENT) -> Any:
    combine = _function(this, "reduce", function)
    under = direct_iterator(this)
    value, first = initial, 0
    if initial is ABSENT:
        value, first = next(under, ABSENT), 1
        if value is ABSENT:
            raise TypeError("Reduce of a done iterator with no initial value")
    for index, item in enumerate(under, first):
        value = _called(under, combine, value, item, index)
    return value


def _to_array(this: object) -> Array:
    made = Array()
    for value in direct_iterator(_object(this, "toArray")):
        made.append(value)
        checked_size(len(made))
    return made


def _for_each(this: object, function: object) -> None:
    apply = _function(this, "forEach", function)
    under = direct_iterator(this)
    for index, value in enumerate(under):
        _called(under, apply, value, index)


def _search(this: object, name: str, function: object, *, wanted: bool) -> tuple[bool, Any]:
    """Give whether a value is found for which the predicate says what is wanted, and the value."""
    test = _function(this, name, function)
    under = direct_iterator(this)
    for index, value in enumerate(under):
        if is_falsy(_called(under, test, value, index)) != wanted:
            close_iterator(under)
            return True, value
    return False, None


def _some(this: object, predicate: object) -> bool:
    return _search(this, "some", predicate, wanted=True)[0]


def _every(this: object, predicate: object) -> bool:
    return not _search(this, "every", predicate, wanted=False)[0]


def _find(this: object, predicate: object) -> Any:
    return _search(this, "find", predicate, wanted=True)[1]


def _dispose(this: object) -> None:
    method = get(this, "return")
    if not is_nullish(method):
        invoke(method, this)


HELPERS: Final[dict[PropertyKey, Callable[..., Any]]] = {
    "drop": _drop,
    "every": _every,
    "filter": _filter,
    "find": _find,
    "flatMap": _flat_map,
    "forEach": _for_each,
    "map": _map,
    "reduce": _reduce,
    "some": _some,
    "take": _take,
    "toArray": _to_array,
    Symbol.iterator: lambda this: this,
    Symbol.dispose: _dispose,
}
