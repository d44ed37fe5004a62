"""Legacy encodings by label: those of one byte, and UTF. Encoding standard 4.2, 9, 14.5.

The labels come from webencodings, the tables from Python's codecs, which leave out what Microsoft
left undefined and the standard defines. The encodings of several bytes differ from Python's in
ways that cannot be told by a table, so they are refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Final, Protocol

from unpoison import js

PYTHON_NAMES: Final[Mapping[str, str]] = {
    "iso-8859-8-i": "iso-8859-8",
    "macintosh": "mac-roman",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
}
"""Where Python has another name for it."""

OTHERWISE: Final[Mapping[str, Mapping[int, int]]] = {
    "koi8-u": {0xAE: 0x45E, 0xBE: 0x40E},
    "windows-1255": {0xCA: 0x5BA},
}
"""Bytes that the standard maps to another character than Python does."""

UTF: Final = frozenset({"utf-8", "utf-16le", "utf-16be"})
MULTI_BYTE: Final = frozenset(
    {"big5", "euc-jp", "euc-kr", "gb18030", "gbk", "iso-2022-jp", "shift_jis"}
)


class Decoder(Protocol):
    """Decodes bytes that come in pieces."""

    def decode(self, data: bytes, final: bool = False) -> str:
        """Give the text of a piece. Raises UnicodeDecodeError when it is strict."""


def encoding_for(label: str) -> str:
    """Give the name of the encoding of a label. Raises js.RangeError when there is none here."""
    from webencodings.labels import LABELS

    name: str | None = LABELS.get(label.strip("\t\n\f\r ").lower())
    if name is None or name == "replacement":
        raise js.RangeError(f'The "{label}" encoding is not supported')
    if name in MULTI_BYTE:
        raise js.RangeError(f'The "{label}" encoding is not supported: unpoison has no {name}')
    return name


def make_decoder(name: str, *, fatal: bool) -> Decoder:
    """Make a decoder for an encoding's name; malformed bytes are U+FFFD, or fatal."""
    if name in UTF:
        codec = "utf-8" if name == "utf-8" else f"utf-16-{name[-2:]}"
        return codecs.getincrementaldecoder(codec)("strict" if fatal else "replace")
    return SingleByteDecoder(name, fatal=fatal)


class SingleByteDecoder:
    """A decoder whose bytes are characters of their own."""

    def __init__(self, name: str, *, fatal: bool) -> None:
        self._name = name
        self._table = decoding_table(name)
        self._errors = "strict" if fatal else "replace"

    def decode(self, data: bytes, final: bool = False) -> str:
        """See Decoder."""
        return codecs.charmap_decode(data, self._errors, self._table)[0]


def decoding_table(name: str) -> str:
    """Give the characters of all 256 bytes; U+FFFE for a byte that has none."""
    if name == "x-user-defined":
        return "".join(chr(byte if byte < 0x80 else 0xF700 + byte) for byte in range(256))
    codec = PYTHON_NAMES.get(name, name)
    return "".join(chr(_code_point(name, codec, byte)) for byte in range(256))


def _code_point(name: str, codec: str, byte: int) -> int:
    other = OTHERWISE.get(name, {}).get(byte)
    if other is not None:
        return other
    try:
        return ord(bytes([byte]).decode(codec))
    except UnicodeDecodeError:
        is_control = 0x80 <= byte < 0xA0 and name.startswith("windows-")
        return byte if is_control else 0xFFFE
