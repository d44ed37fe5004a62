"""Interface IR -> the Python source of the bindings: one straight-line `def` per export.

The text has one function, `bind(border)`, that makes all functions and classes for one instance;
enums stand before it. Nothing is looked up or decided per call that is known here. The names with
a leading underscore are those of `unpoison.runtime.binding`; exported names stand in a class body,
which functions do not see, so that an export may be called `len` or `type`.
"""

from __future__ import annotations

import re

from unpoison.bindgen.function_source import FunctionSource
from unpoison.bindgen.host_source import HostSource
from unpoison.bindgen.interface import EnumDef, Interface
from unpoison.bindgen.naming import TEXT_NAMES, PythonNames
from unpoison.bindgen.plan import Plan
from unpoison.bindgen.source_context import SourceContext
from unpoison.bindgen.spelling import local_name
from unpoison.bindgen.text import docstring

BORDER_NAMES = (
    "adopt",
    "bigint",
    "bools",
    "boolean",
    "borrowed_closure",
    "calls",
    "catch",
    "closure",
    "char",
    "chars",
    "check_live",
    "distinct",
    "drop",
    "encode",
    "enter",
    "error",
    "export",
    "f32",
    "f64",
    "fault",
    "from_number",
    "from_variant",
    "gate",
    "get_bytes",
    "get_numbers",
    "get_str",
    "get_texts",
    "get_values",
    "host_function",
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
    "noted",
    "null",
    "null_type",
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
    "show",
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
    "typed_array",
    "u32",
    "u64",
    "unlend",
    "unsupported",
    "unwrap",
    "values",
    "variant",
    "variants",
    "view",
    "wait",
    "wrap",
    "writable",
    "wrong_class",
)
"""What the generated code uses of the runtime; `runtime.border.Border` has each of them."""

_NAMES_HERE = "    # names of the runtime"

_HOMES = {
    "array": "array", "Callable": "collections.abc", "Sequence": "collections.abc",
    "IntEnum": "enum", "StrEnum": "enum", "Literal": "typing", "TypeAlias": "typing",
    "JsNull": "unpoison.js", "Promise": "unpoison.js",
    "Buffer": "typing_extensions",
}  # fmt: skip
"""The module of each name that the text imports; the others are builtins."""


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
        self.context = SourceContext(self.interface, plan)
        self.text = self.context.text
        self.functions = FunctionSource(self.context)

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
        body = body.replace(_NAMES_HERE, "\n".join(names))
        return "\n".join([*top, "", *_import_lines(body), "", "", body])

    def _add_enum(self, enum: EnumDef) -> None:
        base = "StrEnum" if enum.hole is None else "IntEnum"
        self.text.add("", "", f"class {enum.name}({base}):")
        with self.text.indented():
            self.text.add(*docstring(enum.docs or (f"The enum {enum.name}.",)), "")
            for variant in enum.variants:
                self.text.add(f"{variant.name} = {variant.value!r}")

    def _add_bind(self) -> None:
        text, owner = self.text, self.context.owner
        text.add(*docstring(["Make the functions and classes of one instance."]))
        text.add(_NAMES_HERE.strip(), "")
        self.functions.add_statics()
        text.add(f"class {owner}(_binding.Exports):")
        with text.indented():
            self._add_exports()
        text.add("")
        for cls in self.interface.classes:
            text.add(f"{local_name(cls.name)} = {owner}.{cls.name}")
        for place, export in enumerate(self.interface.starts):
            self.functions.add_function(export, [], f"_start_{place}")
        hosts = HostSource(text, self.context.number_closure).add_all(self.hosts)
        closures = self.functions.add_closures()
        starts = ", ".join(f"_start_{place}" for place in range(len(self.interface.starts)))
        text.add("_border.hosts = [", *(f"    {name}," for name in hosts), "]")
        text.add("_border.closures = [", *(f"    {item}," for item in closures), "]")
        text.add(f"_border.starts = [{starts}]")
        text.add(f"return {owner}()")

    def _add_exports(self) -> None:
        text = self.text
        text.add(*docstring([f"What {self.interface.name} exports."]), "")
        if self.paths:
            text.add("_namespaces = (")
            text.add(*(f"    ({name!r}, {path!r})," for name, path in self.paths.items()), ")")
        for enum in self.interface.enums:
            style = "" if enum.name[0].isupper() else "  # noqa: PYI042"
            text.add(f"{enum.name}: TypeAlias = {local_name(enum.name)}{style}")
        for export in self.interface.functions:
            decorators = ["@staticmethod", "@_binding.takes_this"][: 1 + export.takes_this]
            self.functions.add_function(export, decorators, export.name)
        for cls in self.interface.classes:
            self.functions.add_class(cls)


def _import_lines(body: str) -> list[str]:
    """Give the imports that the text needs, in the order that isort gives them."""
    code = re.sub(r'"""(?:\\.|[^\\])*?"""', "", body)
    used = set(re.findall(r"(?<![\w.])(?<!def )[A-Za-z_]\w*", code))
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
    return sorted([f"{head} import {names}", *renamed], key=_first_name)


def _first_name(line: str) -> tuple[bool, str]:
    """Order as isort does: constants first, then by name."""
    name = re.split(r"\W+", line.partition(" import ")[2])[0]
    return not name.isupper(), name
