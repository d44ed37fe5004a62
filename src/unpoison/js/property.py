"""Property access of a guest on the values that its host gave it.

A key is what follows the dot or stands in brackets: a primitive value, made a property key
as ECMA-262 7.1.19 does. What a guest may reach is decided in `families.py`.
"""

from __future__ import annotations

from typing import Any

from unpoison.js.attributes import MISSING
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.families import PropertyKey, family_of
from unpoison.js.functions import Constructor
from unpoison.js.numbers import decimal_text
from unpoison.js.numeric_text import number_to_string
from unpoison.js.values import Kind, Symbol, is_function, is_nullish, is_reference, kind_of, null


def get(target: object, key: object) -> object:
    """Give `target[key]`: undefined (None) when there is no such property.

    Raises js.TypeError for a property of undefined or null.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError(f"Cannot read properties of {_word(target)} (reading '{_shown(name)}')")
    value = family_of(target).read(target, name)
    return None if value is MISSING else value


def set(target: object, key: object, value: object) -> None:  # noqa: A001
    """Do `target[key] = value` as strict code does.

    Raises js.TypeError when the target is a primitive or refuses the property.
    """
    name = property_key(key)
    if is_nullish(target):
        raise TypeError(f"Cannot set properties of {_word(target)} (setting '{_shown(name)}')")
    if not family_of(target).write(target, name, value):
        raise TypeError(f"Cannot assign to property '{_shown(name)}' of a host's object")


def delete(target: object, key: object) -> None:
    """Do `delete target[key]` as strict code does; a missing property is no error.

    Raises js.TypeError when the target refuses.
    """
    name = property_key(key)
    if not has_own_or_inherited(target, name):
        return
    if not family_of(target).remove(target, name):
        raise TypeError(f"Cannot delete property '{_shown(name)}' of a host's object")


def has(target: object, key: object) -> bool:
    """Give `key in target`; js.TypeError when the target is a primitive. ECMA-262 13.10.1."""
    name = property_key(key)
    if not is_reference(target):
        raise TypeError(f"Cannot use 'in' operator to search for '{_shown(name)}' in a primitive")
    return has_own_or_inherited(target, name)


def has_own_or_inherited(target: object, name: PropertyKey) -> bool:
    """Tell whether reading that property would find something."""
    return family_of(target).read(target, name) is not MISSING


def own_keys(target: object) -> list[PropertyKey]:
    """Give the own enumerable keys of a value: indices upwards, then names, then symbols."""
    return list(family_of(target).keys(target))


def call(function: Any, *arguments: object) -> object:
    """Call a function value; js.TypeError when it is none."""
    if not is_function(function):
        raise TypeError(f"{_word(function)} is not a function")
    return function(*arguments)


def call_method(target: object, key: object, *arguments: object) -> object:
    """Do `target[key](...arguments)`; js.TypeError when that is no function."""
    method: Any = get(target, key)
    if not is_function(method):
        raise TypeError(f"{_shown(property_key(key))} is not a function")
    return method(*arguments)


def construct(target: Any, *arguments: object) -> object:
    """Do `new target(...arguments)`: a class makes an object, a function its result.

    Raises js.TypeError when the target is no function.
    """
    if not is_function(target):
        raise TypeError(f"{_word(target)} is not a constructor")
    if isinstance(target, Constructor):
        return target.construct(*arguments)
    return target(*arguments)


def instance_of(value: object, target: object) -> bool:
    """Give `value instanceof target`; js.TypeError when the target is no function.

    A class of the host's answers as `isinstance` does, a plain function is never matched.
    """
    if not is_function(target):
        raise TypeError("Right-hand side of 'instanceof' is not callable")
    if isinstance(target, Constructor):
        return target.is_instance(value)
    return isinstance(target, type) and is_reference(value) and isinstance(value, target)


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
    return decimal_text(key) if kind is Kind.BIGINT else _word(key)


def _word(value: object) -> str:
    if value is None or value is null:
        return "undefined" if value is None else "null"
    return str(value).lower() if isinstance(value, bool) else kind_of(value).value


def _shown(name: PropertyKey) -> str:
    return name if isinstance(name, str) else repr(name)
