"""The element types of typed arrays and DataViews: one row each. ECMA-262 table 73.

`pack` and `unpack` are little-endian, as WebAssembly's memory and every engine's typed arrays.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from unpoison.js.bigint_class import bigint_of
from unpoison.js.conversions import to_number
from unpoison.js.numbers import as_int, number_to_python
from unpoison.js.values import BigInt


@dataclass(frozen=True, slots=True)
class ElementType:
    """A kind of number as bytes. `code` is that of the struct module; `convert` makes any value
    a number that fits (it may run a guest's code), `lift` makes a number a JavaScript value."""

    name: str
    size: int
    code: str
    convert: Callable[[Any], int | float]
    lift: Callable[[Any], Any] = int
    is_bigint: bool = False

    def unpack(self, data: bytes) -> tuple[Any, ...]:
        """Give the numbers that bytes are."""
        return struct.unpack(f"<{len(data) // self.size}{self.code}", data)

    def pack(self, *numbers: int | float) -> bytes:
        """Give the bytes of numbers that `convert` gave."""
        return struct.pack(f"<{len(numbers)}{self.code}", *numbers)

    @property
    def view_code(self) -> str:
        """The format of a memoryview on such elements; those of Float16 are bytes to Python."""
        return "B" if self.code == "e" else self.code

    def round(self, number: float) -> float:
        """Give the float of this type that is nearest to a float."""
        try:
            return float(struct.unpack(f"<{self.code}", struct.pack(f"<{self.code}", number))[0])
        except OverflowError:
            return math.copysign(math.inf, number)


def _integer(bits: int, *, signed: bool) -> Callable[[Any], int]:
    mask = (1 << bits) - 1

    def convert(value: Any) -> int:
        if type(value) is not int:
            number = to_number(value)
            value = int(number) if math.isfinite(number) else 0
        return as_int(value, bits) if signed else value & mask

    return convert


def _clamp(value: Any) -> int:
    """Be ToUint8Clamp: a half goes to the even neighbour. ECMA-262 7.1.12."""
    number = to_number(value)
    if not number > 0:
        return 0
    return 255 if number >= 255 else round(number)


def _float(code: str) -> Callable[[Any], float]:
    def convert(value: Any) -> float:
        number = float(to_number(value))
        try:
            struct.pack(code, number)
        except OverflowError:
            return math.copysign(math.inf, number)
        return number

    return convert


def _bigint(*, signed: bool) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        integer = int(bigint_of(value))
        return as_int(integer, 64) if signed else integer & 0xFFFFFFFFFFFFFFFF

    return convert


INT8: Final = ElementType("Int8", 1, "b", _integer(8, signed=True))
UINT8: Final = ElementType("Uint8", 1, "B", _integer(8, signed=False))
UINT8_CLAMPED: Final = ElementType("Uint8Clamped", 1, "B", _clamp)
INT16: Final = ElementType("Int16", 2, "h", _integer(16, signed=True))
UINT16: Final = ElementType("Uint16", 2, "H", _integer(16, signed=False))
INT32: Final = ElementType("Int32", 4, "i", _integer(32, signed=True))
UINT32: Final = ElementType("Uint32", 4, "I", _integer(32, signed=False))
BIGINT64: Final = ElementType("BigInt64", 8, "q", _bigint(signed=True), BigInt, True)
BIGUINT64: Final = ElementType("BigUint64", 8, "Q", _bigint(signed=False), BigInt, True)
FLOAT16: Final = ElementType("Float16", 2, "e", _float("<e"), number_to_python)
FLOAT32: Final = ElementType("Float32", 4, "f", _float("<f"), number_to_python)
FLOAT64: Final = ElementType("Float64", 8, "d", _float("<d"), number_to_python)

ELEMENT_TYPES: Final = (
    INT8,
    UINT8,
    UINT8_CLAMPED,
    INT16,
    UINT16,
    INT32,
    UINT32,
    BIGINT64,
    BIGUINT64,
    FLOAT16,
    FLOAT32,
    FLOAT64,
)
"""Every row, in the order of the standard's table."""
