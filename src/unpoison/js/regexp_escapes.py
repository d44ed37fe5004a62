"""Reads the escapes of regular expressions. ECMA-262 22.2.1, B.1.2."""

from __future__ import annotations

import re
from typing import Final

from unpoison.js.character_sets import (
    LAST,
    CharSet,
    any_case,
    complement,
    make_set,
    of_text,
    union,
)
from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.numeric_text import WHITESPACE
from unpoison.js.regexp_source import Source
from unpoison.js.regexp_syntax import Flags
from unpoison.js.unicode_properties import property_set

DIGITS: Final = make_set([(0x30, 0x39)])
WORDS: Final = make_set([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
FOLDED_WORDS: Final = union(WORDS, of_text("\u017f\u212a"))
"""With the flags i and u, these two fold to word characters. ECMA-262 22.2.2.9.3."""
SPACES: Final = of_text(WHITESPACE)
LARGE_SET: Final = 2000
"""Characters of a set, beyond which finding the other case of all takes a millisecond."""
MAX_EFFORT: Final = 1 << 18
"""Ranges that may be handled while one pattern is read: a second."""
INVALID_NAME: Final = "Invalid property name"
CONTROLS: Final = {"f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B}
SYNTAX_CHARACTERS: Final = "^$\\.*+?()[]{}|/"

_OCTAL: Final = re.compile("[0-3][0-7]{0,2}|[4-7][0-7]?")
_BRACED: Final = re.compile(r"\{([0-9a-fA-F]+)\}")


class EscapeReader:
    """Reads what stands behind a backslash; `strict` is with the flag u or v."""

    def __init__(self, text: str, flags: Flags) -> None:
        self.source = Source(text, flags.full_unicode)
        self.flags = flags
        self.strict = flags.full_unicode
        self.has_names = False
        self.effort = 0

    def class_escape(self, *, in_class: bool = False) -> CharSet | None:
        """Read `d`, `s`, `w`, a property, or their opposites; None when it is no such letter."""
        letter = self.source.peek
        found = {"d": DIGITS, "s": SPACES, "w": self.words()}.get(letter.lower())
        if found is not None and letter in "dDsSwW":
            self.source.next()
            return complement(found) if letter.isupper() else found
        if letter in ("p", "P") and self.strict:
            self.source.next()
            where = "Invalid property name in character class" if in_class else INVALID_NAME
            return self.property(where, negative=letter == "P")
        return None

    def property(self, complaint: str, *, negative: bool) -> CharSet:
        """Read a property in braces. Raises js.SyntaxError with the complaint for none."""
        try:
            chars = property_set(self.source.braced(INVALID_NAME))
        except SyntaxError as error:
            raise SyntaxError(error.message.replace(INVALID_NAME, complaint)) from None
        if self.flags.unicode_sets and self.flags.ignore_case:
            chars = any_case(chars, unicode=True)
        return complement(chars) if negative else chars

    def character_escape(self, *, in_class: bool) -> int:
        """Read the character that an escape means."""
        letter = self.source.next()
        if not letter:
            raise SyntaxError("\\ at end of pattern")
        if letter in CONTROLS:
            return CONTROLS[letter]
        if letter == "c":
            return self.control(in_class)
        if letter == "x":
            return self.hexadecimal(2, "x")
        if letter == "u":
            return self.unicode_escape()
        if letter in "0123456789":
            return self.octal(letter)
        if self.strict and letter not in SYNTAX_CHARACTERS and not (in_class and letter == "-"):
            raise SyntaxError("Invalid escape")
        if in_class and letter == "k" and self.has_names:
            raise SyntaxError("Invalid escape")
        return ord(letter)

    def control(self, in_class: bool) -> int:
        """Read the letter of `\\cA`; without one the backslash is a character (Annex B)."""
        letter = self.source.peek
        lenient = in_class and not self.strict
        known = letter.isascii() and (letter.isalpha() or (lenient and letter.isdecimal()))
        if known or (lenient and letter == "_"):
            return ord(self.source.next()) % 32
        if self.strict:
            raise SyntaxError("Invalid Unicode escape")
        self.source.position -= 1
        return ord("\\")

    def hexadecimal(self, count: int, letter: str) -> int:
        """Read hexadecimal digits; without them the letter is a character (Annex B)."""
        value = self.source.hexadecimal(count)
        if value is None and self.strict:
            raise SyntaxError("Invalid escape" if letter == "x" else "Invalid Unicode escape")
        return ord(letter) if value is None else value

    def unicode_escape(self) -> int:
        """Read the rest of `\\uXXXX`, a pair of them, or `\\u{X}`."""
        source = self.source
        if self.strict and source.peek == "{":
            found = source.match(_BRACED)
            digits = "" if found is None else found[1].lstrip("0") or "0"
            if not digits or len(digits) > 6 or int(digits, 16) > LAST:
                raise SyntaxError("Invalid Unicode escape")
            return int(digits, 16)
        high = self.hexadecimal(4, "u")
        at = source.position
        if self.strict and 0xD800 <= high <= 0xDBFF and source.take("\\u"):
            low = source.hexadecimal(4)
            if low is not None and 0xDC00 <= low <= 0xDFFF:
                return 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00
        source.position = at
        return high

    def octal(self, digit: str) -> int:
        """Read the rest of `\\0` or of an octal escape (Annex B)."""
        source = self.source
        if self.strict:
            following = source.peek
            if digit == "0" and not (following and following in "0123456789"):
                return 0
            raise SyntaxError("Invalid decimal escape")
        if digit in "89":
            return ord(digit)
        source.position -= 1
        found = source.match(_OCTAL)
        assert found is not None
        return int(found[0], 8)

    def cased(self, chars: CharSet) -> CharSet:
        """Add the other case of characters when the flag i holds."""
        if not self.flags.ignore_case:
            return chars
        self.spend(len(chars) if sum(b - a for a, b in chars) < LARGE_SET else LARGE_SET)
        return any_case(chars, self.strict)

    def spend(self, effort: int) -> None:
        """Count ranges that were handled. Raises js.SyntaxError when there are too many."""
        self.effort += effort
        if self.effort > MAX_EFFORT:
            raise SyntaxError("Regular expression too large")

    def words(self) -> CharSet:
        """Give the word characters. ECMA-262 22.2.2.9.3."""
        return FOLDED_WORDS if self.strict and self.flags.ignore_case else WORDS
