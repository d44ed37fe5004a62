"""How a property is found: own properties first, then what the value inherits. ECMA-262 10.1.8.

What is an own property is decided in `families.py`; what is inherited comes from a prototype that
was set, or from the class of the value. `changes` is what a guest has changed in the prototypes of
its own realm, which also has the constructors; who has no realm at hand sees the standard's
prototypes.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Protocol

from unpoison.js.attributes import MISSING
from unpoison.js.classes import ClassSpec, Property, PropertyKey, RealmMethod, spec_of
from unpoison.js.exotic import Delegate, Exotic
from unpoison.js.families import family_of
from unpoison.js.functions import invoke
from unpoison.js.members import INHERITED, JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.values import null


class Changes(Protocol):
    """What a realm's guest has changed of what values inherit."""

    @property
    def changed(self) -> Set[PropertyKey]:
        """The keys of the properties that `find` may find."""

    def find(self, spec: ClassSpec, key: PropertyKey) -> object:
        """Give the property that was set on the prototype of a class or above, or MISSING."""

    def constructor(self, spec: ClassSpec) -> object:
        """Give the constructor of a class."""

    def own_function(self, method: RealmMethod) -> object:
        """Give the realm's function of a method that needs a realm."""


def lookup(
    target: object, name: PropertyKey, changes: Changes | None = None, receiver: object = MISSING
) -> object:
    """Give a property as it is stored, own or inherited: a value, a Property, or MISSING.

    `receiver` is the `this` of a getter, the target when it is not given: a Proxy calls it itself.
    """
    holder, found = find_holder(target, name, changes)
    if isinstance(holder, Delegate):
        return holder.js_get(name, target if receiver is MISSING else receiver, changes)
    return found


def find_holder(
    target: object, name: PropertyKey, changes: Changes | None = None
) -> tuple[object, object]:
    """Give the first object of the prototype chain that has a property, and the property.

    A Proxy in the chain is given itself, with MISSING: it answers for the rest of the chain.
    """
    if isinstance(target, JsObject) and target._js_attributes is None and type(name) is str:
        special = target._js_special
        if special is not None and name.isidentifier() and name not in special:
            if name in target._js_own:
                return target, target._js_own[name]
            return INHERITED, _inherited(target, name, changes)
    holder = target
    while not isinstance(holder, Delegate):
        found = family_of(holder).read(holder, name)
        if found is not MISSING:
            return holder, found
        parent = explicit_prototype(holder)
        if parent is null:
            return null, MISSING
        if parent is INHERITED:
            return INHERITED, _inherited(holder, name, changes)
        holder = parent
    return holder, MISSING


def has_property(target: object, name: PropertyKey, changes: Changes | None = None) -> bool:
    """Tell whether a value has a property, own or inherited. ECMA-262 10.1.7."""
    holder, found = find_holder(target, name, changes)
    if isinstance(holder, Delegate):
        return holder.js_has(name, changes)
    return found is not MISSING


def value_of(found: object, receiver: object, changes: Changes | None) -> Any:
    """Give the value of a property as `lookup` gives it: a getter is called on the receiver."""
    if type(found) is Property:
        if found.get is not None:
            return invoke(found.get, receiver)
        if found.set is not None:
            return None
        found = found.value
    if isinstance(found, ClassSpec):
        return None if changes is None else changes.constructor(found)
    if isinstance(found, RealmMethod) and changes is not None:
        return changes.own_function(found)
    return None if found is MISSING else found


def _inherited(holder: object, name: PropertyKey, changes: Changes | None) -> object:
    spec = spec_of(holder)
    if changes is not None and name in changes.changed:
        found = changes.find(spec, name)
        if found is not MISSING:
            return found
    return spec.members.get(name, MISSING)


_ATTRIBUTED = (Object, Array, JsObject)


def explicit_prototype(value: object) -> object:
    """Give the prototype that was set for a value: an object, null, or INHERITED for none."""
    if isinstance(value, Exotic):
        return value.js_prototype()
    if isinstance(value, _ATTRIBUTED) and value._js_attributes is not None:
        return value._js_attributes.prototype
    return INHERITED
