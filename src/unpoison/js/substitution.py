"""The replacement texts of `replace`, with their `$` patterns. ECMA-262 22.1.3.19.1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from unpoison.js.conversions import to_string
from unpoison.js.property import get
from unpoison.js.text_limits import check_length
from unpoison.js.utf16 import joined_surrogates, split_surrogates

_PATTERN: Final = re.compile(r"\$(?:([$&`'])|(\d\d?)|<([^>]*)>)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: `text` is searched, all texts are in units, captures None or str."""

    text: str
    matched: str
    position: int
    captures: Sequence[Any] = ()
    groups: object = None

    @property
    def end(self) -> int:
        """The position after it."""
        return min(self.position + len(self.matched), len(self.text))


def substitute(found: Found, template: str) -> str:
    """Give the replacement that a template (in units) makes, in units.

    Raises js.RangeError when it would be longer than a string can be.
    """
    parts: list[str] = []
    end = size = 0
    for symbol in _PATTERN.finditer(template):
        parts += [template[end : symbol.start()], _expand(found, symbol)]
        size += len(parts[-2]) + len(parts[-1])
        check_length(size)
        end = symbol.end()
    return "".join([*parts, template[end:]])


def _expand(found: Found, symbol: re.Match[str]) -> str:
    sign, digits, name = symbol.groups()
    if sign is not None:
        return _part(found, sign)
    if digits is not None:
        return _numbered(found, digits, symbol[0])
    if found.groups is None:
        # Without named groups `$<` means itself; a `$` pattern may stand behind it.
        return "$<" + substitute(found, symbol[0][2:])
    value = get(found.groups, joined_surrogates(name))
    return "" if value is None else split_surrogates(to_string(value))


def _part(found: Found, sign: str) -> str:
    if sign == "$":
        return "$"
    if sign == "&":
        return found.matched
    return found.text[: found.position] if sign == "`" else found.text[found.end :]


def _numbered(found: Found, digits: str, whole: str) -> str:
    """Two digits are a group when there are so many, else the first of them is one."""
    for taken in (digits, digits[:1]):
        index = int(taken)
        if 1 <= index <= len(found.captures):
            value = found.captures[index - 1]
            return ("" if value is None else value) + digits[len(taken) :]
    return whole
