"""Strings as JavaScript counts them: in UTF-16 code units. ECMA-262 6.1.4."""

from __future__ import annotations

from collections.abc import Iterator


def utf16_units(text: str) -> bytes:
    """Give the UTF-16 code units of a string, two bytes each, big end first.

    A string's length and indices count these; bytes compare as `<` on strings does.
    """
    return text.encode("utf-16-be", "surrogatepass")


def joined_surrogates(text: str) -> str:
    """Make each pair of surrogates the one character that it means in UTF-16."""
    return utf16_units(text).decode("utf-16-be", "surrogatepass")


def code_points(text: str) -> Iterator[str]:
    """Give the characters of a string as its iterator does: surrogate pairs are one."""
    return iter(joined_surrogates(text))
