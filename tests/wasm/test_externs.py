"""Table, memory, global and tag types."""

from __future__ import annotations

import pytest

from tests.wasm._pairs import check_pair, check_refused
from unpoison.wasm import externs
from unpoison.wasm.externs import GlobalType, Limits, MemoryType, TableType, TagType
from unpoison.wasm.types import (
    FUNCREF,
    I32,
    NULLABLE,
    ValType,
)

REF_300 = ValType(NULLABLE, 300)


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
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
def test_an_extern_type_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    check_pair(externs, kind, value, encoded)


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("global_type", "7f02", "not a mutability"),
        ("table_type", "70 02 01", "no limits flags"),
        ("memory_type", "10 01", "no limits flags"),
        ("memory_type", "00 8080808010", "larger than 32 bits"),
        ("tag_type", "01 00", "attribute"),
    ],
)
def test_a_broken_extern_type_is_refused(kind: str, encoded: str, reason: str) -> None:
    check_refused(externs, kind, encoded, reason)
