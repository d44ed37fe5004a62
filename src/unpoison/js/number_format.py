"""Numbers in other layouts: fixed, exponential, of a precision, in another radix, with groups.

All digits are those of the exact value; only a fraction in another radix stops where the next
digit would no longer tell the number from its neighbours. ECMA-262 21.1.3.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from unpoison.js.numeric_text import number_to_string

DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_EXACT: Final = Context(prec=1100, rounding=ROUND_HALF_UP)
"""Room for every digit of a float (767 and the exponent's zeros)."""
_SHARP: Final = 2.0**53
"""Up to here a float tells each integer."""


def fixed(number: float, digits: int) -> str:
    """Give `number.toFixed(digits)` of a finite number below 1e21. ECMA-262 21.1.3.3."""
    text = f"{_EXACT.quantize(Decimal(abs(number)), Decimal(1).scaleb(-digits)):f}"
    return f"-{text}" if number < 0 else text


def exponential(number: float, digits: int | None) -> str:
    """Give `number.toExponential(digits)` of a finite number; None: as few as tell it."""
    size = Decimal(abs(number)) if digits is not None else Decimal(repr(abs(float(number))))
    parts, exponent = _significant(size, None if digits is None else digits + 1)
    return _sign(number) + _with_exponent(parts, exponent)


def precision(number: float, digits: int) -> str:
    """Give `number.toPrecision(digits)` of a finite number. ECMA-262 21.1.3.5."""
    parts, exponent = _significant(Decimal(abs(number)), digits)
    if exponent < -6 or exponent >= digits:
        return _sign(number) + _with_exponent(parts, exponent)
    if exponent < 0:
        return f"{_sign(number)}0.{'0' * (-exponent - 1)}{parts}"
    whole, fraction = parts[: exponent + 1], parts[exponent + 1 :]
    return _sign(number) + (f"{whole}.{fraction}" if fraction else whole)


def grouped(number: float, most: int = 3) -> str:
    """Give a number as `toLocaleString` does for English: groups of three, `most` decimals."""
    if not math.isfinite(number):
        return "NaN" if number != number else ("-∞" if number < 0 else "∞")
    size = Decimal(repr(abs(float(number)))) if isinstance(number, float) else Decimal(abs(number))
    rounded = f"{_EXACT.quantize(size, Decimal(1).scaleb(-most)):,f}"
    text = rounded.rstrip("0").rstrip(".") if most else rounded
    return f"-{text}" if math.copysign(1.0, number) < 0 else text


def in_radix(number: float, radix: int) -> str:
    """Give `number.toString(radix)`, radix 2 to 36. ECMA-262 6.1.6.1.20 leaves the digits of a
    fraction to the engine; these are V8's."""
    if not math.isfinite(number) or number == 0:
        return number_to_string(number)
    size = abs(number)
    whole = math.floor(size)
    digits, carry = _fraction_digits(float(size), float(size - whole), radix)
    fraction = "." + "".join(DIGITS[digit] for digit in digits) if digits else ""
    return _sign(number) + _whole_digits(float(whole + carry), radix) + fraction


def integer_in_radix(integer: int, radix: int) -> str:
    """Give the digits of an integer of any size, radix 2 to 36."""
    if integer < 0:
        return "-" + integer_in_radix(-integer, radix)
    if radix in (2, 8, 16):
        return format(integer, {2: "b", 8: "o", 16: "x"}[radix])
    return _split_digits(integer, radix, 1).lstrip("0") or "0"


def _split_digits(integer: int, radix: int, width: int) -> str:
    """Give at least `width` digits; halves are made apart, for digit by digit is quadratic."""
    while integer >= radix**width:
        width *= 2
    if width <= 16:
        digits = []
        for _ in range(width):
            integer, digit = divmod(integer, radix)
            digits.append(DIGITS[digit])
        return "".join(reversed(digits))
    half = width // 2
    high, low = divmod(integer, radix**half)
    return _half(high, radix, half) + _half(low, radix, half)


def _half(integer: int, radix: int, width: int) -> str:
    return _split_digits(integer, radix, min(width, 16)).rjust(width, "0")


def _fraction_digits(size: float, fraction: float, radix: int) -> tuple[list[int], int]:
    """Give the digits of a fraction, and what is carried into the whole part.

    They end when what is left is less than half the distance to the next number.
    """
    delta = max(0.5 * (math.nextafter(size, math.inf) - size), 5e-324)
    digits: list[int] = []
    while fraction >= delta:
        fraction *= radix
        delta *= radix
        digit = int(fraction)
        digits.append(digit)
        fraction -= digit
        rounds_up = fraction > 0.5 or (fraction == 0.5 and digit & 1)
        if rounds_up and fraction + delta > 1:
            return _rounded_up(digits, radix)
    return digits, 0


def _rounded_up(digits: list[int], radix: int) -> tuple[list[int], int]:
    while digits:
        digit = digits.pop() + 1
        if digit < radix:
            return [*digits, digit], 0
    return [], 1


def _whole_digits(whole: float, radix: int) -> str:
    """Give the digits of an integral float; those that it does not tell are zeros."""
    zeros = 0
    while whole / radix >= _SHARP:
        whole /= radix
        zeros += 1
    digits = []
    while True:
        remainder = math.fmod(whole, radix)
        digits.append(DIGITS[int(remainder)])
        whole = (whole - remainder) / radix
        if whole <= 0:
            return "".join(reversed(digits)) + "0" * zeros


def _significant(size: Decimal, count: int | None) -> tuple[str, int]:
    """Give that many digits of a number, and the exponent of the first; None: all it has."""
    if not size:
        return "0" * (count or 1), 0
    rounded = size if count is None else Context(prec=count, rounding=ROUND_HALF_UP).plus(size)
    _, parts, exponent = rounded.as_tuple()
    digits = "".join(map(str, parts))
    first = len(digits) + int(exponent) - 1
    return (digits.rstrip("0") if count is None else digits.ljust(count, "0")), first


def _with_exponent(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{exponent:+d}"


def _sign(number: float) -> str:
    return "-" if number < 0 else ""
