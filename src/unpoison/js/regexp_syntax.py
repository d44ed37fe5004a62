"""What a regular expression is made of, once it is parsed. ECMA-262 22.2.1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from unpoison.js.character_sets import CharSet


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set; `ignore_case` has been applied to it already."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Sequence:
    """One node after the other; none matches the empty text."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of the nodes that leads to a match."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group."""

    index: int
    body: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node many times; `first_group` to `last_group` (not included) are the groups in it.

    `most` is None for no limit.
    """

    body: Node
    least: int
    most: int | None
    greedy: bool
    first_group: int
    last_group: int


@dataclass(frozen=True, slots=True)
class Backreference:
    """The text that one of the groups captured; several share a name in different alternatives."""

    groups: tuple[int, ...]
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class NamedReference:
    """A backreference by name, before all groups are known."""

    name: str
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A lookahead or lookbehind."""

    body: Node
    behind: bool
    negative: bool


class Place(Enum):
    """What an assertion without a body asks for."""

    START = "the start of the text"
    END = "the end of the text"
    LINE_START = "the start of a line"
    LINE_END = "the end of a line"
    BOUNDARY = "a word boundary"
    NO_BOUNDARY = "no word boundary"


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place; `words` are the word characters of a boundary."""

    place: Place
    words: CharSet = ()


Node = (
    Chars | Sequence | Choice | Group | Repeat | Backreference | NamedReference | Look | Assertion
)


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags that change what a pattern means."""

    ignore_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    unicode: bool = False
    unicode_sets: bool = False

    @property
    def full_unicode(self) -> bool:
        """Whether characters are code points."""
        return self.unicode or self.unicode_sets


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: `names` are those of its groups, in the order of their first one."""

    body: Node
    group_count: int
    names: dict[str, tuple[int, ...]]
    flags: Flags
