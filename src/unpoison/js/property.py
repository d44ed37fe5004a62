"""Property access of a guest on any value, by the internal methods of ECMA-262 10.1.

A key is what follows the dot or stands in brackets: a primitive value, made a property key
as ECMA-262 7.1.19 does. How a property is found is in `lookup.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unpoison.js.attributes import MISSING
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Delegate
from unpoison.js.families import family_of
from unpoison.js.functions import invoke
from unpoison.js.lookup import Changes, find_holder, has_property, value_of
from unpoison.js.lookup import explicit_prototype as explicit_prototype
from unpoison.js.lookup import lookup as lookup
from unpoison.js.members import JsObject
from unpoison.js.numbers import decimal_text
from unpoison.js.numeric_text import number_to_string
from unpoison.js.objects import Array, Object
from unpoison.js.own_properties import define, describe, is_extensible
from unpoison.js.shown import kind_word as kind_word
from unpoison.js.shown import shown
from unpoison.js.shown import word_for as word_for
from unpoison.js.values import Kind, Symbol, is_function, is_nullish, is_reference, kind_of, null


def get(target: object, key: object, changes: Changes | None = None) -> Any:
    """Give `target[key]`: undefined (None) when there is no such property.

    Raises js.TypeError for a property of undefined or null. The `constructor` that a value
    inherits is undefined without a realm, which has the constructors.
    """
    is_plain = type(target) is Object and type(key) is str and target._js_attributes is None
    if is_plain and key in target:  # type: ignore[operator]
        return value_of(target[key], target, changes)  # type: ignore[index]
    if type(target) is Array:
        index = _element(target, key)
        if index is not None:
            return value_of(target[index], target, changes)
    name = key if type(key) is str else property_key(key)
    if target is None or target is null:
        raise TypeError(f"Cannot read properties of {word_for(target)} (reading '{_shown(name)}')")
    holder, found = find_holder(target, name, changes)
    if isinstance(holder, Delegate):
        found = holder.js_get(name, target, changes)
    return value_of(found, target, changes)


def get_as(target: object, name: PropertyKey, receiver: object, changes: Changes | None) -> Any:
    """Give a property of an object; a getter is called on another `this`: [[Get]]."""
    return value_of(lookup(target, name, changes, receiver), receiver, changes)


def set(  # noqa: A001
    target: object, key: object, value: object, changes: Changes | None = None
) -> None:
    """Do `target[key] = value` as strict code does.

    Raises js.TypeError when the target is a primitive or refuses the property.
    """
    index = _element(target, key)
    if index is not None:
        target[index] = value  # type: ignore[index]
        return
    name = property_key(key)
    if is_nullish(target):
        raise TypeError(f"Cannot set properties of {word_for(target)} (setting '{_shown(name)}')")
    if not try_set(target, name, value, changes):
        raise TypeError(_refusal(target, name))


def _element(target: object, key: object) -> int | None:
    """Give the index of an element that an Array has and anybody may set, None for all else.

    A number need not become text and a number again, which takes most of the time of a loop that
    fills an Array: serde's lists are made of them.
    """
    if type(target) is not Array or target._js_attributes is not None:
        return None
    index = int(key) if type(key) is float and key.is_integer() else key
    return index if type(index) is int and 0 <= index < len(target) else None


def _refusal(target: object, name: PropertyKey) -> str:
    """Say why a property was not set, as V8 does."""
    if not is_reference(target):
        return f"Cannot create property '{_shown(name)}' on {word_for(target)} '{shown(target)}'"
    if isinstance(target, Delegate):
        return f"'set' on proxy: trap returned falsish for property '{_shown(name)}'"
    _, found = find_holder(target, name)
    if isinstance(found, Property) and found.is_accessor:
        return f"Cannot set property {_shown(name)} of {shown(target)} which has only a getter"
    if found is MISSING and not is_extensible(target):
        return f"Cannot add property {_shown(name)}, object is not extensible"
    if found is not MISSING:
        return f"Cannot assign to read only property '{_shown(name)}' of object '{shown(target)}'"
    return f"Cannot assign to property '{_shown(name)}' of {kind_word(target)}"


def try_set(
    target: object, name: PropertyKey, value: object, changes: Changes | None = None
) -> bool:
    """Set a property, or call its setter; False when that is refused. ECMA-262 10.1.9."""
    return set_as(target, name, value, target, changes)


def set_as(
    target: object, name: PropertyKey, value: object, receiver: object, changes: Changes | None
) -> bool:
    """Be OrdinarySet: the property is found on the target and set on the receiver. 10.1.9.2."""
    holder, found = find_holder(target, name, changes)
    if isinstance(holder, Delegate):
        return holder.js_set(name, value, receiver, changes)
    if type(found) is Property:
        if found.is_accessor:
            if found.set is None:
                return False
            invoke(found.set, receiver, value)
            return True
        if not found.writable and holder is not target:
            return False
    elif holder is not target and _is_readonly(holder, name):
        return False
    if receiver is target:
        return family_of(target).write(target, name, value)
    return _set_on_receiver(receiver, name, value)


def _is_readonly(holder: object, name: PropertyKey) -> bool:
    if not isinstance(holder, Object | Array | JsObject) or holder._js_attributes is None:
        return False
    return name in holder._js_attributes.readonly


def _set_on_receiver(receiver: object, name: PropertyKey, value: object) -> bool:
    if not is_reference(receiver):
        return False
    existing = describe(receiver, name)
    if existing is None:
        return define(receiver, name, Property(value, enumerable=True), DATA_FIELDS)
    if existing.is_accessor or not existing.writable:
        return False
    return define(receiver, name, Property(value), frozenset({"value"}))


DATA_FIELDS: Final = frozenset({"value", "writable", "enumerable", "configurable"})


def delete(target: object, key: object) -> None:
    """Do `delete target[key]` as strict code does; a missing property is no error.

    Raises js.TypeError when the target refuses.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError("Cannot convert undefined or null to object")
    if not try_delete(target, name):
        if isinstance(target, Delegate):
            raise TypeError(
                f"'deleteProperty' on proxy: trap returned falsish for property '{_shown(name)}'"
            )
        raise TypeError(f"Cannot delete property '{_shown(name)}' of {shown(target)}")


def try_delete(target: object, name: PropertyKey) -> bool:
    """Delete an own property; False when that is refused: [[Delete]]. ECMA-262 10.1.10."""
    family = family_of(target)
    if isinstance(target, Delegate):
        return family.remove(target, name)
    return family.read(target, name) is MISSING or family.remove(target, name)


def has(target: object, key: object, changes: Changes | None = None) -> bool:
    """Give `key in target`; js.TypeError when the target is a primitive. ECMA-262 13.10.1."""
    name = property_key(key)
    if not is_reference(target):
        raise TypeError(
            f"Cannot use 'in' operator to search for '{_shown(name)}' in {shown(target)}"
        )
    return has_property(target, name, changes)


def has_own(target: object, name: PropertyKey) -> bool:
    """Tell whether a value has an own property of that name."""
    if isinstance(target, Delegate):
        return describe(target, name) is not None
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
    if type(key) is str:
        return key
    kind = kind_of(key)
    if kind is Kind.STRING:
        return str.__str__(key)
    if isinstance(key, Symbol):
        return key
    if kind is Kind.NUMBER:
        return number_to_string(key)
    if kind in (Kind.OBJECT, Kind.FUNCTION):
        raise TypeError("an object is no property key")
    return decimal_text(key) if kind is Kind.BIGINT else word_for(key)


def items_of(options: object, *names: str) -> Mapping[str, Any]:
    """Give the named properties of an options bag; undefined for those it has not.

    An undefined bag has none. Raises js.TypeError for another primitive.
    """
    if options is None or options is null:
        return dict.fromkeys(names)
    if type(options) is Object and options._js_attributes is None:
        # Most bags are plain objects with few of many names: no walk for what is not there.
        if Object._js_spec.members.keys().isdisjoint(names):
            found: dict[str, Any] = dict.fromkeys(names)
            for name, value in options.items():
                if name in found:
                    found[name] = value
            return found
    elif not is_reference(options):
        raise TypeError("the options are no object")
    return {name: get(options, name) for name in names}


def _shown(name: PropertyKey) -> str:
    return name if isinstance(name, str) else repr(name)
