"""Types of what can be imported: table, memory, global and tag types. Core spec 5.3."""

from __future__ import annotations

from dataclasses import dataclass

from unpoison.wasm.cursor import Cursor
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.limits import MAX_PAGE_SIZE_LOG2
from unpoison.wasm.types import (
    ValType,
    read_ref_type,
    read_val_type,
    write_val_type,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Size limits of a table or memory, in entries or pages.

    `address64` means 64-bit addresses; `shared` and `page_size_log2` (None for the usual 64 KiB)
    are for memories only.
    """

    minimum: int
    maximum: int | None = None
    shared: bool = False
    address64: bool = False
    page_size_log2: int | None = None


_HAS_MAXIMUM, _SHARED, _ADDRESS64, _PAGE_SIZE = 1, 2, 4, 8


def read_limits(cursor: Cursor, allowed: int) -> Limits:
    """Give the next limits; flag bits outside `allowed` are refused. Core spec 5.3.12."""
    flags = cursor.read_u8()
    if flags & ~allowed:
        raise cursor.error(f"{flags:#04x} are no limits flags", cursor.position - 1)
    read = cursor.read_u64 if flags & _ADDRESS64 else cursor.read_u32
    minimum = read()
    maximum = read() if flags & _HAS_MAXIMUM else None
    page_size_log2 = _read_page_size(cursor) if flags & _PAGE_SIZE else None
    return Limits(minimum, maximum, bool(flags & _SHARED), bool(flags & _ADDRESS64), page_size_log2)


def _read_page_size(cursor: Cursor) -> int:
    start = cursor.position
    size = cursor.read_u32()
    if size > MAX_PAGE_SIZE_LOG2:
        raise cursor.error(f"2**{size} is no page size", start)
    return size


def write_limits(out: bytearray, limits: Limits) -> None:
    """Append limits."""
    bits = 64 if limits.address64 else 32
    out.append(
        _HAS_MAXIMUM * (limits.maximum is not None)
        | _SHARED * limits.shared
        | _ADDRESS64 * limits.address64
        | _PAGE_SIZE * (limits.page_size_log2 is not None)
    )
    write_unsigned(out, limits.minimum, bits)
    if limits.maximum is not None:
        write_unsigned(out, limits.maximum, bits)
    if limits.page_size_log2 is not None:
        write_unsigned(out, limits.page_size_log2)


@dataclass(frozen=True, slots=True)
class TableType:
    """A table type: what it holds and how many."""

    element: ValType
    limits: Limits


def read_table_type(cursor: Cursor) -> TableType:
    """Give the next table type. Core spec 5.3.14."""
    element = read_ref_type(cursor)
    return TableType(element, read_limits(cursor, _HAS_MAXIMUM | _ADDRESS64))


def write_table_type(out: bytearray, type: TableType) -> None:  # noqa: A002
    """Append a table type."""
    write_val_type(out, type.element)
    write_limits(out, type.limits)


@dataclass(frozen=True, slots=True)
class MemoryType:
    """A memory type; its limits count pages."""

    limits: Limits


def read_memory_type(cursor: Cursor) -> MemoryType:
    """Give the next memory type. Core spec 5.3.13."""
    return MemoryType(read_limits(cursor, _HAS_MAXIMUM | _SHARED | _ADDRESS64 | _PAGE_SIZE))


def write_memory_type(out: bytearray, type: MemoryType) -> None:  # noqa: A002
    """Append a memory type."""
    write_limits(out, type.limits)


@dataclass(frozen=True, slots=True)
class GlobalType:
    """A global type."""

    value: ValType
    mutable: bool = False


def read_global_type(cursor: Cursor) -> GlobalType:
    """Give the next global type. Core spec 5.3.15."""
    value = read_val_type(cursor)
    return GlobalType(value, cursor.read_flag("mutability"))


def write_global_type(out: bytearray, type: GlobalType) -> None:  # noqa: A002
    """Append a global type."""
    write_val_type(out, type.value)
    out.append(type.mutable)


@dataclass(frozen=True, slots=True)
class TagType:
    """An exception tag: the index of the function type whose parameters it carries."""

    type_index: int


def read_tag_type(cursor: Cursor) -> TagType:
    """Give the next tag type. Core spec 5.3.16."""
    if cursor.read_u8() != 0:
        raise cursor.error("a tag's attribute is not 0 (exception)", cursor.position - 1)
    return TagType(cursor.read_u32())


def write_tag_type(out: bytearray, type: TagType) -> None:  # noqa: A002
    """Append a tag type."""
    out.append(0)
    write_unsigned(out, type.type_index)
