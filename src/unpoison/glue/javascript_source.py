"""Interface IR -> the JavaScript source of the bindings: one straight-line function per export.

The text has, in this order: imports, enums and classes, functions, closures, what the Wasm module
imports, helpers that any of these need, exports, and what loads and starts the module. Nothing is
looked up or decided per call that is known here. What the text has for itself begins with `$`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from unpoison.bindgen import Export, Interface, StructType
from unpoison.errors import UnsupportedModule
from unpoison.glue.call_source import indent
from unpoison.glue.class_source import ClassSource
from unpoison.glue.context import Context
from unpoison.glue.function_source import FunctionSource
from unpoison.glue.import_shapes import Roots
from unpoison.glue.import_source import ImportSource
from unpoison.glue.loading_source import (
    export_lines,
    factory_lines,
    import_lines,
    loading_lines,
    source_import,
)
from unpoison.glue.memory_support import memory_support
from unpoison.glue.names import Names, is_identifier, key, literal
from unpoison.glue.options import GlueOptions, Target
from unpoison.glue.recovery_support import recovery_support
from unpoison.glue.support import select_support
from unpoison.transform import JS_TAG, WRAPPED_TAG, Adapted

_TAGS = MappingProxyType({JS_TAG: "$jstag", WRAPPED_TAG: "$wrapped"})


def make_javascript(
    interface: Interface, adapted: Adapted, target: Target, options: GlueOptions
) -> str:
    """Give the text of `NAME.js` (of `NAME_bg.js` for bundlers); the same input gives the same.

    What is imported from snippets is imported from the last of `Import.js_module_names`. Raises
    UnsupportedModule for what cannot be emitted.
    """
    return _source(interface, adapted, target, options).make()


def make_bundler_javascript(
    interface: Interface, adapted: Adapted, options: GlueOptions
) -> tuple[str, str]:
    """Give the texts of `NAME_bg.js` and of `NAME.js`, which imports the Wasm module and starts it.

    The second exports what a user sees, and not what the Wasm module imports from the first.
    Raises UnsupportedModule for what cannot be emitted.
    """
    source = _source(interface, adapted, "bundler", options)
    text = source.make()
    return text, _bundler_entry(source.exported, options)


def _source(
    interface: Interface, adapted: Adapted, target: Target, options: GlueOptions
) -> _Source:
    if (options.reset_state or options.renew_after_abort) and target == "bundler":
        raise UnsupportedModule(
            "a bundler makes the only instance, so that it cannot be reset",
            advice="take another target, or leave the option out",
        )
    return _Source(Context(interface, adapted, target, options, Names(interface, target)))


def _bundler_entry(exported: Iterable[str], options: GlueOptions) -> str:
    name = options.name
    seen = [name if is_identifier(name) else literal(name) for name in exported]
    exports = ["export {", *(f"    {name}," for name in seen), f'}} from "./{name}_bg.js";']
    lines = [
        *_types_line(options),
        f'import * as wasm from "./{name}_bg.wasm";',
        f'import {{ __wbg_set_wasm }} from "./{name}_bg.js";',
        "",
        "__wbg_set_wasm(wasm);",
        *(exports if seen else []),
    ]
    return "\n".join(lines) + "\n"


def _types_line(options: GlueOptions) -> list[str]:
    return [f'/* @ts-self-types="./{options.name}.d.ts" */'] if options.typescript else []


class _Source:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.interface = context.interface
        self.roots = Roots(context.names)
        self.functions = FunctionSource(context)
        self.classes = ClassSource(context, self.functions)
        self.imports = ImportSource(context, self.roots)
        self.exported: dict[str, str] = {}
        self.spaces: dict[str, object] = {}

    def make(self) -> str:
        body = [*self._enums(), *self._classes(), *self._functions()]
        imports = self._imports()
        body += self.functions.closures()
        body += ["", *imports]
        if self.context.options.reset_state:
            self.exported["__wbg_reset_state"] = "__wbg_reset_state"
        if self.context.options.factory:
            self.exported["$now"] = "$now"
        namespaces = self._namespaces()
        lines = "\n".join([*body, "", *namespaces])
        loading = "\n".join(loading_lines(self.context, "$stack_pointer $lent_slots"))
        support = self._support(f"{lines}\n{loading}\n{' '.join(self.exported.values())}")
        loading = "\n".join(loading_lines(self.context, support))
        if self.context.options.factory:
            body = _joined([support, lines, loading]).rstrip("\n").split("\n")
            factory = "\n".join(factory_lines(body, self.exported))
            return _joined(["\n".join(self._head()), factory])
        parts = [
            "\n".join(self._head()),
            support,
            lines,
            "\n".join(export_lines(self.context.target, self.exported)),
            loading,
        ]
        return _joined(parts)

    def _head(self) -> list[str]:
        target = self.context.target
        lines = _types_line(self.context.options) if target != "bundler" else []
        lines += source_import(self.context)
        lines += import_lines(target, self.roots.modules)
        for prefixed, value in self.roots.prefixed.items():
            lines.append(f"const $prefixed_{prefixed} = {value};")
        return lines

    def _support(self, text: str) -> str:
        adapted = self.context.adapted
        helpers = memory_support(adapted.memory or "memory", adapted.externrefs)
        classes = self.interface.classes
        objects = [line for cls in classes for line in self.classes.object_functions(cls)]
        parts = [recovery_support(self.context), helpers, *objects]
        return select_support("\n".join(parts), text)

    def _enums(self) -> list[str]:
        lines: list[str] = []
        for enum in self.interface.enums:
            local = self.context.names.enum_of(enum)
            lines += ["", *self.classes.enum(enum, local)]
            if enum.hole is not None and not enum.private:
                self._export(enum.namespace, enum.name, local)
        return lines

    def _classes(self) -> list[str]:
        lines: list[str] = []
        if any(self.context.parent(cls) for cls in self.interface.classes):
            lines += ["", "const $skip = Symbol();"]
        for cls in self.classes.classes():
            local = self.context.names.cls(StructType(cls.key, cls.crate))
            lines += ["", *self.classes.declaration(cls)]
            if not cls.private:
                self._export(cls.namespace, cls.name, local)
        return lines

    def _functions(self) -> list[str]:
        lines: list[str] = []
        for export in self.interface.functions:
            lines += ["", *self.functions.function(export)]
            self._export(export.namespace, export.name, self._local(export))
        return lines

    def _local(self, export: Export) -> str:
        return self.context.names.function(export.symbol)

    def _export(self, namespace: tuple[str, ...], name: str, local: str) -> None:
        if not namespace:
            self.exported[name] = local
            return
        space = self.spaces
        for part in namespace:
            inner = space.setdefault(part, {})
            assert isinstance(inner, dict)
            space = inner
        space[name] = local

    def _namespaces(self) -> list[str]:
        """Give the objects that hold what is exported in a namespace."""
        lines: list[str] = []
        for name, space in self.spaces.items():
            local = self.context.names.claim(name)
            self.exported[name] = local
            lines += [f"const {local} = {{", *_members(space), "};"]
        return lines

    def _imports(self) -> list[str]:
        """Give what the Wasm module imports: an object, or exports that a bundler links."""
        modules = self.imports.add_all()
        self._add_tags(modules)
        if self.context.target == "bundler":
            return [line for functions in modules.values() for line in map(_exported, functions)]
        lines = ["const $imports = {", "    __proto__: null,"]
        for module, functions in modules.items():
            if self.imports.is_plain(module):
                lines.append(f"    {literal(module)}: {self.roots.module(module)},")
                continue
            lines += [f"    {literal(module)}: {{", "        __proto__: null,"]
            lines += indent(indent(functions))
            lines += ["    },"]
        return [*lines, "};"]

    def _add_tags(self, modules: dict[str, list[str]]) -> None:
        own = next((name for name in modules if not self.imports.is_plain(name)), None)
        if own is None:
            return
        for tag in self.context.adapted.tags:
            modules[own].append(f"{tag}: {_TAGS[tag]},")


def _joined(parts: Sequence[str]) -> str:
    """Give the parts that have text, with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _exported(line: str) -> str:
    """Give a line of an object literal as one of a module, where it is a definition."""
    if line.startswith(" ") or line == "}":
        return line
    if line == "},":
        return "}"
    name, colon, value = line.partition(": ")
    if colon and is_identifier(name):
        return f"export const {name} = {value.removesuffix(',')};"
    return f"export function {line}"


def _members(space: object) -> list[str]:
    assert isinstance(space, dict)
    lines: list[str] = []
    for name, value in space.items():
        if isinstance(value, str):
            lines.append(f"    {key(name)}: {value},")
        else:
            lines += [f"    {key(name)}: {{", *indent(_members(value)), "    },"]
    return lines
