"""Sets of characters as ranges of code points, and the letter case of regular expressions.

A set is a sorted tuple of disjoint (first, last) pairs. ECMA-262 22.2.2.7.3 (Canonicalize).
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

CharSet = tuple[tuple[int, int], ...]

LAST: Final = 0x10FFFF
SMALL_SET: Final = 64
"""Characters up to which a set is tested as a Python set."""
LAST_CASED: Final = 0x1E943
"""The last character with another case, in Unicode 16."""
SIMPLE_FOLDS: Final = {0x1FD3: 0x0390, 0x1FE3: 0x03B0, 0xFB05: 0xFB06}
"""Simple case foldings whose full folding is longer and which `lower` does not do."""


def make_set(pairs: Iterable[tuple[int, int]]) -> CharSet:
    """Give the set of all characters in any of the ranges."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(pairs):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def of_text(text: str) -> CharSet:
    """Give the set of the characters of a text."""
    return make_set((ord(character), ord(character)) for character in text)


def union(*sets: CharSet) -> CharSet:
    """Give what is in any of the sets."""
    return make_set(pair for each in sets for pair in each)


def complement(chars: CharSet) -> CharSet:
    """Give what is not in the set."""
    found, start = [], 0
    for first, last in chars:
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


def intersection(left: CharSet, right: CharSet) -> CharSet:
    """Give what is in both sets."""
    return complement(union(complement(left), complement(right)))


def difference(left: CharSet, right: CharSet) -> CharSet:
    """Give what is in the first set only."""
    return complement(union(complement(left), right))


def class_source(chars: CharSet) -> str:
    """Give the set as a character class of Python's `re`."""
    if chars == ((0, LAST),) or not chars:
        return r"[\s\S]" if chars else r"[^\s\S]"
    # Python compiles a class of few characters fast, and one of most characters slowly.
    negative = chars[-1][1] == LAST
    ranges = complement(chars) if negative else chars
    inside = "".join(f"{_escaped(first)}-{_escaped(last)}" for first, last in ranges)
    return f"[{'^' * negative}{inside}]"


def is_wide(chars: CharSet) -> bool:
    """Tell whether Python's `re` needs milliseconds to compile the set."""
    ranges = complement(chars) if chars and chars[-1][1] == LAST else chars
    return sum(last - first for first, last in ranges if last > 0xFF) > len(ranges)


def contains(chars: CharSet) -> Callable[[str], bool]:
    """Give a function that tells whether a character is in the set."""
    if sum(last - first + 1 for first, last in chars) <= SMALL_SET:
        return frozenset(chr(c) for a, b in chars for c in range(a, b + 1)).__contains__
    edges = [edge for first, last in chars for edge in (first, last + 1)]
    return lambda character: bool(bisect_right(edges, ord(character)) & 1)


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


def upper_unit(code: int) -> int:
    """Be Canonicalize without the u flag: the upper case, when it is one unit and no ASCII for a
    character beyond ASCII."""
    upper = chr(code).upper()
    if len(upper) != 1 or code > 0xFFFF or ord(upper) > 0xFFFF:
        return code
    return code if code >= 128 > ord(upper) else ord(upper)


def simple_fold(code: int) -> int:
    """Be Canonicalize with the u flag: simple case folding. Unicode's CaseFolding.txt, C and S."""
    folded = chr(code).casefold()
    if len(folded) == 1:
        return ord(folded)
    lower = chr(code).lower()
    return ord(lower) if len(lower) == 1 and lower != chr(code) else SIMPLE_FOLDS.get(code, code)


@functools.cache
def _variants(unicode: bool) -> dict[int, tuple[int, ...]]:
    """Give for each character that has another case all that are one with it, itself too."""
    fold = simple_fold if unicode else upper_unit
    classes: dict[int, list[int]] = {}
    for code in range(LAST_CASED + 1 if unicode else 0x10000):
        folded = fold(code)
        if folded != code:
            classes.setdefault(folded, [folded]).append(code)
    return {code: tuple(codes) for codes in classes.values() for code in codes}


@functools.lru_cache(maxsize=256)
def any_case(chars: CharSet, unicode: bool) -> CharSet:
    """Give the set with all characters that are one with any of it when case is ignored."""
    variants = _variants(unicode)
    if sum(last - first + 1 for first, last in chars) <= len(variants):
        inside = [c for first, last in chars for c in range(first, last + 1) if c in variants]
    else:
        has = contains(chars)
        inside = [code for code in variants if has(chr(code))]
    added = {other for code in inside for other in variants[code]}
    return union(chars, tuple((code, code) for code in added)) if added else chars
