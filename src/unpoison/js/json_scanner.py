"""Reads JSON step by step: for the source text of values, and to say what is wrong, as V8 does.

`json_text.py` parses with Python's decoder, which is much faster; this is asked when that fails,
or when a reviver may ask for the source of a value. ECMA-262 25.5.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.numbers import number_to_python
from unpoison.js.objects import Array, Object
from unpoison.js.utf16 import joined_surrogates, split_surrogates
from unpoison.js.values import null

UNTERMINATED: Final = "Unterminated string"
SPECIAL_TEXTS: Final = frozenset({"NaN", "Infinity", "undefined", "[object Object]"})
"""Texts that come of values that were no JSON, by V8's experience."""
CONTEXT: Final = 10
"""Characters that V8 shows on each side of a wrong one, when there are more than twice as many."""
WORDS: Final = {"true": True, "false": False, "null": null}
ESCAPES: Final = {
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "/": "/", "\\": "\\",
}  # fmt: skip
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*')
_DIGITS: Final = re.compile("[0-9]*")
_HEX: Final = re.compile("[0-9a-fA-F]{4}")


@dataclass(slots=True)
class Snapshot:
    """A value as it was parsed: its source for a primitive, the parts of an array or object."""

    value: Any
    source: str | None = None
    parts: dict[str, Snapshot] = field(default_factory=dict)


def scan(text: str) -> Snapshot:
    """Parse a JSON text. Raises js.SyntaxError with V8's message."""
    return Scanner(text).document()


class Scanner:
    """A text, in units, and a position in it."""

    def __init__(self, text: str) -> None:
        self.text = split_surrogates(text)
        self.at = 0

    def document(self) -> Snapshot:
        """Read all of it."""
        found = self.value()
        self.skip()
        if self.at < len(self.text):
            self.fail("Unexpected non-whitespace character after JSON")
        return found

    def skip(self) -> str:
        """Move past white space and give the next character, empty at the end."""
        space = _SPACE.match(self.text, self.at)
        assert space is not None
        self.at = space.end()
        return self.text[self.at : self.at + 1]

    def value(self) -> Snapshot:
        """Read a value."""
        character = self.skip()
        start = self.at
        if character == "{":
            return self.object()
        if character == "[":
            return self.array()
        if character == '"':
            value: Any = self.string()
        elif character and character in "-0123456789":
            value = self.number()
        else:
            value = self.word(character)
        return Snapshot(value, joined_surrogates(self.text[start : self.at]))

    def object(self) -> Snapshot:
        """Read an object."""
        self.at += 1
        parts: dict[str, Snapshot] = {}
        if self.skip() == "}":
            self.at += 1
            return Snapshot(Object())
        complaint = "Expected property name or '}' in JSON"
        while True:
            if self.skip() != '"':
                self.fail(complaint)
            name = self.string()
            self.expect(":", "Expected ':' after property name in JSON")
            parts[name] = self.value()
            if self.expect(",}", "Expected ',' or '}' after property value in JSON") == "}":
                made = Object((key, part.value) for key, part in parts.items())
                return Snapshot(made, parts=parts)
            complaint = "Expected double-quoted property name in JSON"

    def array(self) -> Snapshot:
        """Read an array."""
        self.at += 1
        items: list[Snapshot] = []
        if self.skip() == "]":
            self.at += 1
            return Snapshot(Array())
        while True:
            items.append(self.value())
            if self.expect(",]", "Expected ',' or ']' after array element in JSON") == "]":
                parts = {str(index): item for index, item in enumerate(items)}
                return Snapshot(Array(item.value for item in items), parts=parts)

    def expect(self, characters: str, complaint: str) -> str:
        """Move past one of the characters behind white space, and give it."""
        found = self.skip()
        if not found or found not in characters:
            self.fail(complaint)
        self.at += 1
        return found

    def word(self, character: str) -> Any:
        """Read true, false or null."""
        for word, value in WORDS.items():
            if character and word.startswith(character):
                for letter in word:
                    if not self.text.startswith(letter, self.at):
                        self.unexpected()
                    self.at += 1
                return value
        return self.unexpected()

    def number(self) -> int | float:
        """Read a number."""
        start = self.at
        self.at += self.text.startswith("-", self.at)
        if self.text.startswith("0", self.at):
            self.at += 1
            if self.digits():
                self.at = start + 1 + self.text.startswith("-", start)
                self.fail("Unexpected number in JSON")
        elif not self.digits():
            self.fail("No number after minus sign in JSON")
        if self.text.startswith(".", self.at):
            self.at += 1
            if not self.digits():
                self.fail("Unterminated fractional number in JSON")
        if self.text.startswith(("e", "E"), self.at):
            self.at += 1
            self.at += self.text.startswith(("+", "-"), self.at)
            if not self.digits():
                self.fail("Exponent part is missing a number in JSON")
        return number_to_python(float(self.text[start : self.at]))

    def digits(self) -> str:
        """Move past digits and give them."""
        found = _DIGITS.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return found[0]

    def string(self) -> str:
        """Read a string."""
        self.at += 1
        parts = []
        while True:
            plain = _PLAIN.match(self.text, self.at)
            assert plain is not None
            parts.append(plain[0])
            self.at = plain.end()
            character = self.text[self.at : self.at + 1]
            if character == '"':
                self.at += 1
                return joined_surrogates("".join(parts))
            if character != "\\":
                wrong = "Bad control character in string literal" if character else UNTERMINATED
                self.fail(f"{wrong} in JSON")
            parts.append(self.escape())

    def escape(self) -> str:
        """Read an escape."""
        self.at += 1
        letter = self.text[self.at : self.at + 1]
        if letter == "u":
            digits = _HEX.match(self.text, self.at + 1)
            if digits is None:
                self.at += 1
                while self.text[self.at : self.at + 1] in HEX_DIGITS:
                    self.at += 1
                self.fail("Bad Unicode escape in JSON")
            self.at = digits.end()
            return chr(int(digits[0], 16))
        if not letter:
            self.unexpected()
        if letter not in ESCAPES:
            self.fail("Bad escaped character in JSON")
        self.at += 1
        return ESCAPES[letter]

    def fail(self, complaint: str) -> NoReturn:
        """Raise what V8 says of a mistake that it knows."""
        before = self.text[: self.at].split("\n")
        place = f"line {len(before)} column {len(before[-1]) + 1}"
        raise SyntaxError(f"{complaint} at position {self.at} ({place})")

    def unexpected(self) -> NoReturn:
        """Raise what V8 says of any other character."""
        text, at = self.text, self.at
        if at >= len(text):
            raise SyntaxError("Unexpected end of JSON input")
        if text[at] == '"':
            self.fail("Unexpected string in JSON")
        if text[at] in "-0123456789":
            self.fail("Unexpected number in JSON")
        if text in SPECIAL_TEXTS:
            raise SyntaxError(f'"{text}" is not valid JSON')
        token, shown = joined_surrogates(text[at]), f'"{text}"'
        if len(text) > 2 * CONTEXT:
            before = "..." if at >= CONTEXT else ""
            after = "..." if at < len(text) - CONTEXT else ""
            start, end = max(0, at - CONTEXT) if before else 0, at + CONTEXT if after else len(text)
            shown = f'{before}"{text[start:end]}"{after}'
        raise SyntaxError(
            joined_surrogates(f"Unexpected token '{token}', {shown} is not valid JSON")
        )
