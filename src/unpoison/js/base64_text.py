"""Bytes as base64 and hexadecimal text, as `Uint8Array` reads and writes them.

Unlike Python's `base64`, decoding skips ASCII whitespace, says how much of the text it has used,
and stops where the room ends. ECMA-262 (2026) 23.3.2, FromBase64 and FromHex.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from unpoison.js.exceptions import Error, SyntaxError  # noqa: A004 - JavaScript's

BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
VALUES: Final = {
    "base64": {letter: value for value, letter in enumerate(BASE64)},
    "base64url": {letter: value for value, letter in enumerate(BASE64[:-2] + "-_")},
}
WHITESPACE: Final = "\t\n\f\r "


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was read: how many units of the text, the bytes, and why it did not go on."""

    read: int
    data: bytes
    error: Error | None = None


def encode(data: bytes, alphabet: str, *, padded: bool) -> str:
    """Give base64 text; `alphabet` is "base64" or "base64url"."""
    text = (base64.b64encode if alphabet == "base64" else base64.urlsafe_b64encode)(data).decode()
    return text if padded else text.rstrip("=")


class _Chunks:
    """The bytes read so far, and the letters of the group that is not full."""

    def __init__(self, room: int | None) -> None:
        self.data = bytearray()
        self.group: list[int] = []
        self.room = room
        self.read = 0

    def is_full(self) -> bool:
        """Tell whether the next letter would make a byte too many."""
        if self.room is None:
            return False
        left = self.room - len(self.data)
        return (left == 1 and len(self.group) == 2) or (left == 2 and len(self.group) == 3)

    def take_group(self) -> None:
        """Make bytes of a group of two to four letters."""
        count = len(self.group) - 1
        bits = 0
        for value in [*self.group, 0, 0][:4]:
            bits = bits << 6 | value
        self.data += bits.to_bytes(3, "big")[:count]
        self.group = []

    def has_extra_bits(self) -> bool:
        """Tell whether the last letter of a short group has bits that belong to no byte."""
        return bool(self.group[-1] & (0xF if len(self.group) == 2 else 0x3))

    def result(self, error: str | None = None) -> Decoded:
        """Give what was read."""
        problem = None if error is None else SyntaxError(error)
        return Decoded(self.read, bytes(self.data), problem)


STRAY: Final = "Found a character that cannot be part of a valid base64 string."
EXTRA_BITS: Final = "The base64 input terminates with non-zero padding bits."
INCOMPLETE: Final = "The base64 input terminates with a single character, excluding padding (=)."


def decode(text: str, alphabet: str, handling: str, room: int | None = None) -> Decoded:
    """Read base64 text into at most `room` bytes.

    `handling` of an incomplete last group is "loose", "strict" or "stop-before-partial".
    """
    chunks = _Chunks(room)
    if room == 0:
        return chunks.result()
    values = VALUES[alphabet]
    place = 0
    while True:
        place = _skip(text, place)
        if place == len(text):
            return _end(chunks, handling, len(text))
        letter = text[place]
        place += 1
        if letter == "=":
            return _padding(chunks, handling, text, place)
        if letter not in values:
            return chunks.result(STRAY)
        if chunks.is_full():
            return chunks.result()
        chunks.group.append(values[letter])
        if len(chunks.group) == 4:
            chunks.take_group()
            chunks.read = place
            if len(chunks.data) == room:
                return chunks.result()


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in WHITESPACE:
        place += 1
    return place


def _end(chunks: _Chunks, handling: str, length: int) -> Decoded:
    if not chunks.group:
        chunks.read = length
        return chunks.result()
    if handling == "stop-before-partial":
        return chunks.result()
    if handling == "strict" or len(chunks.group) == 1:
        return chunks.result(INCOMPLETE)
    chunks.take_group()
    chunks.read = length
    return chunks.result()


def _padding(chunks: _Chunks, handling: str, text: str, place: int) -> Decoded:
    if len(chunks.group) < 2:
        return chunks.result(INCOMPLETE if chunks.group else STRAY)
    place = _skip(text, place)
    if len(chunks.group) == 2:
        if place == len(text):
            return chunks.result(None if handling == "stop-before-partial" else STRAY)
        if text[place] == "=":
            place = _skip(text, place + 1)
    if place < len(text):
        return chunks.result(STRAY)
    if handling == "strict" and chunks.has_extra_bits():
        return chunks.result(EXTRA_BITS)
    chunks.take_group()
    chunks.read = len(text)
    return chunks.result()


def decode_hex(text: str, room: int | None = None) -> Decoded:
    """Read hexadecimal text into at most `room` bytes."""
    if len(text) % 2:
        return Decoded(
            0, b"", SyntaxError("Input string must contain hex characters in even length")
        )
    data = bytearray()
    for place in range(0, len(text), 2):
        if len(data) == room:
            break
        pair = text[place : place + 2]
        if not all(letter in "0123456789abcdefABCDEF" for letter in pair):
            error = SyntaxError("Input string must contain hex characters in even length")
            return Decoded(place, bytes(data), error)
        data.append(int(pair, 16))
    return Decoded(2 * len(data), bytes(data))
