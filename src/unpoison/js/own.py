"""Own properties of the objects that this room makes: plain values, and those with attributes.

Three kinds of object differ only in where plain properties are: `Object` is its own dict, a
`JsObject` has `_js_own`, an `Array` has its elements and `_js_own` beside them.
ECMA-262 10.1, 10.4.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from unpoison.js.attributes import MISSING
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.exceptions import RangeError
from unpoison.js.keys import array_index, ordered_keys
from unpoison.js.members import Attributes, JsObject
from unpoison.js.numeric_text import string_to_number
from unpoison.js.objects import Array, Object

Own = Object | Array | JsObject

MAX_PADDING: Final = 1 << 16
"""Holes that one write may make; they cost memory here."""


def plain_properties(target: Own) -> dict[Any, Any]:
    """Give the dict of the plain properties (for an Array: those that are no elements)."""
    return target if isinstance(target, Object) else target._js_own


def attributes_of(target: Own) -> Attributes:
    """Give the attributes to be changed; they are made at the first need."""
    found = target._js_attributes
    if found is None:
        found = target._js_attributes = Attributes()
    return found


def read_own(target: Own, key: PropertyKey) -> object:
    """Give an own property: a value, a Property for an accessor, or MISSING."""
    if isinstance(target, Array):
        index = array_index(key)
        if index is not None:
            return target[index] if index < len(target) else _read_hidden(target, key)
        if key == "length":
            return len(target)
    own = plain_properties(target)
    return own[key] if key in own else _read_hidden(target, key)


def _read_hidden(target: Own, key: PropertyKey) -> object:
    attributes = target._js_attributes
    return MISSING if attributes is None else attributes.hidden.get(key, MISSING)


def write_own(target: Own, key: PropertyKey, value: object) -> bool:
    """Set or make a plain own property; False when the object refuses."""
    attributes = target._js_attributes
    if attributes is not None:
        if key in attributes.readonly:
            return False
        if key in attributes.hidden:
            attributes.hidden[key] = value
            return True
        if not attributes.extensible and read_own(target, key) is MISSING:
            return False
    if isinstance(target, Array):
        return write_element(target, key, value)
    plain_properties(target)[key] = value
    return True


def write_element(target: list[Any], key: PropertyKey, value: object) -> bool:
    """Set an element, the length, or (of an Array) another property."""
    index = array_index(key)
    if index is not None:
        if index > len(target) + MAX_PADDING:
            return False
        target.extend([None] * (index + 1 - len(target)))
        target[index] = value
        return True
    if key == "length":
        return _set_length(target, value)
    if not isinstance(target, Array):
        return False
    target._js_own[key] = value
    return True


def _set_length(target: list[Any], value: object) -> bool:
    """Be ArraySetLength. ECMA-262 10.4.2.4.

    Raises js.RangeError for what is no length, and for one that would make too many holes.
    """
    number = string_to_number(value) if isinstance(value, str) else value
    if not isinstance(number, int | float):
        return False
    if number != number // 1 or not 0 <= number < 2**32:
        raise RangeError("Invalid array length")
    length = int(number)
    if length > len(target) + MAX_PADDING:
        raise RangeError(f"an array of more than {MAX_PADDING} holes is not supported")
    if length < len(target) and not _forget_elements(target, length):
        return False
    del target[length:]
    target.extend([None] * (length - len(target)))
    return True


def _forget_elements(target: list[Any], length: int) -> bool:
    """Forget the attributes of elements from an index on; False when one of them is permanent."""
    attributes = target._js_attributes if isinstance(target, Array) else None
    if attributes is None:
        return True
    indices = [str(index) for index in range(length, len(target))]
    if not attributes.permanent.isdisjoint(indices):
        return False
    attributes.readonly.difference_update(indices)
    return True


def remove_own(target: Own, key: PropertyKey) -> bool:
    """Remove an own property; False when it is permanent."""
    attributes = target._js_attributes
    if attributes is not None:
        if key in attributes.permanent:
            return False
        attributes.hidden.pop(key, None)
        attributes.after.pop(key, None)
        attributes.shown.discard(key)
        attributes.readonly.discard(key)
    if isinstance(target, Array):
        index = array_index(key)
        if index is not None:
            if index < len(target):
                target[index] = None
            return True
        if key == "length":
            return False
    plain_properties(target).pop(key, None)
    return True


def all_keys(target: Own) -> list[PropertyKey]:
    """Give all own keys, also those that are not enumerable. ECMA-262 10.1.11."""
    names: list[object] = list(map(str, range(len(target)))) if isinstance(target, Array) else []
    if isinstance(target, Array):
        names.append("length")
    plain = plain_properties(target)
    attributes = target._js_attributes
    names += plain if attributes is None else _in_order(plain, attributes)
    return ordered_keys(names)


def _in_order(plain: Iterable[object], attributes: Attributes) -> list[object]:
    """Give the plain and the hidden keys, each hidden one after the plain one that it follows."""
    followers: dict[object, list[object]] = {}
    for key in attributes.hidden:
        followers.setdefault(attributes.after.get(key), []).append(key)
    found = followers.pop(None, [])
    for name in plain:
        found.append(name)
        found += followers.pop(name, ())
    return found + [name for group in followers.values() for name in group]


def _key_before(plain: dict[Any, Any], key: PropertyKey) -> object:
    """Give the plain key before one, the last one when it is no plain key, None for none."""
    if key not in plain:
        return next(reversed(plain), None)
    before: object = None
    for each in plain:
        if each == key:
            return before
        before = each
    return before


def shown_keys(target: Own) -> list[PropertyKey]:
    """Give the own enumerable keys."""
    return [key for key in all_keys(target) if is_shown(target, key)]


def is_shown(target: Own, key: PropertyKey) -> bool:
    """Tell whether an own property is enumerable."""
    attributes = target._js_attributes
    if attributes is not None and key in attributes.hidden:
        return key in attributes.shown
    return not (isinstance(target, Array) and key == "length")


def describe_own(target: Own, key: PropertyKey) -> Property | None:
    """Give the descriptor of an own property, None when there is none. ECMA-262 10.1.5."""
    value = read_own(target, key)
    if value is MISSING:
        return None
    attributes = target._js_attributes
    readonly = attributes is not None and key in attributes.readonly
    permanent = attributes is not None and key in attributes.permanent
    is_length = isinstance(target, Array) and key == "length"
    enumerable = is_shown(target, key)
    configurable = not permanent and not is_length
    if isinstance(value, Property):
        return Property(None, value.get, value.set, False, enumerable, configurable)
    return Property(value, None, None, not readonly, enumerable, configurable)


def define_own(target: Own, key: PropertyKey, new: Property) -> bool:
    """Make or replace an own property with all its attributes; False when that is refused.

    The rules of ValidateAndApplyPropertyDescriptor are the caller's. ECMA-262 10.1.6.3.
    """
    attributes = attributes_of(target)
    is_plain = not new.is_accessor and new.enumerable
    attributes.readonly.discard(key)
    if isinstance(target, Array) and (array_index(key) is not None or key == "length"):
        if new.is_accessor or not write_element(target, key, new.value):
            return False
    elif is_plain:
        attributes.hidden.pop(key, None)
        attributes.after.pop(key, None)
        plain_properties(target)[key] = new.value
    else:
        plain = plain_properties(target)
        if key not in attributes.hidden:
            attributes.after[key] = _key_before(plain, key)
        plain.pop(key, None)
        attributes.hidden[key] = new if new.is_accessor else new.value
    attributes.shown.discard(key)
    if new.enumerable and not is_plain:
        attributes.shown.add(key)
    if not new.writable and not new.is_accessor:
        attributes.readonly.add(key)
    if not new.configurable:
        attributes.permanent.add(key)
    return True


def own_keys_for(target: Own) -> Iterable[PropertyKey]:
    """Give the enumerable keys, quickly for an object without attributes."""
    if isinstance(target, Object) and target._js_attributes is None:
        return ordered_keys(str(key) if type(key) is int else key for key in target)
    return shown_keys(target)
