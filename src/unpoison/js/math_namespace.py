"""The namespace Math. ECMA-262 21.3.

The standard leaves the last digits of the transcendental functions to the engine: V8 computes
them with fdlibm, these are the C library's, so the last bit may differ.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from unpoison.js.classes import ClassSpec, Static
from unpoison.js.conversions import to_number
from unpoison.js.element_types import FLOAT16, FLOAT32
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.iteration import iterate
from unpoison.js.numbers import as_int, is_negative_zero, number_to_python, to_uint32
from unpoison.js.object_class import OBJECT
from unpoison.js.operators import OPERATORS
from unpoison.js.values import Symbol, is_number, typeof

Real = Callable[[float], float]


def _function(compute: Real) -> Callable[[Any, object], int | float]:
    """Be a function of one Number."""

    def run(realm: Any, x: object) -> int | float:
        return number_to_python(compute(float(to_number(x))))

    return run


def _total(compute: Real, overflow: Callable[[float], float] = math.fabs) -> Real:
    """Be a C function for every number: Python raises where the result is NaN or infinite.

    `overflow` gives a number of the sign that an infinite result has.
    """

    def run(x: float) -> float:
        try:
            return compute(x)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.copysign(math.inf, overflow(x))

    return run


def _with_pole(compute: Real, pole: float) -> Real:
    """Be an inverse function that is infinite at its poles: `pole`, and its opposite for atanh."""

    def run(x: float) -> float:
        if x == pole:
            return -math.inf if pole < 1 else math.inf
        if x == -pole and compute is math.atanh:
            return -math.inf
        return _total(compute)(x)

    return run


def _integral(round_: Callable[[float], int]) -> Real:
    """Be a rounding function; the sign of zero and infinities stay."""

    def run(x: float) -> float:
        return math.copysign(float(round_(x)), x) if math.isfinite(x) else x

    return run


def _round(x: float) -> int:
    lower = math.floor(x)
    return lower if x - lower < 0.5 else lower + 1


def _sign(x: float) -> float:
    return x if x == 0 or x != x else math.copysign(1.0, x)


def _cbrt(x: float) -> float:
    """Give the nearest cube root: the C library's 27 ** (1 / 3) is not always 3."""
    root = math.cbrt(x)
    if not math.isfinite(root) or not root:
        return root
    near = (root, math.nextafter(root, math.inf), math.nextafter(root, -math.inf))
    return min(near, key=lambda guess: abs(Fraction(guess) ** 3 - Fraction(x)))


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def _numbers(values: tuple[object, ...]) -> list[float]:
    return [float(to_number(value)) for value in values]


def _max(realm: Any, *values: object) -> int | float:
    numbers = _numbers(values)
    if any(number != number for number in numbers):
        return math.nan
    order = [(number, not is_negative_zero(number)) for number in numbers]
    return number_to_python(max(order, default=(-math.inf, True))[0])


def _min(realm: Any, *values: object) -> int | float:
    numbers = _numbers(values)
    if any(number != number for number in numbers):
        return math.nan
    order = [(number, not is_negative_zero(number)) for number in numbers]
    return number_to_python(min(order, default=(math.inf, True))[0])


def _hypot(realm: Any, *values: object) -> int | float:
    return number_to_python(math.hypot(*_numbers(values)))


def _atan2(realm: Any, y: object, x: object) -> int | float:
    rise, run = float(to_number(y)), float(to_number(x))
    return number_to_python(math.atan2(rise, run))


def _pow(realm: Any, base: object, exponent: object) -> Any:
    return OPERATORS["pow"](to_number(base), to_number(exponent))


def _imul(realm: Any, x: object, y: object) -> int:
    left, right = to_uint32(to_number(x)), to_uint32(to_number(y))
    return as_int(left * right & 0xFFFFFFFF, 32)


def _clz32(realm: Any, x: object) -> int:
    return 32 - to_uint32(to_number(x)).bit_length()


def _sum_precise(realm: Any, items: object) -> int | float:
    """Give the sum of Numbers, rounded once. ECMA-262 (2026) 21.3.2.33."""
    numbers = [_summand(item) for item in iterate(items)]
    special = {number for number in numbers if not math.isfinite(number)}
    if special:
        return special.pop() if len(special) == 1 else math.nan
    if all(map(is_negative_zero, numbers)):
        return -0.0
    return number_to_python(_exact_sum(numbers))


def _summand(item: Any) -> float:
    if not is_number(item):
        raise TypeError(f"Type of 'Iterator value' must be 'number', found '{typeof(item)}'")
    return float(item)


def _exact_sum(numbers: list[float]) -> float:
    try:
        return math.fsum(numbers)
    except OverflowError:  # a partial sum, not the result
        total = sum(map(Fraction, numbers))
    try:
        return float(total)
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def _random(realm: Any) -> float:
    return random.random()


FUNCTIONS: Final[dict[str, Real]] = {
    "abs": math.fabs,
    "acos": _total(math.acos),
    "acosh": _total(math.acosh),
    "asin": _total(math.asin),
    "asinh": math.asinh,
    "atan": math.atan,
    "atanh": _with_pole(math.atanh, 1.0),
    "cbrt": _cbrt,
    "ceil": _integral(math.ceil),
    "cos": _total(math.cos),
    "cosh": _total(math.cosh),
    "exp": _total(math.exp),
    "expm1": _total(math.expm1),
    "f16round": FLOAT16.round,
    "floor": _integral(math.floor),
    "fround": FLOAT32.round,
    "log": _with_pole(math.log, 0.0),
    "log10": _with_pole(math.log10, 0.0),
    "log1p": _with_pole(math.log1p, -1.0),
    "log2": _with_pole(math.log2, 0.0),
    "round": _integral(_round),
    "sign": _sign,
    "sin": _total(math.sin),
    "sinh": _total(math.sinh, float),
    "sqrt": _sqrt,
    "tan": _total(math.tan),
    "tanh": math.tanh,
    "trunc": _integral(math.trunc),
}
"""The functions of one Number, as functions of floats."""

MATH: Final = ClassSpec(
    "Math",
    OBJECT,
    statics={
        "E": math.e,
        "LN10": math.log(10),
        "LN2": math.log(2),
        "LOG10E": 0.4342944819032518,
        "LOG2E": 1.4426950408889634,
        "PI": math.pi,
        "SQRT1_2": math.sqrt(0.5),
        "SQRT2": math.sqrt(2),
        **{name: _function(compute) for name, compute in FUNCTIONS.items()},
        "atan2": _atan2,
        "clz32": _clz32,
        "hypot": Static(_hypot, 2),
        "imul": _imul,
        "max": Static(_max, 2),
        "min": Static(_min, 2),
        "pow": _pow,
        "random": _random,
        "sumPrecise": _sum_precise,
        Symbol.to_string_tag: "Math",
    },
    is_namespace=True,
)
