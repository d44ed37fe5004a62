"""Ranges of keys: the options of `list()` as one range. workerd, api/actor-state.c++.

Keys are in the order of their UTF-8 bytes, which is the order of code points, which is the order
of Python's strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unpoison import js

_LAST: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What `list()` is asked for: start inclusive, start_after and end exclusive."""

    start: str | None = None
    start_after: str | None = None
    end: str | None = None
    prefix: str | None = None
    reverse: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys from `start` (inclusive) to `end` (exclusive; None is no end)."""

    start: str
    end: str | None

    @property
    def is_empty(self) -> bool:
        """Whether no key can be in it."""
        return self.end is not None and self.end <= self.start


def key_range(options: ListOptions) -> KeyRange:
    """Give the range that start, start_after, end and prefix leave.

    Raises js.TypeError for a limit below 1, and for start together with start_after.
    """
    if options.limit is not None and options.limit < 1:
        raise js.TypeError("List limit must be positive.")
    made = KeyRange(_start(options), _well_formed(options.end))
    prefix = _well_formed(options.prefix)
    return made if not prefix else _clamped(made, prefix)


def after_prefix(prefix: str) -> str | None:
    """Give the first key after all that have the prefix; None when there is none.

    >>> after_prefix("ab")
    'ac'
    """
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following in _SURROGATES:
        following = _SURROGATES.stop
    return kept[:-1] + chr(following)


def _start(options: ListOptions) -> str:
    if options.start_after is None:
        return _well_formed(options.start) or ""
    if options.start is not None:
        raise js.TypeError("list() cannot be called with both start and startAfter values.")
    return js.well_formed(options.start_after) + "\0"


def _clamped(made: KeyRange, prefix: str) -> KeyRange:
    start = max(made.start, prefix)
    bounds = [end for end in (made.end, after_prefix(prefix)) if end is not None]
    return KeyRange(start, min(bounds, default=None))


def _well_formed(text: str | None) -> str | None:
    return None if text is None else js.well_formed(text)
