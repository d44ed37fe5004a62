"""The Python source of exported functions, of classes with their members, and of closures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from unpoison.bindgen.abi import NotBound
from unpoison.bindgen.annotations import result_annotation, signature_text
from unpoison.bindgen.call_source import (
    CallBody,
    ClosureBody,
    closure_function,
    has_receiver,
    is_mutable_closure,
)
from unpoison.bindgen.descriptor_types import Type
from unpoison.bindgen.families import ancestors
from unpoison.bindgen.interface import Class, Export, ExportKind, Subscript
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.source_context import SourceContext
from unpoison.bindgen.text import docstring

READERS = (ExportKind.GETTER, ExportKind.FIELD_GETTER)
WRITERS = (ExportKind.SETTER, ExportKind.FIELD_SETTER)
STATIC_ACCESSORS = (ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER)


PROTOCOLS: Final[Mapping[str, Mapping[str, str]]] = {
    "[Symbol.iterator]": {"__iter__": "iterate"},
    "[Symbol.asyncIterator]": {"__aiter__": "iterate_async"},
    "[Symbol.asyncDispose]": {"__aenter__": "enter_async", "__aexit__": "exit_async"},
}
"""What a class with a member under a symbol is in Python too: method to the runtime's function."""


class FunctionSource:
    """Adds functions, classes and closures to the text of one interface."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._text = context.text

    def add_function(
        self, export: Export, decorators: Sequence[str], name: str, cls: Class | None = None
    ) -> None:
        """Add the `def` of an export; one that cannot be bound raises UnsupportedItem."""
        context, text = self._context, self._text
        names = [param.name for param in export.params]
        receiver = "cls" if export.kind in STATIC_ACCESSORS else None
        receiver = "self" if has_receiver(export) else receiver
        signature = signature_text(export, names, f"{context.owner}.", receiver)
        if name == "__init__":
            signature = f"{signature.rpartition(' -> ')[0]} -> None"
        body, refusal = self._make_body(export, names, cls)
        lines = [*map(context.plain, decorators), *([] if body is None else body.decorators)]
        text.add("", *lines, f"def {name}{context.plain(signature)}:")
        with text.indented():
            text.add(*docstring(export.docs or (f"Call the Rust function {export.name}.",)))
            if body is not None:
                body.add()
            else:
                item = export.name if not export.class_name else f"{export.class_name}.{name}"
                text.add(f"raise _unsupported({item!r}, {refusal[0]!r}, {refusal[1]!r})")
        text.add("")

    def _make_body(
        self, export: Export, names: Sequence[str], cls: Class | None
    ) -> tuple[CallBody | None, tuple[str, str]]:
        """Give the body, or none and why: the type and the reason."""
        if export.unsupported is not None:
            return None, export.unsupported
        try:
            return CallBody(self._context, export, names, cls), ("", "")
        except NotBound as problem:
            return None, (rust_type(problem.type), problem.reason)

    def add_class(self, cls: Class) -> None:
        """Add the class of a struct with its members."""
        text = self._text
        text.add("", f"class {cls.name}({self._bases(cls)}):")
        with text.indented():
            text.add(*docstring(cls.docs or (f"The Rust struct {cls.name}.",)), "")
            own = cls.pointer != "_ptr"
            text.add(f'__slots__ = ("{cls.pointer}",)' if own else "__slots__ = ()")
            text.add(*([f"{cls.pointer}: {self._context.plain('int')}"] if own else []))
            text.add(f"_free = {self._number(cls.free)}", "_runtime = _border")
            if cls.pointer != "_ptr":
                self._add_lineage(cls)
            self._add_renamed(cls)
            if cls.inspectable:
                text.add(f"_fields = {_shown_fields(cls)!r}")
            for export in cls.members:
                if export.kind not in STATIC_ACCESSORS:
                    self._add_member(cls, export)

    def _add_renamed(self, cls: Class) -> None:
        """Add what tells a guest's names from Python's, and Python's protocols from symbols."""
        family = [*reversed(ancestors(cls, self._context.interface.classes)), cls]
        names = dict(pair for each in family for pair in each.renamed)
        statics = dict(pair for each in family for pair in each.renamed_statics)
        for attribute, renamed in (("_renamed", names), ("_renamed_statics", statics)):
            if renamed:
                self._text.add(f"{attribute} = _binding.renamed({renamed!r})")
        for symbol, methods in PROTOCOLS.items():
            if symbol in names:
                self._text.add(*(f"{name} = _binding.{which}" for name, which in methods.items()))
        if "[Symbol.iterator]" not in names and has_subscript(cls):
            # Else Python would ask for 0, 1, 2, ... and never be told to stop.
            self._text.add("__iter__ = None", "__contains__ = None")

    def _number(self, symbol: str | None) -> int | None:
        entry = self._context.plan.entries.get(symbol or "")
        return None if entry is None else entry.number

    def _add_lineage(self, cls: Class) -> None:
        """Add what an object must know of its ancestors: how to get and to free their pointers."""
        lineage = [cls, *ancestors(cls, self._context.interface.classes)]
        steps = [
            (self._number(child.upcast), self._number(parent.free), parent.pointer)
            for child, parent in pairwise(lineage)
        ]
        self._text.add(
            f'_own = "{cls.pointer}"', f"_ancestors = _binding.Lineage({tuple(steps)!r})"
        )
        if not any(export.kind is ExportKind.CONSTRUCTOR for export in cls.members):
            given = self._context.plain("object")
            self._text.add("", f"def __init__(self, *_: {given}) -> None:")
            with self._text.indented():
                self._text.add('"""Refuse: only Rust makes it."""')
                self._text.add("_binding.Struct.__init__(self)")

    def add_statics(self) -> None:
        """Add a metaclass for each class with static accessors, which are its properties."""
        classes = self._context.interface.classes
        for cls in classes:
            accessors = [item for item in cls.members if item.kind in STATIC_ACCESSORS]
            if accessors:
                above = (other for other in ancestors(cls, classes) if _has_statics(other))
                base = next((f"_statics_of_{other.name}" for other in above), "_binding.StructType")
                self._text.add("", f"class _statics_of_{cls.name}({base}):")
                with self._text.indented():
                    self._text.add(*docstring([f"The static properties of {cls.name}."]), "")
                    for export in accessors:
                        self._add_member(cls, export)
                self._text.add("")

    @staticmethod
    def _bases(cls: Class) -> str:
        bases = [] if cls.extends is None else [cls.extends]
        bases += ["_binding.Inspectable"] if cls.inspectable else []
        metaclass = f", metaclass=_statics_of_{cls.name}" if _has_statics(cls) else ""
        return ", ".join(bases or ["_binding.Struct"]) + metaclass

    def _add_member(self, cls: Class, export: Export) -> None:
        name = export.property or export.name
        if export.kind is ExportKind.CONSTRUCTOR:
            self.add_function(export, [], "__init__", cls)
        elif export.kind is ExportKind.STATIC:
            self.add_function(export, ["@staticmethod"], name)
        elif export.kind in (*READERS, ExportKind.STATIC_GETTER):
            self.add_function(export, ["@property"], name, cls)
        elif export.kind in (*WRITERS, ExportKind.STATIC_SETTER):
            self._add_writer(cls, export, name)
        else:
            self.add_function(export, [], name, cls)
            if export.subscript:
                self._text.add(f"{export.subscript.value} = {name}", "")

    def _add_writer(self, cls: Class, export: Export, name: str) -> None:
        readers = READERS if export.kind in WRITERS else (ExportKind.STATIC_GETTER,)
        others = (other for other in cls.members if other.kind in readers)
        if any(other.property == export.property for other in others):
            self.add_function(export, [f"@{name}.setter"], name, cls)
        else:
            self.add_function(export, [], f"_set_{name}", cls)
            self._text.add(f"{name} = {self._context.plain('property')}(None, _set_{name})", "")

    def add_closures(self) -> list[str]:
        """Add an invoke function per closure type; lifting one may meet another type."""
        closures = self._context.closures
        names: list[str] = []
        while len(names) < len(closures):
            type_ = list(closures)[len(names)]
            name = f"_invoke_{len(names)}"
            self._add_closure(type_, name)
            length = len(closure_function(type_).params)
            names.append(f"({name}, {length}, {is_mutable_closure(type_)})")
        return names

    def _add_closure(self, type_: Type, name: str) -> None:
        text, function = self._text, closure_function(type_)
        names = [f"arg{place}" for place in range(len(function.params))]
        parameters = "".join(f", {name}: object" for name in names)
        result = "None" if result_annotation(function.result) == "None" else "object"
        head = f"def {name}(_f: _binding.RustFunction{parameters}) -> {result}:"
        try:
            body = ClosureBody(self._context, type_, names)
        except NotBound as problem:
            item, reason = rust_type(problem.type), problem.reason
            text.add("", head, f"    raise _unsupported('closure', {item!r}, {reason!r})", "")
            return
        text.add("", *body.decorators, head)
        with text.indented():
            body.add()
        text.add("")


def _shown_fields(cls: Class) -> tuple[tuple[str, str], ...]:
    """Give the JS name and the Python name of each readable property that is no symbol."""
    given = {python: name for name, python in cls.renamed}
    names = [item.property or "" for item in cls.members if item.kind in READERS]
    shown = {given.get(name, name): name for name in names}
    return tuple(pair for pair in shown.items() if not pair[0].startswith("["))


def has_subscript(cls: Class) -> bool:
    """Tell whether objects of a class have a `__getitem__`."""
    return any(export.subscript is Subscript.GET for export in cls.members)


def _has_statics(cls: Class) -> bool:
    return any(export.kind in STATIC_ACCESSORS for export in cls.members)
