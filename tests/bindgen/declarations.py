"""An interface as the TypeScript declarations that wasm-bindgen's CLI writes for its module."""

from __future__ import annotations

from collections.abc import Iterator

from unpoison.bindgen import (
    Clamped,
    Class,
    EnumDef,
    EnumType,
    Export,
    ExportKind,
    Extern,
    Interface,
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

ARRAYS = {
    "i8": "Int8Array", "u8": "Uint8Array", "i16": "Int16Array", "u16": "Uint16Array",
    "i32": "Int32Array", "u32": "Uint32Array", "i64": "BigInt64Array", "u64": "BigUint64Array",
    "f32": "Float32Array", "f64": "Float64Array",
}  # fmt: skip
BIG = ("i64", "u64", "i128", "u128")
PLAIN = {"bool": "boolean", "char": "string", "unit": "void"}


def declarations(interface: Interface) -> list[str]:
    """Give one line per function, enum and class member, sorted."""
    lines = [_function("function", item) for item in interface.functions]
    for enum in interface.enums:
        lines.append(_enum(enum))
    for class_ in interface.classes:
        lines += [f"class {class_.name}: {line}" for line in _members(class_)]
    return sorted(lines)


def _function(head: str, item: Export) -> str:
    name = "__".join([*item.namespace, item.name])
    return f"{head} {name}({_params(item)}): {_result(item)};"


def _result(item: Export) -> str:
    if item.is_async:
        return f"Promise<{_given(item.declared_result)}>"
    return _given(item.result)


def _params(item: Export) -> str:
    texts: list[str] = []
    optional = True
    for param in reversed(item.params):
        is_option = isinstance(param.type, Option)
        optional = optional and is_option
        type_ = _taken(param.type)
        if is_option:
            type_ += " | null" if optional else " | null | undefined"
        texts.append(f"{param.name}{'?' if optional else ''}: {type_}")
    if item.variadic:
        texts[0] = f"...{texts[0]}"
    return ", ".join(reversed(texts))


def _taken(described: Type) -> str:
    """Give the type of a parameter: a typed array may be given as an array of numbers."""
    if isinstance(described, Option | Ref):
        return _taken(described.inner)
    text = _given(described)
    if not isinstance(described, Vector | Slice) or not text.endswith("Array"):
        return text
    return f"{text} | {'bigint' if text.startswith('Big') else 'number'}[]"


def _given(described: Type) -> str:
    match described:
        case Scalar(kind):
            return PLAIN.get(kind, "bigint" if kind in BIG else "number")
        case Str():
            return "string"
        case Extern(name):
            return name or "any"
        case StructType(name) | EnumType(name) | StringEnumType(name):
            return name
        case Option(inner):
            return f"{_given(inner)} | undefined"
        case Clamped():
            return "Uint8ClampedArray"
        case Vector(Scalar(kind)) | Slice(Scalar(kind)) if kind in ARRAYS:
            return ARRAYS[kind]
        case Vector(inner) | Slice(inner):
            return f"{_given(inner)}[]"
        case Ref(inner) | Result(inner):
            return _given(inner)
    raise AssertionError(described)


def _enum(enum: EnumDef) -> str:
    if enum.hole is None:
        values = " | ".join([f'"{variant.value}"' for variant in enum.variants])
        return f"type {enum.name} = {values};"
    values = " ".join([f"{variant.name} = {variant.value}," for variant in enum.variants])
    return f"enum {enum.name} {{ {values} }}"


def _members(class_: Class) -> Iterator[str]:
    getters: dict[str, Export] = {}
    setters: dict[str, Export] = {}
    for item in class_.members:
        if item.kind in (ExportKind.GETTER, ExportKind.FIELD_GETTER):
            getters[item.property or ""] = item
        elif item.kind in (ExportKind.SETTER, ExportKind.FIELD_SETTER):
            setters[item.property or ""] = item
        elif item.kind is ExportKind.CONSTRUCTOR:
            yield f"constructor({_params(item)});"
        else:
            head = "static " if item.kind is ExportKind.STATIC else ""
            yield f"{head}{item.name}({_params(item)}): {_result(item)};"
    for name in getters | setters:
        yield from _property(name, getters.get(name), setters.get(name))


def _property(name: str, getter: Export | None, setter: Export | None) -> Iterator[str]:
    given = None if getter is None else _given(getter.result)
    taken = None if setter is None else _params(setter).partition(": ")[2]
    if taken is None:
        yield f"readonly {name}: {given};"
    elif taken == given:
        yield f"{name}: {given};"
    else:
        taken = f"{taken} | undefined" if taken.endswith("| null") else taken
        if given is not None:
            yield f"get {name}(): {given};"
        yield f"set {name}(value: {taken});"
