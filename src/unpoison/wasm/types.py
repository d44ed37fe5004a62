"""Value, reference, heap, function, aggregate, tag, limits, table, memory and global types.

Every type has a `read_...` and a `write_...` beside it. Core spec 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from unpoison.wasm.cursor import Cursor, write_vector
from unpoison.wasm.leb128 import write_signed, write_unsigned
from unpoison.wasm.limits import (
    MAX_FIELDS,
    MAX_PAGE_SIZE_LOG2,
    MAX_PARAMS,
    MAX_REC_GROUP_SIZE,
    MAX_RESULTS,
    MAX_SUPERTYPES,
)

NULLABLE = 0x63
NON_NULLABLE = 0x64

_NUMERIC = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128"}

# Abstract heap types: the byte is both a heap type (as an s33, hence negative) and the
# one-byte form of the nullable reference to it.
HEAP_NAMES = {
    0x69: "exn",
    0x6A: "array",
    0x6B: "struct",
    0x6C: "i31",
    0x6D: "eq",
    0x6E: "any",
    0x6F: "extern",
    0x70: "func",
    0x71: "none",
    0x72: "noextern",
    0x73: "nofunc",
    0x74: "noexn",
}


class ValType(NamedTuple):
    """A value type; a plain tuple, so that comparing and hashing cost nothing.

    `code` is the first byte of its long form: a numeric type, NULLABLE or NON_NULLABLE. `heap`
    is the heap type of a reference: a type index, or an abstract heap type as the negative
    number that it is in the binary format (`byte - 0x80`); 0 for numeric types.
    """

    code: int
    heap: int = 0

    @property
    def is_reference(self) -> bool:
        """Whether this is a reference type."""
        return self.code in (NULLABLE, NON_NULLABLE)

    @property
    def is_nullable(self) -> bool:
        """Whether null is one of its values."""
        return self.code == NULLABLE

    def __str__(self) -> str:
        if not self.is_reference:
            return _NUMERIC[self.code]
        if self.is_nullable and self in (FUNCREF, EXTERNREF, EXNREF):
            return f"{heap_name(self.heap)}ref"
        return f"(ref {'null ' * self.is_nullable}{heap_name(self.heap)})"


def heap_type(name: str) -> int:
    """Give the abstract heap type called `name` ("func", "exn") as its negative number."""
    return next(byte for byte, text in HEAP_NAMES.items() if text == name) - 0x80


def heap_name(heap: int) -> str:
    """Give the text of a heap type: a name, or the type index."""
    return str(heap) if heap >= 0 else HEAP_NAMES[heap + 0x80]


I32 = ValType(0x7F)
I64 = ValType(0x7E)
F32 = ValType(0x7D)
F64 = ValType(0x7C)
V128 = ValType(0x7B)
FUNCREF = ValType(NULLABLE, heap_type("func"))
EXTERNREF = ValType(NULLABLE, heap_type("extern"))
EXNREF = ValType(NULLABLE, heap_type("exn"))

_ONE_BYTE = {code: ValType(code) for code in _NUMERIC} | {
    byte: ValType(NULLABLE, byte - 0x80) for byte in HEAP_NAMES
}
_TO_BYTE = {value: byte for byte, value in _ONE_BYTE.items()}


def read_val_type(cursor: Cursor) -> ValType:
    """Give the next value type. Core spec 5.3.5."""
    start = cursor.position
    byte = cursor.read_u8()
    known = _ONE_BYTE.get(byte)
    if known is not None:
        return known
    if byte in (NULLABLE, NON_NULLABLE):
        return ValType(byte, read_heap_type(cursor))
    raise cursor.error(f"{byte:#04x} is not a value type", start)


def write_val_type(out: bytearray, type: ValType) -> None:  # noqa: A002
    """Append a value type in its shortest form."""
    byte = _TO_BYTE.get(type)
    if byte is None:
        out.append(type.code)
        write_heap_type(out, type.heap)
    else:
        out.append(byte)


def read_ref_type(cursor: Cursor) -> ValType:
    """Give the next reference type. Core spec 5.3.4."""
    start = cursor.position
    type_ = read_val_type(cursor)
    if not type_.is_reference:
        raise cursor.error(f"{type_} is not a reference type", start)
    return type_


def read_heap_type(cursor: Cursor) -> int:
    """Give the next heap type: a type index, or a negative abstract type. Core spec 5.3.3."""
    start = cursor.position
    heap = cursor.read_s33()
    if heap < 0 and (heap + 0x80 not in HEAP_NAMES or cursor.position - start > 1):
        raise cursor.error(f"{cursor.data[start]:#04x} is not a heap type", start)
    return heap


def write_heap_type(out: bytearray, heap: int) -> None:
    """Append a heap type."""
    write_signed(out, heap, 33)


class BlockType(NamedTuple):
    """What a block takes and gives: a type index, or at most one result.

    `type_index` is None unless the block names a function type; then `result` is None.
    """

    result: ValType | None = None
    type_index: int | None = None


EMPTY_BLOCK = BlockType()


def read_block_type(cursor: Cursor) -> BlockType:
    """Give the next block type. Core spec 5.4.1."""
    byte = cursor.peek_u8()
    if byte == 0x40:
        cursor.position += 1
        return EMPTY_BLOCK
    if byte in _ONE_BYTE or byte in (NULLABLE, NON_NULLABLE):
        return BlockType(read_val_type(cursor))
    start = cursor.position
    index = cursor.read_s33()
    if index < 0:
        raise cursor.error(f"{byte:#04x} is not a block type", start)
    return BlockType(None, index)


def write_block_type(out: bytearray, type: BlockType) -> None:  # noqa: A002
    """Append a block type."""
    if type.type_index is not None:
        write_signed(out, type.type_index, 33)
    elif type.result is not None:
        write_val_type(out, type.result)
    else:
        out.append(0x40)


@dataclass(frozen=True, slots=True)
class FuncType:
    """A function type."""

    params: tuple[ValType, ...] = ()
    results: tuple[ValType, ...] = ()

    def __str__(self) -> str:
        params = ", ".join(map(str, self.params))
        if len(self.results) == 1:
            return f"({params}) -> {self.results[0]}"
        return f"({params}) -> ({', '.join(map(str, self.results))})"


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field of a struct or array: a value type, or the packed width 8 or 16 in bits."""

    storage: ValType | int
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class StructType:
    """A struct type."""

    fields: tuple[FieldType, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayType:
    """An array type."""

    element: FieldType


CompositeType = FuncType | StructType | ArrayType


@dataclass(frozen=True, slots=True)
class SubType:
    """A type definition: its structure, its declared supertypes and whether it is final."""

    composite: CompositeType
    supertypes: tuple[int, ...] = ()
    final: bool = True


@dataclass(frozen=True, slots=True)
class RecGroup:
    """One entry of the type section: types that may name each other."""

    types: tuple[SubType, ...]


_PACKED_WIDTHS = {0x78: 8, 0x77: 16}
_PACKED_BYTES = {width: byte for byte, width in _PACKED_WIDTHS.items()}

_FUNC, _STRUCT, _ARRAY = 0x60, 0x5F, 0x5E
_SUB, _SUB_FINAL, _REC = 0x50, 0x4F, 0x4E


def read_rec_group(cursor: Cursor) -> RecGroup:
    """Give the next entry of the type section. Core spec 5.3.10."""
    if cursor.peek_u8() != _REC:
        return RecGroup((read_sub_type(cursor),))
    cursor.position += 1
    return RecGroup(tuple(cursor.read_vector(read_sub_type, "types", MAX_REC_GROUP_SIZE)))


def write_rec_group(out: bytearray, group: RecGroup) -> None:
    """Append a recursive group, as a bare type when it holds just one."""
    if len(group.types) == 1:
        write_sub_type(out, group.types[0])
    else:
        out.append(_REC)
        write_vector(out, group.types, write_sub_type)


def read_sub_type(cursor: Cursor) -> SubType:
    """Give the next type definition. Core spec 5.3.9."""
    byte = cursor.peek_u8()
    if byte not in (_SUB, _SUB_FINAL):
        return SubType(read_composite_type(cursor))
    cursor.position += 1
    supertypes = cursor.read_vector(Cursor.read_u32, "supertypes", MAX_SUPERTYPES)
    return SubType(read_composite_type(cursor), tuple(supertypes), byte == _SUB_FINAL)


def write_sub_type(out: bytearray, type: SubType) -> None:  # noqa: A002
    """Append a type definition in its shortest form."""
    if type.supertypes or not type.final:
        out.append(_SUB_FINAL if type.final else _SUB)
        write_vector(out, type.supertypes, write_unsigned)
    write_composite_type(out, type.composite)


def read_composite_type(cursor: Cursor) -> CompositeType:
    """Give the next function, struct or array type. Core spec 5.3.8."""
    start = cursor.position
    byte = cursor.read_u8()
    if byte == _FUNC:
        params = cursor.read_vector(read_val_type, "parameters", MAX_PARAMS)
        return FuncType(
            tuple(params), tuple(cursor.read_vector(read_val_type, "results", MAX_RESULTS))
        )
    if byte == _STRUCT:
        return StructType(tuple(cursor.read_vector(read_field_type, "fields", MAX_FIELDS)))
    if byte == _ARRAY:
        return ArrayType(read_field_type(cursor))
    raise cursor.error(f"{byte:#04x} is not a composite type", start)


def write_composite_type(out: bytearray, type: CompositeType) -> None:  # noqa: A002
    """Append a function, struct or array type."""
    if isinstance(type, FuncType):
        out.append(_FUNC)
        write_vector(out, type.params, write_val_type)
        write_vector(out, type.results, write_val_type)
    elif isinstance(type, StructType):
        out.append(_STRUCT)
        write_vector(out, type.fields, write_field_type)
    else:
        out.append(_ARRAY)
        write_field_type(out, type.element)


def read_field_type(cursor: Cursor) -> FieldType:
    """Give the next field type. Core spec 5.3.7."""
    width = _PACKED_WIDTHS.get(cursor.peek_u8())
    if width is None:
        storage: ValType | int = read_val_type(cursor)
    else:
        cursor.position += 1
        storage = width
    return FieldType(storage, read_flag(cursor, "mutability"))


def write_field_type(out: bytearray, type: FieldType) -> None:  # noqa: A002
    """Append a field type."""
    if isinstance(type.storage, ValType):
        write_val_type(out, type.storage)
    else:
        out.append(_PACKED_BYTES[type.storage])
    out.append(type.mutable)


def read_flag(cursor: Cursor, what: str) -> bool:
    """Give a byte that must be 0 or 1."""
    byte = cursor.read_u8()
    if byte > 1:
        raise cursor.error(f"{byte:#04x} is not a {what}", cursor.position - 1)
    return byte == 1


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
    return GlobalType(value, read_flag(cursor, "mutability"))


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
