"""The immediates of instructions: named objects, each with a read and a write.

A row of the opcode table names immediates, so no row can be readable but not writable.
Core spec 5.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from unpoison.wasm.cursor import Cursor, write_vector
from unpoison.wasm.leb128 import write_signed, write_unsigned
from unpoison.wasm.limits import MAX_BRANCH_TARGETS, MAX_CATCHES, MAX_SELECT_TYPES
from unpoison.wasm.types import (
    read_block_type,
    read_heap_type,
    read_val_type,
    write_block_type,
    write_heap_type,
    write_val_type,
)


@dataclass(frozen=True, slots=True, eq=False)
class Immediate:
    """One kind of immediate.

    `read` takes it from a cursor, `write` appends it; the values are typed per kind, as said
    beside each constant below. `shape` tells scanners how many bytes it takes without reading:
    "leb" is one LEB128 integer, a number is that many bytes, "" is anything else.
    """

    name: str
    read: Callable[[Cursor], Any]
    write: Callable[[bytearray, Any], None]
    shape: str | int = "leb"


class MemArg(NamedTuple):
    """Alignment (as a power of two), byte offset and memory index of a memory access."""

    align: int
    offset: int = 0
    memory: int = 0


class Catch(NamedTuple):
    """One clause of a try_table: a CATCH_... kind, its tag (None for all) and its label."""

    kind: int
    tag: int | None
    label: int


CATCH, CATCH_REF, CATCH_ALL, CATCH_ALL_REF = range(4)

# Bit 6 of a memarg's alignment field says that a memory index follows.
_MEMORY_FOLLOWS = 0x40


def _read_memarg(cursor: Cursor) -> MemArg:
    start = cursor.position
    align = cursor.read_u32()
    if align >= 2 * _MEMORY_FOLLOWS:
        raise cursor.error(f"alignment field {align:#x} is too large", start)
    memory = cursor.read_u32() if align & _MEMORY_FOLLOWS else 0
    return MemArg(align & ~_MEMORY_FOLLOWS, cursor.read_u64(), memory)


def _write_memarg(out: bytearray, value: tuple[int, ...]) -> None:
    argument = MemArg(*value)
    if not 0 <= argument.align < _MEMORY_FOLLOWS:
        raise ValueError(f"alignment 2**{argument.align} is too large")
    write_unsigned(out, argument.align | (_MEMORY_FOLLOWS if argument.memory else 0))
    if argument.memory:
        write_unsigned(out, argument.memory)
    write_unsigned(out, argument.offset, 64)


def _read_catch(cursor: Cursor) -> Catch:
    kind = cursor.read_u8()
    if kind > CATCH_ALL_REF:
        raise cursor.error(f"{kind:#04x} is not a catch clause", cursor.position - 1)
    tag = cursor.read_u32() if kind < CATCH_ALL else None
    return Catch(kind, tag, cursor.read_u32())


def _write_catch(out: bytearray, clause: Catch) -> None:
    out.append(clause.kind)
    if clause.tag is not None:
        write_unsigned(out, clause.tag)
    write_unsigned(out, clause.label)


def _read_labels(cursor: Cursor) -> tuple[int, ...]:
    return tuple(cursor.read_vector(Cursor.read_u32, "branch targets", MAX_BRANCH_TARGETS))


def _read_catches(cursor: Cursor) -> tuple[Catch, ...]:
    return tuple(cursor.read_vector(_read_catch, "catch clauses", MAX_CATCHES))


def _read_select_types(cursor: Cursor) -> tuple[Any, ...]:
    return tuple(cursor.read_vector(read_val_type, "select types", MAX_SELECT_TYPES))


def _read_cast_flags(cursor: Cursor) -> int:
    flags = cursor.read_u8()
    if flags > 3:
        raise cursor.error(f"{flags:#04x} are no cast flags", cursor.position - 1)
    return flags


def _index(name: str) -> Immediate:
    return Immediate(name, Cursor.read_u32, write_unsigned)


def _bits(name: str, size: int) -> Immediate:
    return Immediate(
        name,
        lambda cursor: int.from_bytes(cursor.read_bytes(size), "little"),
        lambda out, value: out.extend(value.to_bytes(size, "little")),
        size,
    )


# Indices: int, 0 to 2**32 - 1.
LABEL = _index("label")
FUNCTION = _index("function")
TYPE = _index("type")
TABLE_INDEX = _index("table")
MEMORY = _index("memory")
LOCAL = _index("local")
GLOBAL = _index("global")
TAG = _index("tag")
DATA = _index("data")
ELEMENT = _index("element")
FIELD = _index("field")
COUNT = _index("count")

# Constants: int. Floats and vectors are their bits, so that every NaN keeps its payload.
S32 = Immediate("s32", Cursor.read_s32, lambda out, value: write_signed(out, value, 32))
S64 = Immediate("s64", Cursor.read_s64, lambda out, value: write_signed(out, value, 64))
F32_BITS = _bits("f32", 4)
F64_BITS = _bits("f64", 8)
V128_BITS = _bits("v128", 16)
LANE = _bits("lane", 1)  # int, not checked against the shape: validation does that
LANES = Immediate(  # 16 bytes: the lanes of a shuffle
    "lanes", lambda cursor: cursor.read_bytes(16), lambda out, value: out.extend(value), 16
)
FENCE = Immediate(  # False: the reserved byte of atomic.fence
    "fence", lambda cursor: cursor.read_flag("fence"), lambda out, value: out.append(value), 1
)

BLOCK_TYPE = Immediate("block type", read_block_type, write_block_type, "")  # BlockType
HEAP_TYPE = Immediate("heap type", read_heap_type, write_heap_type)  # int, see types.ValType
MEMARG = Immediate("memarg", _read_memarg, _write_memarg, "")  # MemArg, or a tuple like it
LABELS = Immediate(  # tuple of int: br_table without its default
    "labels", _read_labels, lambda out, value: write_vector(out, value, write_unsigned), ""
)
CATCHES = Immediate(  # tuple of Catch
    "catches", _read_catches, lambda out, value: write_vector(out, value, _write_catch), ""
)
SELECT_TYPES = Immediate(  # tuple of ValType
    "select types",
    _read_select_types,
    lambda out, value: write_vector(out, value, write_val_type),
    "",
)
CAST_FLAGS = Immediate(  # int: bit 0 the source, bit 1 the target is nullable
    "cast flags", _read_cast_flags, lambda out, value: out.append(value), 1
)
