"""Numbers as text and text as numbers, to the letter of ECMA-262.

Python's `repr(float)` and JavaScript both write the shortest digits that read back the same;
only the layout differs.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Final

from unpoison.js.numbers import decimal_integer, float_of, number_to_python

# WhiteSpace and LineTerminator, ECMA-262 12.2 and 12.3.
WHITESPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_DECIMAL: Final = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_PREFIXED: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_RADIX: Final = {"x": 16, "o": 8, "b": 2}


def number_to_string(number: float) -> str:
    """Give the text of a Number in radix 10. ECMA-262 6.1.6.1.20, Number::toString."""
    if isinstance(number, int):
        return int.__repr__(number)
    if number != number:
        return "NaN"
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    return sign + ("Infinity" if math.isinf(number) else _positive(abs(number)))


def string_to_number(text: str) -> int | float:
    """Give the Number that a text denotes, NaN for none. ECMA-262 7.1.4.1.1."""
    literal = text.strip(WHITESPACE)
    if not literal:
        return 0
    if _PREFIXED.fullmatch(literal):
        return number_to_python(float_of(int(literal[2:], _RADIX[literal[1].lower()])))
    if not _DECIMAL.fullmatch(literal):
        return math.nan
    return number_to_python(float(literal))


def read_decimal(text: str) -> int | float:
    """Give the Number that a text begins with, NaN for none. ECMA-262 19.2.4, parseFloat."""
    found = _DECIMAL.match(text)
    return math.nan if found is None else number_to_python(float(found[0]))


def string_to_bigint(text: str) -> int | None:
    """Give the integer that a text denotes, None for none. ECMA-262 7.1.14."""
    literal = text.strip(WHITESPACE)
    if not literal:
        return 0
    if _PREFIXED.fullmatch(literal):
        return int(literal[2:], _RADIX[literal[1].lower()])
    return decimal_integer(literal) if _INTEGER.fullmatch(literal) else None


def _positive(number: float) -> str:
    """Lay out the digits of a positive finite Number; `point` is n in the standard."""
    _, parts, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    digits = "".join(map(str, parts))
    point = len(digits) + int(exponent)
    if not -6 < point <= 21:
        return _scientific(digits, point - 1)
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def _scientific(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{exponent:+d}"
