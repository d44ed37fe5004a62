"""Reads the character classes of regular expressions, also those of the flag v. ECMA-262 22.2.1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from unpoison.js.character_sets import (
    CharSet,
    complement,
    difference,
    intersection,
    simple_fold,
    union,
)
from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.regexp_escapes import EscapeReader
from unpoison.js.regexp_syntax import Chars, Choice, Node, Sequence

MAX_CLASS_NESTING: Final = 100
_SET_SYNTAX: Final = "()[]{}/-\\|"
_DOUBLE_PUNCTUATORS: Final = re.compile(r"([&!#$%*+,.:;<=>?@^`~])\1")
_SET_ESCAPES: Final = "&-!#%,:;<=>@`~"


@dataclass(frozen=True, slots=True)
class Operand:
    """What a class of the flag v matches: characters, and texts of none or several characters."""

    chars: CharSet = ()
    texts: frozenset[str] = frozenset()
    single: int | None = None
    is_range: bool = False


class ClassReader(EscapeReader):
    """Reads what stands behind `[`."""

    set_depth = 0

    def character_class(self) -> Node:
        """Read the rest of a class and give its node."""
        if self.flags.unicode_sets:
            return self.node_of(self.nested_class())
        negative = self.source.take("^")
        chars = self.cased(self.class_ranges())
        return Chars(complement(chars) if negative else chars)

    def class_ranges(self) -> CharSet:
        """Read characters and ranges up to the closing bracket."""
        source, found = self.source, []
        while not source.take("]"):
            first = self.class_atom()
            if source.peek != "-" or source.text.startswith("-]", source.position):
                found.append(first)
                self.spend(len(first))
                continue
            source.next()
            last = self.class_atom()
            found += self.range_of(first, last)
        return union(*found)

    def class_atom(self) -> CharSet:
        """Read a character or an escape."""
        source = self.source
        if not source.more:
            raise SyntaxError("Unterminated character class")
        if not source.take("\\"):
            code = ord(source.next())
            return ((code, code),)
        chars = self.class_escape(in_class=True)
        if chars is None:
            code = 8 if source.take("b") else self.character_escape(in_class=True)
            chars = ((code, code),)
        return chars

    def range_of(self, first: CharSet, last: CharSet) -> list[CharSet]:
        """Give a range; with a set at one end the hyphen is a character (Annex B)."""
        ends = [each[0][0] for each in (first, last) if len(each) == 1 and each[0][0] == each[0][1]]
        if len(ends) < 2:
            if self.strict:
                raise SyntaxError("Invalid character class")
            return [first, ((0x2D, 0x2D),), last]
        if ends[0] > ends[1]:
            raise SyntaxError("Range out of order in character class")
        return [((ends[0], ends[1]),)]

    def nested_class(self) -> Operand:
        """Read the rest of a class of the flag v: a union, or operands with `&&` or `--`."""
        self.set_depth += 1
        if self.set_depth > MAX_CLASS_NESTING:
            raise SyntaxError("Regular expression too large")
        negative = self.source.take("^")
        result = self.class_contents()
        self.set_depth -= 1
        if negative and result.texts:
            raise SyntaxError("Negated character class may contain strings")
        return Operand(complement(result.chars)) if negative else result

    def class_contents(self) -> Operand:
        """Read the operands and the closing bracket."""
        result, operator, count = Operand(), "", 0
        while not self.source.take("]"):
            found = "&&" if self.source.take("&&") else "--" if self.source.take("--") else ""
            if count and found != operator and (count > 1 or operator):
                raise SyntaxError("Invalid set operation in character class")
            if found and result.is_range:
                raise SyntaxError("Invalid set operation in character class")
            if found and (not count or self.source.peek == "&"):
                raise SyntaxError("Invalid character in character class")
            operator = found
            operand = self.operand(allow_range=not operator)
            result = operand if not count else _combined(operator, result, operand)
            count += 1
            self.spend(len(result.chars))
        return Operand(result.chars, result.texts)

    def operand(self, *, allow_range: bool) -> Operand:
        """Read a nested class, texts, a set, a character or a range."""
        source = self.source
        if source.take("["):
            return self.nested_class()
        if source.take("\\q"):
            return self.texts()
        first = self.set_character()
        if first.single is None and allow_range and self.hyphen():
            raise SyntaxError("Invalid character class")
        if first.single is None or not allow_range or not self.hyphen():
            return first if first.single is None else Operand(self.cased(first.chars), single=1)
        last = self.set_character()
        if last.single is None:
            raise SyntaxError("Invalid character class")
        if first.single > last.single:
            raise SyntaxError("Range out of order in character class")
        return Operand(self.cased(((first.single, last.single),)), is_range=True)

    def hyphen(self) -> bool:
        """Move past the hyphen of a range."""
        is_double = self.source.text.startswith("--", self.source.position)
        return not is_double and self.source.take("-")

    def set_character(self) -> Operand:
        """Read a character or an escape of the flag v."""
        source = self.source
        if not source.more:
            raise SyntaxError("Unterminated character class")
        if source.take("\\"):
            return self.set_escape()
        if source.peek in _SET_SYNTAX:
            raise SyntaxError("Invalid character in character class")
        if _DOUBLE_PUNCTUATORS.match(source.text, source.position):
            raise SyntaxError("Invalid set operation in character class")
        code = ord(source.next())
        return Operand(((code, code),), single=code)

    def set_escape(self) -> Operand:
        """Read what stands behind a backslash in a class of the flag v."""
        chars = self.class_escape(in_class=True)
        if chars is not None:
            return Operand(self.cased(chars))
        if self.source.take("b"):
            code = 8
        elif self.source.peek and self.source.peek in _SET_ESCAPES:
            code = ord(self.source.next())
        else:
            code = self.character_escape(in_class=True)
        return Operand(((code, code),), single=code)

    def texts(self) -> Operand:
        """Read the texts of `\\q{a|bc}`."""
        if not self.source.take("{"):
            raise SyntaxError("Invalid escape")
        found, current = [], ""
        while not self.source.take("}"):
            if self.source.take("|"):
                found.append(current)
                current = ""
            else:
                single = self.set_character().single
                if single is None:
                    raise SyntaxError("Invalid escape")
                current += chr(single)
        found.append(current)
        chars = union(*(((ord(text), ord(text)),) for text in found if len(text) == 1))
        texts = frozenset(self.folded(text) for text in found if len(text) != 1)
        return Operand(self.cased(chars), texts)

    def folded(self, text: str) -> str:
        """Give one form for texts that are equal when case is ignored."""
        fold = self.flags.ignore_case
        return "".join(chr(simple_fold(ord(each))) for each in text) if fold else text

    def node_of(self, found: Operand) -> Node:
        """Give the node of a class: longer texts are tried first."""
        if not found.texts:
            return Chars(found.chars)
        longest = sorted(found.texts, key=lambda text: (-len(text), text))
        options = [self.text_node(text) for text in longest if text]
        options.append(Chars(found.chars))
        options += [Sequence()] if "" in found.texts else []
        return Choice(tuple(options))

    def text_node(self, text: str) -> Node:
        """Give the node that matches a text."""
        codes = [ord(character) for character in text]
        return Sequence(tuple(Chars(self.cased(((code, code),))) for code in codes))


def _combined(operator: str, left: Operand, right: Operand) -> Operand:
    if operator == "&&":
        return Operand(intersection(left.chars, right.chars), left.texts & right.texts)
    if operator == "--":
        return Operand(difference(left.chars, right.chars), left.texts - right.texts)
    return Operand(union(left.chars, right.chars), left.texts | right.texts)
