"""The class Array, on any list, tuple or array-like object. ECMA-262 23.1.

An array has no holes here: an element that was never set is undefined, and is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from unpoison.js import array_changing as changing
from unpoison.js import array_reading as reading
from unpoison.js.array_making import STATICS, make_array
from unpoison.js.array_reading import is_array as is_array
from unpoison.js.array_text import join as join
from unpoison.js.classes import ClassSpec, Method, PropertyKey, register
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.indices import element, length_of
from unpoison.js.indices import elements as elements
from unpoison.js.iterator_class import ARRAY_ITERATOR, JsIterator
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Array
from unpoison.js.property import get
from unpoison.js.tags import class_tag
from unpoison.js.values import WELL_KNOWN_SYMBOLS, Symbol, is_function, is_nullish

QUIET: Final = frozenset(
    {"at", "copyWithin", "entries", "fill", "includes", "keys", "push", "values"}
)
"""Methods that V8 does not name when they are called on undefined or null."""


class ArrayMethod(Method):
    """A method that refuses undefined and null."""

    __slots__ = ()

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it on an object or a primitive value."""
        if is_nullish(this):
            if self.__name__ in QUIET:
                raise TypeError("Cannot convert undefined or null to object")
            raise TypeError(f"Array.prototype.{self.__name__} called on null or undefined")
        return super().call_on(this, *arguments)


def _to_string(this: Any) -> Any:
    method = get(this, "join")
    return invoke(method, this) if is_function(method) else f"[object {class_tag(this)}]"


def _walk(this: Any, pick: Callable[[Any, int], object]) -> Iterator[Any]:
    index = 0
    while index < length_of(this):
        yield pick(this, index)
        index += 1


def _entries(this: Any) -> JsIterator:
    return JsIterator(_walk(this, lambda items, i: Array((i, element(items, i)))), ARRAY_ITERATOR)


def _keys(this: Any) -> JsIterator:
    return JsIterator(_walk(this, lambda items, i: i), ARRAY_ITERATOR)


def _values(this: Any) -> JsIterator:
    return JsIterator(_walk(this, element), ARRAY_ITERATOR)


METHODS: Final[Mapping[str, tuple[Callable[..., Any], int]]] = {
    "at": (reading.at, 1),
    "concat": (reading.concat, 1),
    "copyWithin": (changing.copy_within, 2),
    "entries": (_entries, 0),
    "every": (reading.every, 1),
    "fill": (changing.fill, 1),
    "filter": (reading.filter_, 1),
    "find": (reading.find, 1),
    "findIndex": (reading.find_index, 1),
    "findLast": (reading.find_last, 1),
    "findLastIndex": (reading.find_last_index, 1),
    "flat": (reading.flat, 0),
    "flatMap": (reading.flat_map, 1),
    "forEach": (reading.for_each, 1),
    "includes": (reading.includes, 1),
    "indexOf": (reading.index_of, 1),
    "join": (join, 1),
    "keys": (_keys, 0),
    "lastIndexOf": (reading.last_index_of, 1),
    "map": (reading.map_, 1),
    "pop": (changing.pop, 0),
    "push": (changing.push, 1),
    "reduce": (reading.reduce, 1),
    "reduceRight": (reading.reduce_right, 1),
    "reverse": (changing.reverse, 0),
    "shift": (changing.shift, 0),
    "slice": (reading.slice_, 2),
    "some": (reading.some, 1),
    "sort": (changing.sort, 1),
    "splice": (changing.splice, 2),
    "toLocaleString": (reading.to_locale_string, 0),
    "toReversed": (changing.to_reversed, 0),
    "toSorted": (changing.to_sorted, 1),
    "toSpliced": (changing.to_spliced, 2),
    "toString": (_to_string, 0),
    "unshift": (changing.unshift, 1),
    "values": (_values, 0),
    "with": (reading.with_, 2),
}
"""The methods, with their `length`."""


def _methods() -> dict[PropertyKey, Method]:
    made: dict[PropertyKey, Method] = {
        name: ArrayMethod(name, run, length) for name, (run, length) in METHODS.items()
    }
    return made | {Symbol.iterator: made["values"]}


ARRAY: Final[ClassSpec] = ClassSpec(
    "Array",
    OBJECT,
    methods=_methods(),
    statics=STATICS,
    static_getters={WELL_KNOWN_SYMBOLS["species"]: lambda realm: realm.constructor(ARRAY)},
    call=make_array,
    construct=make_array,
    length=1,
    tag="Array",
    instance_names=("length",),
)
register(ARRAY, list, tuple, Array)
