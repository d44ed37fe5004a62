"""The class Array, on any list, tuple or array-like object. ECMA-262 23.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import STACK_OVERFLOW, RangeError
from unpoison.js.iterator_class import JsIterator
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Array
from unpoison.js.own import MAX_PADDING
from unpoison.js.property import get
from unpoison.js.values import Symbol, is_nullish, is_number


def is_array(value: object) -> bool:
    """Give `Array.isArray(value)`."""
    return isinstance(value, list | tuple)


def join(this: Any, separator: object) -> str:
    """Give what `Array.prototype.join` gives; a cycle is the empty text, as in engines."""
    try:
        return _joined(this, "," if separator is None else to_string(separator), ())
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None


def _joined(items: Any, separator: str, outer: tuple[int, ...]) -> str:
    if id(items) in outer:
        return ""
    within = (*outer, id(items))
    return separator.join(
        _joined(each, ",", within) if isinstance(each, list | tuple) else _item_text(each)
        for each in elements(items)
    )


def _item_text(item: object) -> str:
    return "" if is_nullish(item) else to_string(item)


def elements(this: Any) -> Iterator[Any]:
    """Give the elements of an array or array-like, its length read each time."""
    if isinstance(this, list | tuple):
        yield from this
        return
    index = 0
    while index < int(get(this, "length") or 0):
        yield get(this, index)
        index += 1


def _to_string(this: object) -> str:
    return join(this, None)


def _values(this: object) -> JsIterator:
    return JsIterator(elements(this))


def _make(realm: Any, *items: object) -> Array:
    if len(items) != 1 or not is_number(items[0]):
        return Array(items)
    length = items[0]
    if length != int(length) or not 0 <= length < 2**32:
        raise RangeError("Invalid array length")
    if length > MAX_PADDING:
        raise RangeError(f"an array of more than {MAX_PADDING} holes is not supported")
    return Array([None] * int(length))


ARRAY: Final = ClassSpec(
    "Array",
    OBJECT,
    methods={"join": join, "toString": _to_string, "values": _values, Symbol.iterator: _values},
    statics={"isArray": lambda realm, value: is_array(value)},
    call=_make,
    construct=_make,
    length=1,
    tag="Array",
    instance_names=("length",),
)
register(ARRAY, list, tuple)
