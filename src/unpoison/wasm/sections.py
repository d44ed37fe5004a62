"""The sections of a module: what one entry of each is, and one read/write pair for it.

Core spec 5.5. The code section is here as byte ranges only; `body.py` looks inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from unpoison.wasm import limits
from unpoison.wasm.body import FunctionBody, read_body, write_body
from unpoison.wasm.code import read_expression
from unpoison.wasm.cursor import Cursor, write_name, write_vector
from unpoison.wasm.definitions import RecGroup, read_rec_group, write_rec_group
from unpoison.wasm.externs import (
    GlobalType,
    MemoryType,
    TableType,
    TagType,
    read_global_type,
    read_memory_type,
    read_table_type,
    read_tag_type,
    write_global_type,
    write_memory_type,
    write_table_type,
    write_tag_type,
)
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.segments import Data, Element, read_data, read_element, write_data, write_element

T = TypeVar("T")


class ExternKind(IntEnum):
    """What an import or export is; the value is its byte. Core spec 5.5.5."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


_KINDS = tuple(ExternKind)


@dataclass(frozen=True, slots=True)
class FuncDesc:
    """An imported function: the index of its type."""

    type_index: int


ImportDesc = FuncDesc | TableType | MemoryType | GlobalType | TagType

_KIND_OF_DESC: dict[type[ImportDesc], ExternKind] = {
    FuncDesc: ExternKind.FUNCTION,
    TableType: ExternKind.TABLE,
    MemoryType: ExternKind.MEMORY,
    GlobalType: ExternKind.GLOBAL,
    TagType: ExternKind.TAG,
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the two names it goes by, and what it must be."""

    module: str
    name: str
    desc: ImportDesc

    @property
    def kind(self) -> ExternKind:
        """What is imported."""
        return _KIND_OF_DESC[type(self.desc)]


@dataclass(frozen=True, slots=True)
class Table:
    """A defined table; `init` is the constant expression of its entries, None for null."""

    type: TableType
    init: bytes | None = None


@dataclass(frozen=True, slots=True)
class Global:
    """A defined global; `init` is a constant expression, its `end` included."""

    type: GlobalType
    init: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """One export."""

    name: str
    kind: ExternKind
    index: int


def read_kind(cursor: Cursor) -> ExternKind:
    """Give the kind of an import or export."""
    byte = cursor.read_u8()
    if byte >= len(_KINDS):
        raise cursor.error(f"{byte:#04x} is not an external kind", cursor.position - 1)
    return _KINDS[byte]


def _read_func_desc(cursor: Cursor) -> FuncDesc:
    return FuncDesc(cursor.read_u32())


_DESC_READERS: tuple[Callable[[Cursor], ImportDesc], ...] = (
    _read_func_desc,
    read_table_type,
    read_memory_type,
    read_global_type,
    read_tag_type,
)


def read_import(cursor: Cursor) -> Import:
    """Give the next import. Core spec 5.5.5."""
    module, name = cursor.read_name(), cursor.read_name()
    return Import(module, name, _DESC_READERS[read_kind(cursor)](cursor))


def write_import(out: bytearray, item: Import) -> None:
    """Append an import."""
    write_name(out, item.module)
    write_name(out, item.name)
    out.append(item.kind)
    match item.desc:
        case FuncDesc(type_index):
            write_unsigned(out, type_index)
        case TableType():
            write_table_type(out, item.desc)
        case MemoryType():
            write_memory_type(out, item.desc)
        case GlobalType():
            write_global_type(out, item.desc)
        case TagType():
            write_tag_type(out, item.desc)


_TABLE_WITH_INIT = 0x40


def read_table(cursor: Cursor) -> Table:
    """Give the next table. Core spec 5.5.7."""
    if cursor.peek_u8() != _TABLE_WITH_INIT:
        return Table(read_table_type(cursor))
    cursor.position += 1
    if cursor.read_u8() != 0:
        raise cursor.error("reserved byte of a table is not 0", cursor.position - 1)
    return Table(read_table_type(cursor), read_expression(cursor))


def write_table(out: bytearray, table: Table) -> None:
    """Append a table."""
    if table.init is None:
        write_table_type(out, table.type)
    else:
        out += bytes([_TABLE_WITH_INIT, 0])
        write_table_type(out, table.type)
        out += table.init


def read_global(cursor: Cursor) -> Global:
    """Give the next global. Core spec 5.5.9."""
    type_ = read_global_type(cursor)
    return Global(type_, read_expression(cursor))


def write_global(out: bytearray, item: Global) -> None:
    """Append a global."""
    write_global_type(out, item.type)
    out += item.init


def read_export(cursor: Cursor) -> Export:
    """Give the next export. Core spec 5.5.10."""
    name = cursor.read_name()
    kind = read_kind(cursor)
    return Export(name, kind, cursor.read_u32())


def write_export(out: bytearray, item: Export) -> None:
    """Append an export."""
    write_name(out, item.name)
    out.append(item.kind)
    write_unsigned(out, item.index)


@dataclass(frozen=True, slots=True, eq=False)
class SectionFormat(Generic[T]):
    """One kind of section that is a vector: id, name, pair of entry functions, maximum."""

    id: int
    name: str
    read_item: Callable[[Cursor], T]
    write_item: Callable[[bytearray, T], None]
    limit: int

    def read(self, cursor: Cursor) -> list[T]:
        """Give the entries; the cursor's range must be exactly the section's content."""
        items = cursor.read_vector(
            self.read_item, f"entries of the {self.name} section", self.limit
        )
        cursor.expect_end()
        return items

    def write(self, out: bytearray, items: list[T]) -> None:
        """Append the section's content."""
        write_vector(out, items, self.write_item)


class CodeFormat(SectionFormat[FunctionBody]):
    """The code section, whose bodies know their numbers."""

    def read(self, cursor: Cursor) -> list[FunctionBody]:
        """Give the bodies, not looked into."""
        bodies = super().read(cursor)
        for number, body in enumerate(bodies):
            body.number = number
        return bodies


@dataclass(frozen=True, slots=True, eq=False)
class NumberFormat:
    """A section that holds one number: the start function, the count of data segments."""

    id: int
    name: str

    def read(self, cursor: Cursor) -> list[int]:
        """Give the number as a list, so that absence (no section) and presence look alike."""
        number = cursor.read_u32()
        cursor.expect_end()
        return [number]

    def write(self, out: bytearray, items: list[int]) -> None:
        """Append the section's content."""
        write_unsigned(out, items[0])


TYPE: SectionFormat[RecGroup] = SectionFormat(
    1, "type", read_rec_group, write_rec_group, limits.MAX_TYPES
)
IMPORT: SectionFormat[Import] = SectionFormat(
    2, "import", read_import, write_import, limits.MAX_IMPORTS
)
FUNCTION: SectionFormat[int] = SectionFormat(
    3, "function", Cursor.read_u32, write_unsigned, limits.MAX_FUNCTIONS
)
TABLE: SectionFormat[Table] = SectionFormat(4, "table", read_table, write_table, limits.MAX_TABLES)
MEMORY: SectionFormat[MemoryType] = SectionFormat(
    5, "memory", read_memory_type, write_memory_type, limits.MAX_MEMORIES
)
TAG: SectionFormat[TagType] = SectionFormat(
    13, "tag", read_tag_type, write_tag_type, limits.MAX_TAGS
)
GLOBAL: SectionFormat[Global] = SectionFormat(
    6, "global", read_global, write_global, limits.MAX_GLOBALS
)
EXPORT: SectionFormat[Export] = SectionFormat(
    7, "export", read_export, write_export, limits.MAX_EXPORTS
)
START = NumberFormat(8, "start")
ELEMENT: SectionFormat[Element] = SectionFormat(
    9, "element", read_element, write_element, limits.MAX_ELEMENT_SEGMENTS
)
DATA_COUNT = NumberFormat(12, "data count")
CODE = CodeFormat(10, "code", read_body, write_body, limits.MAX_FUNCTIONS)
DATA: SectionFormat[Data] = SectionFormat(
    11, "data", read_data, write_data, limits.MAX_DATA_SEGMENTS
)

CUSTOM_ID = 0

# In the order in which they stand in a module. Core spec 5.5.15.
SECTIONS: tuple[SectionFormat[Any] | NumberFormat, ...] = (
    TYPE,
    IMPORT,
    FUNCTION,
    TABLE,
    MEMORY,
    TAG,
    GLOBAL,
    EXPORT,
    START,
    ELEMENT,
    DATA_COUNT,
    CODE,
    DATA,
)

# Section id -> place in that order; 0, the front of the module, comes before all.
RANKS = {CUSTOM_ID: -1} | {section.id: rank for rank, section in enumerate(SECTIONS)}
