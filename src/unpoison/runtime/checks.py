"""Argument checks: Python value -> what is stored in a slot, before anything touches the guest.

JavaScript wraps, truncates and replaces silently here; Python raises TypeError, OverflowError or
ValueError. Each function is the slow path of an inline test in the generated code.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from enum import Enum
from operator import index
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.bindgen import SIZES
from unpoison.errors import BorrowError, StaleHandleError

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

MAX_BYTES: Final = 2**31 - 1
"""Bytes of one string or slice: Rust's `isize::MAX` on wasm32, the most that it ever allocates.

Asked for more, the guest's allocator fails, which ends the instance (core::alloc::Layout).
"""

_HERE = ("", "@", "=", "<" if sys.byteorder == "little" else ">")
_NO_SEQUENCES = (str, bytes, Mapping, Set)
# Letters that `array`, `memoryview`, numpy and ctypes use; the size of an item tells the rest.
_LETTERS = {
    "b": "b", "B": "Bc", "h": "h", "H": "H", "i": "iln", "I": "ILN", "q": "qln", "Q": "QLN",
    "f": "f", "d": "d",
}  # fmt: skip
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
    kind = type(value)
    if not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        # `float` would read the text in a str and in any buffer.
        raise TypeError(f"{name} must be a float, not {kind.__name__}")
    return float(value)  # type: ignore[arg-type]


def boolean(value: object, name: str) -> bool:
    """Refuse what is not a bool."""
    raise TypeError(f"{name} must be a bool, not {type(value).__name__}")


def convert(letter: int, value: object, name: str) -> object:
    """Give a value as what the letter of a compiled form says; raises what the others here do."""
    code = chr(letter)
    if code == "s":
        return encode(value, name).decode()
    if code in "fd":
        return real(value, name)
    return boolean(value, name) if code == "?" else integer(value, name, *_RANGES[code])


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
    """Give the UTF-8 of a str.

    ValueError when it holds a lone surrogate, OverflowError for more than MAX_BYTES.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    try:
        data = str.encode(value)  # a subclass may have another `encode`
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} cannot be encoded: {error}") from None
    if len(data) > MAX_BYTES:
        raise _too_large(len(data), name)
    return data


def _too_large(size: int, name: str) -> OverflowError:
    return OverflowError(f"{name} must have at most {MAX_BYTES} bytes, not {size}")


def text(value: object, name: str) -> str:
    """Give the str itself: a JsString is never encoded, so it may hold lone surrogates."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


def texts(value: object, name: str) -> list[str]:
    """Give a list of str, each of which can be encoded."""
    items = values(value, name)
    for place, item in enumerate(items):
        encode(item, f"{name}[{place}]")
    return items


def values(value: object, name: str) -> list[Any]:
    """Give the items of a sequence or an iterator.

    TypeError for text, for what cannot be iterated, and for sets and mappings, whose order or
    values would be lost.
    """
    if isinstance(value, _NO_SEQUENCES) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a sequence, not {type(value).__name__}")
    return list(value)


def bools(value: object, name: str) -> bytes:
    """Give the cells of a vector of bools."""
    items = values(value, name)
    for place, item in enumerate(items):
        if type(item) is not bool:
            boolean(item, f"{name}[{place}]")
    return array("I", items).tobytes()


def chars(value: object, name: str) -> bytes:
    """Give the cells of a vector of characters; a str is one."""
    items = list(value) if isinstance(value, str) else values(value, name)
    return array("I", [char(item, f"{name}[{i}]") for i, item in enumerate(items)]).tobytes()


def members(enum: type[E], value: object, name: str) -> bytes:
    """Give the cells of a vector of a numeric enum."""
    items = [member(enum, item, f"{name}[{i}]") for i, item in enumerate(values(value, name))]
    return array("d", [item.value for item in items]).tobytes()


def variants(enum: type[Enum], value: object, name: str) -> bytes:
    """Give the cells of a vector of a string enum."""
    items = [variant(enum, item, f"{name}[{i}]") for i, item in enumerate(values(value, name))]
    return array("I", items).tobytes()


def objects(cls: type[T], value: object, name: str) -> list[T]:
    """Give a list of objects of a class, each of them once."""
    items = values(value, name)
    for place, item in enumerate(items):
        if not isinstance(item, cls) or getattr(item, "_own", "") != getattr(cls, "_own", ""):
            raise wrong_class(item, f"{name}[{place}]", cls)
    if len({id(item) for item in items}) != len(items):
        raise BorrowError(f"{name} has one object twice")
    return items


def numbers(value: object, name: str, code: str) -> bytes | memoryview:
    """Give the bytes of a vector of the `array` format `code`.

    Taken are a buffer of the same format and a sequence of numbers, each of which is checked.
    OverflowError for more than MAX_BYTES.
    """
    if type(value) is bytes and code == "B":
        if len(value) > MAX_BYTES:
            raise _too_large(len(value), name)
        return value
    if isinstance(value, js.TypedArray):
        return _of_typed_array(value, name, code)
    try:
        view = memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        return _pack(value, name, code)
    if not _fits(view, code):
        kind = f"{name} must be a buffer of format {code!r}, not {view.format!r}"
        raise TypeError(f"{kind}; convert it or give a sequence of numbers")
    if view.ndim != 1:
        raise TypeError(f"{name} must be a buffer of one dimension, not {view.ndim}")
    if view.nbytes > MAX_BYTES:
        raise _too_large(view.nbytes, name)
    if not view.c_contiguous:
        return view.tobytes()
    return view.cast("B") if view.nbytes else b""


def _of_typed_array(value: js.TypedArray, name: str, code: str) -> bytes:
    """Give a copy: one of a module's memory may move when the guest allocates."""
    if value.element.view_code != code:
        kind = type(value).__name__
        raise TypeError(
            f"{name} must be a buffer of format {code!r}, not {kind};"
            " convert it or give a sequence of numbers"
        )
    return value.to_bytes()


def writable(value: object, name: str, code: str) -> memoryview:
    """Give the bytes of a buffer that Rust changes; of the `array` format `code`.

    OverflowError for more than MAX_BYTES.
    """
    if isinstance(value, js.TypedArray):
        value = value.to_memoryview()
    try:
        view = memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        kind = type(value).__name__
        raise TypeError(
            f"{name} must be a writable buffer of format {code!r}, not {kind}"
        ) from None
    if view.readonly:
        raise TypeError(f"{name} must be a writable buffer, and this {type(value).__name__} is not")
    if not _fits(view, code):
        raise TypeError(f"{name} must be a buffer of format {code!r}, not {view.format!r}")
    if view.ndim != 1 or not view.c_contiguous:
        raise TypeError(f"{name} must be a contiguous buffer of one dimension")
    if view.nbytes > MAX_BYTES:
        raise _too_large(view.nbytes, name)
    return view.cast("B")


def copy_back(piece: Callable[[], memoryview], target: object) -> None:
    """Put the bytes of a `&mut [T]` into the buffer that it was copied from.

    `piece` gives them; it is called when nothing else has to run before they are copied.
    A guest that names another object gets what JavaScript would raise.
    """
    if isinstance(target, js.TypedArray):
        with piece() as data:
            js.write_into(target, data)
        return
    try:
        with memoryview(target).cast("B") as view, piece() as data:  # type: ignore[arg-type]
            view[:] = data
    except (TypeError, ValueError) as error:
        raise js.TypeError(f"{type(target).__name__} takes no such bytes: {error}") from None


def _fits(view: memoryview, wanted: str) -> bool:
    order, letter = view.format[:-1], view.format[-1:]
    fits = letter in _LETTERS[wanted] and view.itemsize == SIZES[wanted]
    return fits and (order in _HERE or view.itemsize == 1)


def _pack(value: object, name: str, code: str) -> bytes:
    items: Sequence[Any] = values(value, name)
    if code in _RANGES:
        low, high = _RANGES[code]
        checked = [integer(item, f"{name}[{i}]", low, high) for i, item in enumerate(items)]
        return array(code, checked).tobytes()
    return array(code, [real(item, f"{name}[{i}]") for i, item in enumerate(items)]).tobytes()


def member(enum: type[E], value: object, name: str) -> E:
    """Give the member of a numeric enum for one of its numbers, not for another enum's."""
    if isinstance(value, Enum) and type(value).__name__ != enum.__name__:
        raise TypeError(f"{name} must be a {enum.__name__}, not {type(value).__name__}")
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


def from_variant(enum: type[E], place: int) -> E:
    """Give the variant of an index; ValueError for what Rust keeps for unknown strings."""
    items = list(enum)
    if place >= len(items):
        raise ValueError(f"Rust gave a {enum.__name__} made of an unknown string")
    return items[place]


def wrong_class(value: object, name: str, cls: type) -> Exception:
    """Make the error for an object of another class, or of another instance's class."""
    if type(value).__name__ == cls.__name__ and type(value).__qualname__ == cls.__qualname__:
        return StaleHandleError(
            f"{name} must be a {cls.__name__} of this instance, not of another instance"
        )
    if isinstance(value, cls):
        text = f"{name} must be a {cls.__name__} itself, not a {type(value).__name__}: "
        return TypeError(f"{text}its Rust struct is another, and cannot be moved as its parent")
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
