"""RegExp objects, and what a pattern of the host is as one. ECMA-262 22.2.3, 22.2.8.

`re.Pattern` objects that a host gives work as RegExp objects too: Python's `re` runs them, on
code points, and their `lastIndex` is always 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Protocol

from unpoison.js.classes import Property
from unpoison.js.exceptions import SyntaxError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.integers import to_length
from unpoison.js.members import JsObject
from unpoison.js.own import define_own, read_own, write_own
from unpoison.js.property import get
from unpoison.js.regexp_machine import Budget, Captures
from unpoison.js.utf16 import joined_surrogates, split_surrogates, unit_length
from unpoison.js.values import WELL_KNOWN_SYMBOLS, is_falsy, is_reference

if TYPE_CHECKING:
    from unpoison.js.regexp_compiler import Program

MATCH: Final = WELL_KNOWN_SYMBOLS["match"]
MATCH_ALL: Final = WELL_KNOWN_SYMBOLS["matchAll"]
REPLACE: Final = WELL_KNOWN_SYMBOLS["replace"]
SEARCH: Final = WELL_KNOWN_SYMBOLS["search"]
SPLIT: Final = WELL_KNOWN_SYMBOLS["split"]

MAX_PATTERN: Final = 1 << 15
"""Code units of the longest pattern: reading one takes time."""
FLAG_LETTERS: Final = "dgimsuvy"
HOST_FLAGS: Final = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}


class Searcher(Protocol):
    """A compiled pattern of either kind."""

    @property
    def names(self) -> dict[str, tuple[int, ...]]:
        """The groups of each name."""

    def search(self, text: str, position: int, budget: Budget, *, sticky: bool) -> Captures | None:
        """Find the first match at or after a position, with `sticky` only at it."""


class RegExp(JsObject):
    """A JavaScript regular expression: `.source` and `.flags` are texts as in JavaScript.

    Raises js.SyntaxError for a malformed pattern or flags.
    """

    __module__ = "unpoison.js"
    __slots__ = ("letters", "on_match", "program", "text")

    def __init__(self, pattern: str, flags: str = "") -> None:
        super().__init__()
        known = set(flags) <= set(FLAG_LETTERS) and len(set(flags)) == len(flags)
        if not known or ("u" in flags and "v" in flags):
            raise SyntaxError(f"Invalid flags supplied to RegExp constructor '{flags[:100]}'")
        self.text = joined_surrogates(pattern)
        self.letters = "".join(sorted(flags))
        self.program: Program = compiled(self.text, self.letters)
        self.on_match: Any = None
        define_own(self, "lastIndex", Property(0, enumerable=False, configurable=False))

    @property
    def last_index(self) -> Any:
        """Where the next search begins, for a global or sticky one; in UTF-16 code units."""
        return read_own(self, "lastIndex")

    @last_index.setter
    def last_index(self, value: object) -> None:
        if not write_own(self, "lastIndex", value):
            where = "'lastIndex' of object '[object RegExp]'"
            raise TypeError(f"Cannot assign to read only property {where}")

    def __repr__(self) -> str:
        return f"/{escaped_source(self.text)}/{self.letters}"


@lru_cache(maxsize=64)
def compiled(text: str, letters: str) -> Program:
    """Parse and compile a pattern. Raises js.SyntaxError for a malformed one."""
    # What reads patterns is a tenth of all imports, and few guests have any.
    from unpoison.js.regexp_compiler import compile_pattern
    from unpoison.js.regexp_parser import parse_pattern
    from unpoison.js.regexp_syntax import Flags

    where = f"Invalid regular expression: /{text}/{letters}"
    if len(text) > MAX_PATTERN:
        raise SyntaxError("Invalid regular expression: Regular expression too large")
    flags = Flags("i" in letters, "m" in letters, "s" in letters, "u" in letters, "v" in letters)
    try:
        return compile_pattern(parse_pattern(text, flags))
    except SyntaxError as error:
        raise SyntaxError(f"{where}: {error.message}") from None
    except RecursionError:
        raise SyntaxError(f"{where}: Regular expression too large") from None


@dataclass(frozen=True, slots=True)
class HostProgram:
    """A pattern of Python's `re`."""

    pattern: re.Pattern[str]

    @property
    def names(self) -> dict[str, tuple[int, ...]]:
        """The group of each name."""
        return {name: (index,) for name, index in self.pattern.groupindex.items()}

    def search(self, text: str, position: int, budget: Budget, *, sticky: bool) -> Captures | None:
        """Find the first match at or after a position, with `sticky` only at it."""
        find = self.pattern.match if sticky else self.pattern.search
        found = find(text, position)
        if found is None:
            return None
        spans = [found.span(index) for index in range(self.pattern.groups + 1)]
        return [None if start < 0 else (start, end) for start, end in spans]


class Subject:
    """A text that is searched: as characters for the machine, in units for everybody else."""

    __slots__ = ("characters", "length", "starts", "text")

    def __init__(self, text: str, *, full_unicode: bool) -> None:
        self.text = text
        self.length = unit_length(text)
        self.characters = text if full_unicode else split_surrogates(text)
        self.starts: list[int] | None = None
        if full_unicode and self.length != len(text):
            self.starts = [0, *accumulate(2 if c > "\uffff" else 1 for c in text)]

    def to_character(self, unit: int) -> int:
        """Give the index of the character that has a unit."""
        return unit if self.starts is None else bisect_right(self.starts, unit) - 1

    def to_unit(self, character: int) -> int:
        """Give the index of the first unit of a character."""
        return character if self.starts is None else self.starts[character]

    def part(self, start: int, end: int) -> str:
        """Give the text between two indices of characters."""
        return joined_surrogates(self.characters[start:end])

    def following(self, unit: int) -> int:
        """Be AdvanceStringIndex. ECMA-262 22.2.7.3."""
        if self.starts is None or unit >= self.length:
            return unit + 1
        return self.to_unit(self.to_character(unit) + 1)


def is_regexp(value: object) -> bool:
    """Tell whether a value is a regular expression, also a pretended one. ECMA-262 7.2.6."""
    if not is_reference(value):
        return False
    matcher = get(value, MATCH)
    return isinstance(value, RegExp | re.Pattern) if matcher is None else not is_falsy(matcher)


def searcher_of(value: RegExp | re.Pattern[str]) -> Searcher:
    """Give what searches for a regular expression."""
    return value.program if isinstance(value, RegExp) else HostProgram(value)


def flags_of(value: RegExp | re.Pattern[str]) -> str:
    """Give the flags that a regular expression was made with; a host's reads code points."""
    if isinstance(value, RegExp):
        return value.letters
    found = [letter for flag, letter in HOST_FLAGS.items() if value.flags & flag]
    return "".join([*found, "u"])


def source_of(value: RegExp | re.Pattern[str]) -> str:
    """Give the text that a regular expression was made from."""
    return value.text if isinstance(value, RegExp) else value.pattern


def last_index_of(value: RegExp | re.Pattern[str]) -> int:
    """Give `lastIndex` as a position."""
    return to_length(value.last_index) if isinstance(value, RegExp) else 0


LINE_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SLASH: Final = re.compile(r"\\(.)|\[(?:\\.|[^\]\\])*\]|([/\n\r\u2028\u2029])", re.DOTALL)
_LINE_END: Final = re.compile("\\\\?([\n\r\u2028\u2029])")


def escaped_source(text: str) -> str:
    """Give the text as it stands between slashes. ECMA-262 22.2.6.13.1."""

    def escape(found: re.Match[str]) -> str:
        return "\\/" if found[2] == "/" else found[0]

    slashed = _SLASH.sub(escape, text)
    return _LINE_END.sub(lambda found: LINE_ESCAPES[found[1]], slashed) or "(?:)"
