"""Argument checks: Python value -> what is stored in a slot, before anything touches the guest.

JavaScript wraps, truncates and replaces silently here; Python raises TypeError, OverflowError or
ValueError. Each function is the slow path of an inline test in the generated code.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import Enum
from operator import index
from typing import Any

_BYTE_FORMATS = ("B", "b", "c")
_SAME_SIZE = {"i": "il", "I": "IL", "q": "ql", "Q": "QL"}
_NO_INTEGERS = (float, complex, str)
_RANGES = {
    "b": (-(2**7), 2**7 - 1), "B": (0, 2**8 - 1), "h": (-(2**15), 2**15 - 1),
    "H": (0, 2**16 - 1), "i": (-(2**31), 2**31 - 1), "I": (0, 2**32 - 1),
    "q": (-(2**63), 2**63 - 1), "Q": (0, 2**64 - 1),
}  # fmt: skip


def integer(value: object, name: str, low: int, high: int) -> int:
    """Give an int between `low` and `high`; TypeError for no integer, OverflowError outside."""
    if isinstance(value, _NO_INTEGERS):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}") from None
    if not low <= number <= high:
        raise OverflowError(f"{name} must be from {low} to {high}, not {number}")
    return number


def real(value: object, name: str) -> float:
    """Give a float for an int, a float or an object with __float__; never for text."""
    if isinstance(value, str | bytes | bytearray) or value is None:
        raise TypeError(f"{name} must be a float, not {type(value).__name__}")
    try:
        return float(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name} must be a float, not {type(value).__name__}") from None


def boolean(value: object, name: str) -> bool:
    """Refuse what is not a bool."""
    raise TypeError(f"{name} must be a bool, not {type(value).__name__}")


def char(value: object, name: str) -> int:
    """Give the Unicode scalar value of a one-character str."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str of one character, not {type(value).__name__}")
    if len(value) != 1:
        raise ValueError(f"{name} must be one character, not {len(value)}")
    code = ord(value)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"{name} must not be a surrogate (U+{code:04X})")
    return code


def encode(value: object, name: str) -> bytes:
    """Give the UTF-8 of a str; ValueError when it holds a lone surrogate."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} cannot be encoded: {error}") from None


def text(value: object, name: str) -> str:
    """Give the str itself when it can be encoded."""
    encode(value, name)
    return value  # type: ignore[return-value]


def texts(value: object, name: str) -> list[str]:
    """Give a list of str, each of which can be encoded."""
    items = values(value, name)
    return [text(item, f"{name}[{place}]") for place, item in enumerate(items)]


def values(value: object, name: str) -> list[Any]:
    """Give the items of a sequence; TypeError for text and for what cannot be iterated."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a sequence, not {type(value).__name__}")
    return list(value)


def numbers(value: object, name: str, code: str) -> bytes | memoryview:
    """Give the bytes of a vector of the `array` format `code`.

    Taken are a buffer of the same format and a sequence of numbers, each of which is checked.
    """
    if type(value) is bytes and code == "B":
        return value
    try:
        view = memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        return _pack(value, name, code)
    if not _fits(view.format, code):
        kind = f"{name} must be a buffer of format {code!r}, not {view.format!r}"
        raise TypeError(f"{kind}; convert it or give a sequence of numbers")
    if not view.c_contiguous:
        return view.tobytes()
    return view.cast("B") if view.nbytes else b""


def _fits(given: str, wanted: str) -> bool:
    given = given.lstrip("<=@")
    return given in _SAME_SIZE.get(wanted, wanted) or (wanted == "B" and given in _BYTE_FORMATS)


def _pack(value: object, name: str, code: str) -> bytes:
    items: Sequence[Any] = values(value, name)
    if code in _RANGES:
        low, high = _RANGES[code]
        checked = [integer(item, f"{name}[{i}]", low, high) for i, item in enumerate(items)]
        return array(code, checked).tobytes()
    return array(code, [real(item, f"{name}[{i}]") for i, item in enumerate(items)]).tobytes()


def member(enum: type[Enum], value: object, name: str) -> Enum:
    """Give the member of a numeric enum for one of its numbers."""
    number = integer(value, name, -(2**31), 2**32 - 1)
    try:
        return enum(number)
    except ValueError:
        raise ValueError(f"{name}: {number} is not a {enum.__name__}") from None


def variant(enum: type[Enum], value: object, name: str) -> int:
    """Give the index of a string enum's variant; ValueError for an unknown string."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a {enum.__name__}, not {type(value).__name__}")
    for place, item in enumerate(enum):
        if item.value == value:
            return place
    raise ValueError(f"{name}: {value!r} is not a {enum.__name__}")


def from_variant(enum: type[Enum], place: int) -> Enum | None:
    """Give the variant of an index; None for one that Rust keeps for unknown strings."""
    items = list(enum)
    return items[place] if place < len(items) else None


def wrong_class(value: object, name: str, cls: type) -> Exception:
    """Make the error for an object of another class, or of another instance's class."""
    if type(value).__name__ == cls.__name__ and type(value).__qualname__ == cls.__qualname__:
        from unpoison.errors import StaleHandleError

        return StaleHandleError(f"{name} is a {cls.__name__} of another instance")
    return TypeError(f"{name} must be a {cls.__name__}, not {type(value).__name__}")


def raw_integer(value: object, name: str, bits: int) -> int:
    """Give the signed number for the result of a raw import; None counts as 0."""
    if value is None:
        return 0
    number = integer(value, f"the result of {name}", -(2 ** (bits - 1)), 2**bits - 1)
    return number - 2**bits if number >= 2 ** (bits - 1) else number


def raw_float(value: object, name: str, bits: int) -> float:
    """Give the float for the result of a raw import of 32 or 64 bits; None counts as 0."""
    return 0.0 if value is None else real(value, f"the result of {name}")
