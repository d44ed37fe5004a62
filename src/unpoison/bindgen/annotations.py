"""Python type annotations and names for what a module exports and imports."""

from __future__ import annotations

import keyword
import re

from unpoison.bindgen.abi import INTEGER_RANGES, NUMBER_FORMATS
from unpoison.bindgen.descriptor_types import (
    EnumType,
    Extern,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)
from unpoison.bindgen.interface import Export, Param

_NAMED = {"string": "str", "Promise": "Promise"}
_SCALARS = {"f32": "float", "f64": "float", "bool": "bool", "char": "str", "unit": "None"}


def python_name(name: str) -> str:
    """Give the Python identifier for a JS name: keywords get a trailing underscore."""
    text = re.sub(r"\W", "_", name)
    if not text or text[0].isdigit():
        text = f"_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def parameter_names(params: tuple[Param, ...]) -> list[str]:
    """Give distinct Python names for the parameters, none with a leading underscore."""
    names: list[str] = []
    for place, param in enumerate(params):
        name = python_name(param.name).lstrip("_") or f"arg{place}"
        name = f"arg{place}" if name[0].isdigit() or name == "self" else python_name(name)
        names.append(f"{name}_{place}" if name in names else name)
    return names


def result_annotation(type_: Type, prefix: str = "") -> str:
    """Give the annotation of a value that Rust gives; `prefix` goes before class names."""
    match type_:
        case Result(inner):
            return result_annotation(inner, prefix)
        case Option(inner):
            return f"{result_annotation(inner, prefix)} | None"
        case Vector(Scalar("u8")) | Ref(Slice(Scalar("u8"))):
            return "bytes"
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f"array[{'float' if kind[0] == 'f' else 'int'}]"
        case Vector(inner) | Ref(Slice(inner)):
            return f"list[{result_annotation(inner, prefix)}]"
    return _plain(type_, prefix)


def parameter_annotation(type_: Type, prefix: str = "") -> str:
    """Give the annotation of a value that Python gives."""
    match type_:
        case Option(inner):
            return f"{parameter_annotation(inner, prefix)} | None"
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f"Buffer | Sequence[{'float' if kind[0] == 'f' else 'int'}]"
        case Vector(inner) | Ref(Slice(inner)):
            return f"Sequence[{parameter_annotation(inner, prefix)}]"
    return _plain(type_, prefix)


def _plain(type_: Type, prefix: str) -> str:
    match type_:
        case Scalar(kind):
            return "int" if kind in INTEGER_RANGES else _SCALARS.get(kind, "object")
        case Str() | Ref(Str()):
            return "str"
        case Extern(name) | Ref(Extern(name)):
            return _NAMED.get((name or "").partition("<")[0], "object")
        case StructType(name) | Ref(StructType(name)) | EnumType(name) | StringEnumType(name):
            return f"{prefix}{python_name(name)}"
    return "object"


def signature_text(
    export: Export, names: list[str], prefix: str = "", receiver: str | None = None
) -> str:
    """Give `(self, x: int, y: str | None = None) -> float` for an export."""
    parts = [] if receiver is None else [receiver]
    last = len(names) - 1
    defaults = _first_default(export)
    for place, (name, param) in enumerate(zip(names, export.params, strict=True)):
        if export.variadic and place == last:
            parts.append(f"*{name}: {_element_annotation(param.type, prefix)}")
            continue
        default = " = None" if place >= defaults else ""
        parts.append(f"{name}: {parameter_annotation(param.type, prefix)}{default}")
    result = "Promise" if export.is_async else result_annotation(export.result, prefix)
    return f"({', '.join(parts)}) -> {result}"


def _first_default(export: Export) -> int:
    place = len(export.params)
    if export.variadic:
        return place
    while place and isinstance(export.params[place - 1].type, Option):
        place -= 1
    return place


def _element_annotation(type_: Type, prefix: str) -> str:
    match type_:
        case Vector(inner) | Ref(Slice(inner)):
            return parameter_annotation(inner, prefix)
    return "object"
