"""The class Set: in Python, a MutableSet with any values. ECMA-262 24.2.

A host's `set` and `frozenset` are Sets as well; values are found in them as in a Set of ours.
"""

from __future__ import annotations

from collections.abc import MutableSet
from collections.abc import Set as AbstractSet
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.classes import ClassSpec, Method, register
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.iteration import walking
from unpoison.js.iterator_class import SET_ITERATOR, JsIterator
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Array
from unpoison.js.refusals import refuse_call
from unpoison.js.set_operations import OPERATIONS
from unpoison.js.sets import Set, contains, this_set, values_of
from unpoison.js.shown import shown
from unpoison.js.values import WELL_KNOWN_SYMBOLS, Symbol, is_function, is_nullish


def _changeable(this: object, name: str) -> Any:
    if not isinstance(this_set(this, name), MutableSet):
        raise TypeError(f"Set.prototype.{name}: the host's set cannot be changed")
    return this


def _add(this: object, value: object) -> object:
    target = _changeable(this, "add")
    if isinstance(target, Set):
        target.add(value)
    elif not contains(target, value):
        _add_to_host(target, value)
    return this


def _add_to_host(target: MutableSet[Any], value: object) -> None:
    before = len(target)
    try:
        target.add(value)
    except Exception as error:
        raise TypeError(f"the host's set cannot hold {shown(value)}") from error
    if len(target) == before:  # Python takes True for 1
        raise TypeError(f"the host's set has a value that Python takes for {shown(value)}")


def _clear(this: object) -> None:
    _changeable(this, "clear").clear()


def _delete(this: object, value: object) -> bool:
    target = _changeable(this, "delete")
    found = contains(target, value)
    if found:
        target.discard(value)
    return found


def _has(this: object, value: object) -> bool:
    return contains(this_set(this, "has"), value)


def _for_each(this: object, function: object, this_argument: object = None) -> None:
    target = this_set(this, "forEach")
    apply = callback(function, this_argument)
    for value in values_of(target):
        apply(value, value, this)


def _values(this: object) -> JsIterator:
    return JsIterator(values_of(this_set(this, "values")), SET_ITERATOR)


def _entries(this: object) -> JsIterator:
    pairs = (Array((value, value)) for value in values_of(this_set(this, "entries")))
    return JsIterator(pairs, SET_ITERATOR)


def _construct(realm: Any, items: object = None) -> Set:
    made = Set()
    if is_nullish(items):
        return made
    adder = realm.get(made, "add")
    if not is_function(adder):
        raise TypeError(f"'{shown(adder)}' returned for property 'add' of object is not a function")
    with walking(items) as values:
        for value in values:
            invoke(adder, made, value)
    return made


_walk = Method("values", _values)
SET: Final[ClassSpec] = ClassSpec(
    "Set",
    OBJECT,
    methods={
        **OPERATIONS,
        "add": _add,
        "clear": _clear,
        "delete": _delete,
        "entries": _entries,
        "forEach": _for_each,
        "has": _has,
        "keys": _walk,
        "values": _walk,
        Symbol.iterator: _walk,
    },
    getters={"size": lambda this: len(this_set(this, "size"))},
    constants={Symbol.to_string_tag: "Set"},
    static_getters={WELL_KNOWN_SYMBOLS["species"]: lambda realm: realm.constructor(SET)},
    call=refuse_call("Set"),
    construct=_construct,
    length=0,
)
register(SET, Set, AbstractSet)
