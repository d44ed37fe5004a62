"""Types: bytes, text, equality."""

from __future__ import annotations

import pickle

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm import types
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.types import (
    EMPTY_BLOCK,
    EXNREF,
    EXTERNREF,
    F32,
    F64,
    FUNCREF,
    I32,
    I64,
    NON_NULLABLE,
    NULLABLE,
    V128,
    ArrayType,
    BlockType,
    FieldType,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    RecGroup,
    StructType,
    SubType,
    TableType,
    TagType,
    ValType,
    heap_type,
)

REF_EXN = ValType(NON_NULLABLE, heap_type("exn"))
REF_300 = ValType(NULLABLE, 300)
FUNCTION = FuncType((I32, F64), (I32,))
STRUCT = StructType((FieldType(8, True), FieldType(I64)))


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
        ("val_type", I32, "7f"),
        ("val_type", I64, "7e"),
        ("val_type", F32, "7d"),
        ("val_type", F64, "7c"),
        ("val_type", V128, "7b"),
        ("val_type", FUNCREF, "70"),
        ("val_type", EXTERNREF, "6f"),
        ("val_type", EXNREF, "69"),
        ("val_type", REF_EXN, "64 69"),
        ("val_type", REF_300, "63 ac02"),
        ("val_type", ValType(NON_NULLABLE, 64), "64 c000"),
        ("heap_type", heap_type("noexn"), "74"),
        ("block_type", EMPTY_BLOCK, "40"),
        ("block_type", BlockType(EXNREF), "69"),
        ("block_type", BlockType(REF_EXN), "64 69"),
        ("block_type", BlockType(None, 64), "c000"),
        ("sub_type", SubType(FUNCTION), "60 02 7f7c 01 7f"),
        ("sub_type", SubType(STRUCT, (), False), "50 00 5f 02 7801 7e00"),
        ("sub_type", SubType(ArrayType(FieldType(16)), (3,)), "4f 01 03 5e 7700"),
        ("rec_group", RecGroup((SubType(FUNCTION),)), "60 02 7f7c 01 7f"),
        ("rec_group", RecGroup((SubType(FuncType()),) * 2), "4e 02 600000 600000"),
        ("rec_group", RecGroup(()), "4e 00"),
        ("table_type", TableType(FUNCREF, Limits(1)), "70 00 01"),
        ("table_type", TableType(REF_300, Limits(1, 2)), "63ac02 01 01 02"),
        ("table_type", TableType(FUNCREF, Limits(1, address64=True)), "70 04 01"),
        ("memory_type", MemoryType(Limits(17, 1024, shared=True)), "03 11 8008"),
        ("memory_type", MemoryType(Limits(1, 2**40, address64=True)), "05 01 808080808020"),
        ("memory_type", MemoryType(Limits(1, page_size_log2=0)), "08 01 00"),
        ("global_type", GlobalType(I32, True), "7f 01"),
        ("tag_type", TagType(5), "00 05"),
    ],
)
def test_a_type_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    out = bytearray()
    getattr(types, f"write_{kind}")(out, value)
    assert out == bytes.fromhex(encoded)
    cursor = Cursor(bytes(out))
    assert getattr(types, f"read_{kind}")(cursor) == value
    assert cursor.remaining == 0


def test_the_long_form_of_a_nullable_reference_is_the_short_one() -> None:
    assert types.read_val_type(Cursor(b"\x63\x70")) == FUNCREF


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("val_type", "40", "not a value type"),
        ("val_type", "", "unexpected end"),
        ("heap_type", "7f", "not a heap type"),
        ("heap_type", "8080808070", "not a heap type"),
        ("heap_type", "f07f", "not a heap type"),
        ("ref_type", "7f", "i32 is not a reference type"),
        ("block_type", "41", "not a block type"),
        ("sub_type", "61", "not a composite type"),
        ("sub_type", "50 02 00 01 600000", "2 supertypes; the limit is 1"),
        ("sub_type", "60 e907" + "7f" * 1001 + "00", "1001 parameters; the limit is 1000"),
        ("sub_type", "5e 7f02", "not a mutability"),
        ("global_type", "7f02", "not a mutability"),
        ("table_type", "70 02 01", "no limits flags"),
        ("memory_type", "10 01", "no limits flags"),
        ("memory_type", "00 8080808010", "larger than 32 bits"),
        ("tag_type", "01 00", "attribute"),
    ],
)
def test_a_broken_type_is_refused(kind: str, encoded: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        getattr(types, f"read_{kind}")(Cursor(bytes.fromhex(encoded)))


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (I32, "i32"),
        (EXNREF, "exnref"),
        (REF_EXN, "(ref exn)"),
        (REF_300, "(ref null 300)"),
        (ValType(NULLABLE, heap_type("any")), "(ref null any)"),
        (FuncType(), "() -> ()"),
        (FUNCTION, "(i32, f64) -> i32"),
        (FuncType((), (I32, I64)), "() -> (i32, i64)"),
    ],
)
def test_a_type_reads_well(type_: object, text: str) -> None:
    assert str(type_) == text


def test_a_function_type_is_a_key_and_survives_pickling() -> None:
    assert {FUNCTION: 1}[pickle.loads(pickle.dumps(FUNCTION))] == 1
