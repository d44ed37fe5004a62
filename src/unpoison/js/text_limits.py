"""The longest string. ECMA-262 6.1.4 leaves it to the engine."""

from __future__ import annotations

from typing import Final

from unpoison.js.exceptions import RangeError
from unpoison.js.utf16 import joined_surrogates

MAX_LENGTH: Final = 2**29 - 24
"""Code units of the longest string, as in V8 on 64 bits."""


def check_length(length: int | float) -> None:
    """Raise js.RangeError for the length of a string that would be too long."""
    if length > MAX_LENGTH:
        raise RangeError("Invalid string length")


def join_units(parts: list[str]) -> str:
    """Give the string that parts in units make together.

    Raises js.RangeError when it would be too long.
    """
    check_length(sum(map(len, parts)))
    return joined_surrogates("".join(parts))
