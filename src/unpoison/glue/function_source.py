"""The text of exported functions, members of classes and closures."""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen import (
    Class,
    Export,
    ExportKind,
    NotBound,
    Result,
    Scalar,
    StructType,
    Type,
    check_export,
    rust_type,
)
from unpoison.errors import UnsupportedModule
from unpoison.glue.call_source import call_lines, indent
from unpoison.glue.context import Context, as_closure
from unpoison.glue.lowering import Lowerer, Lowering
from unpoison.glue.names import key, member

_STATIC = (ExportKind.STATIC, ExportKind.STATIC_GETTER, ExportKind.STATIC_SETTER)
_PREFIXES = {
    ExportKind.GETTER: "get ",
    ExportKind.FIELD_GETTER: "get ",
    ExportKind.SETTER: "set ",
    ExportKind.FIELD_SETTER: "set ",
    ExportKind.STATIC: "static ",
    ExportKind.STATIC_GETTER: "static get ",
    ExportKind.STATIC_SETTER: "static set ",
}
_CONSUMED = "a `self`-by-value method cannot be invoked through subclass prototype dispatch"


class FunctionSource:
    """Makes the text of what a module exports."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lowerer = Lowerer(context)

    def function(self, export: Export) -> list[str]:
        """Give a function declaration."""
        head = f"function {self._context.names.function(export.symbol)}"
        return [*doc_comment(export.docs), *self._definition(head, export, None)]

    def member(self, cls: Class, export: Export) -> list[str]:
        """Give a member of a class body."""
        if export.kind is ExportKind.CONSTRUCTOR:
            return [*doc_comment(export.docs), *self._definition("constructor", export, cls)]
        name = key(export.property or export.name)
        head = f"{_PREFIXES.get(export.kind, '')}{name}"
        return [*doc_comment(export.docs), *self._definition(head, export, cls)]

    def _definition(self, head: str, export: Export, cls: Class | None) -> list[str]:
        if export.unsupported is not None:
            raise _refusal(export, *export.unsupported)
        given = export.params[1:] if export.takes_this else export.params
        names = self._context.names.parameters(param.name for param in given)
        shown = list(names)
        if export.variadic and shown:
            shown[-1] = f"...{shown[-1]}"
        try:
            check_export(export)
            body = self._body(export, cls, names)
        except NotBound as problem:
            raise _refusal(export, rust_type(problem.type), problem.reason) from None
        return [f"{head}({', '.join(shown)}) {{", *indent(body), "}"]

    def _body(self, export: Export, cls: Class | None, names: Sequence[str]) -> list[str]:
        context, types = self._context, [param.type for param in export.params]
        variables = ["this", *names] if export.takes_this else list(names)
        lowered = [
            self._lowerer.lower(type_, name, place)
            for place, (type_, name) in enumerate(zip(types, variables, strict=True))
        ]
        finish, result = "return {};", export.result
        if cls is not None and export.kind is ExportKind.CONSTRUCTOR:
            lowered.insert(0, Lowering(self._constructor_checks(cls)))
            finish, result = self._construct(cls, result)
        elif cls is not None and export.kind not in _STATIC:
            lowered.insert(0, self._receiver(cls, consumed=export.consumes_self))
        function = context.function(export.symbol)
        return call_lines(context, function, lowered, result, finish=finish)

    def _receiver(self, cls: Class, *, consumed: bool) -> Lowering:
        context = self._context
        local, pointer = context.names.cls(StructType(cls.key, cls.crate)), context.pointer(cls)
        handles = ["$current(this);"] if context.resets else []
        if not consumed:
            return Lowering(handles=handles, values=[f"this.{pointer}"])
        if not context.has_family(cls):
            return Lowering(handles=handles, values=["$take(this)"])
        check = f'$exact(this, "{pointer}", "{cls.name}: {_CONSUMED}");'
        return Lowering([check], handles, values=[f"$take{local}(this)"])

    def _constructor_checks(self, cls: Class) -> list[str]:
        if not self._context.has_family(cls):
            return []
        skip = "if (arguments[0] === $skip) return;"
        return [skip] if self._context.parent(cls) is None else ["super($skip);", skip]

    def _construct(self, cls: Class, result: Type) -> tuple[str, Type]:
        """Give what is done with the pointer that a constructor gives, and its type."""
        inner = result.inner if isinstance(result, Result) else result
        if inner != StructType(cls.key, cls.crate):
            raise NotBound(inner, "a constructor gives an object of its class")
        local, pointer = self._context.names.cls(inner), Scalar("u32")
        crossing = Result(pointer) if isinstance(result, Result) else pointer
        return f"return $adopt{local}(this, {{}});", crossing

    def closures(self) -> list[str]:
        """Give the functions that make closures; lifting in one may meet another type."""
        lines: list[str] = []
        done = 0
        while done < len(self._context.closures):
            type_ = list(self._context.closures)[done]
            lines += ["", *self._closure(type_, done)]
            done += 1
        return lines

    def _closure(self, type_: Type, number: int) -> list[str]:
        context, closure = self._context, as_closure(type_)
        function = closure.function
        names = [f"arg{place}" for place in range(len(function.params))]
        lowered = [
            self._lowerer.lower(param, name, place)
            for place, (param, name) in enumerate(zip(function.params, names, strict=True))
        ]
        export = context.closure_export(type_)
        owned = closure.owned
        body = call_lines(
            context,
            f"$wasm{member(export.name)}",
            lowered,
            function.result,
            leading=["data", "state.b"],
            before=["$current_closure(state);"] if context.resets else [],
            inside=[
                "const data = state.a;",
                *(["state.a = 0;"] if closure.mutable else []),
                *(["state.count++;"] if owned else []),
            ],
            cleanup=[
                *(["state.a = data;"] if closure.mutable else []),
                *(["$unref(state);"] if owned else []),
            ],
        )
        made = "$owned" if owned else "$lent"
        return [
            f"function $closure{number}(a, b) {{",
            "    const state = { a, b, count: 1, at: $generation };",
            f"    return {made}(({', '.join(names)}) => {{",
            *indent(indent(body)),
            "    }, state);",
            "}",
        ]


def doc_comment(docs: Sequence[str]) -> list[str]:
    """Give Rust's documentation as a comment."""
    lines = [line.strip().replace("*/", "*\\/") for line in docs]
    if not any(lines):
        return []
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def _refusal(export: Export, type_: str, reason: str) -> UnsupportedModule:
    name = f"{export.class_name}.{export.name}" if export.class_name else export.name
    return UnsupportedModule(
        f"{name} cannot be called from JavaScript: {type_} does not cross: {reason}",
        advice="take it out of the crate's exports, or give it another type",
    )
