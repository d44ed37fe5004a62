"""Types in Rust's own words, for errors and `inspect`."""

from __future__ import annotations

from unpoison.bindgen.descriptor_types import (
    Clamped,
    Closure,
    EnumType,
    Extern,
    Function,
    Nullable,
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
    Undeclared,
    UnionType,
    Vector,
)

_UNUSUAL_SCALARS = {
    "unit": "()",
    "i64_as_f64": "isize",
    "u64_as_f64": "usize",
    "nonnull": "NonNull<_>",
    "raw_pointer": "*mut _",
}


def rust_type(described: Type) -> str:
    """Give the type as Rust source would name it: `Option<Vec<u8>>`, `&str`, `Result<u32, _>`.

    What a descriptor does not carry is filled in: the error type of a Result is `JsValue`, a
    pointee is `_`, an imported type is named after its TypeScript type.
    """
    match described:
        case Scalar(kind):
            return _UNUSUAL_SCALARS.get(kind, kind)
        case Str():
            return "String"
        case Extern(name):
            return _extern(name)
        case EnumType(name) | StringEnumType(name) | StructType(name) | UnionType(name):
            return name
        case Undeclared(name):
            return name
        case Function():
            return _signature("fn", described)
        case Closure():
            return _closure(described)
        case Ref(inner, mutable):
            return ("&mut " if mutable else "&") + _unsized(inner, mutable)
        case Slice(inner):
            return f"[{_element(inner)}]"
        case Sequence(_, inner):
            return rust_type(inner)
        case Result(inner):
            return f"Result<{rust_type(inner)}, JsValue>"
        case Vector(inner):
            return f"Vec<{_element(inner)}>"
        case Option(inner) | Nullable(inner) | Clamped(inner):
            return f"{type(described).__name__}<{rust_type(inner)}>"


def rust_signature(name: str, params: tuple[tuple[str, Type], ...], result: Type) -> str:
    """Give `name(a: u32, b: &str) -> bool`; a result of `()` is left out."""
    inside = ", ".join(f"{param}: {rust_type(kind)}" for param, kind in params)
    return f"{name}({inside}){_arrow(result)}"


def _extern(name: str | None) -> str:
    if name is None or name == "any":
        return "JsValue"
    return "JsString" if name == "string" else name


def _element(inner: Type) -> str:
    # A vector of Rust strings is described as one of JavaScript strings.
    return "String" if inner == Extern("string") else rust_type(inner)


def _unsized(inner: Type, mutable: bool) -> str:
    if isinstance(inner, Str):
        return "str"
    if isinstance(inner, Function):
        return _signature("dyn FnMut" if mutable else "dyn Fn", inner)
    return rust_type(inner)


def _closure(described: Closure) -> str:
    trait = "dyn FnMut" if described.mutable else "dyn Fn"
    return f"{'' if described.owned else '&'}Closure<{_signature(trait, described.function)}>"


def _signature(keyword: str, function: Function) -> str:
    params = ", ".join(rust_type(param) for param in function.params)
    return f"{keyword}({params}){_arrow(function.result)}"


def _arrow(result: Type) -> str:
    return "" if result == Scalar("unit") else f" -> {rust_type(result)}"
