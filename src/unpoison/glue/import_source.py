"""The text of what a module imports: one function per import and per cast."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unpoison.bindgen import (
    Cast,
    Function,
    Import,
    ImportKind,
    NotBound,
    Ref,
    Scalar,
    StructType,
    Type,
    check_cast,
    check_import,
    crossing_form,
    flatten,
    layout,
    rust_type,
    without_absence,
)
from unpoison.eh import Dialect
from unpoison.errors import UnsupportedModule
from unpoison.glue.call_source import UNIT, indent
from unpoison.glue.context import Context
from unpoison.glue.import_shapes import Roots, expression
from unpoison.glue.intrinsics import INTRINSICS
from unpoison.glue.lifting import Lifter
from unpoison.glue.lowering import Lowerer, Lowering
from unpoison.glue.names import key, literal, member
from unpoison.transform import INIT_TABLE, RETHROW_CRITICAL, AdaptedImport, crossings, value_types
from unpoison.wasm import F32, F64, I32, I64

_SETTERS = {I32: "setInt32", I64: "setBigInt64", F32: "setFloat32", F64: "setFloat64"}
_FIRST_STRING = 1028
_CALL = re.compile(r"[\w$.]+\([^()]*\)\Z")


class ImportSource:
    """Makes the text of the imports of one module."""

    def __init__(self, context: Context, roots: Roots) -> None:
        self._context = context
        self._roots = roots
        self._lifter = Lifter(context)
        self._lowerer = Lowerer(context)

    def add_all(self) -> dict[str, list[str]]:
        """Give the lines of each module that the Wasm module imports from."""
        found: dict[str, list[str]] = {}
        for item in self._context.adapted.imports:
            lines = found.setdefault(item.module, [])
            if not self.is_plain(item.module):
                lines += self._function(item)
        return found

    def is_plain(self, module: str) -> bool:
        """Tell whether a module has only functions of numbers, which are taken as they are."""
        items = [item for item in self._context.adapted.imports if item.module == module]
        wraps = self._context.adapted.dialect is Dialect.LEGACY
        return all(_is_raw(item) and not (wraps and item.caught) for item in items)

    def _function(self, item: AdaptedImport) -> list[str]:
        arguments = [f"arg{place}" for place in range(len(item.signature.params))]
        try:
            body = self._body(item, arguments)
        except NotBound as problem:
            raise _refusal(item.source, rust_type(problem.type), problem.reason) from None
        return [
            f"{key(item.name)}({', '.join(arguments)}) {{",
            *indent(self._caught(item, body)),
            "},",
        ]

    def _caught(self, item: AdaptedImport, body: list[str]) -> list[str]:
        """Give the body with what happens to an error of JavaScript."""
        source = item.source
        if item.caught:
            if self._context.adapted.dialect is not Dialect.LEGACY:
                return body
            handler = ["throw $thrown(error);"]
        elif isinstance(source, Import) and source.catch and not self._context.adapted.tags:
            zero = ["return 0n;"] if item.signature.results == (I64,) else []
            handler = ["$store_error(error);", *zero]
        else:
            return body
        return ["try {", *indent(body), f"}} catch (error) {{ {' '.join(handler)} }}"]

    def _body(self, item: AdaptedImport, arguments: list[str]) -> list[str]:
        if _is_raw(item):
            module = self._roots.module(item.module)
            return [f"return {module}{member(item.name)}({', '.join(arguments)});"]
        match item.source:
            case str(name):
                return self._own_function(name, arguments)
            case Cast() as cast:
                check_cast(cast)
                return self._call([cast.source], cast.target, arguments, item, None)
            case Import(kind=ImportKind.CLASS_WRAP | ImportKind.CLASS_UNWRAP) as found:
                assert found.struct is not None
                return self._class_function(found, found.struct, arguments[0])
            case Import() as found:
                if found.unsupported is not None:
                    raise _refusal(found, *found.unsupported)
                check_import(found)
                assert found.result is not None
                types = [param.type for param in found.params]
                return self._call(types, found.result, arguments, item, found)

    def _own_function(self, name: str, arguments: Sequence[str]) -> list[str]:
        """Give what only the transform asks for."""
        if name == RETHROW_CRITICAL:
            return [f"$critical({arguments[0]});"]
        if name != INIT_TABLE:
            raise _refusal(name, name, "this version has no heap of handles")
        table = f"$wasm.{self._context.adapted.externrefs}"
        slots = {0: "undefined", 1024: "undefined", 1025: "null", 1026: "true", 1027: "false"}
        strings = enumerate(self._context.interface.static_strings, _FIRST_STRING)
        slots |= {slot: literal(text) for slot, text in strings}
        return [
            f"const table = {table};",
            *(f"table.set({slot}, {value});" for slot, value in slots.items()),
        ]

    def _class_function(self, item: Import, struct: StructType, argument: str) -> list[str]:
        context = self._context
        local, cls = context.names.cls(struct), context.class_of(struct)
        if item.kind is ImportKind.CLASS_WRAP:
            return [f"return $wrap{local}({argument} >>> 0);"]
        tests = [f"{argument} instanceof {local}"]
        take = "$take"
        if context.has_family(cls):
            take = f"$take{local}"
            tests.append(f"{argument}.__wbg_ptr === {argument}.{context.pointer(cls)}")
        if context.resets:
            tests.append(f"({argument}.__wbg_inst ?? $generation) === $generation")
        return [f"return {' && '.join(tests)} ? {take}({argument}) : 0;"]

    def _call(
        self,
        types: Sequence[Type],
        result: Type,
        arguments: list[str],
        item: AdaptedImport,
        found: Import | None,
    ) -> list[str]:
        area = len(flatten(result)) > 1
        lines, values, lent = self._lift(types, arguments[1:] if area else arguments)
        value = values[0] if values else "undefined"
        if found is not None:
            if found.kind is ImportKind.INTRINSIC:
                lines, values = _named(lines, values)
            value = self._expression(found, values)
        lowered = self._lowerer.lower(result, "ret", 0)
        body = _deliver(self._context, result, lowered, value, arguments[0] if area else None)
        if not lent:
            return [*lines, *body]
        release = [f"{name}._wbg_cb_unref();" for name in lent]
        return [*lines, "try {", *indent(body), "} finally {", *indent(release), "}"]

    def _expression(self, item: Import, values: Sequence[str]) -> str:
        if item.kind is ImportKind.INTRINSIC:
            text = INTRINSICS.get(item.name)
            if text is None:
                raise _refusal(item, item.name, "this version does not know what it means")
            return self._intrinsic(text).format(*values)
        try:
            return expression(item, values, self._roots, guarded=self._context.is_guarded)
        except KeyError:
            reason = f"an import that is a {item.kind.value} has no form here"
            raise _refusal(item, item.name, reason) from None

    def _intrinsic(self, text: str) -> str:
        context = self._context
        if context.target == "bundler" and text in ("$module", "$instance"):
            raise UnsupportedModule(
                f"the crate asks for its {text[1:]}, which a bundler does not give",
                advice="take another target",
            )
        memory, table = context.adapted.memory, context.adapted.function_table
        text = text.replace("MEMORY", memory or "").replace("TABLE", table or "")
        return text.replace("SCHEDULE", "$schedule()" if context.resets else "undefined")

    def _lift(
        self, types: Sequence[Type], arguments: list[str]
    ) -> tuple[list[str], list[str], list[str]]:
        """Give statements, the expressions of the arguments, and closures that are only lent."""
        lines, values, lent = list[str](), list[str](), list[str]()
        at = 0
        for place, type_ in enumerate(types):
            count = len(value_types(crossings(type_, inward=False)))
            atoms, at = arguments[at : at + count], at + count
            if type_ == UNIT:
                continue
            value = self._lifter.lift(type_, atoms)
            if value not in atoms and not _is_simple(type_, value):
                lines.append(f"const value{place} = {value};")
                value = f"value{place}"
            values.append(_operand(value))
            if _is_lent_closure(type_):
                lent.append(value)
        return lines, values, lent


def _deliver(
    context: Context, result: Type, lowered: Lowering, value: str, area: str | None
) -> list[str]:
    if not lowered.values:
        return [f"{value};"]
    if lowered.values == ["ret"] and not lowered.checks and not lowered.handles:
        return [f"return {value};"]
    if lowered.values == ["ret"] and len(lowered.checks) == 1 and not lowered.handles:
        conversion = lowered.checks[0].removeprefix("ret = ")
        if conversion.count("ret") == 1 and area is None:
            return [f"return {conversion.replace('ret', _operand(value))}"]
    lines = [f"let ret = {value};", *lowered.checks, *lowered.handles]
    if lowered.allocates and context.recovers:
        lines.append("$still();")
    lines += lowered.allocations
    if area is None:
        return [*lines, f"return {lowered.values[0]};"]
    names = [f"word{place}" for place in range(len(lowered.values))]
    lines.append(f"const {', '.join(map(_definition, names, lowered.values))};")
    lines += ["const data = $data();", f"{area} >>>= 0;"]
    flat = flatten(result)
    for name, wasm, offset in zip(names, flat, layout(flat)[0], strict=True):
        place = f"{area} + {offset}" if offset else area
        lines.append(f"data.{_SETTERS[wasm]}({place}, {name}, true);")
    return lines


def _named(lines: list[str], values: list[str]) -> tuple[list[str], list[str]]:
    """Give each value a name, for an expression that may have it twice."""
    names = [f"given{place}" for place in range(len(values))]
    pairs = list(zip(names, values, strict=True))
    lines = [*lines, *(f"const {_definition(*pair)};" for pair in pairs if "(" in pair[1])]
    return lines, [name if "(" in value else value for name, value in pairs]


def _operand(value: str) -> str:
    """Give an expression as one that an operator can stand beside."""
    return value if " " not in value or _CALL.match(value) else f"({value})"


def _definition(name: str, value: str) -> str:
    return f"{name} = {value}"


def _is_raw(item: AdaptedImport) -> bool:
    source = item.source
    return isinstance(source, Import) and (
        source.kind is ImportKind.RAW
        or (
            source.result is None
            and source.kind not in (ImportKind.CLASS_WRAP, ImportKind.CLASS_UNWRAP)
        )
    )


def _is_simple(type_: Type, value: str) -> bool:
    """Tell whether lifting has no effect, so that it may happen where the value is used."""
    return isinstance(type_, Scalar) or (value.startswith("$get_") and value.count("(") == 1)


def _is_lent_closure(type_: Type) -> bool:
    _, form = without_absence(crossing_form(type_))
    return isinstance(form.inner if isinstance(form, Ref) else form, Function)


def _refusal(source: Import | Cast | str, type_: str, reason: str) -> UnsupportedModule:
    name = source if isinstance(source, str) else "a cast"
    if isinstance(source, Import):
        name = ".".join(source.path) or source.name
    return UnsupportedModule(
        f"{name} cannot be imported from JavaScript: {type_} does not cross: {reason}",
        advice="take the import out of the crate, or give it another type",
    )
