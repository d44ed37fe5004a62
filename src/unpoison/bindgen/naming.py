"""Python names for what a module exports: valid, distinct, and none that the bindings need.

What is a Python identifier keeps its JS name. Else, in this order: a character that no
identifier has becomes an underscore, a leading digit gets one before it, leading underscores become
one (two would be mangled in a class body, and `__init__` means something there), and a keyword
or a name that is taken gets trailing underscores. `[Symbol.iterator]` is `Symbol_iterator`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from unpoison.bindgen.descriptor_types import (
    EnumType,
    StringEnumType,
    StructType,
    Type,
    Undeclared,
    UnionType,
)
from unpoison.bindgen.families import family_keys, find_parents, parents_first
from unpoison.bindgen.interface import (
    Cast,
    Class,
    ClosureShim,
    EnumDef,
    EnumVariant,
    Export,
    ExportKind,
    Import,
    Interface,
    Param,
)
from unpoison.bindgen.type_walk import mapped

TEXT_NAMES = frozenset({
    "Buffer", "Callable", "JsNull", "Literal", "Promise", "Sequence", "array", "bool", "bytes",
    "float", "int", "list", "object", "property", "staticmethod", "str",
})  # fmt: skip
"""What generated signatures and decorators name."""

_BODY_NAMES = frozenset({"Exception", "bool", "float", "int", "isinstance", "len", "list", "type"})
_MODULE_NAMES = frozenset({
    "Exports", "IntEnum", "StrEnum", "TYPE_CHECKING", "TypeAlias", "annotations", "bind", "object",
})  # fmt: skip
_TYPE_NAMES = TEXT_NAMES | _BODY_NAMES | _MODULE_NAMES
_STRUCT_NAMES = frozenset({
    "_abandoned", "_ancestors", "_drop_ancestors", "_export", "_fields", "_forget", "_free",
    "_home", "_is_empty", "_keys", "_move", "_own", "_ptr", "_renamed", "_renamed_statics",
    "_runtime", "free", "js_read", "js_write",
})  # fmt: skip
_DECORATORS = frozenset({"_binding", "_export"})
_SYMBOL = re.compile(r"\[(Symbol\.\w+)\]\Z", re.ASCII)
_WRITERS = (ExportKind.SETTER, ExportKind.FIELD_SETTER, ExportKind.STATIC_SETTER)
_STATIC = (ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER)
_OF_CLASS = ("static property", "static method")
_ENUM_NAMES = frozenset({"name", "value", "mro", "is_integer"})


def python_name(name: str) -> str:
    """Give the Python identifier for a JS name: keywords get a trailing underscore."""
    text = unicodedata.normalize("NFKC", _SYMBOL.sub(r"\1", name))
    text = "".join(c if f"a{c}".isidentifier() else "_" for c in text)
    if not text.isidentifier():
        text = f"_{text}"
    text = re.sub("^_+", "_", text)
    return f"{text}_" if keyword.iskeyword(text) else text


def distinct_names(names: Sequence[str], reserved: Collection[str] = ()) -> list[str]:
    """Give an identifier for each name, all different; one that needs no change keeps its name."""
    kept = {name for name in names if python_name(name) == name and name not in reserved}
    used: set[str] = set()
    found: list[str] = []
    for name in names:
        text = python_name(name)
        if text in reserved or text in used or (text in kept and text != name):
            while text in reserved or text in used or text in kept:
                text += "_"
        used.add(text)
        found.append(text)
    return found


def parameter_names(params: Sequence[Param]) -> list[str]:
    """Give distinct Python names for the parameters, none with a leading underscore.

    None of them hides a builtin that the body uses.
    """
    names = [python_name(param.name).lstrip("_") for param in params]
    wanted = [name if name.isidentifier() else f"arg{place}" for place, name in enumerate(names)]
    return distinct_names(wanted, _BODY_NAMES | {"self"})


def variant_names(enum: EnumDef) -> list[str]:
    """Give distinct names for the variants, none that `enum`, `int` or `str` keep."""
    names = [
        f"value{python_name(name)}" if python_name(name).startswith("_") else name
        for name in (variant.name for variant in enum.variants)
    ]
    return distinct_names(names, _ENUM_NAMES.union(dir(str if enum.hole is None else int)))


class PythonNames:
    """An interface in which everything has its Python name, the names inside types included.

    `interface` is that one; `host` gives an import or a cast with such types. `paths` leads from
    the flat name of what is in a `js_namespace` to where it is found: namespaces, then its name.
    """

    def __init__(self, interface: Interface) -> None:
        types: list[Class | EnumDef] = [*interface.classes, *interface.enums]
        names = distinct_names([item.name for item in types], _TYPE_NAMES)
        self._names = {_identity(item): name for item, name in zip(types, names, strict=True)}
        self._texts = {(u.name, u.crate, u.module_hash): u.texts for u in interface.unions}
        self._parents = find_parents(interface.classes)
        self._families = family_keys(self._parents)
        kept = {*names, *_DECORATORS}
        functions = distinct_names([item.name for item in interface.functions], kept)
        self.interface = replace(
            interface,
            functions=tuple(
                replace(self._export(item), name=name)
                for item, name in zip(interface.functions, functions, strict=True)
            ),
            classes=tuple(self._class(item) for item in interface.classes),
            enums=tuple(self._enum(item) for item in interface.enums),
            imports=tuple(self._import(item) for item in interface.imports),
            casts=tuple(self._cast(item) for item in interface.casts),
            closures=tuple(self._closure(item) for item in interface.closures),
            starts=tuple(self._export(item) for item in interface.starts),
        )
        self.paths = _namespace_paths(interface, self.interface)
        classes = tuple(parents_first(self.interface.classes))
        self.interface = replace(self.interface, classes=classes)

    def host(self, item: Import | Cast | str) -> Import | Cast | str:
        """Give an import or a cast with Python names in its types."""
        if isinstance(item, str):
            return item
        return self._cast(item) if isinstance(item, Cast) else self._import(item)

    def _cast(self, item: Cast) -> Cast:
        return replace(item, source=self._type(item.source), target=self._type(item.target))

    def _import(self, item: Import) -> Import:
        if item.struct is not None:
            name = self._names.get(_type_identity(item.struct))
            refusal = None if name else (item.name, "the module exports no class of this name")
            return replace(item, class_name=name, unsupported=item.unsupported or refusal)
        params = tuple(replace(param, type=self._type(param.type)) for param in item.params)
        result = None if item.result is None else self._type(item.result)
        return replace(item, params=params, result=result)

    def _type(self, type_: Type) -> Type:
        return mapped(type_, self._rename)

    def _rename(self, type_: Type) -> Type:
        if isinstance(type_, StructType | EnumType | StringEnumType):
            name = self._names.get(_type_identity(type_))
            if name is None:
                return Undeclared(type_.name)
            if isinstance(type_, StructType):
                in_family = (type_.name, type_.crate) in self._families
                return StructType(name, type_.crate, f"_ptr_{name}" if in_family else "_ptr")
            return replace(type_, name=name)
        if isinstance(type_, UnionType):
            key = type_.name, type_.crate, type_.module_hash
            return replace(type_, texts=self._texts.get(key, ()))
        return type_

    def _closure(self, shim: ClosureShim) -> ClosureShim:
        closure = self._type(shim.closure)
        return replace(shim, closure=closure)  # type: ignore[arg-type]  # a Closure stays one

    def _export(self, export: Export) -> Export:
        names = parameter_names(export.params)
        params = tuple(
            replace(param, name=name, type=self._type(param.type))
            for param, name in zip(export.params, names, strict=True)
        )
        return replace(export, params=params, result=self._type(export.result))

    def _enum(self, enum: EnumDef) -> EnumDef:
        names = variant_names(enum)
        variants = tuple(
            EnumVariant(name, variant.value, variant.docs)
            for variant, name in zip(enum.variants, names, strict=True)
        )
        return replace(enum, name=self._names[_identity(enum)], variants=variants)

    def _class(self, cls: Class) -> Class:
        labels = list(dict.fromkeys(map(_label, cls.members)))
        names = distinct_names([label[-1] for label in labels], _STRUCT_NAMES)
        found = dict(zip(labels, names, strict=True))
        members = [self._member(item, found[_label(item)]) for item in _paired(cls.members)]
        hidden = {item: name for item, name in found.items() if _is_hidden(item, name)}
        hidden_statics = {item: hidden.pop(item) for item in list(hidden) if item[0] in _OF_CLASS}
        own, key = self._names[_identity(cls)], (cls.key, cls.crate)
        parent = self._parents.get(key)
        return replace(
            cls,
            name=own,
            members=tuple(members),
            extends=None if parent is None else self._names[_identity(parent)],
            pointer=f"_ptr_{own}" if key in self._families else "_ptr",
            renamed=tuple((item[-1], name) for item, name in hidden.items()),
            renamed_statics=tuple((item[-1], name) for item, name in hidden_statics.items()),
        )

    def _member(self, export: Export, name: str) -> Export:
        if export.property is not None:
            return replace(self._export(export), property=name)
        return replace(self._export(export), name=name)


def defined_names(interface: Interface) -> set[str]:
    """Give every name of a function or of a member, which hides what is around its class."""
    names = {item.name for item in interface.functions}
    for cls in interface.classes:
        names |= {item.property or item.name for item in cls.members}
    return names


def _namespace_paths(given: Interface, named: Interface) -> dict[str, tuple[str, ...]]:
    """Give the way to each item in a namespace; one whose root is an export's name stays flat."""
    items: list[Export | Class | EnumDef] = [*given.functions, *given.classes, *given.enums]
    called: list[Export | Class | EnumDef] = [*named.functions, *named.classes, *named.enums]
    names = [item.name for item in called]
    flat = {name for item, name in zip(items, names, strict=True) if not item.namespace}
    paths: dict[str, tuple[str, ...]] = {}
    for item, name in zip(items, names, strict=True):
        path = tuple(map(python_name, (*item.namespace, item.name)))
        if len(path) > 1 and path[0] not in flat and path not in paths.values():
            paths[name] = path
    return paths


def _identity(item: Class | EnumDef) -> tuple[object, ...]:
    if isinstance(item, Class):
        return "struct", item.key, item.crate
    return "enum", item.hole is None, item.key, item.crate, item.module_hash


def _type_identity(type_: StructType | EnumType | StringEnumType) -> tuple[object, ...]:
    if isinstance(type_, StructType):
        return "struct", type_.name, type_.crate
    is_string = isinstance(type_, StringEnumType)
    return "enum", is_string, type_.name, type_.crate, type_.module_hash


def _label(export: Export) -> tuple[str, ...]:
    """Tell members apart; the accessors of one property are one."""
    if export.property is not None:
        return "static property" if export.kind in _STATIC else "property", export.property
    if export.kind is ExportKind.CONSTRUCTOR:
        return "constructor", "constructor"
    kind = "static method" if export.kind is ExportKind.STATIC else "method"
    return kind, export.symbol, export.name


def _is_hidden(label: tuple[str, ...], python: str) -> bool:
    """Tell whether a guest finds no public attribute under the name that Rust gave a member."""
    return label[0] != "constructor" and (label[-1] != python or python.startswith("_"))


def _paired(members: Sequence[Export]) -> Iterator[Export]:
    """Give the members in order, each setter right after its getter; mypy asks for that."""
    accessors = [item for item in members if item.property is not None]
    seen: set[tuple[str, ...]] = set()
    for item in members:
        if item.property is None:
            yield item
        elif _label(item) not in seen:
            seen.add(_label(item))
            yield from sorted(
                (other for other in accessors if _label(other) == _label(item)),
                key=lambda other: other.kind in _WRITERS,
            )
