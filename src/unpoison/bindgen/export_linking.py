"""Export records + descriptors -> what the module offers: functions, classes, enums.

A definition can be recorded several times, once per codegen unit that its macro landed in: the
first record wins. A record whose describe function is missing was not compiled in and is left
out, as wasm-bindgen's CLI does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from unpoison.bindgen import schema
from unpoison.bindgen.descriptor_types import Function, Scalar, Type
from unpoison.bindgen.interface import (
    Class,
    EnumDef,
    EnumVariant,
    Export,
    ExportKind,
    Param,
)
from unpoison.bindgen.linker import Linker
from unpoison.bindgen.schema import Program, StartKind
from unpoison.bindgen.symbols import (
    class_symbol,
    export_symbol,
    field_symbol,
    module_path_hash,
    qualified,
)

UNIT = Scalar("unit")


@dataclass
class Exports:
    """Everything that a module offers; classes by (crate, qualified name)."""

    functions: list[Export] = field(default_factory=list)
    starts: list[Export] = field(default_factory=list)
    classes: dict[tuple[str, str], Class] = field(default_factory=dict)
    enums: list[EnumDef] = field(default_factory=list)
    symbols: set[str] = field(default_factory=set)


def link_exports(linker: Linker, programs: tuple[Program, ...]) -> Exports:
    """Give what the programs export."""
    exports = Exports()
    for program in programs:
        for struct in program.structs:
            _add_class(exports, linker, program.crate, struct)
    for program in programs:
        for record in program.exports:
            _add_export(exports, linker, program.crate, record)
        for enum in program.enums:
            _add_enum(exports, _numeric_enum(program, enum))
        for item in program.imports:
            if isinstance(item.kind, schema.StringEnum):
                _add_enum(exports, _string_enum(program, item.kind))
    return exports


def _add_export(exports: Exports, linker: Linker, crate: str, record: schema.Export) -> None:
    export = _link_export(linker, crate, record)
    if export is None or export.symbol in exports.symbols:
        return
    exports.symbols.add(export.symbol)
    if record.start is not StartKind.NONE:
        exports.starts.append(export)
    if record.start is StartKind.PRIVATE:
        return
    if record.class_name is None:
        exports.functions.append(export)
        return
    name = qualified(record.js_namespace, record.class_name)
    class_ = exports.classes.get((crate, name)) or Class(
        record.class_name, crate, None, namespace=export.namespace, key=name
    )
    exports.classes[crate, name] = replace(class_, members=(*class_.members, export))


def _link_export(linker: Linker, crate: str, record: schema.Export) -> Export | None:
    function = record.function
    symbol = export_symbol(crate, record.js_namespace, record.class_name, function.name)
    signature = linker.exported_type(symbol)
    described = linker.describe(symbol)
    if signature is None or described is None:
        return None
    kind, has_receiver = _kind(record)
    signature_, unsupported = described.function(len(function.args))
    export = Export(
        name=function.name,
        symbol=symbol,
        signature=signature,
        kind=kind,
        class_name=record.class_name,
        property=_property(record.method_kind),
        params=link_params(function, signature_),
        result=signature_.result,
        declared_result=signature_.inner_result,
        namespace=record.js_namespace or (),
        docs=doc_lines(record.comments),
        is_async=function.is_async,
        variadic=function.variadic,
        consumes_self=record.consumed,
        takes_this=_takes_this(record.method_kind),
        crate=crate,
        unsupported=unsupported or _refusal(record, kind),
    )
    return linker.checked_export(export, has_receiver)


def link_params(record: schema.Function, signature: Function) -> tuple[Param, ...]:
    """Give the described parameters with the names of the record."""
    return tuple(
        Param(argument.name, type_, argument.optional)
        for argument, type_ in zip(record.args, signature.params, strict=False)
    )


def doc_lines(comments: tuple[str, ...]) -> tuple[str, ...]:
    """Give doc comments without the space that stands after `///`."""
    lines = [line for comment in comments for line in comment.split("\n")]
    if all(line.startswith(" ") for line in lines if line.strip()):
        lines = [line[1:] for line in lines]
    return tuple(line.rstrip() for line in lines)


def _kind(record: schema.Export) -> tuple[ExportKind, bool]:
    """Give the kind of an export and whether it takes a pointer to `self`."""
    method = record.method_kind
    if isinstance(method, schema.Constructor):
        return ExportKind.CONSTRUCTOR, False
    has_receiver = record.class_name is not None and not method.is_static
    match method.kind:
        case schema.Getter():
            return ExportKind.GETTER, has_receiver
        case schema.Setter():
            return ExportKind.SETTER, has_receiver
        case schema.Regular() | schema.RegularThis() if record.class_name is None:
            return ExportKind.FUNCTION, False
        case schema.Regular() | schema.RegularThis():
            return (ExportKind.METHOD if has_receiver else ExportKind.STATIC), has_receiver
    return ExportKind.INDEXING, has_receiver


def _property(method: schema.MethodKind) -> str | None:
    if isinstance(method, schema.Operation) and isinstance(
        method.kind, schema.Getter | schema.Setter
    ):
        return method.kind.property
    return None


def _takes_this(method: schema.MethodKind) -> bool:
    return isinstance(method, schema.Operation) and isinstance(method.kind, schema.RegularThis)


def _refusal(record: schema.Export, kind: ExportKind) -> tuple[str, str] | None:
    """Give why the shape of an export (not its types) cannot be bound, None when it can."""
    if kind is ExportKind.INDEXING:
        return "indexing accessor", "only imports can have one"
    if kind in (ExportKind.GETTER, ExportKind.SETTER):
        method = record.method_kind
        if isinstance(method, schema.Operation) and method.is_static:
            return f"static {kind.value}", "a class attribute cannot run code in Python"
    if record.function.jspi:
        return "JSPI", "there is no JavaScript engine to suspend"
    return None


def _add_class(exports: Exports, linker: Linker, crate: str, struct: schema.Struct) -> None:
    name = qualified(struct.js_namespace, struct.name)
    if (crate, name) in exports.classes:
        return
    members = tuple(_link_fields(linker, crate, struct, name))
    exports.symbols.update(member.symbol for member in members)
    free = class_symbol("free", crate, name)
    exports.classes[crate, name] = Class(
        name=struct.name,
        crate=crate,
        free=free if linker.exported_type(free) else None,
        docs=doc_lines(struct.comments),
        namespace=struct.js_namespace or (),
        members=members,
        inspectable=struct.is_inspectable,
        extends=struct.extends_js_class or struct.extends,
        private=struct.private,
        key=name,
    )


def _link_fields(
    linker: Linker, crate: str, struct: schema.Struct, class_: str
) -> Iterator[Export]:
    for item in struct.fields:
        symbol = field_symbol("get", crate, class_, item.name)
        described = linker.describe(symbol)
        if described is None:
            continue
        type_, unsupported = described.type()
        yield from _accessor(linker, crate, struct, item, symbol, (), type_, unsupported)
        if not item.readonly:
            symbol = field_symbol("set", crate, class_, item.name)
            params = (Param("value", type_),)
            yield from _accessor(linker, crate, struct, item, symbol, params, UNIT, unsupported)


def _accessor(
    linker: Linker,
    crate: str,
    struct: schema.Struct,
    item: schema.StructField,
    symbol: str,
    params: tuple[Param, ...],
    result: Type,
    unsupported: tuple[str, str] | None,
) -> Iterator[Export]:
    """Give the accessor of a field, nothing when the module does not export it."""
    signature = linker.exported_type(symbol)
    if signature is None:
        return
    export = Export(
        name=item.name,
        symbol=symbol,
        signature=signature,
        kind=ExportKind.FIELD_SETTER if params else ExportKind.FIELD_GETTER,
        class_name=struct.name,
        property=item.name,
        params=params,
        result=result,
        declared_result=result,
        namespace=struct.js_namespace or (),
        docs=doc_lines(item.comments),
        crate=crate,
        unsupported=unsupported,
    )
    yield linker.checked_export(export, has_receiver=True)


def _add_enum(exports: Exports, enum: EnumDef) -> None:
    identity = (enum.crate, enum.module_hash, enum.key, enum.hole is None)
    known = [(e.crate, e.module_hash, e.key, e.hole is None) for e in exports.enums]
    if identity not in known:
        exports.enums.append(enum)


def _numeric_enum(program: Program, enum: schema.NumericEnum) -> EnumDef:
    bits = {variant.value for variant in enum.variants}
    variants = [
        EnumVariant(v.name, _signed(v.value) if enum.signed else v.value, doc_lines(v.comments))
        for v in enum.variants
    ]
    return EnumDef(
        name=enum.name,
        crate=program.crate,
        variants=tuple(variants),
        hole=next(value for value in range(len(bits) + 1) if value not in bits),
        docs=doc_lines(enum.comments),
        namespace=enum.js_namespace or (),
        private=enum.private,
        key=qualified(enum.js_namespace, enum.name),
        module_hash=module_path_hash(program.module_path),
    )


def _signed(value: int) -> int:
    return value - (value >> 31 << 32)


def _string_enum(program: Program, enum: schema.StringEnum) -> EnumDef:
    return EnumDef(
        name=enum.name,
        crate=program.crate,
        variants=tuple(EnumVariant(value, value) for value in enum.variant_values),
        hole=None,
        docs=doc_lines(enum.comments),
        namespace=enum.js_namespace or (),
        private=enum.private,
        key=enum.name,
        module_hash=module_path_hash(program.module_path),
    )
