"""The functions of the Array constructor. ECMA-262 23.1.1, 23.1.2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison.js.array_reading import is_array
from unpoison.js.callbacks import callback
from unpoison.js.classes import PropertyKey
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.indices import checked_size, element, length_of
from unpoison.js.iteration import iterate, walking
from unpoison.js.objects import Array
from unpoison.js.own import MAX_PADDING
from unpoison.js.promise import Promise
from unpoison.js.property import get
from unpoison.js.shown import callee_text
from unpoison.js.steps import Steps, run_steps
from unpoison.js.values import Symbol, is_falsy, is_function, is_nullish, is_number, is_reference


def make_array(realm: Any, *items: Any) -> Array:
    """Do `new Array(...items)`: one number is a length."""
    if len(items) != 1 or not is_number(items[0]):
        return Array(items)
    length = items[0]
    if length != length // 1 or not 0 <= length < 2**32:
        raise RangeError("Invalid array length")
    if length > MAX_PADDING:
        raise RangeError(f"an array of more than {MAX_PADDING} holes is not supported")
    return Array([None] * int(length))


def _from(realm: Any, items: Any, mapper: object = None, this: object = None) -> Array:
    apply = _mapper(mapper, this)
    if is_nullish(items):
        raise TypeError(
            f"{callee_text(items)} is not iterable (cannot read property Symbol(Symbol.iterator))"
        )
    made = Array()
    method = realm.get(items, Symbol.iterator)
    if not is_nullish(method) and not is_function(method):
        raise TypeError(
            "%Array%.from requires that the property of the first argument, "
            "items[Symbol.iterator], when exists, be a function"
        )
    if is_nullish(method) and not isinstance(items, str):
        made.extend(apply(element(items, index), index) for index in range(length_of(items)))
        return made
    with walking(items) as values:
        for index, value in enumerate(values):
            made.append(apply(value, index))
            checked_size(index + 1)
    return made


def _mapper(mapper: object, this: object) -> Callable[..., Any]:
    return (lambda value, index: value) if mapper is None else callback(mapper, this)


def _from_async(realm: Any, items: Any, mapper: object = None, this: object = None) -> Promise:
    return run_steps(realm.promises, _async_steps(realm, items, mapper, this))


def _async_steps(realm: Any, items: Any, mapper: object, this: object) -> Steps:
    """Be the body of `Array.fromAsync`. ECMA-262 draft 23.1.2.1."""
    apply = _mapper(mapper, this)
    made = Array()
    method = realm.get(items, Symbol.async_iterator)
    if not is_nullish(method):
        yield from _async_values(realm, invoke(method, items), made, apply, mapper is not None)
        return made
    is_like = is_nullish(realm.get(items, Symbol.iterator))
    values = (element(items, i) for i in range(length_of(items))) if is_like else iterate(items)
    for value in values:
        yield from _append(made, (yield value), apply, mapper is not None)
    return made


def _append(made: Array, value: object, apply: Callable[..., Any], maps: bool) -> Steps:
    mapped = apply(value, len(made))
    made.append((yield mapped) if maps else mapped)
    checked_size(len(made))


def _async_values(
    realm: Any, iterator: object, made: Array, apply: Callable[..., Any], maps: bool
) -> Steps:
    step = realm.get(iterator, "next")
    while True:
        result = yield invoke(step, iterator)
        if not is_reference(result):
            raise TypeError(f"Iterator result {callee_text(result)} is not an object")
        if not is_falsy(get(result, "done")):
            return
        yield from _append(made, get(result, "value"), apply, maps)


def _of(realm: Any, *items: object) -> Array:
    return Array(items)


STATICS: Final[Mapping[PropertyKey, object]] = {
    "from": _from,
    "fromAsync": _from_async,
    "isArray": lambda realm, value: is_array(value),
    "of": _of,
}
