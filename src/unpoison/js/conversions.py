"""Conversions between types: what JavaScript does silently when an operator wants a number.

ECMA-262 7.1. An object is asked for its `valueOf` and `toString` (or
`Symbol.toPrimitive`); a host's object that has none inherits Object's, never shows its `repr`.
"""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import PropertyKey
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.numbers import decimal_text, is_safe_integer
from unpoison.js.numeric_text import number_to_string, string_to_number
from unpoison.js.property import get, property_key
from unpoison.js.shown import callee_text
from unpoison.js.values import (
    Kind,
    Symbol,
    is_function,
    is_nullish,
    is_reference,
    kind_of,
)

METHOD_ORDER: Final = {
    "default": ("valueOf", "toString"),
    "number": ("valueOf", "toString"),
    "string": ("toString", "valueOf"),
}


def to_primitive(value: object, hint: str = "default") -> object:
    """Give a primitive value for an object, any other value as it is. ECMA-262 7.1.1.

    `hint` is "default", "number" or "string". Raises js.TypeError when the object has none.
    """
    if not is_reference(value):
        return value
    exotic = get(value, Symbol.to_primitive)
    if not is_nullish(exotic):
        if not is_function(exotic):
            raise TypeError(f"{callee_text(exotic)} is not a function")
        return _primitive(invoke(exotic, value, hint))
    for name in METHOD_ORDER[hint]:
        method: Any = get(value, name)
        if is_function(method):
            result = invoke(method, value)
            if not is_reference(result):
                return result
    raise TypeError("Cannot convert object to primitive value")


def to_number(value: object) -> int | float:
    """Give a Number; js.TypeError for a BigInt or Symbol. ECMA-262 7.1.4."""
    if type(value) is float or (type(value) is int and is_safe_integer(value)):
        return value
    numeric = to_numeric(value)
    if kind_of(numeric) is Kind.BIGINT:
        raise TypeError("Cannot convert a BigInt value to a number")
    return numeric


def to_numeric(value: object) -> int | float:
    """Give a Number, or a BigInt for a BigInt; js.TypeError for a Symbol. ECMA-262 7.1.3."""
    primitive: Any = to_primitive(value, "number")
    kind = kind_of(primitive)
    if kind in (Kind.NUMBER, Kind.BIGINT):
        return primitive  # type: ignore[no-any-return]
    if kind is Kind.STRING:
        return string_to_number(primitive)
    if kind is Kind.SYMBOL:
        raise TypeError("Cannot convert a Symbol value to a number")
    return float("nan") if kind is Kind.UNDEFINED else int(bool(primitive))


def to_string(value: object) -> str:
    """Give a string; js.TypeError for a Symbol. ECMA-262 7.1.17."""
    if type(value) is str:
        return value
    primitive: Any = to_primitive(value, "string")
    kind = kind_of(primitive)
    if kind is Kind.STRING:
        return str.__str__(primitive)
    if kind is Kind.NUMBER:
        return number_to_string(primitive)
    if kind is Kind.BIGINT:
        return decimal_text(primitive)
    if kind is Kind.SYMBOL:
        raise TypeError("Cannot convert a Symbol value to a string")
    return str(primitive).lower() if kind is Kind.BOOLEAN else kind.value


def string_of(value: object) -> str:
    """Give `String(value)`, which describes a Symbol. ECMA-262 22.1.1.1."""
    return repr(value) if isinstance(value, Symbol) else to_string(value)


def to_property_key(value: object) -> PropertyKey:
    """Give the property key that a value in brackets means. ECMA-262 7.1.19."""
    return property_key(to_primitive(value, "string"))


def _primitive(value: object) -> object:
    if is_reference(value):
        raise TypeError("Cannot convert object to primitive value")
    return value
