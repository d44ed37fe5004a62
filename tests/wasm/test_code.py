"""Decoding and assembling instruction sequences."""

from __future__ import annotations

import random

import pytest

from fuzz._wasm import random_body
from unpoison.errors import MalformedModule
from unpoison.wasm.code import assemble, read_expression, read_instructions
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.immediates import MemArg
from unpoison.wasm.types import EMPTY_BLOCK


def decode(encoded: str) -> list[tuple[object, ...]]:
    return [each.source for each in read_instructions(Cursor(bytes.fromhex(encoded)))]


def test_instructions_come_with_their_immediates_and_places() -> None:
    found = list(read_instructions(Cursor(bytes.fromhex("ff 2000 41e400 2802c801 0b"), 1)))
    assert [each.source for each in found] == [
        ("local.get", 0),
        ("i32.const", 100),
        ("i32.load", MemArg(2, 200)),
        ("end",),
    ]
    assert [(each.start, each.end) for each in found] == [(1, 3), (3, 6), (6, 10), (10, 11)]


@pytest.mark.parametrize("seed", range(50))
def test_what_was_assembled_is_decoded(seed: int) -> None:
    body = random_body(random.Random(seed), 100)
    encoded = assemble(body)
    assert [each.source for each in read_instructions(Cursor(encoded))] == body


def test_padded_integers_are_accepted() -> None:
    assert decode("10 8580808000 0b") == [("call", 5), ("end",)]
    assert decode("10 81838c9102 0b") == [("call", 0x22230181), ("end",)]
    assert decode("10 ffffffff0f 0b") == [("call", 2**32 - 1), ("end",)]
    assert decode("0c 85808000 0b") == [("br", 5), ("end",)]
    assert decode("fc 8800 0000 0b") == [("memory.init", 0, 0), ("end",)]


def test_negative_constants_of_one_byte_and_more() -> None:
    assert decode("417f 4140 41bf7f 427e 0b")[:4] == [
        ("i32.const", -1),
        ("i32.const", -64),
        ("i32.const", -65),
        ("i64.const", -2),
    ]


def test_a_delegate_closes_its_try() -> None:
    assert decode("0640 1800 0b") == [("try", EMPTY_BLOCK), ("delegate", 0), ("end",)]


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("", "has no end"),
        ("01", "has no end"),
        ("0240 0b", "has no end"),
        ("0b 01", "1 bytes after the end"),
        ("0b 0b", "1 bytes after the end"),
        ("41", "input ends"),
        ("2802", "input ends"),
        ("44 000000", "8 bytes wanted, 3 left"),
        ("0e ffffffff0f", "labels|branch targets"),
        ("27 0b", "unknown instruction 0x27"),
        ("ff 0b", "unknown instruction 0xff"),
        ("fb 7f 0b", "unknown instruction 0xfb"),
        ("fd ffffffff0f 0b", "unknown instruction 0xfd"),
        ("fc 8080848004 0b", "unknown instruction 0xfc"),
        ("fb 808004 00 0b", "unknown instruction 0xfb"),  # 0x10000 must not be read as 0
        ("10 ffffffff7f 0b", "larger than 32 bits"),
        ("10 8080808010 0b", "larger than 32 bits"),
        ("10 80808080", "input ends"),
        ("10 8080808080 00 0b", "more bytes than 32 bits"),
    ],
)
def test_a_broken_expression_is_refused(encoded: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        decode(encoded)


def test_nesting_is_bounded_by_the_input_only() -> None:
    deep = 100_000
    encoded = bytes([2, 0x40]) * deep + bytes([0x0B]) * (deep + 1)
    assert sum(1 for _ in read_instructions(Cursor(encoded))) == 2 * deep + 1


def test_an_expression_ends_with_its_own_end() -> None:
    cursor = Cursor(bytes.fromhex("0240 0b 4100 0b ff"))
    assert read_expression(cursor) == bytes.fromhex("0240 0b 4100 0b")
    assert cursor.remaining == 1


@pytest.mark.parametrize(
    ("instruction", "reason"),
    [
        (("i32.konst", 1), "no instruction"),
        (("i32.const",), "takes 1 immediates, not 0"),
        (("nop", 1), "takes 0 immediates, not 1"),
        (("i32.const", 2**31), "signed integer of 32 bits"),
        (("call", -1), "unsigned"),
    ],
)
def test_what_cannot_be_encoded_is_a_value_error(
    instruction: tuple[object, ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        assemble([instruction])
