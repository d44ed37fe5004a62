"""What the type section defines: bytes, text and equality."""

from __future__ import annotations

import pickle

import pytest

from tests.wasm._pairs import check_pair, check_refused
from unpoison.wasm import definitions
from unpoison.wasm.definitions import ArrayType, FieldType, FuncType, RecGroup, StructType, SubType
from unpoison.wasm.types import (
    F64,
    I32,
    I64,
)

FUNCTION = FuncType((I32, F64), (I32,))
STRUCT = StructType((FieldType(8, True), FieldType(I64)))


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
        ("sub_type", SubType(FUNCTION), "60 02 7f7c 01 7f"),
        ("sub_type", SubType(STRUCT, (), False), "50 00 5f 02 7801 7e00"),
        ("sub_type", SubType(ArrayType(FieldType(16)), (3,)), "4f 01 03 5e 7700"),
        ("rec_group", RecGroup((SubType(FUNCTION),)), "60 02 7f7c 01 7f"),
        ("rec_group", RecGroup((SubType(FuncType()),) * 2), "4e 02 600000 600000"),
        ("rec_group", RecGroup(()), "4e 00"),
    ],
)
def test_a_definition_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    check_pair(definitions, kind, value, encoded)


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("sub_type", "61", "not a composite type"),
        ("sub_type", "50 02 00 01 600000", "2 supertypes; the limit is 1"),
        ("sub_type", "60 e907" + "7f" * 1001 + "00", "1001 parameters; the limit is 1000"),
        ("sub_type", "5e 7f02", "not a mutability"),
    ],
)
def test_a_broken_definition_is_refused(kind: str, encoded: str, reason: str) -> None:
    check_refused(definitions, kind, encoded, reason)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (FuncType(), "() -> ()"),
        (FUNCTION, "(i32, f64) -> i32"),
        (FuncType((), (I32, I64)), "() -> (i32, i64)"),
    ],
)
def test_a_function_type_reads_well(type_: object, text: str) -> None:
    assert str(type_) == text


def test_a_function_type_is_a_key_and_survives_pickling() -> None:
    assert {FUNCTION: 1}[pickle.loads(pickle.dumps(FUNCTION))] == 1
