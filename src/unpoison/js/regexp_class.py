"""The class RegExp, with the legacy statics of engines. ECMA-262 22.2.4 to 22.2.6."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.constructors import Prototype
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.numeric_text import WHITESPACE
from unpoison.js.object_class import OBJECT
from unpoison.js.property import get
from unpoison.js.regexp_machine import Captures
from unpoison.js.regexp_object import (
    MATCH,
    MATCH_ALL,
    REPLACE,
    SEARCH,
    SPLIT,
    RegExp,
    Subject,
    escaped_source,
    flags_of,
    is_regexp,
    source_of,
)
from unpoison.js.regexp_protocol import (
    execute,
    find,
    incompatible,
    match,
    match_all,
    regexp,
    replace,
    split,
    test,
    texts_of,
)
from unpoison.js.utf16 import joined_surrogates
from unpoison.js.values import WELL_KNOWN_SYMBOLS, is_falsy, is_reference

FLAG_NAMES: Final = {
    "hasIndices": "d",
    "global": "g",
    "ignoreCase": "i",
    "multiline": "m",
    "dotAll": "s",
    "unicode": "u",
    "unicodeSets": "v",
    "sticky": "y",
}
ESCAPED_CONTROLS: Final = {"\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}
ESCAPED_SYNTAX: Final = "^$\\.*+?()[]{}|/"
ESCAPED_PUNCTUATORS: Final = ",-=<>#&!%:;@~'`\""


def make_regexp(pattern: object, flags: object) -> RegExp:
    """Be `new RegExp(pattern, flags)`. Raises js.SyntaxError for a malformed one. 22.2.4.1."""
    if isinstance(pattern, RegExp | re.Pattern):
        text = source_of(regexp(pattern, "source"))
        letters = flags_of(pattern) if flags is None else to_string(flags)
        return RegExp(text, letters)
    if is_regexp(pattern):
        given = get(pattern, "flags") if flags is None else flags
        pattern, flags = get(pattern, "source"), given
    text = "" if pattern is None else to_string(pattern)
    return RegExp(text, "" if flags is None else to_string(flags))


def _construct(realm: Any, pattern: object, flags: object) -> RegExp:
    made = make_regexp(pattern, flags)
    made.on_match = realm.part(LastMatch).remember
    return made


def _call(realm: Any, pattern: object, flags: object) -> object:
    if flags is None and is_regexp(pattern):
        constructor = get(pattern, "constructor", realm)
        if constructor is realm.constructor(REGEXP):
            return pattern
    return _construct(realm, pattern, flags)


def _is_prototype(this: object) -> bool:
    return isinstance(this, Prototype) and this.spec is REGEXP


def _flag(name: str, letter: str) -> Callable[[object], bool | None]:
    def read(this: object) -> bool | None:
        if _is_prototype(this):
            return None
        return letter in flags_of(regexp(this, f"{name} getter"))

    return read


def _flags(this: object) -> str:
    if not is_reference(this):
        raise TypeError(incompatible(this, "flags getter"))
    return "".join(c for name, c in FLAG_NAMES.items() if not is_falsy(get(this, name)))


def _source(this: object) -> str:
    return "(?:)" if _is_prototype(this) else escaped_source(source_of(regexp(this, "source")))


def _to_string(this: object) -> str:
    if not is_reference(this):
        raise TypeError(incompatible(this, "toString"))
    return f"/{to_string(get(this, 'source'))}/{to_string(get(this, 'flags'))}"


def _escape(realm: Any, value: object) -> str:
    """Be `RegExp.escape`. ECMA-262 22.2.5.1."""
    if not isinstance(value, str):
        raise TypeError("input argument must be a string")
    text = joined_surrogates(value)
    first = text[:1]
    if first.isascii() and first.isalnum():
        return f"\\x{ord(first):02x}" + "".join(map(_escaped, text[1:]))
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character in ESCAPED_SYNTAX:
        return f"\\{character}"
    if character in ESCAPED_CONTROLS:
        return f"\\{ESCAPED_CONTROLS[character]}"
    if character in ESCAPED_PUNCTUATORS + WHITESPACE or "\ud800" <= character <= "\udfff":
        code = ord(character)
        return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
    return character


class LastMatch:
    """What the legacy statics tell of: the last match of a realm."""

    def __init__(self, realm: Any) -> None:
        self.subject: Subject | None = None
        self.found: Captures = []

    def remember(self, subject: Subject, found: Captures) -> None:
        """Keep a match."""
        self.subject, self.found = subject, found

    def read(self, part: Callable[[Subject, Captures], str | None]) -> str:
        """Give a part of it; empty before the first."""
        return "" if self.subject is None else part(self.subject, self.found) or ""


def _last(part: Callable[[Subject, Captures], str | None]) -> Callable[[Any], str]:
    return lambda realm: realm.part(LastMatch).read(part)


def _group(index: int) -> Callable[[Subject, Captures], str | None]:
    return lambda subject, found: dict(enumerate(texts_of(subject, found))).get(index)


def _left(subject: Subject, found: Captures) -> str:
    return joined_surrogates(subject.characters[: found[0][0]])  # type: ignore[index]


def _right(subject: Subject, found: Captures) -> str:
    return joined_surrogates(subject.characters[found[0][1] :])  # type: ignore[index]


def _last_paren(subject: Subject, found: Captures) -> str | None:
    return texts_of(subject, found)[-1] if len(found) > 1 else ""


LEGACY: Final[dict[str, Callable[[Subject, Captures], str | None]]] = {
    **{f"${index}": _group(index) for index in range(1, 10)},
    "input": lambda subject, found: subject.text,
    "$_": lambda subject, found: subject.text,
    "lastMatch": _group(0),
    "$&": _group(0),
    "lastParen": _last_paren,
    "$+": _last_paren,
    "leftContext": _left,
    "$`": _left,
    "rightContext": _right,
    "$'": _right,
}
"""What engines tell of the last match of a realm; not in the standard yet."""

REGEXP: Final[ClassSpec] = ClassSpec(
    "RegExp",
    OBJECT,
    methods={
        "exec": execute,
        "test": test,
        "toString": _to_string,
        MATCH: match,
        MATCH_ALL: match_all,
        REPLACE: replace,
        SEARCH: find,
        SPLIT: split,
    },
    getters={
        **{name: _flag(name, letter) for name, letter in FLAG_NAMES.items()},
        "flags": _flags,
        "source": _source,
    },
    statics={"escape": _escape},
    static_getters={
        **{name: _last(read) for name, read in LEGACY.items()},
        WELL_KNOWN_SYMBOLS["species"]: lambda realm: realm.constructor(REGEXP),
    },
    call=_call,
    construct=_construct,
    instance_names=("lastIndex",),
    tag="RegExp",
)
register(REGEXP, RegExp, re.Pattern)
