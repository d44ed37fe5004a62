"""Interface IR -> the `.pyi` of a package: every export typed, with its Rust documentation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from unpoison.bindgen.annotations import (
    element_annotation,
    parameter_annotation,
    result_annotation,
    signature_text,
)
from unpoison.bindgen.interface import Class, EnumDef, Export, ExportKind, Import, Interface
from unpoison.bindgen.interface import ImportKind as Kind
from unpoison.bindgen.naming import (
    TEXT_NAMES,
    defined_names,
    distinct_names,
    parameter_names,
    python_name,
)
from unpoison.bindgen.text import Text, docstring
from unpoison.bindgen.typescript_names import BUILTINS, IMPORTED
from unpoison.wasm import F32, F64

_READERS = (ExportKind.GETTER, ExportKind.FIELD_GETTER)
_WRITERS = (ExportKind.SETTER, ExportKind.FIELD_SETTER)

_STATIC_ACCESSORS = (ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER)

_OPTIONS = (
    'recovery: Literal["terminate", "reinit", "rollback"] = ...',
    'rollback_on: Literal["panic"] | None = ...',
    "on_abort: Callable[[AbortError], object] | None = ...",
    "limits: Limits | None = ...",
    "start_timeout: float | None = ...",
    'threads: Literal["raise", "wait"] = ...',
)
_PROTOCOLS = {
    "[Symbol.iterator]": ("def __iter__(self) -> Iterator[Any]: ...",),
    "[Symbol.asyncIterator]": ("def __aiter__(self) -> AsyncIterator[Any]: ...",),
    "[Symbol.asyncDispose]": (
        "async def __aenter__(self) -> Self: ...",
        "async def __aexit__(self, *_: object) -> None: ...",
    ),
}
_DOCSTRING = r'"""(?:\\.|[^\\])*?"""'
_MODULES = (
    "array", "builtins", "collections.abc", "enum", "typing", "typing_extensions", "unpoison",
    "unpoison.js", "unpoison.runtime",
)  # fmt: skip
_FIRST_THIRD_PARTY = "typing_extensions"
_HOMES = {
    "array": "array", "Callable": "collections.abc", "Mapping": "collections.abc",
    "Sequence": "collections.abc", "IntEnum": "enum", "StrEnum": "enum", "Literal": "typing",
    "Protocol": "typing", "Any": "typing", "Self": "typing", "AsyncIterator": "collections.abc",
    "Iterator": "collections.abc", "Buffer": "typing_extensions", "AbortError": "unpoison",
    "Instance": "unpoison", "Limits": "unpoison", "GuestView": "unpoison.runtime",
    "Inspectable": "unpoison.runtime",
    "Struct": "unpoison.runtime", "StructType": "unpoison.runtime",
}  # fmt: skip
SOURCES = dict.fromkeys({*TEXT_NAMES, *BUILTINS, "type"}, "builtins") | _HOMES | IMPORTED


def make_stub(
    interface: Interface,
    required: Sequence[Import],
    own: Sequence[str],
    paths: Mapping[str, tuple[str, ...]],
    shapes: Sequence[str] = (),
) -> str:
    """Give the text of the stub. `own` are the names that the package keeps for itself.

    `paths` are those of `PythonNames`; `shapes` the classes of the package's `_shapes`.
    """
    body = Text()
    body.add(*(f"from ._shapes import {name} as {name}" for name in shapes))
    for enum in interface.enums:
        _add_enum(body, enum)
    for cls in interface.classes:
        _add_class(body, cls)
    names = [*type_names(interface), *shapes]
    aliases = {f"_{name}": name for name in names}
    body.add("", *(f"{alias} = {name}" for alias, name in aliases.items()))
    _add_imports_protocol(body, required)
    roots = _add_namespaces(body, interface, paths)
    _add_exports(body, interface, paths, roots)
    _add_loaders(body, bool(required))
    if not required:
        body.add(*(f"{root}: {_namespace_class((root,))}" for root in roots))
        for export in interface.functions:
            if python_name(export.name) not in {*own, *aliases, *paths}:
                _add_function(body, export, python_name(export.name), None, "")
    defined = {*defined_names(interface), *type_names(interface), *map(_import_name, required)}
    hidden = SOURCES.keys() & defined
    text = _unhidden(body.render(), hidden)
    return "\n".join(
        [*docstring(package_docs(interface)), "", *_import_lines(text, hidden), "", text]
    )


def package_docs(interface: Interface) -> list[str]:
    """Give what a package says first: its name, and what its crate declares in TypeScript."""
    docs = [f"The Rust library {interface.name}, run by unpoison."]
    if interface.typescript:
        docs += ["", "What it declares in TypeScript:"]
    for section in interface.typescript:
        docs += ["", *(f"    {line}" for line in section.strip("\n").split("\n"))]
    return docs


def _unhidden(text: str, hidden: Collection[str]) -> str:
    """Give the text with other names for what an exported name hides from the signatures."""
    if not hidden:
        return text
    names = "|".join(sorted(hidden))
    pattern = rf"(?<![\w.])(?<!def )(?<!class )(?<!^_)({names})\b(?!: \w|\.setter)"
    parts = re.split(rf"({_DOCSTRING}|^_\w+ = \w+$)", text, flags=re.MULTILINE)
    parts[::2] = (re.sub(pattern, r"_py_\1", part) for part in parts[::2])
    return "".join(parts)


def type_names(interface: Interface) -> list[str]:
    """Give the Python names of the classes and enums."""
    classes = [python_name(cls.name) for cls in interface.classes]
    return classes + [python_name(enum.name) for enum in interface.enums]


def _import_lines(text: str, hidden: Collection[str]) -> list[str]:
    used = set(re.findall(r"\b\w+\b", re.sub(_DOCSTRING, "", text)))
    lines: list[str] = []
    for home in _MODULES:
        here = sorted(name for name, source in SOURCES.items() if source == home)
        plain = [] if home == "builtins" else [n for n in here if n in used and n not in hidden]
        found = {name: f"from {home} import {name} as _py_{name}" for name in here}
        found = {name: line for name, line in found.items() if f"_py_{name}" in used}
        if plain:
            found[plain[0]] = f"from {home} import {', '.join(plain)}"
        lines += [""] if home == _FIRST_THIRD_PARTY else []
        lines += [found[name] for name in sorted(found)]
    return lines


def _add_enum(text: Text, enum: EnumDef) -> None:
    base = "StrEnum" if enum.hole is None else "IntEnum"
    text.add("", f"class {python_name(enum.name)}({base}):")
    with text.indented():
        text.add(*docstring(enum.docs or (f"The enum {enum.name}.",)))
        for variant in enum.variants:
            text.add(f"{variant.name} = {variant.value!r}", *docstring(variant.docs))


def _add_class(text: Text, cls: Class) -> None:
    statics = [export for export in cls.members if export.kind in _STATIC_ACCESSORS]
    bases = [cls.extends] if cls.extends else []
    bases += ["Inspectable"] if cls.inspectable else []
    base = ", ".join(bases or ["Struct"])
    if statics:
        metaclass = f"_{cls.name}Statics"
        text.add("", f"class {metaclass}(StructType):")
        with text.indented():
            for export in statics:
                _add_member(text, cls, export)
        base = f"{base}, metaclass={metaclass}"
    text.add("", f"class {python_name(cls.name)}({base}):")
    with text.indented():
        text.add(*docstring(cls.docs or (f"The Rust struct {cls.name}.",)))
        for export in cls.members:
            if export.kind not in _STATIC_ACCESSORS:
                _add_member(text, cls, export)
        for symbol in dict(cls.renamed):
            text.add(*_PROTOCOLS.get(symbol, ()))


def _add_member(text: Text, cls: Class, export: Export) -> None:
    name = python_name(export.property or export.name)
    if export.kind is ExportKind.CONSTRUCTOR:
        _add_function(text, export, "__init__", "self", "_")
    elif export.kind is ExportKind.STATIC:
        _add_function(text, export, name, None, "_", ["@staticmethod"])
    elif export.kind in (*_READERS, ExportKind.STATIC_GETTER):
        _add_function(text, export, name, "self", "_", ["@property"])
    elif export.kind in (*_WRITERS, ExportKind.STATIC_SETTER):
        readers = _READERS if export.kind in _WRITERS else (ExportKind.STATIC_GETTER,)
        others = (item for item in cls.members if item.property == export.property)
        if any(item.kind in readers for item in others):
            _add_function(text, export, name, "self", "_", [f"@{name}.setter"])
        else:
            value = parameter_annotation(export.params[0].type, "_")
            text.add("@property", f"def {name}(self) -> None: ...")
            text.add(f"@{name}.setter", f"def {name}(self, value: {value}) -> None: ...")
    else:
        _add_function(text, export, name, "self", "_")
        if export.subscript:
            text.add(f"{export.subscript.value} = {name}")


def _add_function(
    text: Text,
    export: Export,
    name: str,
    receiver: str | None,
    prefix: str,
    decorators: Iterable[str] = (),
) -> None:
    signature = signature_text(export, parameter_names(export.params), prefix, receiver)
    if name == "__init__":
        signature = f"{signature.rpartition(' -> ')[0]} -> None"
    docs = docstring(export.docs)
    text.add(*decorators, f"def {name}{signature}:{'' if docs else ' ...'}")
    with text.indented():
        text.add(*docs)


def _add_imports_protocol(text: Text, required: Sequence[Import]) -> None:
    if not required:
        return
    found: dict[str, dict[str, Import]] = {}
    for item in required:
        root = item.wasm_module if item.kind is Kind.RAW else item.js_module or ""
        path = item.path[:-1] if item.kind is not Kind.RAW else ()
        # A class is one object, however many items of it the module uses.
        found.setdefault(root or ".".join(path), {}).setdefault(_import_name(item), item)
    groups = {group: list(items.values()) for group, items in found.items()}
    # A class that has static functions too is one object, and its own item says so.
    for name in {_import_name(item) for item in groups.get("", [])} & groups.keys():
        del groups[name]
    wanted = [f"{_class_name(group)}Imports" for group in groups]
    names = dict(zip(groups, distinct_names(wanted, {"Imports"}), strict=True))
    for group, items in groups.items():
        if group:
            _add_protocol(text, names[group], f"What `{group}` gives.", items)
    text.add("", "class Imports(Protocol):")
    with text.indented():
        text.add(*docstring(["What the module needs from you; a dict of the same names does too."]))
        for item in groups.get("", []):
            _add_import(text, item)
        for group in groups:
            if group.isidentifier():
                text.add("@property", f"def {python_name(group)}(self) -> {names[group]}: ...")


def _class_name(group: str) -> str:
    return "".join(part.capitalize() for part in re.findall(r"[A-Za-z0-9]+", group))


def _add_protocol(text: Text, name: str, doc: str, items: Iterable[Import]) -> None:
    text.add("", f"class {name}(Protocol):")
    with text.indented():
        text.add(*docstring([doc]))
        for item in items:
            _add_import(text, item)


def _import_name(item: Import) -> str:
    return python_name(item.path[-1] if item.path else item.name)


def _add_import(text: Text, item: Import) -> None:
    name = _import_name(item)
    if item.kind is Kind.RAW or item.result is None:
        values = [_raw(value) for value in item.signature.params]
        parts = [f"arg{place}: {value}, /" for place, value in enumerate(values)]
        result = _raw(item.signature.results[0]) if item.signature.results else "object"
        inside = ", ".join(["self", *(part.removesuffix(", /") for part in parts)])
        text.add(f"def {name}({inside}{', /' if parts else ''}) -> {result}: ...")
        return
    if item.kind is not Kind.FUNCTION:
        text.add("@property", f"def {name}(self) -> object: ...")
        return
    names = parameter_names(item.params)
    pairs = zip(names, item.params, strict=True)
    parts = [f"{param}: {result_annotation(each.type, '_')}" for param, each in pairs]
    rest: list[str] = []
    if item.variadic and parts:
        parts.pop()
        rest = [f"*{names[-1]}: {element_annotation(item.params[-1].type, '_')}"]
    inside = ", ".join(["self", *parts, *(["/"] if parts else []), *rest])
    result = parameter_annotation(item.result, "_")
    text.add(f"def {name}({inside}) -> {'object' if result == 'None' else result}: ...")


def _raw(value: object) -> str:
    return "float" if value in (F32, F64) else "int"


def _add_namespaces(
    text: Text, interface: Interface, paths: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """Add a protocol per namespace, the innermost ones first, and give the outermost names."""
    spaces = {path[:depth] for path in paths.values() for depth in range(1, len(path))}
    for space in sorted(spaces, key=lambda space: (-len(space), space)):
        text.add("", f"class {_namespace_class(space)}(Protocol):")
        with text.indented():
            text.add(*docstring([f"The namespace {'.'.join(space)}."]))
            for inner in sorted(other for other in spaces if other[:-1] == space):
                text.add("@property", f"def {inner[-1]}(self) -> {_namespace_class(inner)}: ...")
            names = {name: path[-1] for name, path in paths.items() if path[:-1] == space}
            _add_items(text, interface, names)
    return sorted(space[0] for space in spaces if len(space) == 1)


def _namespace_class(space: tuple[str, ...]) -> str:
    return f"_Namespace_{'_'.join(space)}"


def _add_items(text: Text, interface: Interface, names: Mapping[str, str]) -> None:
    """Add the types and functions with these flat names, under the names that they lead to."""
    for name in type_names(interface):
        if name in names:
            text.add("@property", f"def {names[name]}(self) -> type[_{name}]: ...")
    for export in interface.functions:
        if python_name(export.name) in names:
            _add_function(text, export, names[python_name(export.name)], "self", "_")


def _add_exports(
    text: Text,
    interface: Interface,
    paths: Mapping[str, tuple[str, ...]],
    roots: Sequence[str],
) -> None:
    text.add("", "class Exports(Protocol):")
    with text.indented():
        text.add(*docstring([f"What {interface.name} exports, on one instance."]))
        for root in roots:
            text.add("@property", f"def {root}(self) -> {_namespace_class((root,))}: ...")
        flat = [*type_names(interface), *(python_name(item.name) for item in interface.functions)]
        _add_items(text, interface, {name: name for name in flat if name not in paths})


def _add_loaders(text: Text, needs_imports: bool) -> None:
    given = "imports: Imports | Mapping[str, object]"
    if not needs_imports:
        given = "imports: Mapping[str, object] | None = ..."
    for name, result in (("instantiate", "Instance"), ("load", "Exports")):
        text.add("", f"def {name}(", f"    {given},", "    *,")
        text.add(*(f"    {option}," for option in _OPTIONS))
        text.add(f") -> {result}: ...")
