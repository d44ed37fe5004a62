"""Element and data segments. Core spec 5.5.12 and 5.5.14."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from unpoison.wasm.code import read_expression
from unpoison.wasm.cursor import Cursor, write_sized
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.limits import MAX_ELEMENTS, MAX_MODULE_SIZE
from unpoison.wasm.types import FUNCREF, ValType, read_ref_type, write_val_type


class SegmentMode(IntEnum):
    """When a segment is copied: at instantiation, on request, or never (it only declares)."""

    ACTIVE = 0
    PASSIVE = 1
    DECLARED = 2


@dataclass(frozen=True, slots=True)
class Element:
    """An element segment.

    Its items are function indices, or constant expressions (bytes, `end` included); never both.
    `table` and `offset` (a constant expression) are for active segments.
    """

    items: tuple[int, ...] | tuple[bytes, ...]
    mode: SegmentMode = SegmentMode.ACTIVE
    table: int = 0
    offset: bytes | None = None
    type: ValType = FUNCREF


@dataclass(frozen=True, slots=True)
class Data:
    """A data segment; `memory` and `offset` (a constant expression) are for active ones."""

    payload: bytes
    mode: SegmentMode = SegmentMode.ACTIVE
    memory: int = 0
    offset: bytes | None = None


# Flag bits of an element segment. Bit 1 has two meanings, as the spec has it: an explicit table
# for active segments, "declared" for the others.
_NOT_ACTIVE, _EXPLICIT, _EXPRESSIONS = 1, 2, 4
_ELEMENT_FLAGS = 8  # flags are below this
_FUNCTION_KIND = 0x00


def read_element(cursor: Cursor) -> Element:
    """Give the next element segment. Core spec 5.5.12."""
    start = cursor.position
    flags = cursor.read_u32()
    if flags >= _ELEMENT_FLAGS:
        raise cursor.error(f"{flags:#x} are no element segment flags", start)
    mode, table, offset = SegmentMode.ACTIVE, 0, None
    if flags & _NOT_ACTIVE:
        mode = SegmentMode.DECLARED if flags & _EXPLICIT else SegmentMode.PASSIVE
    else:
        table = cursor.read_u32() if flags & _EXPLICIT else 0
        offset = read_expression(cursor)
    type_ = _read_element_type(cursor, flags)
    return Element(_read_element_items(cursor, flags), mode, table, offset, type_)


def _read_element_type(cursor: Cursor, flags: int) -> ValType:
    if not flags & (_NOT_ACTIVE | _EXPLICIT):
        return FUNCREF
    if flags & _EXPRESSIONS:
        return read_ref_type(cursor)
    if cursor.read_u8() != _FUNCTION_KIND:
        raise cursor.error("unknown kind of elements", cursor.position - 1)
    return FUNCREF


def _read_element_items(cursor: Cursor, flags: int) -> tuple[int, ...] | tuple[bytes, ...]:
    if flags & _EXPRESSIONS:
        return tuple(cursor.read_vector(read_expression, "elements", MAX_ELEMENTS))
    return tuple(cursor.read_vector(Cursor.read_u32, "elements", MAX_ELEMENTS))


def write_element(out: bytearray, segment: Element) -> None:
    """Append an element segment, in the shortest of its eight forms."""
    expressions = bool(segment.items) and isinstance(segment.items[0], bytes)
    expressions = expressions or segment.type != FUNCREF
    flags = _EXPRESSIONS if expressions else 0
    if segment.mode is not SegmentMode.ACTIVE:
        flags |= _NOT_ACTIVE | (_EXPLICIT if segment.mode is SegmentMode.DECLARED else 0)
    elif segment.table or segment.type != FUNCREF:
        flags |= _EXPLICIT
    write_unsigned(out, flags)
    if segment.mode is SegmentMode.ACTIVE:
        if flags & _EXPLICIT:
            write_unsigned(out, segment.table)
        out += _offset_of(segment)
    if flags & (_NOT_ACTIVE | _EXPLICIT):
        if expressions:
            write_val_type(out, segment.type)
        else:
            out.append(_FUNCTION_KIND)
    write_unsigned(out, len(segment.items))
    for item in segment.items:
        if isinstance(item, bytes):
            out += item
        else:
            write_unsigned(out, item)


def _offset_of(segment: Element | Data) -> bytes:
    if segment.offset is None:
        raise ValueError("an active segment needs an offset")
    return segment.offset


_DATA_PASSIVE, _DATA_EXPLICIT = 1, 2


def read_data(cursor: Cursor) -> Data:
    """Give the next data segment. Core spec 5.5.14."""
    start = cursor.position
    flags = cursor.read_u32()
    if flags > _DATA_EXPLICIT:
        raise cursor.error(f"{flags:#x} are no data segment flags", start)
    mode, memory, offset = SegmentMode.PASSIVE, 0, None
    if flags != _DATA_PASSIVE:
        mode = SegmentMode.ACTIVE
        memory = cursor.read_u32() if flags == _DATA_EXPLICIT else 0
        offset = read_expression(cursor)
    payload = cursor.read_bytes(cursor.read_count("bytes of data", MAX_MODULE_SIZE))
    return Data(payload, mode, memory, offset)


def write_data(out: bytearray, segment: Data) -> None:
    """Append a data segment. Raises ValueError for a declared one, which does not exist."""
    if segment.mode is SegmentMode.DECLARED:
        raise ValueError("a data segment cannot be declared only")
    if segment.mode is SegmentMode.PASSIVE:
        out.append(_DATA_PASSIVE)
    else:
        out.append(_DATA_EXPLICIT if segment.memory else 0)
        if segment.memory:
            write_unsigned(out, segment.memory)
        out += _offset_of(segment)
    write_sized(out, segment.payload)
