"""The records of the custom section, one dataclass each, fields in wire order.

Names are those of `wasm-bindgen-shared` 0.2.130 src/lib.rs (`shared_api`) where they say enough.
A union of dataclasses is a Rust enum: the variant's index on the wire is its place in the union.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum as PythonEnum


class StartKind(PythonEnum):
    """Whether a function runs at start, and whether it is exported as well."""

    NONE = 0
    PUBLIC = 1
    PRIVATE = 2


@dataclass(frozen=True, slots=True)
class Constructor:
    """MethodKind 0."""


@dataclass(frozen=True, slots=True)
class Regular:
    """OperationKind 0: a plain function or method."""


@dataclass(frozen=True, slots=True)
class RegularThis:
    """OperationKind 1: an export whose first argument is JavaScript's `this`."""


@dataclass(frozen=True, slots=True)
class Getter:
    """OperationKind 2."""

    property: str


@dataclass(frozen=True, slots=True)
class Setter:
    """OperationKind 3."""

    property: str


@dataclass(frozen=True, slots=True)
class IndexingGetter:
    """OperationKind 4."""


@dataclass(frozen=True, slots=True)
class IndexingSetter:
    """OperationKind 5."""


@dataclass(frozen=True, slots=True)
class IndexingDeleter:
    """OperationKind 6."""


OperationKind = (
    Regular | RegularThis | Getter | Setter | IndexingGetter | IndexingSetter | IndexingDeleter
)


@dataclass(frozen=True, slots=True)
class Operation:
    """MethodKind 1; free functions are static and regular."""

    is_static: bool
    kind: OperationKind


MethodKind = Constructor | Operation


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of an exported or imported function; exports leave `self` out."""

    name: str
    type_override: str | None
    optional: bool
    description: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """What exports and imports have in common; `name` is the JS name."""

    args: tuple[Argument, ...]
    is_async: bool
    jspi: bool
    name: str
    generate_typescript: bool
    generate_jsdoc: bool
    variadic: bool
    result_override: str | None
    result_description: str | None


@dataclass(frozen=True, slots=True)
class Export:
    """One exported function; `consumed` means that it takes `self` by value."""

    class_name: str | None
    comments: tuple[str, ...]
    consumed: bool
    function: Function
    js_namespace: tuple[str, ...] | None
    method_kind: MethodKind
    start: StartKind


@dataclass(frozen=True, slots=True)
class EnumVariant:
    """A numeric variant; `value` is the 32-bit pattern."""

    name: str
    value: int
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumericEnum:
    """An exported enum with numbers."""

    name: str
    signed: bool
    variants: tuple[EnumVariant, ...]
    comments: tuple[str, ...]
    generate_typescript: bool
    js_namespace: tuple[str, ...] | None
    private: bool


@dataclass(frozen=True, slots=True)
class Named:
    """ImportModule 0: a JavaScript file of the crate, a key of `local_modules`."""

    key: str


@dataclass(frozen=True, slots=True)
class RawNamed:
    """ImportModule 1: a package, a URL or wasm-bindgen's own placeholder."""

    specifier: str


@dataclass(frozen=True, slots=True)
class Inline:
    """ImportModule 2: an index into the same program's `inline_js`."""

    index: int


ImportModule = Named | RawNamed | Inline


@dataclass(frozen=True, slots=True)
class Method:
    """The class that an imported function belongs to."""

    class_name: str
    kind: MethodKind


@dataclass(frozen=True, slots=True)
class ImportFunction:
    """ImportKind 0; `shim` is the name of the Wasm import."""

    shim: str
    catch: bool
    variadic: bool
    assert_no_shim: bool
    suspending: bool
    method: Method | None
    structural: bool
    function: Function
    generic_per_mono: bool


@dataclass(frozen=True, slots=True)
class ImportStatic:
    """ImportKind 1: the value of a global name."""

    name: str
    shim: str


@dataclass(frozen=True, slots=True)
class ImportString:
    """ImportKind 2: a constant string that Rust wants as a JavaScript value."""

    shim: str
    string: str


@dataclass(frozen=True, slots=True)
class ImportType:
    """ImportKind 3: an imported class; the shim is its `instanceof`."""

    name: str
    instanceof_shim: str
    vendor_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StringEnum:
    """ImportKind 4: an enum of strings, carried as an import even when exported."""

    name: str
    variant_values: tuple[str, ...]
    comments: tuple[str, ...]
    generate_typescript: bool
    private: bool
    js_namespace: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class DynamicUnion:
    """ImportKind 5."""

    name: str
    variant_strings: tuple[str, ...]
    variant_type_count: int
    comments: tuple[str, ...]
    generate_typescript: bool
    private: bool
    fallback: bool


ImportKind = ImportFunction | ImportStatic | ImportString | ImportType | StringEnum | DynamicUnion


@dataclass(frozen=True, slots=True)
class Import:
    """One thing that comes from JavaScript; most records of a crate are never imported."""

    module: ImportModule | None
    js_namespace: tuple[str, ...] | None
    reexport: str | None
    generate_typescript: bool
    kind: ImportKind


@dataclass(frozen=True, slots=True)
class StructField:
    """A `pub` field; its type comes from a descriptor."""

    name: str
    readonly: bool
    comments: tuple[str, ...]
    generate_typescript: bool
    generate_jsdoc: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """An exported struct."""

    name: str
    fields: tuple[StructField, ...]
    comments: tuple[str, ...]
    is_inspectable: bool
    generate_typescript: bool
    js_namespace: tuple[str, ...] | None
    private: bool
    extends: str | None
    extends_js_class: str | None
    extends_js_namespace: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class LocalModule:
    """The text of a JavaScript file that the crate brings along."""

    identifier: str
    contents: str
    linked_module: bool


@dataclass(frozen=True, slots=True)
class LinkedModule:
    """A JavaScript file whose URL Rust asks for through a Wasm import."""

    module: ImportModule
    link_function_name: str


@dataclass(frozen=True, slots=True)
class Program:
    """What one macro invocation said; `crate` is `<name>-<16 hex digits>`."""

    exports: tuple[Export, ...]
    enums: tuple[NumericEnum, ...]
    imports: tuple[Import, ...]
    structs: tuple[Struct, ...]
    typescript: tuple[str, ...]
    local_modules: tuple[LocalModule, ...]
    inline_js: tuple[str, ...]
    crate: str
    module_path: str
    package_json: str | None
    linked_modules: tuple[LinkedModule, ...]
