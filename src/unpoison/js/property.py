"""Property access of a guest on any value: own properties first, then what it inherits.

A key is what follows the dot or stands in brackets: a primitive value, made a property key
as ECMA-262 7.1.19 does. What is an own property is decided in `families.py`; what is inherited
comes from a prototype that was set, or from the class of the value. `changes` is what a guest has
changed in the prototypes of its own realm, which also has the constructors; who has no realm at
hand sees the standard's prototypes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from unpoison.js.attributes import MISSING
from unpoison.js.classes import ClassSpec, Property, PropertyKey, spec_of
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Exotic
from unpoison.js.families import family_of
from unpoison.js.functions import invoke
from unpoison.js.members import INHERITED, JsObject
from unpoison.js.numbers import decimal_text
from unpoison.js.numeric_text import number_to_string
from unpoison.js.objects import Array, Object
from unpoison.js.values import Kind, Symbol, is_function, is_nullish, is_reference, kind_of, null


class Changes(Protocol):
    """What a realm's guest has changed of what values inherit."""

    def find(self, spec: ClassSpec, key: PropertyKey) -> object:
        """Give the property that was set on the prototype of a class or above, or MISSING."""

    def constructor(self, spec: ClassSpec) -> object:
        """Give the constructor of a class."""


def get(target: object, key: object, changes: Changes | None = None) -> Any:
    """Give `target[key]`: undefined (None) when there is no such property.

    Raises js.TypeError for a property of undefined or null. The `constructor` that a value
    inherits is undefined without a realm, which has the constructors.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError(f"Cannot read properties of {word_for(target)} (reading '{_shown(name)}')")
    found = lookup(target, name, changes)
    if found is MISSING:
        return None
    if type(found) is Property:
        if found.is_accessor:
            return None if found.get is None else invoke(found.get, target)
        found = found.value
        if isinstance(found, ClassSpec):
            return None if changes is None else changes.constructor(found)
    return found


def lookup(target: object, name: PropertyKey, changes: Changes | None = None) -> object:
    """Give a property as it is stored, own or inherited: a value, a Property, or MISSING."""
    holder = target
    while True:
        found = family_of(holder).read(holder, name)
        if found is not MISSING:
            return found
        parent = explicit_prototype(holder)
        if parent is null:
            return MISSING
        if parent is INHERITED:
            return _inherited(holder, name, changes)
        holder = parent


def _inherited(holder: object, name: PropertyKey, changes: Changes | None) -> object:
    spec = spec_of(holder)
    if changes is not None:
        found = changes.find(spec, name)
        if found is not MISSING:
            return found
    return spec.members.get(name, MISSING)


def explicit_prototype(value: object) -> object:
    """Give the prototype that was set for a value: an object, null, or INHERITED for none."""
    if isinstance(value, Exotic):
        return value.js_prototype()
    if isinstance(value, Object | Array | JsObject) and value._js_attributes is not None:
        return value._js_attributes.prototype
    return INHERITED


def set(  # noqa: A001
    target: object, key: object, value: object, changes: Changes | None = None
) -> None:
    """Do `target[key] = value` as strict code does.

    Raises js.TypeError when the target is a primitive or refuses the property.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError(f"Cannot set properties of {word_for(target)} (setting '{_shown(name)}')")
    if not try_set(target, name, value, changes):
        raise TypeError(f"Cannot assign to property '{_shown(name)}' of {kind_word(target)}")


def try_set(
    target: object, name: PropertyKey, value: object, changes: Changes | None = None
) -> bool:
    """Be OrdinarySet: call a setter, or write an own property; False when refused. 10.1.9."""
    family = family_of(target)
    found = family.read(target, name) if family is not EXOTIC else MISSING
    if found is MISSING:
        found = lookup(target, name, changes)
        if type(found) is Property and not found.is_accessor and not found.writable:
            return False
    if type(found) is Property and found.is_accessor:
        if found.set is None:
            return False
        invoke(found.set, target, value)
        return True
    return family.write(target, name, value)


EXOTIC = family_of(Exotic())


def delete(target: object, key: object) -> None:
    """Do `delete target[key]` as strict code does; a missing property is no error.

    Raises js.TypeError when the target refuses.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError("Cannot convert undefined or null to object")
    family = family_of(target)
    if family.read(target, name) is MISSING:
        return
    if not family.remove(target, name):
        raise TypeError(f"Cannot delete property '{_shown(name)}' of {kind_word(target)}")


def has(target: object, key: object, changes: Changes | None = None) -> bool:
    """Give `key in target`; js.TypeError when the target is a primitive. ECMA-262 13.10.1."""
    name = property_key(key)
    if not is_reference(target):
        raise TypeError(f"Cannot use 'in' operator to search for '{_shown(name)}' in a primitive")
    return lookup(target, name, changes) is not MISSING


def has_own(target: object, name: PropertyKey) -> bool:
    """Tell whether a value has an own property of that name."""
    return family_of(target).read(target, name) is not MISSING


def own_keys(target: object) -> list[PropertyKey]:
    """Give the own enumerable keys of a value: indices upwards, then names, then symbols."""
    return list(family_of(target).keys(target))


def call(function: Any, *arguments: object) -> Any:
    """Call a function value; js.TypeError when it is none."""
    if not is_function(function):
        raise TypeError(f"{word_for(function)} is not a function")
    return function(*arguments)


def call_method(
    target: object, key: object, *arguments: object, changes: Changes | None = None
) -> Any:
    """Do `target[key](...arguments)`; js.TypeError when that is no function."""
    method: Any = get(target, key, changes)
    if not is_function(method):
        raise TypeError(f"{_shown(property_key(key))} is not a function")
    return invoke(method, target, *arguments)


def property_key(key: Any) -> PropertyKey:
    """Make a primitive value a property key. ECMA-262 7.1.19.

    Raises js.TypeError for an object; convert it with `to_property_key` first.
    """
    kind = kind_of(key)
    if kind is Kind.STRING:
        return key if type(key) is str else str.__str__(key)
    if isinstance(key, Symbol):
        return key
    if kind is Kind.NUMBER:
        return number_to_string(key)
    if kind in (Kind.OBJECT, Kind.FUNCTION):
        raise TypeError("an object is no property key")
    return decimal_text(key) if kind is Kind.BIGINT else word_for(key)


def word_for(value: object) -> str:
    """Give a word for a value in a message."""
    if value is None or value is null:
        return "undefined" if value is None else "null"
    return str(value).lower() if isinstance(value, bool) else kind_of(value).value


def kind_word(target: object) -> str:
    """Give what a refusing target is, in a message."""
    if isinstance(target, Object | Array | JsObject):
        return f"a {spec_of(target).name}"
    return "a host's object" if is_reference(target) else word_for(target)


def items_of(options: object, *names: str) -> Mapping[str, Any]:
    """Give the named properties of an options bag; undefined for those it has not.

    An undefined bag has none. Raises js.TypeError for another primitive.
    """
    if is_nullish(options):
        return dict.fromkeys(names)
    if not is_reference(options):
        raise TypeError("the options are no object")
    return {name: get(options, name) for name in names}


def _shown(name: PropertyKey) -> str:
    return name if isinstance(name, str) else repr(name)
