"""What an import does with its arguments: one expression by its kind.

Source: contract facts 4.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from unpoison.bindgen import Import, ImportKind, Nullable, Option
from unpoison.glue.names import Names, literal, member

_DOTTED = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*\Z|\$[\w$]*\Z")

_JOB_TAKERS = frozenset((
    "queueMicrotask", "setTimeout", "setInterval", "setImmediate", "requestAnimationFrame",
    "requestIdleCallback",
))  # fmt: skip
_REACTIONS = frozenset(("then", "catch", "finally", "addEventListener", "removeEventListener"))

_HANDLER = re.compile(r"on[a-z]+\Z")
"""A property for a function that is called when something happens."""


class Roots:
    """The modules that the text imports, and globals that have several names."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.modules: dict[str, str] = {}
        self.prefixed: dict[str, str] = {}

    def module(self, specifier: str) -> str:
        """Give the name of a module's namespace."""
        if specifier not in self.modules:
            self.modules[specifier] = f"$module{len(self.modules)}"
        return self.modules[specifier]

    def path(self, item: Import, path: Sequence[str]) -> str:
        """Give the expression for what a path names."""
        if item.js_module is not None:
            names = item.js_module_names
            root = self.module(names[-1] if names else item.js_module)
            return root + "".join(map(member, path))
        return self._global(item, path[0]) + "".join(map(member, path[1:]))

    def _global(self, item: Import, name: str) -> str:
        if not item.prefixed:
            return name if _DOTTED.match(name) else f"globalThis{member(name)}"
        if name not in self.prefixed:
            choices = [f"typeof {one} !== 'undefined' ? {one} : " for one in (name, *item.prefixed)]
            self.prefixed[f"{name}"] = f"{''.join(choices)}undefined".replace("'", '"')
        return f"$prefixed_{name}"


def expression(item: Import, values: Sequence[str], roots: Roots, *, guarded: bool) -> str:
    """Give the expression of an import. Raises KeyError for a kind that is none of JavaScript's."""
    return _SHAPES[item.kind](_Given(item, values, roots, guarded))


class _Given:
    """An import with the expressions of its arguments."""

    def __init__(self, item: Import, values: Sequence[str], roots: Roots, guarded: bool) -> None:
        self.item = item
        self.values = list(values)
        self.guarded = guarded
        self._roots = roots

    def path(self, length: int | None = None) -> str:
        """Give the expression for the import's path, or for its first parts."""
        return self._roots.path(self.item, self.item.path[:length])

    def arguments(self, first: int = 0) -> str:
        """Give the arguments of a call, from a first one on."""
        values = self.values[first:]
        if self._takes_jobs():
            verb = "$batch" if self.item.name == "queueMicrotask" else "$job"
            values = [f"{verb}({value})" for value in values]
        if self.item.variadic and values:
            values[-1] = f"...{values[-1]}"
        return ", ".join(values)

    def _takes_jobs(self) -> bool:
        """Whether what is given is called when nobody waits for it any more."""
        name = self.item.name
        if not self.guarded or self.item.js_module is not None:
            return False
        return name in _JOB_TAKERS or (name in _REACTIONS and self.item.kind is ImportKind.METHOD)


def _construct(given: _Given) -> str:
    if given.guarded and given.item.path == ("Promise",) and given.item.js_module is None:
        return f"$promise({given.arguments()})"
    return f"new {given.path()}({given.arguments()})"


def _method(given: _Given) -> str:
    receiver, name = given.values[0], member(given.item.name)
    if given.item.structural:
        return f"{receiver}{name}({given.arguments(1)})"
    rest = given.arguments(1)
    arguments = f"{receiver}, {rest}" if rest else receiver
    return f"{given.path(-1)}.prototype{name}.call({arguments})"


def _getter(given: _Given) -> str:
    if given.item.structural:
        return f"{given.values[0]}{member(given.item.name)}"
    name = literal(given.item.name)
    return f"Reflect.get({given.path(-1)}.prototype, {name}, {given.values[0]})"


def _setter(given: _Given) -> str:
    if given.item.structural:
        value = given.values[1]
        if given.guarded and _HANDLER.match(given.item.name):
            value = f"$job({value})"
        return f"{given.values[0]}{member(given.item.name)} = {value}"
    arguments = f"{literal(given.item.name)}, {given.values[1]}, {given.values[0]}"
    return f"Reflect.set({given.path(-1)}.prototype, {arguments})"


def _static(given: _Given) -> str:
    path = given.path()
    may_lack = isinstance(given.item.result, Option | Nullable) and len(given.item.path) == 1
    if may_lack and given.item.js_module is None:
        return f'typeof {path} === "undefined" ? undefined : {path}'
    return path


_SHAPES: Mapping[ImportKind, Callable[[_Given], str]] = MappingProxyType(
    {
        ImportKind.FUNCTION: lambda given: f"{given.path()}({given.arguments()})",
        ImportKind.CONSTRUCTOR: _construct,
        ImportKind.METHOD: _method,
        ImportKind.GETTER: _getter,
        ImportKind.SETTER: _setter,
        ImportKind.INDEXING_GETTER: lambda given: f"{given.values[0]}[{given.values[1]}]",
        ImportKind.INDEXING_SETTER: lambda given: (
            f"{given.values[0]}[{given.values[1]}] = {given.values[2]}"
        ),
        ImportKind.INDEXING_DELETER: lambda given: f"delete {given.values[0]}[{given.values[1]}]",
        ImportKind.STATIC: _static,
        ImportKind.CLASS_SETTER: lambda given: (
            f"{given.path()}{member(given.item.name)} = {given.values[0]}"
        ),
        ImportKind.CLASS_INDEXING_GETTER: lambda given: f"{given.path()}[{given.values[0]}]",
        ImportKind.CLASS_INDEXING_SETTER: lambda given: (
            f"{given.path()}[{given.values[0]}] = {given.values[1]}"
        ),
        ImportKind.CLASS_INDEXING_DELETER: lambda given: (
            f"delete {given.path()}[{given.values[0]}]"
        ),
        ImportKind.INSTANCEOF: lambda given: (
            f"$is_instance({given.values[0]}, () => {given.path()})"
        ),
    }
)
