"""What the type section defines: function, struct and array types, in groups. Core spec 5.3."""

from __future__ import annotations

from dataclasses import dataclass

from unpoison.wasm.cursor import Cursor, write_vector
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.limits import (
    MAX_FIELDS,
    MAX_PARAMS,
    MAX_REC_GROUP_SIZE,
    MAX_RESULTS,
    MAX_SUPERTYPES,
)
from unpoison.wasm.types import ValType, read_val_type, write_val_type


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
    return FieldType(storage, cursor.read_flag("mutability"))


def write_field_type(out: bytearray, type: FieldType) -> None:  # noqa: A002
    """Append a field type."""
    if isinstance(type.storage, ValType):
        write_val_type(out, type.storage)
    else:
        out.append(_PACKED_BYTES[type.storage])
    out.append(type.mutable)
