"""Interface IR -> `NAME.d.ts`: what a TypeScript program sees of the JavaScript beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from unpoison.bindgen import (
    Class,
    EnumDef,
    Export,
    ExportKind,
    Interface,
    Option,
    Param,
    UnionDef,
)
from unpoison.glue.declaration_types import TypeNames, rest_of
from unpoison.glue.names import KEYWORDS, is_identifier, literal
from unpoison.glue.options import GlueOptions, Target

_ACCESSORS = frozenset(
    {
        ExportKind.GETTER, ExportKind.SETTER, ExportKind.FIELD_GETTER, ExportKind.FIELD_SETTER,
        ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER,
    }
)  # fmt: skip
_GETTERS = frozenset({ExportKind.GETTER, ExportKind.FIELD_GETTER, ExportKind.STATIC_GETTER})
_STATIC = frozenset({ExportKind.STATIC, ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER})

_HEAD = "/* tslint:disable */\n/* eslint-disable */"

_WEB = """\
export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export type InitOutput = WebAssembly.Exports;

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Start the module from its bytes, or from what they were compiled to.
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * Start the module from where it is: a URL, a response, bytes; by default beside this file.
 */
export default function init(
    module_or_path?:
        | { module_or_path: InitInput | Promise<InitInput> }
        | InitInput
        | Promise<InitInput>,
): Promise<InitOutput>;"""

_RESET = """\
/**
 * Start a fresh instance before the next call: objects and closures of this one are stale then.
 */
export function __wbg_reset_state(): void;"""

Item = tuple[tuple[str, ...], list[str]]
"""A declaration and the namespace that it stands in."""


def make_declarations(interface: Interface, target: Target, options: GlueOptions) -> str:
    """Give the text of `NAME.d.ts`; the same input gives the same."""
    parts = [_HEAD, *interface.typescript]
    spaces: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for space, lines in _Declarations(interface).items():
        spaces[space].append("\n".join(lines))
    parts += spaces.pop((), [])
    parts += [_in_namespace(space, items) for space, items in spaces.items()]
    if options.reset_state:
        parts.append(_RESET)
    if target == "web":
        parts.append(_WEB)
    parts.append("export {};")
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _in_namespace(space: Sequence[str], items: Sequence[str]) -> str:
    body = "\n\n".join(items).replace("\n", "\n    ")
    return f"export namespace {'.'.join(space)} {{\n    {body}\n}}".replace("    \n", "\n")


class _Declarations:
    """The declarations of one interface."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._names = TypeNames(interface)

    def items(self) -> Iterator[Item]:
        interface = self._interface
        for enum in _declared(interface.enums):
            yield enum.namespace, _enum(enum)
        for union in _declared(interface.unions):
            yield (), _union(union)
        classes = list(_declared(interface.classes))
        parents = {cls.key: ".".join((*cls.namespace, cls.name)) for cls in classes}
        for cls in classes:
            yield cls.namespace, self._class(cls, parents)
        for export in _declared(interface.functions):
            yield export.namespace, self._function(export)

    def _function(self, export: Export) -> list[str]:
        name, signature = export.name, self._signature(export)
        if is_identifier(name) and name not in KEYWORDS:
            return [*_comment(export.docs), f"export function {name}{signature};"]
        local = f"_{export.symbol}" if is_identifier(export.symbol) else f"_{len(name)}"
        shown = name if is_identifier(name) else literal(name)
        declared = [*_comment(export.docs), f"declare function {local}{signature};"]
        return [*declared, f"export {{ {local} as {shown} }};"]

    def _signature(self, export: Export) -> str:
        return f"({self._parameters(export)}): {self._result(export)}"

    def _result(self, export: Export) -> str:
        declared = export.result_typescript
        if export.is_async:
            inner = declared or self._names.of(export.declared_result, given=False)
            return f"Promise<{inner}>"
        return declared or self._names.of(export.result, given=False)

    def _parameters(self, export: Export) -> str:
        """Give the parameters; those at the end that may be left out are optional."""
        shown: list[str] = []
        may_be_left_out = True
        params = export.params[1:] if export.takes_this else export.params
        names = _parameter_names(params)
        for place in reversed(range(len(params))):
            param, name = params[place], names[place]
            is_last = place == len(params) - 1
            if export.variadic and is_last:
                shown.append(f"...{name}: {rest_of(self._given(param))}")
                may_be_left_out = False
                continue
            can = isinstance(param.type, Option) or param.optional
            may_be_left_out = may_be_left_out and can
            shown.append(self._parameter(param, name, optional=may_be_left_out))
        if export.takes_this and export.params:
            shown.append(f"this: {self._given(export.params[0])}")
        return ", ".join(reversed(shown))

    def _parameter(self, param: Param, name: str, *, optional: bool) -> str:
        if optional and isinstance(param.type, Option) and param.typescript is None:
            given = self._names.of(param.type.inner, given=True)
            return f"{name}?: {given}" if given.endswith(" | null") else f"{name}?: {given} | null"
        return f"{name}{'?' if optional else ''}: {self._given(param)}"

    def _given(self, param: Param) -> str:
        return param.typescript or self._names.of(param.type, given=True)

    def _class(self, cls: Class, parents: Mapping[str, str]) -> list[str]:
        parent = None if cls.extends is None else parents.get(cls.extends)
        above = "" if parent is None else f" extends {parent}"
        lines = [*_comment(cls.docs), f"{_export(cls)} class {cls.name}{above} {{"]
        members = list(self._members(cls))
        return [*lines, *(f"    {line}" for line in members), "}"]

    def _members(self, cls: Class) -> Iterator[str]:
        if not any(member.kind is ExportKind.CONSTRUCTOR for member in cls.members):
            is_parent = any(other.extends == cls.key for other in self._interface.classes)
            yield f"{'protected' if is_parent else 'private'} constructor();"
        if cls.inspectable:
            yield from ("/**", "** Return copy of self without private attributes.", "*/")
            yield "toJSON(): Object;"
            yield from ("/**", "* Return stringified version of self.", "*/", "toString(): string;")
        yield from ("free(): void;", "[Symbol.dispose](): void;")
        for member in _declared(cls.members):
            if member.kind not in _ACCESSORS:
                yield from _comment(member.docs)
                yield self._method(member)
        yield from self._properties(cls)

    def _method(self, member: Export) -> str:
        if member.kind is ExportKind.CONSTRUCTOR:
            return f"constructor({self._parameters(member)});"
        static = "static " if member.kind in _STATIC else ""
        return f"{static}{_member_name(member.name)}{self._signature(member)};"

    def _properties(self, cls: Class) -> Iterator[str]:
        """Give each property once: its getter and its setter may have types of their own."""
        found: dict[tuple[bool, str], list[Export]] = defaultdict(list)
        for member in _declared(cls.members):
            if member.kind in _ACCESSORS:
                found[member.kind in _STATIC, member.property or member.name].append(member)
        for (is_static, name), accessors in found.items():
            static = "static " if is_static else ""
            shown = _member_name(name)
            getter = next((item for item in accessors if item.kind in _GETTERS), None)
            setter = next((item for item in accessors if item.kind not in _GETTERS), None)
            for accessor in (getter, setter):
                if accessor is not None and accessor.docs:
                    yield from _comment(accessor.docs)
                    break
            taken = None if getter is None else self._result(getter)
            given = None if setter is None or not setter.params else self._given(setter.params[0])
            if taken is not None and given is not None and taken != given:
                yield f"{static}get {shown}(): {taken};"
                yield f"{static}set {shown}(value: {given});"
            elif taken is None:
                yield f"{static}set {shown}(value: {given});"
            else:
                readonly = "readonly " if given is None else ""
                yield f"{static}{readonly}{shown}: {taken};"


_Item = TypeVar("_Item", Class, EnumDef, Export, UnionDef)


def _declared(items: Iterable[_Item]) -> Iterator[_Item]:
    """Give the items that are not `skip_typescript`."""
    return (item for item in items if not item.skips_typescript)


# --- enums and unions ---


def _export(item: Class | EnumDef) -> str:
    """Give the word before a declaration; what is private can be named, and not imported."""
    if not item.private:
        return "export"
    return "" if item.namespace else "declare"


def _enum(enum: EnumDef) -> list[str]:
    if enum.hole is None:
        values = " | ".join(literal(str(variant.value)) for variant in enum.variants)
        return [*_comment(enum.docs), f"{_export(enum)} type {enum.name} = {values or 'never'};"]
    lines = [*_comment(enum.docs), f"{_export(enum)} enum {enum.name} {{"]
    for variant in enum.variants:
        lines += [f"    {line}" for line in _comment(variant.docs)]
        lines.append(f"    {variant.name} = {variant.value},")
    return [*lines, "}"]


def _union(union: UnionDef) -> list[str]:
    texts = " | ".join(literal(text) for text in union.texts)
    return [*_comment(union.docs), f"export type {union.name} = {texts or 'unknown'} | any;"]


def _parameter_names(params: Sequence[Param]) -> list[str]:
    names: list[str] = []
    for place, param in enumerate(params):
        name = param.name if is_identifier(param.name) else f"arg{place}"
        name = f"_{name}" if name in KEYWORDS else name
        names.append(f"{name}{place}" if name in names else name)
    return names


def _member_name(name: str) -> str:
    return name if is_identifier(name) or name.startswith("[") else f'"{name}"'


# --- text ---


def _comment(docs: Iterable[str]) -> list[str]:
    lines = [line.replace("*/", "*\\/") for line in docs]
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"] if lines else []
