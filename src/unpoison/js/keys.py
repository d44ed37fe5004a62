"""Property keys: array indices and the order of keys. ECMA-262 6.1.7 and 10.1.11.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from unpoison.js.classes import PropertyKey
from unpoison.js.numeric_text import number_to_string, string_to_number
from unpoison.js.values import Symbol

MAX_ARRAY_INDEX: Final = 2**32 - 2


def array_index(key: object) -> int | None:
    """Give the array index that a property key is, None for any other key."""
    if not isinstance(key, str) or len(key) > 10 or not (key.isascii() and key.isdecimal()):
        return None
    index = int(key)
    return index if str(index) == key and index <= MAX_ARRAY_INDEX else None


def is_numeric(key: object) -> bool:
    """Tell whether a key is a number's text: only an element of a typed array has it. 7.1.21."""
    if not isinstance(key, str):
        return False
    return key == "-0" or number_to_string(string_to_number(key)) == key


def ordered_keys(keys: Iterable[object]) -> list[PropertyKey]:
    """Sort property keys: indices upwards, then names, then symbols; what is no key is left out."""
    known = [key for key in keys if isinstance(key, str | Symbol)]
    indices = sorted(index for key in known if (index := array_index(key)) is not None)
    names = [key for key in known if isinstance(key, str) and array_index(key) is None]
    return [*map(str, indices), *names, *(key for key in known if isinstance(key, Symbol))]
