"""Python type annotations for what a module exports and imports."""

from __future__ import annotations

from collections.abc import Callable

from unpoison.bindgen.abi import INTEGER_RANGES, NUMBER_FORMATS
from unpoison.bindgen.absence import OPTION, Absence, crossing_form, without_absence
from unpoison.bindgen.descriptor_types import (
    Closure,
    EnumType,
    Extern,
    Function,
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
from unpoison.bindgen.interface import Export, ExportKind, Param
from unpoison.bindgen.naming import python_name

_Annotate = Callable[[Type, str], str]
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
        case Extern(_, (_, taken)) | Ref(Extern(_, (_, taken))):
            return taken
        case Closure(_, _, function) | Ref(Function() as function):
            return _callable(function, result_annotation, parameter_annotation, prefix)
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
        case Extern(_, (given, _)) | Ref(Extern(_, (given, _))):
            return given
        case Closure(_, _, function) | Ref(Function() as function):
            return _callable(function, parameter_annotation, result_annotation, prefix)
        case Ref(Slice(), True):
            return "Buffer"
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f"Buffer | Sequence[{'float' if kind[0] == 'f' else 'int'}]"
        case Vector(inner) | Ref(Slice(inner)):
            return f"Sequence[{parameter_annotation(inner, prefix)}]"
    return _plain(type_, prefix, parameter_annotation)


def promised_annotation(type_: Type, prefix: str = "") -> str:
    """Give the annotation of what the promise of an async function is fulfilled with.

    It is a JavaScript value by then: an enum is its number or its string.
    """
    if isinstance(type_, Result):
        return promised_annotation(type_.inner, prefix)
    absence, inner = without_absence(crossing_form(type_))
    match inner:
        case EnumType():
            return _with_absence("int", absence)
        case StringEnumType():
            return _with_absence("str", absence)
    return result_annotation(type_, prefix)


def _callable(function: Function, result: _Annotate, parameter: _Annotate, prefix: str) -> str:
    """Give a function's annotation: its result goes where it goes, its parameters come from there.

    Nobody looks at the result of a function that Python gives where Rust wants none.
    """
    params = ", ".join(parameter(param, prefix) for param in function.params)
    found = result(function.result, prefix)
    if found == "None" and result is parameter_annotation:
        found = "object"
    return f"Callable[[{params}], {found}]"


def _with_absence(annotation: str, absence: Absence) -> str:
    if annotation == "object":
        return annotation
    none = " | None" if absence.undefined and not annotation.endswith("None") else ""
    return f"{annotation}{' | JsNull' if absence.null else ''}{none}"


def _plain(type_: Type, prefix: str, annotate: _Annotate) -> str:
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
        annotation = parameter_annotation(param.type, prefix)
        if place >= defaults:
            annotation = f"{_with_absence(annotation, OPTION)} = None"
        parts.append(f"{name}: {annotation}")
    return f"({', '.join(parts)}) -> {export_annotation(export, prefix)}"


def export_annotation(export: Export, prefix: str = "") -> str:
    """Give the annotation of what a call of an export gives."""
    if export.is_async:
        return f"Promise[{promised_annotation(export.declared_result, prefix)}]"
    return result_annotation(export.result, prefix)


def _first_default(export: Export) -> int:
    place = len(export.params)
    if export.variadic or export.kind in (ExportKind.SETTER, ExportKind.FIELD_SETTER):
        return place
    while place and _may_be_left_out(export.params[place - 1]):
        place -= 1
    return place


def _may_be_left_out(param: Param) -> bool:
    match param.type:
        case Extern() | Ref(Extern()):
            return param.optional  # it says so in TypeScript, and None is undefined
    return isinstance(param.type, Option)


def element_annotation(type_: Type, prefix: str) -> str:
    """Give the annotation of one of the values that a variadic parameter takes."""
    match type_:
        case Vector(inner) | Ref(Slice(inner)):
            return parameter_annotation(inner, prefix)
    return "object"
