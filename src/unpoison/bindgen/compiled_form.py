"""Which calls the engine's compiled functions can make, and how they are told what to do.

A letter says what a parameter or result is; those of numbers are Python's `struct` format
characters. What has no letter is left to the generated code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison.bindgen.absence import ALWAYS, OPTION, Absence, crossing_form, without_absence
from unpoison.bindgen.descriptor_types import (
    Extern,
    Function,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    Type,
    UnionType,
    Vector,
)
from unpoison.bindgen.interface import Export, Import, ImportKind
from unpoison.wasm import I32, FuncType

MOST_PARAMS: Final = 8
"""Those that a compiled function has room for, `self` included."""

RECEIVER: Final = "@"
"""A Rust object that is lent for the call."""

CLOSURE: Final = "&"
"""The closure that is called, before its parameters."""

OPTIONAL: Final = "~"
"""Before the letter of a value that may be None instead."""

FALLIBLE: Final = "!"
"""Before the letter of a result that may be an Err instead."""

_OWNED: Final = "O"
"""A handle that whoever gets it frees: the host an argument of an import, Rust one of an export."""

_VALUE: Final = "o"
"""A handle that is lent, of an argument; one that whoever gets it frees, of a result."""

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
    params = [param_letter(param.type) for param in export.params]
    result = result_letter(export.result)
    if result is None or None in params or len(params) + on_object > MOST_PARAMS:
        return None
    letters = "".join(letter for letter in params if letter is not None)
    return (RECEIVER if on_object else "") + letters, result


def closure_form(function: Function) -> tuple[str, str] | None:
    """Give the letters of a closure and its parameters, and of the result; None without them."""
    params = [param_letter(param) for param in function.params]
    result = result_letter(function.result)
    if result is None or None in params or len(params) >= MOST_PARAMS:
        return None
    return CLOSURE + "".join(letter for letter in params if letter is not None), result


def param_letter(type_: Type) -> str | None:
    """Give the letter of what is given to Rust; None when it has none."""
    absence, inner = without_absence(crossing_form(type_))
    if absence not in (ALWAYS, OPTION):
        return None
    match inner:
        case Scalar(kind):
            return _maybe(absence, _NUMBERS.get(kind))
        case Str() | Ref(Str()):
            return _maybe(absence, _STRING)
        case Vector(Scalar("u8")) | Ref(Slice(Scalar("u8")), False):
            return _maybe(absence, _BYTES)
        case Ref(Extern(name)) if absence is ALWAYS and not _is_checked(name):
            return _VALUE
        case Extern(name) if absence is ALWAYS and not _is_checked(name):
            return _OWNED
    return None


def _maybe(absence: Absence, letter: str | None) -> str | None:
    return OPTIONAL + letter if absence and letter is not None else letter


def _is_checked(name: str | None) -> bool:
    """Tell whether a value of a JavaScript type is looked at when it is given to Rust."""
    return (name or "").partition("<")[0] in _CHECKED


def result_letter(type_: Type) -> str | None:
    """Give the letter of a result, with FALLIBLE before it; None when it has none."""
    if isinstance(type_, Result):
        inner = result_letter(type_.inner)
        return None if inner is None else FALLIBLE + inner
    absence, form = without_absence(crossing_form(type_))
    if absence not in (ALWAYS, OPTION):
        return None
    match form:
        case Scalar("unit") if absence is ALWAYS:
            return _NOTHING
        case Scalar(kind):
            return _maybe(absence, _NUMBERS.get(kind))
        case Str(False):
            return _maybe(absence, _STRING)
        case Vector(Scalar("u8")):
            return _maybe(absence, _BYTES)
        case Extern():
            return _VALUE
    return None


_CHECKED: Final = ("Promise", "string")
"""The JavaScript types of which a value is looked at when Rust gets it."""

_NO_FORM: Final = (ImportKind.RAW, ImportKind.CLASS_WRAP, ImportKind.CLASS_UNWRAP)


_CLEARS: Final = "x"
"""In place of a result: the argument is a slot of the handle table, to be cleared."""

_SET_NULL: Final = "__wbindgen_externref_table_set_null"


def import_form(host: Import) -> tuple[str, str] | None:
    """Give the letters of the arguments and of the result of an import; None for other ones."""
    if host.name == _SET_NULL and host.signature == FuncType((I32,), ()):
        return "I", _CLEARS
    if host.result is None or host.variadic or host.kind in _NO_FORM:
        return None
    params = [argument_letter(param.type) for param in host.params]
    result = _answer_letter(host.result)
    if result is None or None in params or len(params) > MOST_PARAMS:
        return None
    return "".join(letter for letter in params if letter is not None), result


def argument_letter(type_: Type) -> str | None:
    """Give the letter of what Rust gives to an import; None when it has none."""
    absence, form = without_absence(crossing_form(type_))
    match form:
        case Extern() | UnionType():
            return _OWNED
        case Ref(Extern()):
            return _VALUE
    if absence not in (ALWAYS, OPTION):
        return None
    match form:
        case Scalar(kind):
            return _maybe(absence, _NUMBERS.get(kind))
        case Ref(Str(False)):
            return _maybe(absence, _STRING)
        case Ref(Slice(Scalar("u8")), False):
            return _maybe(absence, _BYTES)
    return None


def _answer_letter(type_: Type) -> str | None:
    absence, form = without_absence(crossing_form(type_))
    if absence not in (ALWAYS, OPTION):
        return None
    match form:
        case Scalar("unit") if absence is ALWAYS:
            return _NOTHING
        case Scalar(kind):
            return _maybe(absence, _NUMBERS.get(kind))
        case Extern(name) if absence is ALWAYS and not _is_checked(name):
            return _VALUE
        case Str() | Ref(Str()):
            return _maybe(absence, _STRING)
    return None
