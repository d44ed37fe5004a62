"""Value, reference, heap and block types: bytes and text."""

from __future__ import annotations

import pytest

from tests.wasm._pairs import check_pair, check_refused
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
    BlockType,
    ValType,
    heap_type,
)

REF_EXN = ValType(NON_NULLABLE, heap_type("exn"))
REF_300 = ValType(NULLABLE, 300)


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
    ],
)
def test_a_type_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    check_pair(types, kind, value, encoded)


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
    ],
)
def test_a_broken_type_is_refused(kind: str, encoded: str, reason: str) -> None:
    check_refused(types, kind, encoded, reason)


def test_the_long_form_of_a_nullable_reference_is_the_short_one() -> None:
    assert types.read_val_type(Cursor(b"\x63\x70")) == FUNCREF


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (I32, "i32"),
        (EXNREF, "exnref"),
        (REF_EXN, "(ref exn)"),
        (REF_300, "(ref null 300)"),
        (ValType(NULLABLE, heap_type("any")), "(ref null any)"),
    ],
)
def test_a_type_reads_well(type_: object, text: str) -> None:
    assert str(type_) == text
