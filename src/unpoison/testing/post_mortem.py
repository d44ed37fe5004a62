"""The text of the panic that a dead instance holds. Pure.

In a panic=abort binary a panic ends the instance, and the harness says nothing of it to its host
when the test should panic. But it has pushed the panic's text to a `String` of its own just before
(`wasm-bindgen-test` src/rt/mod.rs, panic_handling). Nothing of the instance may run any more, so
its memory is read.

The harness's text is the one that a `String` points at whose capacity is its length, as a single
`push_str` to an empty one makes it. Freed copies and borrowed texts have no such words beside their
address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_MESSAGE = 1 << 20
"""Bytes: a longer text is none that a panic made."""

_HEAD = re.compile(rb"panicked at [^\n\0]{1,4096}:\d{1,9}:\d{1,9}:\n")


def find_panic_message(memory: bytes) -> str | None:
    """Give the text of the last panic, `panicked at FILE:LINE:COLUMN:` and what it said.

    None when there is no such text, as after an abort that was no panic.
    """
    found = [text for head in _HEAD.finditer(memory) for text in _owned_texts(memory, head)]
    return found[-1] if found else None


def _owned_texts(memory: bytes, head: re.Match[bytes]) -> Iterator[str]:
    address = head.start()
    shortest = head.end() - address
    for place in _words(memory, address):
        for length in _lengths(memory, place):
            if shortest <= length <= min(MAX_MESSAGE, len(memory) - address):
                text = _decode(memory[address : address + length])
                if text is not None:
                    yield text


def _words(memory: bytes, value: int) -> Iterator[int]:
    """Give every aligned address where a word of that value is."""
    word = value.to_bytes(4, "little")
    place = memory.find(word)
    while place >= 0:
        if place % 4 == 0:
            yield place
        place = memory.find(word, place + 1)


def _lengths(memory: bytes, pointer: int) -> Iterator[int]:
    """Give the length of the `String` whose pointer is there, if capacity and length are equal.

    They stand around the pointer or behind it: rustc does not promise an order.
    """
    before, behind, last = (memory[pointer + step : pointer + step + 4] for step in (-4, 4, 8))
    if behind in (before, last):
        yield int.from_bytes(behind, "little")


def _decode(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
