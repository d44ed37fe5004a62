"""What is held weakly: the entries of WeakMap and WeakSet, and references to any value.

What a WeakMap has of an object of ours stands in that object, so that a value which refers to its
key keeps nothing alive. What it has of a host's object stands in the map, and goes with the
object. A host's object that Python cannot refer to weakly (a list, a dict, a tuple) is held until
the WeakMap, WeakRef or registry itself goes; its finalizer is never called.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from types import BuiltinMethodType, MethodType
from typing import Any, Final

from unpoison.js.keyed import identity
from unpoison.js.members import JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.own import attributes_of
from unpoison.js.values import Symbol, is_reference

ABSENT: Final = object()
"""What `find` gives for a key that is not there (undefined is a value)."""


def can_be_held_weakly(value: object, registry: dict[str, Symbol]) -> bool:
    """Be CanBeHeldWeakly: an object, or a symbol that is not in the registry. ECMA-262 9.13."""
    if isinstance(value, Symbol):
        return registry.get(value.description or "") is not value
    return is_reference(value)


def weak_reference(value: Any, on_end: Callable[[Any], object] | None = None) -> Callable[[], Any]:
    """Give a function that gives the value, or None when it is gone.

    `on_end` is called at that time, wherever the program is then.
    """
    owner = _owner(value)
    try:
        found = weakref.ref(owner, on_end)
    except TypeError:
        return lambda: value
    if owner is value:
        return found
    # Python makes a bound method anew at each access: it lives as long as its object.
    function, name = getattr(value, "__func__", None), value.__name__
    return lambda: _bound(found(), function, name)


def _bound(owner: Any, function: Any, name: str) -> Any:
    if owner is None:
        return None
    return getattr(owner, name) if function is None else MethodType(function, owner)


def _owner(value: Any) -> Any:
    if isinstance(value, MethodType | BuiltinMethodType) and value.__self__ is not None:
        return value.__self__
    return value


class WeakEntries:
    """Values by the identity of objects that it does not keep alive; `registry` is the realm's."""

    __slots__ = ("__weakref__", "_kept", "_registry")

    def __init__(self, registry: dict[str, Symbol]) -> None:
        self._registry = registry
        self._kept: dict[object, tuple[Callable[[], Any], object]] = {}

    def takes(self, key: object) -> bool:
        """Tell whether a value can be a key."""
        return can_be_held_weakly(key, self._registry)

    def find(self, key: Any) -> Any:
        """Give the value of a key, or ABSENT."""
        if isinstance(key, JsObject | Object | Array):
            attributes = key._js_attributes
            held = None if attributes is None else attributes.weak
            return ABSENT if held is None else held.get(self, ABSENT)
        found = self._kept.get(_name(key))
        return ABSENT if found is None else found[1]

    def set(self, key: Any, value: object) -> None:
        """Set the value of a key that can be held weakly; see `takes`."""
        if isinstance(key, JsObject | Object | Array):
            attributes = attributes_of(key)
            if attributes.weak is None:
                attributes.weak = weakref.WeakKeyDictionary()
            attributes.weak[self] = value
            return
        name = _name(key)
        forget = partial(_forget, weakref.ref(self), name)
        self._kept[name] = (weak_reference(key, forget), value)

    def remove(self, key: Any) -> bool:
        """Remove a key; False when there was none."""
        if isinstance(key, JsObject | Object | Array):
            attributes = key._js_attributes
            held = None if attributes is None else attributes.weak
            return held is not None and held.pop(self, ABSENT) is not ABSENT
        return self._kept.pop(_name(key), None) is not None


def _name(key: Any) -> object:
    return ("symbol", id(key)) if isinstance(key, Symbol) else identity(key)


def _forget(entries: weakref.ref[WeakEntries], name: object, _: object) -> None:
    found = entries()
    if found is not None:
        found._kept.pop(name, None)
