"""Names in generated JavaScript: of exports, classes and parameters; none that the text needs.

What the text defines for itself begins with `$`. An export keeps its JavaScript name for those who
import it; inside of the text it gets an underscore where the name means something else there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from types import MappingProxyType

from unpoison.bindgen import EnumDef, EnumType, Interface, NotBound, StringEnumType, StructType
from unpoison.glue.options import Target

KEYWORDS = frozenset((
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
    "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
    "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let",
    "new", "null", "package", "private", "protected", "public", "return", "static", "super",
    "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield",
    "undefined", "NaN", "Infinity", "async", "of", "get", "set",
))  # fmt: skip
_GLOBALS = frozenset((
    "Array", "ArrayBuffer", "BigInt", "BigInt64Array", "BigUint64Array", "Boolean", "DataView",
    "Error", "FinalizationRegistry", "Float32Array", "Float64Array", "Int16Array", "Int32Array",
    "Int8Array", "JSON", "Math", "Object", "PanicError", "Promise", "RangeError", "Reflect", "Set",
    "String", "Symbol", "TextDecoder", "TextEncoder", "TypeError", "Uint16Array", "Uint32Array",
    "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakRef", "WebAssembly", "globalThis",
))  # fmt: skip
_GLOBALS_OF = MappingProxyType(
    {
        "node": ("__dirname", "exports", "module", "require"),
        "web": ("Request", "Response", "URL", "fetch", "initSync"),
    }
)
"""What the text of a target uses beside what all use."""

_IDENTIFIER = re.compile(r"[^\W\d][\w$]*\Z|\$[\w$]*\Z")
_SYMBOL = re.compile(r"\[(Symbol\.\w+)\]\Z", re.ASCII)


def is_identifier(text: str) -> bool:
    """Tell whether a text can stand as a name in JavaScript, keywords included."""
    return _IDENTIFIER.match(text) is not None


def literal(text: str) -> str:
    """Give a JavaScript string literal."""
    return json.dumps(text).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def member(name: str) -> str:
    """Give the text that goes behind an object to name a property, or one of a property.

    wasm-bindgen takes a name with dots for a path.
    """
    symbol = _SYMBOL.match(name)
    if symbol is not None:
        return f"[{symbol[1]}]"
    return f".{name}" if all(map(is_identifier, name.split("."))) else f"[{literal(name)}]"


def key(name: str) -> str:
    """Give the text that names a property in a class body or an object literal."""
    if _SYMBOL.match(name) or is_identifier(name):
        return name
    return literal(name)


_LOCAL = re.compile(r"(?:ret|(?:ptr|len|tag)\d+)\Z")
"""What the body of an exported function calls its own variables."""


class Names:
    """The names of one module's functions, classes and enums inside of the text."""

    def __init__(self, interface: Interface, target: Target) -> None:
        roots = (
            name
            for item in interface.imports
            if item.js_module is None and item.path
            for name in (item.path[0], *item.prefixed)
        )
        self._taken = {*KEYWORDS, *_GLOBALS, *_GLOBALS_OF.get(target, ()), *roots}
        self._classes = {
            (cls.key, cls.crate): self._claim("__".join((*cls.namespace, cls.name)))
            for cls in interface.classes
        }
        self._enums = {
            (enum.key, enum.crate, enum.module_hash): self._claim(enum.name)
            for enum in interface.enums
        }
        self._functions = {
            export.symbol: self._claim("__".join((*export.namespace, export.name)))
            for export in interface.functions
        }

    def _claim(self, wanted: str) -> str:
        name = re.sub(r"[^\w]", "_", wanted)
        name = name if is_identifier(name) else f"_{name}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def claim(self, wanted: str) -> str:
        """Give a name like the wanted one that nothing else has."""
        return self._claim(wanted)

    def cls(self, type_: StructType) -> str:
        """Give the name of a struct's class. Raises NotBound when there is none."""
        found = self._classes.get((type_.name, type_.crate))
        if found is None:
            raise NotBound(type_, "the module declares no such class")
        return found

    def enum(self, type_: EnumType | StringEnumType) -> str:
        """Give the name of an enum. Raises NotBound when there is none."""
        found = self._enums.get((type_.name, type_.crate, type_.module_hash))
        if found is None:
            raise NotBound(type_, "the module declares no such enum")
        return found

    def enum_of(self, enum: EnumDef) -> str:
        """Give the name of a declared enum."""
        return self._enums[enum.key, enum.crate, enum.module_hash]

    def function(self, symbol: str) -> str:
        """Give the name of an exported function."""
        return self._functions[symbol]

    def parameters(self, wanted: Iterable[str]) -> list[str]:
        """Give names for parameters, distinct and none of those that the text has."""
        found: list[str] = []
        for number, text in enumerate(wanted):
            name = re.sub(r"[^\w]", "_", text) or f"arg{number}"
            name = name if is_identifier(name) else f"_{name}"
            while name in self._taken or name in found or _LOCAL.match(name):
                name += "_"
            found.append(name)
        return found
