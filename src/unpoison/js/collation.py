"""The order of `localeCompare` without a locale: the one of CLDR's root for Latin text.

Exact for ASCII and for Latin letters with accents that Unicode decomposes; other characters come
after these, in the order of their code points, where ICU has tables for every script.
ECMA-262 22.1.3.12 leaves the order to the implementation. UTS 10.
"""

from __future__ import annotations

import unicodedata
from typing import Final

ORDER: Final = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
"""The visible characters of ASCII, in the order of CLDR's root; controls are ignored."""
SPACES: Final = "\t\n\v\f\r\x85\u2028\u2029 "
RANKS: Final = {character: rank for rank, character in enumerate(SPACES + ORDER)}

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...]]


SENSITIVITIES: Final = {"base": (0,), "accent": (0, 1), "case": (0, 2), "variant": (0, 1, 2)}
"""What of a key counts: letters, accents, case. ECMA-402 10.1.1, `sensitivity`."""


def locale_compare(left: str, right: str, sensitivity: str = "variant") -> int:
    """Give -1, 0 or 1 as the first comes before, with or after the second."""
    first, second = _key(left), _key(right)
    for part in SENSITIVITIES[sensitivity]:
        if first[part] != second[part]:
            return 1 if first[part] > second[part] else -1
    return 0


def _key(text: str) -> Key:
    """Give what is compared: letters first, then their accents, then their case."""
    letters: list[int] = []
    accents: list[int] = []
    cases: list[bool] = []
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character):
            accents.append(ord(character))
        elif (rank := _rank(character)) is not None:
            letters.append(rank)
            accents.append(0)
            cases.append(character.isupper())
    return tuple(letters), tuple(accents), tuple(cases)


def _rank(character: str) -> int | None:
    """Give the place of a base character, None when it is ignored."""
    rank = RANKS.get(character.lower())
    if rank is not None:
        return rank
    if unicodedata.category(character) in ("Cc", "Cf"):
        return None
    return len(RANKS) + ord(character.lower()[0])
