"""Export records + descriptors -> what the module offers: functions and classes.

A definition can be recorded several times, once per codegen unit that its macro landed in: the
first record wins. A record whose describe function is missing was not compiled in and is left
out, as wasm-bindgen's CLI does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from unpoison.bindgen import records
from unpoison.bindgen.descriptor_types import Function, Scalar, Type
from unpoison.bindgen.interface import (
    Class,
    Export,
    ExportKind,
    Param,
    Subscript,
)
from unpoison.bindgen.linker import JSPI, Linker
from unpoison.bindgen.records import Program, StartKind
from unpoison.bindgen.symbols import (
    class_symbol,
    export_symbol,
    field_symbol,
    qualified,
    upcast_symbol,
)

UNIT = Scalar("unit")

_SUBSCRIPTS: dict[type, Subscript] = {
    records.IndexingGetter: Subscript.GET,
    records.IndexingSetter: Subscript.SET,
    records.IndexingDeleter: Subscript.DELETE,
}


@dataclass
class Exports:
    """Everything that a module offers; classes by (crate, qualified name)."""

    functions: list[Export] = field(default_factory=list)
    starts: list[Export] = field(default_factory=list)
    classes: dict[tuple[str, str], Class] = field(default_factory=dict)
    members: dict[tuple[str, str], list[Export]] = field(default_factory=dict)
    symbols: set[str] = field(default_factory=set)

    def add_class(self, class_: Class, members: Iterable[Export] = ()) -> None:
        """Add a class, unless it is known."""
        key = class_.crate, class_.key
        if key not in self.classes:
            self.classes[key] = class_
            self.members[key] = list(members)
            self.symbols.update(member.symbol for member in self.members[key])

    def finish(self) -> None:
        """Put the members into their classes."""
        for key, class_ in self.classes.items():
            self.classes[key] = replace(class_, members=tuple(self.members[key]))


def link_exports(linker: Linker, programs: tuple[Program, ...]) -> Exports:
    """Give what the programs export; fields come first among the members of a class."""
    exports = Exports()
    for program in programs:
        for struct in program.structs:
            exports.add_class(*_link_class(linker, program.crate, struct))
    for program in programs:
        for record in program.exports:
            _add_export(exports, linker, program.crate, record)
    exports.finish()
    return exports


def _add_export(exports: Exports, linker: Linker, crate: str, record: records.Export) -> None:
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
    class_ = Class(record.class_name, crate, None, namespace=export.namespace, key=name)
    exports.add_class(class_)
    exports.members[crate, name].append(export)


def _link_export(linker: Linker, crate: str, record: records.Export) -> Export | None:
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
        docs=with_descriptions(doc_lines(record.comments), function),
        is_async=function.is_async,
        variadic=function.variadic,
        consumes_self=record.consumed,
        takes_this=_takes_this(record.method_kind),
        subscript=_subscript(record.method_kind, has_receiver),
        crate=crate,
        unsupported=unsupported or _refusal(record),
        result_typescript=function.result_override,
        skips_typescript=not function.generate_typescript,
    )
    return linker.checked_export(export, has_receiver)


def link_params(record: records.Function, signature: Function) -> tuple[Param, ...]:
    """Give the described parameters with the names of the record."""
    return tuple(
        Param(argument.name, type_, argument.optional, argument.type_override)
        for argument, type_ in zip(record.args, signature.params, strict=False)
    )


def doc_lines(comments: tuple[str, ...]) -> tuple[str, ...]:
    """Give doc comments without the space that stands after `///`."""
    lines = [line for comment in comments for line in comment.split("\n")]
    if all(line.startswith(" ") for line in lines if line.strip()):
        lines = [line[1:] for line in lines]
    return tuple(line.rstrip() for line in lines)


def with_descriptions(docs: tuple[str, ...], function: records.Function) -> tuple[str, ...]:
    """Give doc comments with what `param_description` and `return_description` say, if any."""
    described = [argument for argument in function.args if argument.description]
    sections: list[list[str]] = []
    if described:
        items = [f"    {item.name}: {_hanging(item.description)}" for item in described]
        sections.append(["Args:", *_lines(items)])
    if function.result_description:
        sections.append(["Returns:", *_lines([f"    {_hanging(function.result_description)}"])])
    found = list(docs)
    for section in sections:
        found += ["", *section] if found else section
    return tuple(found)


def _hanging(text: str | None) -> str:
    return (text or "").strip().replace("\n", "\n        ")


def _lines(items: list[str]) -> list[str]:
    return [line.rstrip() for item in items for line in item.split("\n")]


def _kind(record: records.Export) -> tuple[ExportKind, bool]:
    """Give the kind of an export and whether it takes a pointer to `self`."""
    method = record.method_kind
    if isinstance(method, records.Constructor):
        return ExportKind.CONSTRUCTOR, False
    has_receiver = record.class_name is not None and not method.is_static
    if record.class_name is None:
        return ExportKind.FUNCTION, False
    match method.kind:
        case records.Getter():
            return (ExportKind.GETTER if has_receiver else ExportKind.STATIC_GETTER), has_receiver
        case records.Setter():
            return (ExportKind.SETTER if has_receiver else ExportKind.STATIC_SETTER), has_receiver
    return (ExportKind.METHOD if has_receiver else ExportKind.STATIC), has_receiver


def _property(method: records.MethodKind) -> str | None:
    if isinstance(method, records.Operation) and isinstance(
        method.kind, records.Getter | records.Setter
    ):
        return method.kind.property
    return None


def _takes_this(method: records.MethodKind) -> bool:
    return isinstance(method, records.Operation) and isinstance(method.kind, records.RegularThis)


def _subscript(method: records.MethodKind, has_receiver: bool) -> Subscript | None:
    if has_receiver and isinstance(method, records.Operation):
        return _SUBSCRIPTS.get(type(method.kind))
    return None


def _refusal(record: records.Export) -> tuple[str, str] | None:
    """Give why the shape of an export (not its types) cannot be bound, None when it can."""
    if record.function.jspi:
        return JSPI, "there is no JavaScript engine to suspend"
    return None


def _link_class(
    linker: Linker, crate: str, struct: records.Struct
) -> tuple[Class, tuple[Export, ...]]:
    """Give a class without members, and the accessors of its fields."""
    name = qualified(struct.js_namespace, struct.name)
    free = class_symbol("free", crate, name)
    parent = struct.extends_js_class or struct.extends
    extends = qualified(struct.extends_js_namespace, parent) if parent else None
    upcast = upcast_symbol(crate, name, extends) if extends else ""
    class_ = Class(
        name=struct.name,
        crate=crate,
        free=free if linker.exported_type(free) else None,
        docs=doc_lines(struct.comments),
        namespace=struct.js_namespace or (),
        inspectable=struct.is_inspectable,
        extends=extends,
        upcast=upcast if linker.exported_type(upcast) else None,
        private=struct.private,
        key=name,
        skips_typescript=not struct.generate_typescript,
    )
    return class_, tuple(_link_fields(linker, crate, struct, name))


def _link_fields(
    linker: Linker, crate: str, struct: records.Struct, class_: str
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
    struct: records.Struct,
    item: records.StructField,
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
        skips_typescript=not item.generate_typescript,
    )
    yield linker.checked_export(export, has_receiver=True)
