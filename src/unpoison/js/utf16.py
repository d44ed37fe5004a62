"""Strings as JavaScript counts them: in UTF-16 code units. ECMA-262 6.1.4.

A string is a Python str in which each pair of surrogates is the one character that it means.
Its *units* are the same text with every character of two units as a pair of surrogates, so that
`len`, slices and searches count as JavaScript does; `joined_surrogates` goes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def utf16_units(text: str) -> bytes:
    """Give the UTF-16 code units of a string, two bytes each, big end first.

    A string's length and indices count these; bytes compare as `<` on strings does.
    """
    return text.encode("utf-16-be", "surrogatepass")


def joined_surrogates(text: str) -> str:
    """Make each pair of surrogates the one character that it means in UTF-16."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return utf16_units(text).decode("utf-16-be", "surrogatepass")


def split_surrogates(text: str) -> str:
    """Give the units of a string: one character for each."""
    return text if text.isascii() else _ASTRAL.sub(_pair, text)


def unit_length(text: str) -> int:
    """Give the number of code units of a string."""
    return len(text) if text.isascii() else len(text) + len(_ASTRAL.findall(text))


def code_points(text: str) -> Iterator[str]:
    """Give the characters of a string as its iterator does: surrogate pairs are one."""
    return iter(joined_surrogates(text))


def _pair(found: re.Match[str]) -> str:
    above = ord(found[0]) - 0x10000
    return chr(0xD800 + (above >> 10)) + chr(0xDC00 + (above & 0x3FF))


def well_formed(text: str) -> str:
    """Give the string with U+FFFD for each lone surrogate. ECMA-262 22.1.3.30."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return utf16_units(text).decode("utf-16-be", "replace")
