"""The functions of the Object constructor. ECMA-262 20.1.2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.classes import Property, PropertyKey, Static
from unpoison.js.conversions import to_property_key
from unpoison.js.descriptors import from_descriptor, to_descriptor
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Delegate
from unpoison.js.iteration import walking
from unpoison.js.members import JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.own_properties import (
    all_own_keys,
    define,
    describe,
    is_extensible,
    prevent_extensions,
    set_prototype,
)
from unpoison.js.property import get, has_own, kind_word, own_keys
from unpoison.js.property import set as set_property
from unpoison.js.shown import shown
from unpoison.js.values import (
    Symbol,
    is_function,
    is_nullish,
    is_reference,
    null,
    same_value,
)


def _object(value: object) -> Any:
    if is_nullish(value):
        raise TypeError("Cannot convert undefined or null to object")
    return value


def define_property(realm: Any, target: object, key: object, descriptor: object) -> object:
    """Be `Object.defineProperty`; js.TypeError when it is refused."""
    if not is_reference(target):
        raise TypeError("Object.defineProperty called on non-object")
    name = to_property_key(key)
    if not define(target, name, *to_descriptor(descriptor)):
        raise TypeError(_refusal(target, name))
    return target


def _refusal(target: object, name: PropertyKey) -> str:
    text = name if isinstance(name, str) else repr(name)
    if isinstance(target, Delegate):
        return f"'defineProperty' on proxy: trap returned falsish for property '{text}'"
    if describe(target, name) is None:
        return f"Cannot define property {text}, object is not extensible"
    return f"Cannot redefine property: {text}"


def _define_properties(realm: Any, target: object, descriptors: object) -> object:
    if not is_reference(target):
        raise TypeError("Object.defineProperties called on non-object")
    for key in own_keys(_object(descriptors)):
        define_property(realm, target, key, get(descriptors, key))
    return target


def _create(realm: Any, prototype: object, descriptors: object) -> object:
    made = Object()
    require_prototype(prototype)
    set_prototype(made, prototype)
    return made if descriptors is None else _define_properties(realm, made, descriptors)


def _assign(realm: Any, target: object, *sources: object) -> object:
    _object(target)
    for source in sources:
        if not is_nullish(source):
            for key in own_keys(source):
                set_property(target, key, get(source, key), realm)
    return target


def _names(value: object) -> list[str]:
    return [key for key in own_keys(_object(value)) if isinstance(key, str)]


def _keys(realm: Any, value: object) -> Array:
    return Array(_names(value))


def _values(realm: Any, value: object) -> Array:
    return Array(get(value, key) for key in _names(value))


def _entries(realm: Any, value: object) -> Array:
    return Array(Array((key, get(value, key))) for key in _names(value))


def _from_entries(realm: Any, entries: object) -> Object:
    if is_nullish(entries):
        raise TypeError("undefined is not iterable")
    made = Object()
    with walking(entries) as values:
        for entry in values:
            if not is_reference(entry):
                raise TypeError(f"Iterator value {shown(entry)} is not an entry object")
            made[to_property_key(get(entry, 0))] = get(entry, 1)
    return made


def _group_by(realm: Any, items: object, function: object) -> Object:
    if is_nullish(items):
        raise TypeError("Object.groupBy called on null or undefined")
    if not is_function(function):
        raise TypeError(f"{shown(function)} is not a function")
    key_for = callback(function)
    made = Object()
    set_prototype(made, null)
    with walking(items) as values:
        for index, item in enumerate(values):
            made.setdefault(to_property_key(key_for(item, index)), Array()).append(item)
    return made


def _freeze(realm: Any, value: object) -> object:
    return _restrict(value, frozen=True)


def _seal(realm: Any, value: object) -> object:
    return _restrict(value, frozen=False)


def _restrict(value: object, *, frozen: bool) -> object:
    if not is_reference(value):
        return value
    _prevent_extensions(None, value)
    for key in all_own_keys(value):
        found = describe(value, key)
        if found is not None:
            writable = found.writable and not frozen
            fixed = replace(found, configurable=False, writable=writable)
            define(
                value,
                key,
                fixed,
                frozenset({"configurable", "writable"})
                if not found.is_accessor
                else frozenset({"configurable"}),
            )
    return value


def _prevent_extensions(realm: Any, value: object) -> object:
    if is_reference(value) and not prevent_extensions(value):
        if isinstance(value, Delegate):
            raise TypeError("'preventExtensions' on proxy: trap returned falsish")
        raise TypeError(f"{kind_word(value)} cannot be made non-extensible")
    return value


def _is_extensible(realm: Any, value: object) -> bool:
    return is_reference(value) and is_extensible(value)


def _is_frozen(realm: Any, value: object) -> bool:
    return _is_restricted(value, lambda p: not p.configurable and (p.is_accessor or not p.writable))


def _is_sealed(realm: Any, value: object) -> bool:
    return _is_restricted(value, lambda found: not found.configurable)


def _is_restricted(value: object, holds: Callable[[Property], bool]) -> bool:
    if not is_reference(value):
        return True
    found = (describe(value, key) for key in all_own_keys(value))
    return not is_extensible(value) and all(each is None or holds(each) for each in found)


def _get_own_property_descriptor(realm: Any, value: object, key: object) -> object:
    return from_descriptor(describe(_object(value), to_property_key(key)))


def _get_own_property_descriptors(realm: Any, value: object) -> Object:
    keys = all_own_keys(_object(value))
    return Object((key, from_descriptor(describe(value, key))) for key in keys)


def _get_own_property_names(realm: Any, value: object) -> Array:
    return Array(key for key in all_own_keys(_object(value)) if isinstance(key, str))


def _get_own_property_symbols(realm: Any, value: object) -> Array:
    return Array(key for key in all_own_keys(_object(value)) if isinstance(key, Symbol))


def _get_prototype_of(realm: Any, value: object) -> object:
    return realm.prototype_of(_object(value))


def _set_prototype_of(realm: Any, value: object, prototype: object) -> object:
    if is_nullish(value):
        raise TypeError("Object.setPrototypeOf called on null or undefined")
    require_prototype(prototype)
    if is_reference(value) and not change_prototype(realm, value, prototype):
        raise TypeError(_prototype_refusal(value))
    return value


def require_prototype(prototype: object) -> None:
    """Raise js.TypeError for what can be no prototype."""
    if prototype is not null and not is_reference(prototype):
        raise TypeError(f"Object prototype may only be an Object or null: {shown(prototype)}")


def _prototype_refusal(value: object) -> str:
    if isinstance(value, Delegate):
        return "'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'"
    if not is_extensible(value):
        return f"{shown(value)} is not extensible"
    if isinstance(value, Object | Array | JsObject):
        return "Cyclic __proto__ value"
    return f"the prototype of {kind_word(value)} cannot be set"


def change_prototype(realm: Any, value: object, prototype: object) -> bool:
    """Be OrdinarySetPrototypeOf: False for a cycle, or when it is refused. ECMA-262 10.1.2."""
    if isinstance(value, Delegate):
        return set_prototype(value, prototype)
    if realm.prototype_of(value) is prototype:
        return True
    above = prototype
    while above is not null and not isinstance(above, Delegate):
        if above is value:
            return False
        above = realm.prototype_of(above)
    return is_extensible(value) and set_prototype(value, prototype)


def _has_own(realm: Any, value: object, key: object) -> bool:
    return has_own(_object(value), to_property_key(key))


def _is(realm: Any, left: object, right: object) -> bool:
    return same_value(left, right)


STATICS: Final[Mapping[PropertyKey, object]] = {
    "assign": Static(_assign, 2),
    "create": _create,
    "defineProperties": _define_properties,
    "defineProperty": define_property,
    "entries": _entries,
    "freeze": _freeze,
    "fromEntries": _from_entries,
    "getOwnPropertyDescriptor": _get_own_property_descriptor,
    "getOwnPropertyDescriptors": _get_own_property_descriptors,
    "getOwnPropertyNames": _get_own_property_names,
    "getOwnPropertySymbols": _get_own_property_symbols,
    "getPrototypeOf": _get_prototype_of,
    "groupBy": _group_by,
    "hasOwn": _has_own,
    "is": _is,
    "isExtensible": _is_extensible,
    "isFrozen": _is_frozen,
    "isSealed": _is_sealed,
    "keys": _keys,
    "preventExtensions": _prevent_extensions,
    "seal": _seal,
    "setPrototypeOf": _set_prototype_of,
    "values": _values,
}
