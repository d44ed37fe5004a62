"""The panic's text in the memory of a dead instance: by its String, never by chance."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.testing.post_mortem import MAX_MESSAGE, find_panic_message

TEXT = "panicked at src/lib.rs:12:5:\nnot the words: größer"
PLACE = 0x400


def memory(text: bytes, words: tuple[int, ...], at: int = 0x100, size: int = 0x1000) -> bytes:
    data = bytearray(size)
    data[PLACE : PLACE + len(text)] = text
    struct.pack_into(f"<{len(words)}I", data, at, *words)
    return bytes(data)


RAW = TEXT.encode()
LENGTH = len(RAW)


@pytest.mark.parametrize(
    "words", [(LENGTH, PLACE, LENGTH), (7, PLACE, LENGTH, LENGTH), (LENGTH, PLACE, LENGTH, 9)]
)
def test_the_text_of_a_string_is_found_in_either_order_of_its_fields(
    words: tuple[int, ...],
) -> None:
    assert find_panic_message(memory(RAW, words)) == TEXT


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ((), 0x100),  # a text that nothing points at
        ((LENGTH + 9, PLACE, LENGTH), 0x100),  # capacity and length differ
        ((LENGTH, PLACE + 1, LENGTH), 0x100),  # not its address
        ((LENGTH, PLACE, LENGTH), 0x101),  # no word of a struct stands there
        ((3, PLACE, 3), 0x100),  # shorter than what every panic says
        ((2**31, PLACE, 2**31), 0x100),  # beyond the memory
        ((MAX_MESSAGE + 1, PLACE, MAX_MESSAGE + 1), 0x100),
    ],
)
def test_nothing_else_is_taken_for_it(words: tuple[int, ...], at: int) -> None:
    assert find_panic_message(memory(RAW, words, at)) is None


def test_a_text_that_is_no_panic_is_not_taken() -> None:
    text = b"panicked at the thought of it"
    assert find_panic_message(memory(text, (len(text), PLACE, len(text)))) is None


def test_a_text_that_is_no_utf8_is_not_taken() -> None:
    text = RAW + b"\xff"
    assert find_panic_message(memory(text, (len(text), PLACE, len(text)))) is None


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_any_memory_is_read(noise: bytes, tail: bytes) -> None:
    found = find_panic_message(noise + b"panicked at a:1:1:\n" + tail)
    assert found is None or found.startswith("panicked at ")
