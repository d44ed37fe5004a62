"""The custom section `__wasm_bindgen_unstable`: what the Rust macros said.

The readers are derived from the annotations of the records. Source of the encoding:
`wasm-bindgen-macro-support` 0.2.130 src/encode.rs. Lengths around a program are little-endian
numbers of four bytes; everything inside one is LEB128, often padded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import Enum as PythonEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from unpoison.bindgen.records import Program
from unpoison.bindgen.versions import SCHEMA_VERSION, check_schema
from unpoison.wasm import Cursor

SECTION_NAME = "__wasm_bindgen_unstable"


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
    # Seven in ten values are of this kind; the look ahead saves the call for all but broken ones.
    position = cursor.position
    if position < cursor.end and (byte := cursor.data[position]) <= 1:
        cursor.position = position + 1
        return byte == 1
    byte = cursor.read_u8()
    raise cursor.error(f"{byte:#04x} is not a bool", position)


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
