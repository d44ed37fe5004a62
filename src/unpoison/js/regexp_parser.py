"""Reads regular expressions: text to nodes, by the grammar of ECMA-262 22.2.1 and B.1.2.

Without the flags u and v the lenient grammar of Annex B holds. Nesting is bounded, for a guest
writes patterns too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from unpoison.js.character_sets import LAST, complement, of_text
from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.regexp_machine import MAX_GROUPS
from unpoison.js.regexp_sets import ClassReader
from unpoison.js.regexp_syntax import (
    Assertion,
    Backreference,
    Chars,
    Choice,
    Flags,
    Group,
    Look,
    NamedReference,
    Node,
    Pattern,
    Place,
    Repeat,
    Sequence,
)

MAX_NESTING: Final = 100
"""Groups inside groups; more would exhaust Python's stack."""
MAX_REPEAT: Final = 1 << 31
"""Counts of a quantifier beyond this, which no text can have, are this."""
LINE_ENDS: Final = of_text("\n\r\u2028\u2029")
LOOKS: Final = {
    "(?=": (False, False),
    "(?!": (False, True),
    "(?<=": (True, False),
    "(?<!": (True, True),
}
FLAG_NAMES: Final = {"i": "ignore_case", "m": "multiline", "s": "dot_all"}

_QUANTIFIER: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_GROUP_OPENING: Final = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]?|(\((?:\?<(?![=!])([^>]*)>|(?!\?)))", re.DOTALL
)
_MODIFIERS: Final = re.compile(r"\(\?([ims]*)(-?)([ims]*):")
_GROUP_NUMBER: Final = re.compile("[1-9][0-9]*")

Path = tuple[tuple[int, int], ...]
"""Where a group stands: for each choice around it, which one and which alternative."""


def parse_pattern(text: str, flags: Flags) -> Pattern:
    """Parse a pattern. Raises js.SyntaxError with the reason alone as its message."""
    return Parser(text, flags).pattern()


class Parser(ClassReader):
    """One pattern being read."""

    def __init__(self, text: str, flags: Flags) -> None:
        super().__init__(text, flags)
        openings = [found for found in _GROUP_OPENING.finditer(text) if found[1] is not None]
        self.total = len(openings)
        self.has_names = any(found[2] is not None for found in openings)
        self.groups = 0
        self.choices = 0
        self.path: Path = ()
        self.names: dict[str, list[tuple[int, Path]]] = {}
        self.references: list[str] = []
        if self.total > MAX_GROUPS:
            raise SyntaxError("Too many captures")

    def pattern(self) -> Pattern:
        """Read all of it."""
        body = self.choice()
        if self.source.more:
            raise SyntaxError("Unmatched ')'")
        if not all(name in self.names for name in self.references):
            raise SyntaxError("Invalid named capture referenced")
        names = {name: tuple(index for index, _ in found) for name, found in self.names.items()}
        return Pattern(_resolved(body, names), self.groups, names, self.flags)

    def choice(self) -> Node:
        """Read alternatives up to the end or a closing parenthesis."""
        outer = self.path
        if len(outer) >= MAX_NESTING:
            raise SyntaxError("Regular expression too large")
        self.choices += 1
        here = self.choices
        options: list[Node] = []
        while not options or self.source.take("|"):
            self.path = (*outer, (here, len(options)))
            options.append(self.sequence())
        self.path = outer
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        """Read terms up to the next alternative or the end of the group."""
        items: list[Node] = []
        while self.source.more and self.source.peek not in "|)":
            items.append(self.term())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def term(self) -> Node:
        """Read one assertion or atom with its quantifier."""
        first_group = self.groups
        found = self.assertion()
        if found is None:
            found = self.atom()
        elif self.strict or not isinstance(found, Look) or found.behind:
            if isinstance(found, Look) and self.limits() is not None:
                raise SyntaxError("Invalid quantifier")
            return found
        limits = self.limits()
        if limits is None:
            return found
        greedy = not self.source.take("?")
        return Repeat(found, *limits, greedy, first_group + 1, self.groups + 1)

    def limits(self) -> tuple[int, int | None] | None:
        """Read `*`, `+`, `?` or a quantifier in braces; None when none stands here."""
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.source.take(sign):
                return least, most
        found = self.source.match(_QUANTIFIER)
        if found is None:
            if self.strict and self.source.peek == "{":
                raise SyntaxError("Incomplete quantifier")
            return None
        low = _count(found[1])
        high = low if found[2] is None else _count(found[3]) if found[3] else None
        if high is not None and high < low:
            raise SyntaxError("numbers out of order in {} quantifier")
        return low, high

    def assertion(self) -> Node | None:
        """Read an assertion, None when there is none here."""
        source, lines = self.source, self.flags.multiline
        if source.take("^"):
            return Assertion(Place.LINE_START if lines else Place.START)
        if source.take("$"):
            return Assertion(Place.LINE_END if lines else Place.END)
        if source.take("\\b"):
            return Assertion(Place.BOUNDARY, self.words())
        if source.take("\\B"):
            return Assertion(Place.NO_BOUNDARY, self.words())
        for opening, (behind, negative) in LOOKS.items():
            if source.take(opening):
                return Look(self.inside(), behind, negative)
        return None

    def inside(self) -> Node:
        """Read the rest of a group, with its closing parenthesis."""
        body = self.choice()
        if not self.source.take(")"):
            raise SyntaxError("Unterminated group")
        return body

    def atom(self) -> Node:
        """Read an atom: a group, a class, an escape or a character."""
        source = self.source
        if source.peek == "(":
            return self.group()
        if source.take("."):
            return Chars(((0, LAST),) if self.flags.dot_all else complement(LINE_ENDS))
        if source.take("["):
            return self.character_class()
        if source.take("\\"):
            return self.escape()
        if source.peek in "*+?" or _QUANTIFIER.match(source.text, source.position):
            raise SyntaxError("Nothing to repeat")
        if self.strict and source.peek in "{}]":
            raise SyntaxError("Lone quantifier brackets")
        return self.character(ord(source.next()))

    def group(self) -> Node:
        """Read a group of any kind."""
        source = self.source
        if source.take("(?:"):
            return self.inside()
        if source.take("(?<"):
            return self.capture(source.group_name())
        modifiers = source.match(_MODIFIERS)
        if modifiers is not None:
            return self.modified(*modifiers.groups())
        if source.text.startswith("(?", source.position):
            raise SyntaxError("Invalid group")
        source.take("(")
        return self.capture(None)

    def capture(self, name: str | None) -> Node:
        """Read the rest of a capturing group."""
        self.groups += 1
        index = self.groups
        if name is not None:
            same = self.names.setdefault(name, [])
            if not all(_exclude(path, self.path) for _, path in same):
                raise SyntaxError("Duplicate capture group name")
            same.append((index, self.path))
        return Group(index, self.inside())

    def modified(self, added: str, minus: str, removed: str) -> Node:
        """Read the rest of a group with flags of its own, such as `(?i-s:`."""
        letters = added + removed
        if len(set(letters)) != len(letters):
            raise SyntaxError("Repeated flag in flag group")
        if minus and not letters:
            raise SyntaxError("Invalid flag group")
        outer = self.flags
        changes = {FLAG_NAMES[letter]: letter in added for letter in letters}
        self.flags = replace(outer, **changes)
        body = self.inside()
        self.flags = outer
        return body

    def escape(self) -> Node:
        """Read what stands behind a backslash."""
        source, ignore_case = self.source, self.flags.ignore_case
        if (self.strict or self.has_names) and source.take("k"):
            return NamedReference(self.reference_name(), ignore_case)
        number = self.group_number()
        if number is not None:
            return Backreference((number,), ignore_case)
        chars = self.class_escape()
        if chars is not None:
            return Chars(self.cased(chars))
        return self.character(self.character_escape(in_class=False))

    def reference_name(self) -> str:
        """Read the name in a reference to a named group."""
        if not self.source.take("<"):
            raise SyntaxError("Invalid named reference")
        name = self.source.group_name()
        self.references.append(name)
        return name

    def group_number(self) -> int | None:
        """Read the number of a group; None when it is an octal escape (Annex B) or no number."""
        at = self.source.position
        found = self.source.match(_GROUP_NUMBER)
        if found is None:
            return None
        number = _count(found[0])
        if number > self.total:
            if self.strict:
                raise SyntaxError("Invalid escape")
            self.source.position = at
            return None
        return number

    def character(self, code: int) -> Node:
        """Make a node of one character."""
        return Chars(self.cased(((code, code),)))


def _count(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return min(int(digits), MAX_REPEAT) if len(digits) < 16 else MAX_REPEAT


def _exclude(left: Path, right: Path) -> bool:
    """Tell whether two groups are in different alternatives of one choice."""
    return any(a[0] == b[0] and a[1] != b[1] for a, b in zip(left, right, strict=False))


def _resolved(node: Node, names: dict[str, tuple[int, ...]]) -> Node:
    """Put the groups of named references in."""
    if isinstance(node, NamedReference):
        return Backreference(names[node.name], node.ignore_case)
    if isinstance(node, Sequence):
        return Sequence(tuple(_resolved(item, names) for item in node.items))
    if isinstance(node, Choice):
        return Choice(tuple(_resolved(option, names) for option in node.options))
    if isinstance(node, Group | Repeat | Look):
        return replace(node, body=_resolved(node.body, names))
    return node
