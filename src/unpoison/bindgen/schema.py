"""The custom section `__wasm_bindgen_unstable`: what the Rust macros said, record by record.

The wire order of a record is the order of its fields, so the readers are derived from the
annotations. Source: `wasm-bindgen-shared` 0.2.130 src/lib.rs (shared_api) and the encoder in
`wasm-bindgen-macro-support`. Lengths around a program are fixed 32-bit little-endian numbers;
everything inside one is LEB128, often padded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import Enum as PythonEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from unpoison.bindgen.versions import SCHEMA_VERSION, check_schema
from unpoison.wasm import Cursor

SECTION_NAME = "__wasm_bindgen_unstable"


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


@dataclass(frozen=True, slots=True)
class Schema:
    """Every program of a module, and the versions that the handshakes named."""

    schema_version: str
    tool_version: str
    programs: tuple[Program, ...]


def read_schema(sections: Iterable[bytes]) -> Schema:
    """Decode every payload of the custom section, in file order, to the last byte.

    Raises UnsupportedModule for another schema version and MalformedModule, whose offset
    counts from the start of the payload, for anything else that is wrong.
    """
    tool_version = ""
    programs: list[Program] = []
    for section in sections:
        cursor = Cursor(section, where=f"section {SECTION_NAME}")
        while cursor.remaining:
            tool_version = _read_handshake(_read_sized(cursor))
            programs.append(_read_program(_read_sized(cursor)))
    return Schema(SCHEMA_VERSION, tool_version, tuple(programs))


def _read_sized(cursor: Cursor) -> Cursor:
    """Give the next block: a little-endian length of four bytes, then so many bytes."""
    size = int.from_bytes(cursor.read_bytes(4), "little")
    start = cursor.position
    cursor.read_bytes(size)
    return Cursor(cursor.data, start, cursor.position, where=cursor.where, base=cursor.base)


def _read_handshake(cursor: Cursor) -> str:
    """Give the tool's version. Raises UnsupportedModule when the schema is not ours."""
    try:
        handshake = json.loads(cursor.read_bytes(cursor.remaining))
        schema_version, version = handshake["schema_version"], handshake["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise cursor.error("a handshake is not the JSON that wasm-bindgen writes") from error
    check_schema(str(schema_version), str(version))
    return str(version)


def _read_program(cursor: Cursor) -> Program:
    program = _READ_PROGRAM(cursor)
    cursor.expect_end()
    if not isinstance(program, Program):
        raise cursor.error("a program was expected")
    return program


_Reader = Callable[[Cursor], Any]


def _read_bool(cursor: Cursor) -> bool:
    byte = cursor.read_u8()
    if byte > 1:
        raise cursor.error(f"{byte:#04x} is not a bool", cursor.position - 1)
    return byte == 1


def _read_text(cursor: Cursor) -> str:
    raw = cursor.read_bytes(cursor.read_u32())
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise cursor.error("a string is not valid UTF-8") from error


def _vector_reader(read: _Reader) -> _Reader:
    # Every record takes a byte at least, which bounds what a count can allocate.
    def read_vector(cursor: Cursor) -> tuple[Any, ...]:
        return tuple(cursor.read_vector(read, "records", cursor.remaining))

    return read_vector


def _option_reader(read: _Reader) -> _Reader:
    return lambda cursor: read(cursor) if _read_bool(cursor) else None


def _variant_reader(reads: Sequence[_Reader]) -> _Reader:
    def read_variant(cursor: Cursor) -> Any:
        index = cursor.read_u8()
        if index >= len(reads):
            raise cursor.error(f"variant {index} of {len(reads)}", cursor.position - 1)
        return reads[index](cursor)

    return read_variant


def _constant_reader(value: PythonEnum) -> _Reader:
    return lambda cursor: value


def _record_reader(record: type) -> _Reader:
    hints = get_type_hints(record)
    reads = [_reader_of(hints[field.name]) for field in fields(record)]
    return lambda cursor: record(*[read(cursor) for read in reads])


def _reader_of(hint: Any) -> _Reader:
    """Give the reader of an annotation: what the encoder writes for that Rust type."""
    if hint in _PRIMITIVES:
        return _PRIMITIVES[hint]
    if get_origin(hint) is tuple:
        return _vector_reader(_reader_of(get_args(hint)[0]))
    if isinstance(hint, UnionType):
        return _union_reader(get_args(hint))
    if issubclass(hint, PythonEnum):
        return _variant_reader([_constant_reader(value) for value in hint])
    return _record_reader(hint)


def _union_reader(members: Sequence[Any]) -> _Reader:
    """Give the reader of `T | None` (Option<T>) or of an enum with one record per variant.

    In `Enum | None` Python has merged the enum's members with None.
    """
    present = [member for member in members if member is not NoneType]
    if len(present) == 1:
        return _option_reader(_reader_of(present[0]))
    read = _variant_reader([_reader_of(member) for member in present])
    return read if len(present) == len(members) else _option_reader(read)


_PRIMITIVES: dict[Any, _Reader] = {
    bool: _read_bool,
    int: Cursor.read_u32,
    str: _read_text,
}

_READ_PROGRAM = _record_reader(Program)
