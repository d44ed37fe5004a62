"""Words of the command line, read as the parameter types of an export."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from unpoison.bindgen import (
    Clamped,
    EnumType,
    Extern,
    Nullable,
    Option,
    Param,
    Ref,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    Type,
    Vector,
    rust_type,
)

BOOLS = {"true": True, "false": False}


def read_arguments(words: tuple[str, ...], params: tuple[Param, ...]) -> list[object]:
    """Give one Python value for each word.

    Raises click.UsageError for a wrong number of words, a word that is not of its type, and
    a type that cannot be written on a command line.
    """
    if len(words) != len(params):
        wanted = ", ".join(f"{p.name}: {rust_type(p.type)}" for p in params) or "none"
        raise click.UsageError(f"{len(words)} argument(s) given; the export takes {wanted}")
    return [_read(word, param) for word, param in zip(words, params, strict=True)]


def _read(word: str, param: Param) -> object:
    reader = _reader(param.type)
    if reader is None:
        raise click.UsageError(
            f"{param.name}: {rust_type(param.type)} cannot be given on a command line"
        )
    try:
        return reader(word)
    except (ValueError, KeyError) as error:
        raise click.UsageError(
            f"{param.name}: {word!r} is not a {rust_type(param.type)}"
        ) from error


def _reader(kind: Type) -> Callable[[str], object] | None:
    match kind:
        case Scalar(name):
            return SCALAR_READERS.get(name, _integer)
        case Str() | StringEnumType() | Extern("string"):
            return str
        case EnumType():
            return _integer
        case Ref(inner):
            return _reader(inner)
        case Option(inner) | Nullable(inner):
            reader = _reader(inner)
            return None if reader is None else _optional(reader)
        case Extern(None | "any"):
            return json.loads
        case Slice() | Vector() | Sequence() | Clamped():
            return _list
    return None


def _integer(word: str) -> int:
    return int(word, 0)


def _bool(word: str) -> bool:
    return BOOLS[word.lower()]


def _list(word: str) -> list[object]:
    value = json.loads(word)
    if not isinstance(value, list):
        raise ValueError("not a JSON list")
    return value


def _optional(reader: Callable[[str], object]) -> Callable[[str], object]:
    return lambda word: None if word in {"none", "null"} else reader(word)


SCALAR_READERS: dict[str, Callable[[str], object]] = {
    "f32": float,
    "f64": float,
    "bool": _bool,
    "char": str,
}
