"""Properties that a guest sets on what has no place for them: kept beside it, for this guest only.

In JavaScript any function and any array takes a property. A Python function of the host may not
(a bound method, a builtin), a list never does, a class belongs to the whole host, and the methods
of the standard library are shared by all guests.
"""

from __future__ import annotations

import weakref
from collections.abc import Hashable
from functools import partial
from types import BuiltinMethodType, MethodType
from typing import Any

from unpoison.js.classes import Method, PropertyKey
from unpoison.js.keys import array_index
from unpoison.js.members import JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.values import is_function, is_reference

Properties = dict[PropertyKey, object]


class Additions:
    """The added properties of one guest, by the identity of what they are on.

    They go when that goes; what cannot be referenced weakly is held until the realm goes. `kept`
    is empty while there are none, to be looked at only.
    """

    def __init__(self) -> None:
        self.kept: dict[Hashable, tuple[object, Properties]] = {}

    def find(self, target: object) -> Properties:
        """Give what was added to a value; an empty dict for nothing."""
        found = self.kept.get(_identity(target))
        return {} if found is None else found[1]

    def add(self, target: object, name: PropertyKey, value: object) -> None:
        """Keep a property of a value that `takes` it."""
        key = _identity(target)
        if key not in self.kept:
            self.kept[key] = (self._anchor(target, key), {})
        self.kept[key][1][name] = value

    def _anchor(self, target: object, key: Hashable) -> object:
        owner = _owner(target)
        try:
            return weakref.ref(owner, partial(self._forget, key))
        except TypeError:
            return owner

    def _forget(self, key: Hashable, _: object) -> None:
        self.kept.pop(key, None)


def takes(target: object, name: PropertyKey) -> bool:
    """Tell whether JavaScript would let that property be set, though the value has no place."""
    if isinstance(target, JsObject | Object | Array) or not is_reference(target):
        return False
    if is_function(target):
        return name not in ("name", "length")
    if isinstance(target, list | tuple):
        return name != "length" and array_index(name) is None
    return False


def _owner(target: object) -> object:
    # `o.f` is one function in JavaScript; Python makes a bound method anew at each access.
    is_bound = isinstance(target, MethodType | BuiltinMethodType)
    owner = getattr(target, "__self__", None) if is_bound else None
    return target if owner is None else owner


def _identity(target: Any) -> Hashable:
    owner = _owner(target)
    if owner is target or isinstance(target, Method):
        return id(target)
    return id(owner), getattr(target, "__name__", "")
