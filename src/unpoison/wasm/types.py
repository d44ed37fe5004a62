"""Value, reference, heap and block types, each with its read and its write. Core spec 5.3."""

from __future__ import annotations

from typing import NamedTuple

from unpoison.wasm.cursor import Cursor
from unpoison.wasm.leb128 import write_signed

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
