"""What of a body is found by a pattern: functions that are named, integers that are padded."""

from __future__ import annotations

from typing import Any

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm import (
    CATCH,
    CATCH_ALL,
    CATCH_REF,
    EMPTY_BLOCK,
    I32,
    Catch,
    FunctionBody,
    assemble,
    read_operands,
    rewrite_operands,
)


def body(*instructions: tuple[Any, ...]) -> FunctionBody:
    return FunctionBody.assemble([(1, I32)], [*instructions, ("end",)])


def padded(value: int) -> bytes:
    """Give an integer as a linker fills it in: in five bytes."""
    return bytes([value >> 7 * i & 0x7F | 0x80 for i in range(4)]) + bytes([value >> 28 & 0x0F])


def code(*parts: bytes) -> FunctionBody:
    return FunctionBody(b"".join([b"\0", *parts, b"\x0b"]))


@pytest.mark.parametrize("name", ["call", "return_call", "ref.func"])
@pytest.mark.parametrize("index", [0, 127, 128, 300_000])
def test_each_instruction_that_names_a_function_is_found(name: str, index: int) -> None:
    subject = body(("nop",), (name, index), ("i32.const", 16))
    (operand,) = read_operands(subject)
    assert operand.function == index
    assert subject.data[operand.start : operand.end] == operand.short


def test_a_function_is_found_behind_what_only_the_codec_reads() -> None:
    catches = (Catch(0, 1, 0),) * 9
    subject = body(
        ("br_table", tuple(range(200)), 0),
        ("select_t", (I32,)),
        ("i32.load", (2, 8, 1)),
        ("try_table", EMPTY_BLOCK, catches),
        ("call", 5),
        ("end",),
        ("call", 6),
    )
    functions = [operand.function for operand in read_operands(subject)]
    assert [function for function in functions if function is not None] == [5, 6]


def test_each_place_that_names_a_tag_is_found() -> None:
    clauses = (Catch(CATCH, 300, 0), Catch(CATCH_ALL, None, 7), Catch(CATCH_REF, 3, 0))
    legacy = body(("try", EMPTY_BLOCK), ("throw", 1), ("catch", 2), ("catch_all",), ("end",))
    modern = body(("try_table", EMPTY_BLOCK, clauses), ("throw", 9), ("end",))
    assert [item.tag for item in read_operands(legacy)] == [1, 2]
    assert [item.tag for item in read_operands(modern)] == [300, 3, 9]


def test_tags_are_written_as_they_are_given() -> None:
    clauses = (Catch(CATCH, 300, 0), Catch(CATCH_ALL, None, 7), Catch(CATCH_REF, 3, 0))
    before = body(("try_table", EMPTY_BLOCK, clauses), ("throw", 3), ("end",))
    operands = read_operands(before)
    clauses = (Catch(CATCH, 1, 0), Catch(CATCH_ALL, None, 7), Catch(CATCH_REF, 400, 0))
    after = body(("try_table", EMPTY_BLOCK, clauses), ("throw", 400), ("end",))
    assert rewrite_operands(before, operands, {}, {300: b"\x01", 3: b"\x90\x03"}) == after
    assert rewrite_operands(before, operands, {}) == before


def test_bytes_of_a_constant_that_look_like_a_call_name_nothing() -> None:
    assert read_operands(body(("i64.const", 0x10_10_10), ("f64.const", 0x10_01_10_01_10))) == []


@pytest.mark.parametrize(
    ("opcode", "operands", "short"),
    [
        ("10", [300], ("call", 300)),
        ("23", [3], ("global.get", 3)),
        ("24", [0], ("global.set", 0)),
        ("11", [130, 0], ("call_indirect", 130, 0)),
        ("08", [1], ("throw", 1)),
        ("41", [64], ("i32.const", 64)),
        ("41", [0x0F_FF_FF_FF], ("i32.const", 0x0F_FF_FF_FF)),
        ("28 02", [1 << 20], ("i32.load", (2, 1 << 20))),
    ],
)
def test_a_padded_integer_is_written_in_short(
    opcode: str, operands: list[int], short: tuple[Any, ...]
) -> None:
    subject = code(bytes.fromhex(opcode), *map(padded, operands))
    found = read_operands(subject)
    functions = {300: b"\xac\x02"}
    assert len(found) == 1
    assert rewrite_operands(subject, found, functions).code == assemble([short, ("end",)])


@pytest.mark.parametrize("value", [1 << 28, (1 << 32) - 1])
def test_an_integer_that_needs_five_bytes_is_left(value: int) -> None:
    assert read_operands(code(b"\x23", padded(value))) == []


def test_a_body_without_operands_is_the_same_object() -> None:
    subject = body(("local.get", 0), ("drop",))
    assert rewrite_operands(subject, read_operands(subject), {}) is subject


def test_functions_are_written_as_they_are_given() -> None:
    subject = body(("call", 300), ("drop",), ("call", 2))
    new = rewrite_operands(subject, read_operands(subject), {300: b"\x01", 2: b"\x00"})
    assert new == body(("call", 1), ("drop",), ("call", 0))


@pytest.mark.parametrize("raw", [b"\0\xff\x0b", b"\0\x10", b"\0\x10\xff\xff\xff\xff\x7f\x0b"])
def test_what_is_no_code_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedModule):
        read_operands(FunctionBody(raw))
