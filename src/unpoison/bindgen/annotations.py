"""Python type annotations for what a module exports and imports."""

from __future__ import annotations

from collections.abc import Callable

from unpoison.bindgen.abi import INTEGER_RANGES, NUMBER_FORMATS
from unpoison.bindgen.absence import Absence, crossing_form, without_absence
from unpoison.bindgen.descriptor_types import (
    EnumType,
    Extern,
    Option,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.bindgen.interface import Export, ExportKind
from unpoison.bindgen.naming import python_name

_NAMED = {"string": "str", "Promise": "Promise"}
_SCALARS = {"f32": "float", "f64": "float", "bool": "bool", "char": "str", "unit": "None"}


def result_annotation(type_: Type, prefix: str = "") -> str:
    """Give the annotation of a value that Rust gives; `prefix` goes before class names."""
    match crossing_form(type_):
        case Result(inner):
            return result_annotation(inner, prefix)
        case Sequence(_, inner):
            return result_annotation(inner, prefix)
        case form:
            absence, inner = without_absence(form)
            return _with_absence(_result(inner, prefix), absence)


def _result(type_: Type, prefix: str) -> str:
    match type_:
        case Ref(Slice(Scalar(kind)), True):
            return "GuestView"
        case Vector(Scalar("u8")) | Ref(Slice(Scalar("u8"))):
            return "bytes"
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f"array[{'float' if kind[0] == 'f' else 'int'}]"
        case Vector(inner) | Ref(Slice(inner)):
            return f"list[{result_annotation(inner, prefix)}]"
    return _plain(type_, prefix, result_annotation)


def parameter_annotation(type_: Type, prefix: str = "") -> str:
    """Give the annotation of a value that Python gives."""
    absence, inner = without_absence(crossing_form(type_))
    return _with_absence(_parameter(inner, prefix), absence)


def _parameter(type_: Type, prefix: str) -> str:
    match type_:
        case Ref(Slice(), True):
            return "Buffer"
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f"Buffer | Sequence[{'float' if kind[0] == 'f' else 'int'}]"
        case Vector(inner) | Ref(Slice(inner)):
            return f"Sequence[{parameter_annotation(inner, prefix)}]"
    return _plain(type_, prefix, parameter_annotation)


def _with_absence(annotation: str, absence: Absence) -> str:
    if annotation == "object":
        return annotation
    none = " | None" if absence.undefined else ""
    return f"{annotation}{' | JsNull' if absence.null else ''}{none}"


def _plain(type_: Type, prefix: str, annotate: Callable[[Type, str], str]) -> str:
    match type_:
        case Scalar(kind):
            return "int" if kind in INTEGER_RANGES else _SCALARS.get(kind, "object")
        case Str() | Ref(Str()):
            return "str"
        case Extern(name) | Ref(Extern(name)):
            return _NAMED.get((name or "").partition("<")[0], "object")
        case StructType(name) | Ref(StructType(name)) | EnumType(name) | StringEnumType(name):
            return f"{prefix}{python_name(name)}"
        case UnionType(variants=variants, texts=texts):
            return _union([annotate(variant, prefix) for variant in variants], texts)
    return "object"


def _union(annotations: list[str], texts: tuple[str, ...]) -> str:
    """Give the union of what the variants are, with the texts that stand for variants."""
    if "object" in annotations:
        return "object"
    literals = [f"Literal[{', '.join(map(repr, texts))}]"] if texts else []
    return " | ".join(dict.fromkeys([*literals, *annotations])) or "object"


def signature_text(
    export: Export, names: list[str], prefix: str = "", receiver: str | None = None
) -> str:
    """Give `(self, x: int, y: str | None = None) -> float` for an export."""
    parts = [] if receiver is None else [receiver]
    last = len(names) - 1
    defaults = _first_default(export)
    for place, (name, param) in enumerate(zip(names, export.params, strict=True)):
        if export.variadic and place == last:
            parts.append(f"*{name}: {element_annotation(param.type, prefix)}")
            continue
        default = " = None" if place >= defaults else ""
        parts.append(f"{name}: {parameter_annotation(param.type, prefix)}{default}")
    return f"({', '.join(parts)}) -> {export_annotation(export, prefix)}"


def export_annotation(export: Export, prefix: str = "") -> str:
    """Give the annotation of what a call of an export gives."""
    return "Promise" if export.is_async else result_annotation(export.result, prefix)


def _first_default(export: Export) -> int:
    place = len(export.params)
    if export.variadic or export.kind in (ExportKind.SETTER, ExportKind.FIELD_SETTER):
        return place
    while place and isinstance(export.params[place - 1].type, Option):
        place -= 1
    return place


def element_annotation(type_: Type, prefix: str) -> str:
    """Give the annotation of one of the values that a variadic parameter takes."""
    match type_:
        case Vector(inner) | Ref(Slice(inner)):
            return parameter_annotation(inner, prefix)
    return "object"
