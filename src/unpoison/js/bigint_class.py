"""The class BigInt. ECMA-262 21.2."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.bigints import to_bigint
from unpoison.js.classes import ClassSpec, register_by
from unpoison.js.conversions import string_of, to_primitive
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.integers import to_integer
from unpoison.js.number_class import NUMBER, radix_of, require_english
from unpoison.js.number_format import integer_in_radix
from unpoison.js.numbers import MAX_BIGINT_BITS, MAX_SAFE_INTEGER, decimal_text
from unpoison.js.object_class import OBJECT
from unpoison.js.values import BigInt, Kind, Symbol, kind_of
from unpoison.js.wrapper import primitive

_TOO_BIG: Final = "Maximum BigInt size exceeded"


def bigint_of(value: object) -> BigInt:
    """Be ToBigInt, which refuses Numbers. ECMA-262 7.1.13."""
    given = to_primitive(value, "number")
    if kind_of(given) is Kind.NUMBER:
        raise TypeError(f"Cannot convert {string_of(given)} to a BigInt")
    return to_bigint(given)


def _this(this: object, method: str) -> int:
    return int(primitive(this, Kind.BIGINT, f"BigInt.prototype.{method}"))


def _to_string(this: object, radix: object) -> str:
    integer = _this(this, "toString")
    base = radix_of(radix)
    return decimal_text(integer) if base == 10 else integer_in_radix(integer, base)


def _to_locale_string(this: object, locales: object, options: object) -> str:
    integer = _this(this, "toLocaleString")
    require_english(locales)
    if options is not None:
        raise RangeError("options of toLocaleString are not supported: there is no Intl here")
    digits = decimal_text(abs(integer))
    head = len(digits) % 3
    groups = [digits[:head], *(digits[at : at + 3] for at in range(head, len(digits), 3))]
    return ("-" if integer < 0 else "") + ",".join(group for group in groups if group)


def _bits(value: object) -> int:
    bits = to_integer(value)
    if not 0 <= bits <= MAX_SAFE_INTEGER:
        raise RangeError("Invalid value: not (convertible to) a safe integer")
    return int(bits)


def _as_int_n(realm: Any, bits: object, value: object) -> BigInt:
    width, integer = _bits(bits), int(bigint_of(value))
    if width == 0:
        return BigInt(0)
    if integer.bit_length() < width:
        return BigInt(integer)
    half = 1 << (width - 1)
    return BigInt(((integer + half) & ((half << 1) - 1)) - half)


def _as_uint_n(realm: Any, bits: object, value: object) -> BigInt:
    width, integer = _bits(bits), int(bigint_of(value))
    if integer >= 0 and integer.bit_length() <= width:
        return BigInt(integer)
    if width > MAX_BIGINT_BITS:
        raise RangeError(_TOO_BIG)
    return BigInt(integer & ((1 << width) - 1))


BIGINT: Final = ClassSpec(
    "BigInt",
    OBJECT,
    methods={
        "toLocaleString": _to_locale_string,
        "toString": _to_string,
        "valueOf": lambda this: BigInt(_this(this, "valueOf")),
    },
    constants={Symbol.to_string_tag: "BigInt"},
    statics={"asIntN": _as_int_n, "asUintN": _as_uint_n},
    call=lambda realm, value: to_bigint(value),
    length=1,
)


def _spec_of_int(value: int) -> ClassSpec:
    return NUMBER if kind_of(value) is Kind.NUMBER else BIGINT


register_by(int, _spec_of_int)
