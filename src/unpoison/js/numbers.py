"""The Number and BigInt values of JavaScript as Python numbers, and integers modulo 2**n.

A Number is an `int` when it is integral, a safe integer and not -0, else a `float`, as in
Pyodide; so each Number has one Python form. ECMA-262 6.1.6 and 7.1.
"""

from __future__ import annotations

import math
from decimal import Decimal

MAX_SAFE_INTEGER = 2**53 - 1  # ECMA-262 21.1.2.6
# ECMA-262 leaves the limit to the engine; this is SpiderMonkey's. V8's 2**30 would let one
# operation of a guest run for minutes in Python.
MAX_BIGINT_BITS = 2**20


def number_to_python(number: float) -> int | float:
    """Give the Python form of a Number: an int when integral, safe and not -0."""
    if abs(number) <= MAX_SAFE_INTEGER and number.is_integer() and not is_negative_zero(number):
        return int(number)
    return number


def is_safe_integer(number: int) -> bool:
    """Tell whether an int is a Number; beyond that range it is a BigInt, as in Pyodide."""
    return -MAX_SAFE_INTEGER <= number <= MAX_SAFE_INTEGER


def is_negative_zero(number: float) -> bool:
    """Tell -0 from +0, which `==` does not."""
    return number == 0 and math.copysign(1.0, number) < 0


def to_uint32(number: float) -> int:
    """Give a Number modulo 2**32, 0 to 2**32 - 1; 0 for NaN and infinities. ECMA-262 7.1.7."""
    return int(number) & 0xFFFFFFFF if math.isfinite(number) else 0


def to_int32(number: float) -> int:
    """Give a Number modulo 2**32, -2**31 to 2**31 - 1. ECMA-262 7.1.6."""
    return as_int(to_uint32(number), 32)


def as_int(number: int, bits: int) -> int:
    """Give an integer wrapped to two's complement of that width. ECMA-262 21.2.2.1."""
    half = 1 << (bits - 1)
    return ((number + half) & ((half << 1) - 1)) - half


def float_of(integer: int) -> float:
    """Give the Number nearest to an integer of any size; infinities beyond the range."""
    try:
        return float(integer)
    except OverflowError:
        return math.inf if integer > 0 else -math.inf


def decimal_text(integer: int) -> str:
    """Give the decimal digits of an integer of any size.

    `str` refuses more than 4300 digits; Decimal has no such limit.
    """
    return f"{Decimal(integer):f}"


def decimal_integer(digits: str) -> int:
    """Read decimal digits, any number of them (`int` refuses more than 4300)."""
    return int(Decimal(digits))
