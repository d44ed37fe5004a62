"""Interface IR -> the Python source of the bindings: one straight-line `def` per export.

The text has one function, `bind(border)`, that makes all functions and classes for one instance;
enums stand before it. Nothing is looked up or decided per call that is known here. The names with
a leading underscore are those of `unpoison.runtime.binding`; exported names stand in a class body,
which functions do not see, so that an export may be called `len` or `type`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unpoison.bindgen.abi import NotBound, flatten
from unpoison.bindgen.annotations import export_annotation, result_annotation, signature_text
from unpoison.bindgen.crossing import Lowering, lift, local_name, lower, pointer_text, views
from unpoison.bindgen.descriptor_types import Closure, Function, Ref, Result, Scalar, Type
from unpoison.bindgen.host_source import HostSource
from unpoison.bindgen.interface import Class, EnumDef, Export, ExportKind, Interface
from unpoison.bindgen.naming import TEXT_NAMES, PythonNames, defined_names
from unpoison.bindgen.plan import Entry, Plan, check_export
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.text import Text, docstring

BORDER_NAMES = (
    "adopt",
    "bigint",
    "bools",
    "boolean",
    "borrowed_closure",
    "calls",
    "catch",
    "char",
    "chars",
    "check_live",
    "distinct",
    "encode",
    "enter",
    "error",
    "f32",
    "f64",
    "fault",
    "from_variant",
    "gate",
    "get_bytes",
    "get_numbers",
    "get_str",
    "get_texts",
    "get_values",
    "i32",
    "i64",
    "immediate_closure",
    "integer",
    "left",
    "lend",
    "lent",
    "mail",
    "member",
    "members",
    "move",
    "null",
    "number",
    "numbers",
    "objects",
    "own",
    "owned_closure",
    "peek",
    "promise",
    "raw_float",
    "raw_integer",
    "real",
    "release",
    "stale",
    "store",
    "store_values",
    "take",
    "take_bytes",
    "take_numbers",
    "take_str",
    "take_values",
    "text",
    "texts",
    "to_char",
    "trap",
    "turn",
    "u32",
    "u64",
    "unlend",
    "unsupported",
    "unwrap",
    "values",
    "variant",
    "variants",
    "wait",
    "wrap",
    "wrong_class",
)
"""What the generated code uses of the runtime; `runtime.border.Border` has each of them."""

SLOT_STEP = {"i32": 4, "u32": 4, "f32": 4, "i64": 2, "u64": 2, "f64": 2}
"""Elements of a typed view per 16-byte slot."""

_NAMES_HERE = "    # names of the runtime"

_HOMES = {
    "array": "array", "Sequence": "collections.abc", "IntEnum": "enum", "StrEnum": "enum",
    "TypeAlias": "typing", "Promise": "unpoison.js", "Buffer": "typing_extensions",
}  # fmt: skip
"""The module of each name that the text imports; the others are builtins."""

_READERS = (ExportKind.GETTER, ExportKind.FIELD_GETTER)
_WRITERS = (ExportKind.SETTER, ExportKind.FIELD_SETTER)


def make_python_source(interface: Interface, plan: Plan, header: str) -> str:
    """Give the source text of the bindings; the same input gives the same text.

    `header` is put in the module docstring: versions and the hash of the input.
    """
    return _Source(interface, plan).make(header)


class _Source:
    def __init__(self, interface: Interface, plan: Plan) -> None:
        names = PythonNames(interface)
        self.interface = names.interface
        self.paths = names.paths
        self.hosts = [names.host(host) for host in plan.hosts]
        self.plan = plan
        self.text = Text()
        self.closures: dict[Type, int] = {}
        self.signatures = {
            (shim.closure.function.shim, shim.closure.function.params): shim.signature
            for shim in self.interface.closures
        }
        defined = defined_names(self.interface)
        self.hidden = TEXT_NAMES & defined
        self.owner = "_Exports" if "Exports" in defined else "Exports"

    def make(self, header: str) -> str:
        for enum in self.interface.enums:
            self._add_enum(enum)
        names = [enum.name for enum in self.interface.enums]
        if names:
            self.text.add("", "", *(f"{local_name(name)} = {name}" for name in names))
        self.text.add("", "", "def bind(_border: _binding.Border) -> _binding.Exports:")
        with self.text.indented():
            self._add_bind()
        body = self.text.render()
        used = set(re.findall(r"\b\w+\b", body))
        names = [f"    _{name} = _border.{name}" for name in BORDER_NAMES if f"_{name}" in used]
        top = docstring([f"Bindings of {self.interface.name}.", "", header])
        lines = [
            *top,
            "",
            *_import_lines(body),
            "",
            "",
            body.replace(_NAMES_HERE, "\n".join(names)),
        ]
        return "\n".join(lines)

    def plain(self, text: str) -> str:
        """Give a signature or a decorator that no exported name changes the meaning of.

        Names in a class body hide those around it, for type checkers, and for decorators.
        """
        if not self.hidden:
            return text
        pattern = rf"(?<![\w.])({'|'.join(sorted(self.hidden))})\b(?!:)"
        return re.sub(pattern, r"_py_\1", text)

    def _add_enum(self, enum: EnumDef) -> None:
        base = "StrEnum" if enum.hole is None else "IntEnum"
        self.text.add("", "", f"class {enum.name}({base}):")
        with self.text.indented():
            self.text.add(*docstring(enum.docs or (f"The enum {enum.name}.",)), "")
            for variant in enum.variants:
                self.text.add(f"{variant.name} = {variant.value!r}")

    def _add_bind(self) -> None:
        text = self.text
        text.add(*docstring(["Make the functions and classes of one instance."]))
        text.add(_NAMES_HERE.strip(), "")
        text.add(f"class {self.owner}(_binding.Exports):")
        with text.indented():
            text.add(*docstring([f"What {self.interface.name} exports."]), "")
            if self.paths:
                text.add("_namespaces = (")
                text.add(*(f"    ({name!r}, {path!r})," for name, path in self.paths.items()), ")")
            for enum in self.interface.enums:
                style = "" if enum.name[0].isupper() else "  # noqa: PYI042"
                text.add(f"{enum.name}: TypeAlias = {local_name(enum.name)}{style}")
            for export in self.interface.functions:
                self._add_function(export, ["@staticmethod"], export.name)
            for cls in self.interface.classes:
                self._add_class(cls)
        text.add("")
        for cls in self.interface.classes:
            text.add(f"{local_name(cls.name)} = {self.owner}.{cls.name}")
        for place, export in enumerate(self.interface.starts):
            self._add_function(export, [], f"_start_{place}")
        hosts = HostSource(text, self._closure).add_all(self.hosts)
        closures = self._add_closures()
        starts = ", ".join(f"_start_{place}" for place in range(len(self.interface.starts)))
        text.add("_border.hosts = [", *(f"    {name}," for name in hosts), "]")
        text.add("_border.closures = [", *(f"    {item}," for item in closures), "]")
        text.add(f"_border.starts = [{starts}]")
        text.add(f"return {self.owner}()")

    def _closure(self, type_: Type) -> int:
        return self.closures.setdefault(type_, len(self.closures))

    def _add_class(self, cls: Class) -> None:
        text = self.text
        text.add("", f"class {cls.name}(_binding.Struct):")
        with text.indented():
            text.add(*docstring(cls.docs or (f"The Rust struct {cls.name}.",)), "")
            text.add("__slots__ = ()")
            free = self.plan.entries.get(cls.free or "")
            text.add(f"_free = {None if free is None else free.number}", "_runtime = _border")
            for export in cls.members:
                self._add_member(cls, export)

    def _add_member(self, cls: Class, export: Export) -> None:
        name = export.property or export.name
        if export.kind is ExportKind.CONSTRUCTOR:
            self._add_function(export, [], "__init__")
        elif export.kind is ExportKind.STATIC:
            self._add_function(export, ["@staticmethod"], name)
        elif export.kind in _READERS:
            self._add_function(export, ["@property"], name)
        elif export.kind in _WRITERS:
            readable = any(
                other.kind in _READERS and other.property == export.property
                for other in cls.members
            )
            if readable:
                self._add_function(export, [f"@{name}.setter"], name)
            else:
                self._add_function(export, [], f"_set_{name}")
                self.text.add(f"{name} = {self.plain('property')}(None, _set_{name})", "")
        else:
            self._add_function(export, [], name)

    def _add_function(self, export: Export, decorators: Sequence[str], name: str) -> None:
        names = [param.name for param in export.params]
        receiver = "self" if _has_receiver(export) else None
        signature = signature_text(export, names, f"{self.owner}.", receiver)
        if name == "__init__":
            signature = f"{signature.rpartition(' -> ')[0]} -> None"
        self.text.add("", *map(self.plain, decorators), f"def {name}{self.plain(signature)}:")
        with self.text.indented():
            self.text.add(*docstring(export.docs or (f"Call the Rust function {export.name}.",)))
            refusal = export.unsupported
            if refusal is None:
                try:
                    body = _CallBody(self, export, names)
                except NotBound as problem:
                    refusal = (rust_type(problem.type), problem.reason)
                else:
                    body.add()
            if refusal is not None:
                item = export.name if not export.class_name else f"{export.class_name}.{name}"
                self.text.add(f"raise _unsupported({item!r}, {refusal[0]!r}, {refusal[1]!r})")
        self.text.add("")

    def _add_closures(self) -> list[str]:
        """Add an invoke function per closure type; lifting one may meet another type."""
        names: list[str] = []
        while len(names) < len(self.closures):
            type_ = list(self.closures)[len(names)]
            name = f"_invoke_{len(names)}"
            self._add_closure(type_, name)
            length = len(_closure_function(type_).params)
            names.append(f"({name}, {length}, {_is_mutable(type_)})")
        return names

    def _add_closure(self, type_: Type, name: str) -> None:
        function = _closure_function(type_)
        names = [f"arg{place}" for place in range(len(function.params))]
        parameters = "".join(f", {name}: object" for name in names)
        result = "None" if result_annotation(function.result) == "None" else "object"
        self.text.add("", f"def {name}(_f: _binding.RustFunction{parameters}) -> {result}:")
        with self.text.indented():
            try:
                entry = self._closure_entry(type_, function)
                lowered = [
                    lower(param, name, place)
                    for place, (param, name) in enumerate(zip(function.params, names, strict=True))
                ]
                body = _ClosureBody(self, entry, function, lowered)
            except NotBound as problem:
                item, reason = rust_type(problem.type), problem.reason
                self.text.add(f"raise _unsupported('closure', {item!r}, {reason!r})")
            else:
                body.add()
        self.text.add("")

    def _closure_entry(self, type_: Type, function: Function) -> Entry:
        signature = self.signatures.get((function.shim, function.params))
        if signature is None:
            raise NotBound(type_, "the module has no invoke function for this closure")
        entry = self.plan.closures.get((signature, flatten(function.result)))
        if entry is None:
            raise NotBound(type_, "its invoke function has another type than it declares")
        return entry


class _Body:
    """The statements of one call: checks, guard, handles, allocations, call, result."""

    def __init__(
        self,
        text: Text,
        entry: Entry,
        result: Type,
        lowered: Sequence[Lowering],
        prefix: Sequence[tuple[str, str]],
        closure: object,
        names: Sequence[str] = (),
    ) -> None:
        self.text = text
        self.entry = entry
        self.result = result
        self.lowered = lowered
        self.prefix = prefix
        self.number_closure = closure
        self.moved = [name for low, name in zip(lowered, names, strict=False) if low.moves]
        self.objects = [name for low, name in zip(lowered, names, strict=False) if low.objects]
        self.before_try: list[str] = []
        self.in_finally: list[str] = []
        self.receiver = ""
        self.leave = "_left"
        self.finish = "return {}"
        inner = result.inner if isinstance(result, Result) else result
        if inner == Scalar("unit"):
            self.finish = ""
        self.atoms = [
            f"_{view}[{SLOT_STEP[view] * slot}]" for slot, view in enumerate(views(result))
        ]
        self.value = lift(inner, self.atoms, closure)  # type: ignore[arg-type]

    def add(self) -> None:
        text = self.text
        text.add_lines(check for low in self.lowered for check in low.checks)
        if any(low.lends for low in self.lowered):
            self.before_try.append("_mark = _lent()")
            self.in_finally.append("_unlend(_mark)")
        # Taken by a subscript and freed by a block of its own: see the runtime's Turn.
        text.add("if not _turn[False]:", "    _wait()", "try:")
        with text.indented():
            if self.in_finally:
                text.add(*self.before_try, "try:")
                with text.indented():
                    self._add_entry()
                text.add("finally:", *(f"    {line}" for line in self.in_finally))
            else:
                self._add_entry()
        text.add("finally:", "    _release()")

    def _add_entry(self) -> None:
        self.text.add("if _gate.due:", f"    _enter({self.receiver})")
        self._add_arguments()
        self._add_call()
        self._add_result()

    def _add_arguments(self) -> None:
        text = self.text
        if self.moved and len(self.objects) > 1:
            rest = [name for name in self.objects if name not in self.moved]
            text.add(f"_distinct([{', '.join(self.moved)}], [{', '.join(rest)}])")
        text.add_lines(line for low in self.lowered for line in low.handles)
        text.add_lines(line for low in self.lowered for line in low.allocations)
        for name in self.moved:
            text.add(f"if {name} is not None:", f"    {name}._home = None")
        values = [*self.prefix, *(value for low in self.lowered for value in low.values)]
        for slot, (view, expression) in enumerate(values):
            text.add(f"_{view}[{SLOT_STEP[view] * slot}] = {expression}")

    def _add_call(self) -> None:
        status = 4 * len(self.entry.results)
        self.text.add(f"if _calls[{self.entry.number}]() or _trap:", "    raise _fault()")
        objects = "".join(f", {name}" for name in self.objects)
        payload = f"_i32[{status}], _u32[{status + 4}]{objects}"
        self.text.add(f"if _i32[{status}]:", f"    raise {self.leave}({payload})")

    def _add_result(self) -> None:
        if isinstance(self.result, Result):
            failed, value = self.atoms[-1], self.atoms[-2]
            self.text.add(f"if {failed}:", f"    raise _error(_take({value}))")
        if self.finish:
            self.text.add(self.finish.format(self.value))


class _CallBody(_Body):
    """The body of one export."""

    def __init__(self, source: _Source, export: Export, names: Sequence[str]) -> None:
        lowered = [
            lower(param.type, name, place)
            for place, (param, name) in enumerate(zip(export.params, names, strict=True))
        ]
        all_names = list(names)
        if _has_receiver(export):
            receiver = Lowering(
                handles=[pointer_text("self", "_self")],
                values=[("u32", "_self")],
                moves=export.consumes_self,
                objects=True,
            )
            lowered.insert(0, receiver)
            all_names.insert(0, "self")
            if export.kind is ExportKind.CONSTRUCTOR:
                del lowered[0], all_names[0]
        check_export(export)
        entry = source.plan.entries[export.symbol]
        super().__init__(source.text, entry, export.result, lowered, (), source._closure, all_names)
        if all_names[:1] == ["self"]:
            self.receiver = "self"
        annotation = source.plain(export_annotation(export))
        is_unknown = self.value.startswith("_take(") or "_peek(" in self.value
        if is_unknown and annotation != "object":
            self.finish = f"_result: {annotation} = {{}}\nreturn _result"
        if export.kind is ExportKind.CONSTRUCTOR:
            self.value = self.atoms[0]
            self.finish = "_adopt(self, {})"


class _ClosureBody(_Body):
    """The body of the invoke function of one closure type."""

    def __init__(
        self, source: _Source, entry: Entry, function: Function, lowered: Sequence[Lowering]
    ) -> None:
        data = Lowering(
            handles=["_a = _f._begin()"],
            values=[("u32", str(function.shim)), ("u32", "_a"), ("u32", "_f._b")],
        )
        super().__init__(source.text, entry, function.result, [data, *lowered], (), source._closure)
        self.receiver = "_f"
        self.before_try = ["_a = 0"]
        self.in_finally = ["if _a:", "    _f._end()"]


def _has_receiver(export: Export) -> bool:
    kinds = (ExportKind.FUNCTION, ExportKind.STATIC)
    return export.class_name is not None and export.kind not in kinds


def _closure_function(type_: Type) -> Function:
    match type_:
        case Closure(_, _, function):
            return function
        case Ref(Function() as function):
            return function
    raise NotBound(type_, "not a closure")


def _is_mutable(type_: Type) -> bool:
    match type_:
        case Closure(_, mutable):
            return mutable
        case Ref(_, mutable):
            return mutable
    return False


def _import_lines(body: str) -> list[str]:
    """Give the imports that the text needs, in the order that isort gives them."""
    code = re.sub(r'"""(?:\\.|[^\\])*?"""', "", body)
    used = set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", code))
    found: dict[str, list[str]] = {}
    for name in sorted({*_HOMES, *TEXT_NAMES}):
        home = _HOMES.get(name, "builtins")
        if f"_py_{name}" in used:
            found.setdefault(home, []).append(f"from {home} import {name} as _py_{name}")
        elif name in used and name in _HOMES:
            found.setdefault(home, []).append(f"from {home} import {name}")
    typed = found.pop("typing_extensions", [])
    if typed:
        found.setdefault("typing", []).insert(0, "from typing import TYPE_CHECKING")
    js = found.pop("unpoison.js", [])
    lines = ["from __future__ import annotations", ""]
    lines += [line for home in sorted(found) for line in _merged(found[home])]
    lines += [""] if found else []
    lines += ["import unpoison.runtime.binding as _binding", *js]
    if typed:
        lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in typed)]
    return lines


def _merged(lines: list[str]) -> list[str]:
    """Give imports of one module with all plain names in one line."""
    plain = [line for line in lines if " as " not in line]
    renamed = [line for line in lines if " as " in line]
    if not plain:
        return renamed
    head = plain[0].partition(" import ")[0]
    names = ", ".join(line.partition(" import ")[2] for line in plain)
    return [f"{head} import {names}", *renamed]
