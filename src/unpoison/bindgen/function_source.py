"""The Python source of exported functions, of classes with their members, and of closures."""

from __future__ import annotations

from collections.abc import Sequence

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
from unpoison.bindgen.interface import Class, Export, ExportKind
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.source_context import SourceContext
from unpoison.bindgen.text import docstring

READERS = (ExportKind.GETTER, ExportKind.FIELD_GETTER)
WRITERS = (ExportKind.SETTER, ExportKind.FIELD_SETTER)


class FunctionSource:
    """Adds functions, classes and closures to the text of one interface."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._text = context.text

    def add_function(self, export: Export, decorators: Sequence[str], name: str) -> None:
        """Add the `def` of an export; one that cannot be bound raises UnsupportedItem."""
        context, text = self._context, self._text
        names = [param.name for param in export.params]
        receiver = "self" if has_receiver(export) else None
        signature = signature_text(export, names, f"{context.owner}.", receiver)
        if name == "__init__":
            signature = f"{signature.rpartition(' -> ')[0]} -> None"
        text.add("", *map(context.plain, decorators), f"def {name}{context.plain(signature)}:")
        with text.indented():
            text.add(*docstring(export.docs or (f"Call the Rust function {export.name}.",)))
            refusal = export.unsupported
            if refusal is None:
                try:
                    body = CallBody(context, export, names)
                except NotBound as problem:
                    refusal = (rust_type(problem.type), problem.reason)
                else:
                    body.add()
            if refusal is not None:
                item = export.name if not export.class_name else f"{export.class_name}.{name}"
                text.add(f"raise _unsupported({item!r}, {refusal[0]!r}, {refusal[1]!r})")
        text.add("")

    def add_class(self, cls: Class) -> None:
        """Add the class of a struct with its members."""
        text = self._text
        text.add("", f"class {cls.name}(_binding.Struct):")
        with text.indented():
            text.add(*docstring(cls.docs or (f"The Rust struct {cls.name}.",)), "")
            text.add("__slots__ = ()")
            free = self._context.plan.entries.get(cls.free or "")
            text.add(f"_free = {None if free is None else free.number}", "_runtime = _border")
            for export in cls.members:
                self._add_member(cls, export)

    def _add_member(self, cls: Class, export: Export) -> None:
        name = export.property or export.name
        if export.kind is ExportKind.CONSTRUCTOR:
            self.add_function(export, [], "__init__")
        elif export.kind is ExportKind.STATIC:
            self.add_function(export, ["@staticmethod"], name)
        elif export.kind in READERS:
            self.add_function(export, ["@property"], name)
        elif export.kind in WRITERS:
            self._add_writer(cls.members, export, name)
        else:
            self.add_function(export, [], name)

    def _add_writer(self, members: Sequence[Export], export: Export, name: str) -> None:
        if any(other.kind in READERS and other.property == export.property for other in members):
            self.add_function(export, [f"@{name}.setter"], name)
        else:
            self.add_function(export, [], f"_set_{name}")
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
        text.add("", f"def {name}(_f: _binding.RustFunction{parameters}) -> {result}:")
        with text.indented():
            try:
                body = ClosureBody(self._context, type_, names)
            except NotBound as problem:
                item, reason = rust_type(problem.type), problem.reason
                text.add(f"raise _unsupported('closure', {item!r}, {reason!r})")
            else:
                body.add()
        text.add("")
