"""JavaScript's operators on any values, by the names of wasm-bindgen's intrinsics.

`OPERATORS` is the door: one row per operator. Numbers compute as float64, BigInts exactly;
the two never mix. ECMA-262 6.1.6 (the operations), 7.2.13 to 7.2.15 (comparisons), 13.15.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NoReturn

from unpoison.js.conversions import to_number, to_numeric, to_primitive, to_string
from unpoison.js.exceptions import RangeError, TypeError, from_exception  # noqa: A004
from unpoison.js.numbers import MAX_BIGINT_BITS, as_int, number_to_python, to_int32, to_uint32
from unpoison.js.numeric_text import string_to_bigint, string_to_number
from unpoison.js.utf16 import joined_surrogates, utf16_units
from unpoison.js.values import (
    BigInt,
    Kind,
    is_nullish,
    is_reference,
    kind_of,
    strict_equal,
)

_MIXED: Final = "Cannot mix BigInt and other types, use explicit conversions"
_TOO_BIG: Final = "Maximum BigInt size exceeded"


def add(left: object, right: object) -> object:
    """Give `left + right`: a string when either operand is one. ECMA-262 13.15.3."""
    first, second = to_primitive(left), to_primitive(right)
    if isinstance(first, str) or isinstance(second, str):
        return joined_surrogates(to_string(first) + to_string(second))
    return _arithmetic(_sum, _sum, first, second)


def binary(name: str, left: object, right: object) -> int | float:
    """Give `left <operator> right` for a numeric operator of the table NUMERIC.

    Raises js.TypeError when a BigInt meets a Number, js.RangeError as BigInts do.
    """
    on_numbers, on_bigints = NUMERIC[name]
    return _arithmetic(on_numbers, on_bigints, left, right)


def negate(value: object) -> int | float:
    """Give `-value`."""
    numeric = to_numeric(value)
    if kind_of(numeric) is Kind.BIGINT:
        return BigInt(-numeric)
    return number_to_python(-float(numeric))


def bit_not(value: object) -> int | float:
    """Give `~value`."""
    numeric = to_numeric(value)
    return BigInt(~int(numeric)) if kind_of(numeric) is Kind.BIGINT else ~to_int32(numeric)


def checked_div(left: object, right: object) -> object:
    """Give `left / right`, or the RangeError object that dividing raised."""
    try:
        return binary("div", left, right)
    except RangeError as error:
        return error


def try_into_number(value: object) -> object:
    """Give `+value`, or the value that was thrown by it."""
    try:
        return to_number(value)
    except Exception as error:  # noqa: BLE001 - a host's valueOf may raise anything
        return from_exception(error)


def less_than(left: object, right: object) -> bool:
    """Give `left < right`."""
    return _compare(left, right, lambda a, b: a < b)


def greater_than(left: object, right: object) -> bool:
    """Give `left > right`."""
    return _compare(left, right, lambda a, b: a > b)


def at_most(left: object, right: object) -> bool:
    """Give `left <= right`."""
    return _compare(left, right, lambda a, b: a <= b)


def at_least(left: object, right: object) -> bool:
    """Give `left >= right`."""
    return _compare(left, right, lambda a, b: a >= b)


def loose_equal(left: object, right: object) -> bool:
    """Give `left == right`, with all its conversions. ECMA-262 7.2.14."""
    if kind_of(left) is kind_of(right):
        return strict_equal(left, right)
    if is_nullish(left) or is_nullish(right):
        return is_nullish(left) and is_nullish(right)
    if is_reference(left) and is_reference(right):
        return False
    return _equal_primitives(*map(_unboxed, (left, right)))


def _unboxed(value: object) -> object:
    primitive = to_primitive(value)
    return int(primitive) if isinstance(primitive, bool) else primitive


def _equal_primitives(left: Any, right: Any) -> bool:
    """Compare strings, numbers, BigInts and symbols of possibly different types."""
    kinds = {kind_of(left), kind_of(right)}
    if len(kinds) == 1:
        return strict_equal(left, right)
    if is_nullish(left) or is_nullish(right) or Kind.SYMBOL in kinds:
        return False
    if Kind.STRING in kinds:
        read = string_to_bigint if Kind.BIGINT in kinds else string_to_number
        left, right = (read(each) if isinstance(each, str) else each for each in (left, right))
    return bool(left == right)


def _compare(left: object, right: object, holds: Callable[[Any, Any], bool]) -> bool:
    """Compare as IsLessThan does; nothing holds for NaN. ECMA-262 7.2.13."""
    first, second = to_primitive(left, "number"), to_primitive(right, "number")
    if isinstance(first, str) and isinstance(second, str):
        return holds(utf16_units(first), utf16_units(second))
    lesser, greater = _comparable(first, second), _comparable(second, first)
    return lesser is not None and greater is not None and holds(lesser, greater)


def _comparable(value: object, other: object) -> int | float | None:
    if isinstance(value, str) and kind_of(other) is Kind.BIGINT:
        return string_to_bigint(value)
    numeric = to_numeric(value)
    return numeric if numeric == numeric else None


def _arithmetic(
    on_numbers: Callable[[float, float], float],
    on_bigints: Callable[[int, int], int],
    left: object,
    right: object,
) -> int | float:
    first, second = to_numeric(left), to_numeric(right)
    kinds = (kind_of(first), kind_of(second))
    if kinds == (Kind.NUMBER, Kind.NUMBER):
        return number_to_python(float(on_numbers(float(first), float(second))))
    if kinds == (Kind.BIGINT, Kind.BIGINT):
        return _limited(on_bigints(int(first), int(second)))
    raise TypeError(_MIXED)


def _limited(integer: int) -> BigInt:
    if integer.bit_length() > MAX_BIGINT_BITS:
        raise RangeError(_TOO_BIG)
    return BigInt(integer)


def _sum(left: Any, right: Any) -> Any:
    return left + right


def _difference(left: Any, right: Any) -> Any:
    return left - right


def _product(left: Any, right: Any) -> Any:
    return left * right


def _quotient(left: float, right: float) -> float:
    """Divide as IEEE 754 does; Python raises for a zero divisor."""
    if right:
        return left / right
    if not left or left != left or right != right:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder(left: float, right: float) -> float:
    """Give the remainder with the sign of the dividend. ECMA-262 6.1.6.1.6."""
    if math.isinf(left) or not right:
        return math.nan
    return math.fmod(left, right)


def _power(base: float, exponent: float) -> float:
    """Give base ** exponent; JavaScript differs from C for 1 and NaN. 6.1.6.1.3."""
    if exponent != exponent or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    odd = math.isfinite(exponent) and math.fmod(exponent, 2) in (1.0, -1.0)
    sign = math.copysign(1.0, base) if odd else 1.0
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return sign * math.inf
    except ValueError:  # a zero base with a negative exponent, or a complex result
        return math.nan if base else sign * math.inf


def _bigint_product(left: int, right: int) -> int:
    if left.bit_length() + right.bit_length() > MAX_BIGINT_BITS + 1:
        raise RangeError(_TOO_BIG)
    return left * right


def _bigint_quotient(left: int, right: int) -> int:
    """Divide towards zero. ECMA-262 6.1.6.2.5."""
    if not right:
        raise RangeError("Division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _bigint_remainder(left: int, right: int) -> int:
    return left - right * _bigint_quotient(left, right)


def _bigint_power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise RangeError("Exponent must be non-negative")
    if (abs(base).bit_length() - 1) * exponent > MAX_BIGINT_BITS:
        raise RangeError(_TOO_BIG)
    # A base of 0, 1 or -1 may have an exponent of any size; only its parity counts.
    return int(base ** (exponent if abs(base) > 1 or not exponent else 2 - exponent % 2))


def _bigint_shift(left: int, right: int) -> int:
    """Shift left, or right by a negative distance. ECMA-262 6.1.6.2.9."""
    if right < 0:
        return left >> min(-right, left.bit_length())
    if left and right > MAX_BIGINT_BITS:
        raise RangeError(_TOO_BIG)
    return left << right if left else 0


def _no_unsigned_shift(left: int, right: int) -> NoReturn:
    raise TypeError("BigInts have no unsigned right shift, use >> instead")


def _distance(right: float) -> int:
    return to_uint32(right) & 31


NUMERIC: Final[Mapping[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]]] = {
    "sub": (_difference, _difference),
    "mul": (_product, _bigint_product),
    "div": (_quotient, _bigint_quotient),
    "rem": (_remainder, _bigint_remainder),
    "pow": (_power, _bigint_power),
    "bit_and": (lambda a, b: to_int32(a) & to_int32(b), lambda a, b: a & b),
    "bit_or": (lambda a, b: to_int32(a) | to_int32(b), lambda a, b: a | b),
    "bit_xor": (lambda a, b: to_int32(a) ^ to_int32(b), lambda a, b: a ^ b),
    "shl": (lambda a, b: as_int(to_int32(a) << _distance(b), 32), _bigint_shift),
    "shr": (lambda a, b: to_int32(a) >> _distance(b), lambda a, b: _bigint_shift(a, -b)),
    "unsigned_shr": (lambda a, b: to_uint32(a) >> _distance(b), _no_unsigned_shift),
}

OPERATORS: Final[Mapping[str, Callable[..., object]]] = {
    **{name: partial(binary, name) for name in NUMERIC},
    "add": add,
    "neg": negate,
    "bit_not": bit_not,
    "checked_div": checked_div,
    "try_into_number": try_into_number,
    "lt": less_than,
    "le": at_most,
    "gt": greater_than,
    "ge": at_least,
    "jsval_eq": strict_equal,
    "jsval_loose_eq": loose_equal,
}
