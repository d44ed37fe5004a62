"""The text of a regular expression being read, and its smallest parts. ECMA-262 22.2.1."""

from __future__ import annotations

import re
from typing import Final

from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.utf16 import joined_surrogates, split_surrogates

LAST_CODE: Final = 0x10FFFF
_NAME_ESCAPE: Final = re.compile(
    r"\\u(?:\{([0-9a-fA-F]+)\}|([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|([0-9a-fA-F]{4}))"
)


class Source:
    """A pattern and a position in it; its characters are code points, or units."""

    def __init__(self, text: str, full_unicode: bool) -> None:
        self.text = joined_surrogates(text) if full_unicode else split_surrogates(text)
        self.position = 0

    @property
    def more(self) -> bool:
        """Whether there is another character."""
        return self.position < len(self.text)

    @property
    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        """Give the next character (empty at the end) and move past it."""
        found = self.peek
        self.position += len(found)
        return found

    def take(self, wanted: str) -> bool:
        """Move past a text if it stands here."""
        found = self.text.startswith(wanted, self.position)
        self.position += len(wanted) if found else 0
        return found

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Give what matches here, and move past it."""
        found = pattern.match(self.text, self.position)
        self.position = self.position if found is None else found.end()
        return found

    def up_to(self, end: str) -> str | None:
        """Give the text before a character and move past that; None when it is missing."""
        stop = self.text.find(end, self.position)
        if stop < 0:
            return None
        found = self.text[self.position : stop]
        self.position = stop + 1
        return found

    def hexadecimal(self, count: int) -> int | None:
        """Read that many hexadecimal digits, None when they do not stand here."""
        digits = self.text[self.position : self.position + count]
        if len(digits) < count or not re.fullmatch("[0-9a-fA-F]+", digits):
            return None
        self.position += count
        return int(digits, 16)

    def braced(self, complaint: str) -> str:
        """Read `{text}`. Raises js.SyntaxError with the complaint when it is not there."""
        found = self.up_to("}") if self.take("{") else None
        if found is None:
            raise SyntaxError(complaint)
        return found

    def group_name(self) -> str:
        """Read a group's name and the `>` behind it. Raises js.SyntaxError for none."""
        text = self.up_to(">")
        name = None if text is None else _NAME_ESCAPE.sub(_name_character, joined_surrogates(text))
        if not name or not name.replace("$", "_").isidentifier():
            raise SyntaxError("Invalid capture group name")
        return name


def _name_character(escape: re.Match[str]) -> str:
    braced, high, low, unit = escape.groups()
    if high is not None:
        return joined_surrogates(chr(int(high, 16)) + chr(int(low, 16)))
    code = int((braced or unit)[-8:], 16)
    return chr(code) if code <= LAST_CODE else "\\"
