"""The class Number, and the global functions that read and test numbers. ECMA-262 19.2, 21.1."""

from __future__ import annotations

import math
import re
import sys
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.conversions import to_number, to_numeric, to_string
from unpoison.js.exceptions import RangeError
from unpoison.js.integers import to_integer
from unpoison.js.locales import languages
from unpoison.js.number_format import exponential, fixed, grouped, in_radix, precision
from unpoison.js.numbers import MAX_SAFE_INTEGER, float_of, number_to_python, to_int32
from unpoison.js.numeric_text import WHITESPACE, number_to_string, read_decimal
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Kind, is_number, kind_of
from unpoison.js.wrapper import Wrapper, primitive

_MAX_DIGITS: Final = 1100
"""Digits after which an integer is Infinity in any radix: 2**1024 has 1025 in radix 2."""


def this_number(this: object, method: str) -> Any:
    """Give the Number of a method's `this`; js.TypeError for another value."""
    return primitive(this, Kind.NUMBER, f"Number.prototype.{method}")


def radix_of(value: object) -> int:
    """Give the radix that a `toString` was given; js.RangeError outside of 2 to 36."""
    radix = 10 if value is None else to_integer(value)
    if not 2 <= radix <= 36:
        raise RangeError("toString() radix argument must be between 2 and 36")
    return int(radix)


def require_english(locales: object) -> None:
    """Refuse, by js.RangeError, a locale that numbers cannot be written in."""
    for language in languages(locales)[:1]:
        if language != "en":
            raise RangeError(
                f"numbers in the locale '{language}' are not supported: there is no Intl here"
            )


def _to_string(this: object, radix: object) -> str:
    number = this_number(this, "toString")
    base = radix_of(radix)
    return number_to_string(number) if base == 10 else in_radix(number, base)


def _to_locale_string(this: object, locales: object, options: object) -> str:
    number = this_number(this, "toLocaleString")
    require_english(locales)
    if options is not None:
        raise RangeError("options of toLocaleString are not supported: there is no Intl here")
    return grouped(number)


def _digits(value: object, low: int, method: str) -> int:
    digits = to_integer(value)
    if not low <= digits <= 100:
        raise RangeError(f"{method} argument must be between {low} and 100")
    return int(digits)


def _to_fixed(this: object, digits: object) -> str:
    number = this_number(this, "toFixed")
    count = _digits(digits, 0, "toFixed() digits")
    if not abs(number) < 1e21:
        return number_to_string(number)
    return fixed(number, count)


def _to_exponential(this: object, digits: object) -> str:
    number = this_number(this, "toExponential")
    given = to_integer(digits)
    if not math.isfinite(number):
        return number_to_string(number)
    count = _digits(given, 0, "toExponential()")
    return exponential(number, None if digits is None else count)


def _to_precision(this: object, digits: object) -> str:
    number = this_number(this, "toPrecision")
    if digits is None:
        return number_to_string(number)
    given = to_integer(digits)
    if not math.isfinite(number):
        return number_to_string(number)
    return precision(number, _digits(given, 1, "toPrecision()"))


def _call(realm: Any, *values: object) -> int | float:
    numeric = to_numeric(values[0]) if values else 0
    is_bigint = kind_of(numeric) is Kind.BIGINT
    return number_to_python(float_of(int(numeric))) if is_bigint else numeric


def _is_finite(realm: Any, value: object) -> bool:
    return is_number(value) and math.isfinite(to_number(value))


def _is_integer(realm: Any, value: Any) -> bool:
    return is_number(value) and float(value).is_integer()


def _is_safe_integer(realm: Any, value: Any) -> bool:
    return is_number(value) and abs(value) <= MAX_SAFE_INTEGER and float(value).is_integer()


def _is_nan(realm: Any, value: object) -> bool:
    return is_number(value) and value != value


def _parse_float(realm: Any, value: object) -> int | float:
    return read_decimal(to_string(value).lstrip(WHITESPACE))


def _parse_int(realm: Any, value: object, radix: object) -> int | float:
    """Be `parseInt`. ECMA-262 19.2.5."""
    text = to_string(value).lstrip(WHITESPACE)
    base = to_int32(to_number(radix))
    sign = -1 if text.startswith("-") else 1
    text = text[1:] if text[:1] in ("-", "+") else text
    if base in (0, 16) and text[:2] in ("0x", "0X"):
        text, base = text[2:], 16
    base = base or 10
    if not 2 <= base <= 36:
        return math.nan
    found = _digits_in(base).match(text)
    return math.nan if found is None else _with_sign(_read_integer(found[0], base), sign)


def _digits_in(base: int) -> re.Pattern[str]:
    letters = f"a-{chr(86 + base)}A-{chr(54 + base)}" if base > 10 else ""
    return re.compile(f"[0-{min(base, 10) - 1}{letters}]+")


def _read_integer(digits: str, base: int) -> float:
    digits = digits.lstrip("0") or "0"
    return math.inf if len(digits) > _MAX_DIGITS else float_of(int(digits, base))


def _with_sign(number: float, sign: int) -> int | float:
    return number_to_python(number * sign)


def _global_is_finite(realm: Any, value: object) -> bool:
    return math.isfinite(to_number(value))


def _global_is_nan(realm: Any, value: object) -> bool:
    return math.isnan(to_number(value))


NUMBER_FUNCTIONS: Final = {
    "isFinite": _global_is_finite,
    "isNaN": _global_is_nan,
    "parseFloat": _parse_float,
    "parseInt": _parse_int,
}
"""The functions of the global object. ECMA-262 19.2."""

NUMBER: Final = ClassSpec(
    "Number",
    OBJECT,
    methods={
        "toExponential": _to_exponential,
        "toFixed": _to_fixed,
        "toLocaleString": _to_locale_string,
        "toPrecision": _to_precision,
        "toString": _to_string,
        "valueOf": lambda this: this_number(this, "valueOf"),
    },
    statics={
        "EPSILON": sys.float_info.epsilon,
        "MAX_SAFE_INTEGER": MAX_SAFE_INTEGER,
        "MAX_VALUE": sys.float_info.max,
        "MIN_SAFE_INTEGER": -MAX_SAFE_INTEGER,
        "MIN_VALUE": 5e-324,
        "NEGATIVE_INFINITY": -math.inf,
        "NaN": math.nan,
        "POSITIVE_INFINITY": math.inf,
        "isFinite": _is_finite,
        "isInteger": _is_integer,
        "isNaN": _is_nan,
        "isSafeInteger": _is_safe_integer,
        "parseFloat": _parse_float,
        "parseInt": _parse_int,
    },
    call=_call,
    construct=lambda realm, *values: Wrapper(_call(realm, *values)),
    length=1,
    tag="Number",
)
register(NUMBER, float)
