"""How TypeScript names the types that cross, given and taken."""

from __future__ import annotations

import re
from types import MappingProxyType

from unpoison.bindgen import (
    Clamped,
    Class,
    Closure,
    EnumDef,
    EnumType,
    Extern,
    Function,
    Interface,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.glue.elements import TYPED_ARRAYS, is_clamped
from unpoison.web import PLATFORM_NAMES

_SCALARS = MappingProxyType(
    {"bool": "boolean", "char": "string", "unit": "void"}
    | dict.fromkeys(("i64", "u64", "i128", "u128"), "bigint")
)
"""Every other scalar is a number."""


_STANDARD = frozenset((
    "Array", "ArrayBuffer", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Atomics",
    "BigInt", "BigInt64Array", "BigUint64Array", "Boolean", "DataView", "Date", "Error",
    "EvalError", "FinalizationRegistry", "Float32Array", "Float64Array", "Function",
    "Generator", "Int16Array", "Int32Array", "Int8Array", "Intl", "Iterable", "Iterator",
    "IteratorResult", "JSON", "Map", "Math", "Number", "Object", "Partial", "Promise",
    "PropertyKey", "Proxy", "RangeError", "ReadonlyArray", "Record", "ReferenceError",
    "Reflect", "RegExp", "Required", "Set", "SharedArrayBuffer", "String", "Symbol",
    "SyntaxError", "TypeError", "URIError", "Uint16Array", "Uint32Array", "Uint8Array",
    "Uint8ClampedArray", "WeakMap", "WeakRef", "WeakSet", "WebAssembly", "any", "bigint",
    "boolean", "false", "keyof", "never", "null", "number", "object", "readonly", "string",
    "symbol", "true", "typeof", "undefined", "unknown", "void",
))  # fmt: skip
"""What TypeScript knows without the platform: its own types, and ECMAScript's global names."""

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
_DECLARED = re.compile(r"\b(?:interface|class|type|enum|namespace)\s+([A-Za-z_$][\w$]*)")


class TypeNames:
    """The TypeScript names of the types of one interface."""

    def __init__(self, interface: Interface) -> None:
        self._paths: dict[tuple[str, str], str] = {}
        items: list[Class | EnumDef] = [*interface.classes, *interface.enums]
        for item in items:
            path = "any" if item.skips_typescript else ".".join((*item.namespace, item.name))
            self._paths[item.key or item.name, item.crate] = path
        own = {path.partition(".")[0] for path in self._paths.values()}
        unions = [union.name for union in interface.unions if not union.skips_typescript]
        own.update(unions)
        self._unions = frozenset(unions)
        own.update(name for text in interface.typescript for name in _DECLARED.findall(text))
        self._known = own | _STANDARD | PLATFORM_NAMES

    def of(self, type_: Type, *, given: bool) -> str:
        """Give the TypeScript type of a value that a caller gives, or of one that it gets."""
        match type_:
            case Scalar(kind):
                return _SCALARS.get(kind, "number")
            case Str():
                return "string"
            case Extern(name):
                return self._of_javascript(name)
            case EnumType(name, _, crate) | StringEnumType(name, _, crate):
                return self._paths.get((name, crate), name)
            case StructType(name, crate):
                return self._paths.get((name, crate), name)
            case UnionType(name):
                return name if name in self._unions else "any"
            case Slice(inner) | Vector(inner):
                return self._elements(inner, given=given)
            case Closure() | Function():
                return "Function"
        return self._wrapped(type_, given=given)

    def _of_javascript(self, name: str | None) -> str:
        """Give the type of a JavaScript value: any, where it names what TypeScript cannot know."""
        words = _WORD.findall(_TEXT.sub("", name or ""))
        return name if name and words and self._known.issuperset(words) else "any"

    def _wrapped(self, type_: Type, *, given: bool) -> str:
        match type_:
            case Option(inner):
                absent = "null | undefined" if given else "undefined"
                return f"{self._member(inner, given=given)} | {absent}"
            case Nullable(inner):
                return f"{self._member(inner, given=given)} | null"
            case Ref(Slice(inner), mutable=True):
                return self._elements(inner, given=False)  # what is written into is no copy
            case Result(inner) | Sequence(_, inner) | Ref(inner):
                return self.of(inner, given=given)
            case Clamped(inner):
                return "Uint8ClampedArray" if is_clamped(type_) else self.of(inner, given=given)
        return "any"

    def _member(self, type_: Type, *, given: bool) -> str:
        """Give a type as a member of a union."""
        name = self.of(type_, given=given)
        return f"({name})" if "=>" in name else name

    def _elements(self, inner: Type, *, given: bool) -> str:
        """Give what a vector or slice is: a typed array where there is one, else an array."""
        match inner:
            case Clamped():
                return "Uint8ClampedArray"
            case Scalar(kind) | Sequence(_, Scalar(kind)) if kind in TYPED_ARRAYS:
                array = TYPED_ARRAYS[kind]
                return f"{array} | {rest_of(array)}" if given else array
        return array_of(self.of(inner, given=given))


def array_of(name: str) -> str:
    """Give the type of an array of a type."""
    return f"({name})[]" if "|" in name or "=>" in name else f"{name}[]"


def rest_of(name: str) -> str:
    """Give the type of a rest parameter, which must be an array, for one that takes it spread."""
    name = name.partition(" | ")[0]
    if name in TYPED_ARRAYS.values():
        return "bigint[]" if name.startswith("Big") else "number[]"
    return name if name.endswith("[]") or name.startswith("Array<") else "any[]"
