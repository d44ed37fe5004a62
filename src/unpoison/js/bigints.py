"""`BigInt(value)`. ECMA-262 21.2.1.1."""

from __future__ import annotations

import math
from typing import Any

from unpoison.js.conversions import string_of, to_primitive
from unpoison.js.exceptions import RangeError, SyntaxError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.numeric_text import number_to_string, string_to_bigint
from unpoison.js.values import BigInt, Kind, kind_of


def to_bigint(value: object) -> BigInt:
    """Give `BigInt(value)`. ECMA-262 21.2.1.1.

    Raises js.RangeError for a Number that is not integral, js.SyntaxError for a text that
    is no integer, js.TypeError for undefined, null and symbols.
    """
    primitive: Any = to_primitive(value, "number")
    kind = kind_of(primitive)
    if kind is Kind.NUMBER:
        return _bigint_of_number(primitive)
    if kind is Kind.STRING:
        integer = string_to_bigint(primitive)
        if integer is None:
            raise SyntaxError(f"Cannot convert {primitive} to a BigInt")
        return BigInt(integer)
    if kind in (Kind.BIGINT, Kind.BOOLEAN):
        return BigInt(primitive)
    raise TypeError(f"Cannot convert {string_of(primitive)} to a BigInt")


def _bigint_of_number(number: float) -> BigInt:
    if not math.isfinite(number) or number != math.trunc(number):
        raise RangeError(
            f"The number {number_to_string(number)} cannot be converted to a BigInt"
            " because it is not an integer"
        )
    return BigInt(number)
