"""Arguments that mean integers: counts, lengths and positions. ECMA-262 7.1.5, 7.1.20."""

from __future__ import annotations

import math

from unpoison.js.conversions import to_number
from unpoison.js.exceptions import RangeError
from unpoison.js.numbers import MAX_SAFE_INTEGER


def to_integer(value: object) -> int | float:
    """Give a Number without its fraction; 0 for NaN, infinities stay. ECMA-262 7.1.5."""
    number = to_number(value)
    if number != number:
        return 0
    return number if isinstance(number, int) or math.isinf(number) else int(number)


def to_length(value: object) -> int:
    """Give a length, 0 to 2**53 - 1. ECMA-262 7.1.20."""
    return int(min(max(to_integer(value), 0), MAX_SAFE_INTEGER))


def clamped(value: object, length: int) -> int:
    """Give a position in 0 to `length`; what is below or above is the nearest of these."""
    return int(min(max(to_integer(value), 0), length))


def relative(value: object, length: int, missing: int = 0) -> int:
    """Give a position in 0 to `length`, a negative one counting from the end.

    Undefined is `missing`: what `slice` and its kin do.
    """
    if value is None:
        return missing
    index = to_integer(value)
    return int(max(index + length, 0) if index < 0 else min(index, length))


def to_index(value: object, message: str) -> int:
    """Give an index, 0 to 2**53 - 1; js.RangeError with the message outside. ECMA-262 7.1.22."""
    integer = to_integer(value)
    if not 0 <= integer <= MAX_SAFE_INTEGER:
        raise RangeError(message)
    return int(integer)
