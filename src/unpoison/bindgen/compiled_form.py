"""Which exports the engine's compiled calls can make, and how they are told what to do.

A letter says what a parameter or result is; those of numbers are Python's `struct` format
characters. What has no letter is left to the generated code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison.bindgen.absence import crossing_form, without_absence
from unpoison.bindgen.descriptor_types import Ref, Result, Scalar, Slice, Str, Type, Vector
from unpoison.bindgen.interface import Export

MOST_PARAMS: Final = 8
"""Those that a compiled export has room for, `self` included."""

RECEIVER: Final = "@"
"""A Rust object that is lent for the call."""

FALLIBLE: Final = "!"
"""Before the letter of a result that may be an Err instead."""

_STRING: Final = "s"
_BYTES: Final = "y"
_NOTHING: Final = "-"

_NUMBERS: Final[Mapping[str, str]] = {
    "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
    "f32": "f", "f64": "d", "bool": "?",
}  # fmt: skip


def compiled_form(export: Export, *, on_object: bool) -> tuple[str, str] | None:
    """Give the letters of the parameters and of the result; None when one has no letter.

    `on_object` says that it is called on an object, and does not consume it.
    """
    params = [_param_letter(param.type) for param in export.params]
    result = result_letter(export.result)
    if result is None or None in params or len(params) + on_object > MOST_PARAMS:
        return None
    letters = "".join(letter for letter in params if letter is not None)
    return (RECEIVER if on_object else "") + letters, result


def _param_letter(type_: Type) -> str | None:
    absence, inner = without_absence(crossing_form(type_))
    if absence:
        return None
    match inner:
        case Scalar(kind):
            return _NUMBERS.get(kind)
        case Str() | Ref(Str()):
            return _STRING
        case Vector(Scalar("u8")) | Ref(Slice(Scalar("u8")), False):
            return _BYTES
    return None


def result_letter(type_: Type) -> str | None:
    """Give the letter of a result, with FALLIBLE before it; None when it has none."""
    if isinstance(type_, Result):
        inner = result_letter(type_.inner)
        return None if inner is None else FALLIBLE + inner
    absence, form = without_absence(crossing_form(type_))
    if absence:
        return None
    match form:
        case Scalar("unit"):
            return _NOTHING
        case Scalar(kind):
            return _NUMBERS.get(kind)
        case Str(False):
            return _STRING
        case Vector(Scalar("u8")):
            return _BYTES
    return None
