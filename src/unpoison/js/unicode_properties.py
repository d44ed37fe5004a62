"""The sets of `\\p{...}`: what Python's own Unicode tables give exactly. ECMA-262 22.2.2.9.7.

Scripts, emoji and some other binary properties are not in these tables; a pattern that names one
is refused. The version of Unicode is that of the Python that runs (`unicodedata`).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from unpoison.js.character_sets import LAST, CharSet, complement, make_set, of_text, union
from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's

CATEGORIES: Final = {
    "Cased_Letter LC": "Lu Ll Lt",
    "Close_Punctuation Pe": "Pe",
    "Connector_Punctuation Pc": "Pc",
    "Control Cc cntrl": "Cc",
    "Currency_Symbol Sc": "Sc",
    "Dash_Punctuation Pd": "Pd",
    "Decimal_Number Nd digit": "Nd",
    "Enclosing_Mark Me": "Me",
    "Final_Punctuation Pf": "Pf",
    "Format Cf": "Cf",
    "Initial_Punctuation Pi": "Pi",
    "Letter L": "Lu Ll Lt Lm Lo",
    "Letter_Number Nl": "Nl",
    "Line_Separator Zl": "Zl",
    "Lowercase_Letter Ll": "Ll",
    "Mark M Combining_Mark": "Mn Mc Me",
    "Math_Symbol Sm": "Sm",
    "Modifier_Letter Lm": "Lm",
    "Modifier_Symbol Sk": "Sk",
    "Nonspacing_Mark Mn": "Mn",
    "Number N": "Nd Nl No",
    "Open_Punctuation Ps": "Ps",
    "Other C": "Cc Cf Cs Co Cn",
    "Other_Letter Lo": "Lo",
    "Other_Number No": "No",
    "Other_Punctuation Po": "Po",
    "Other_Symbol So": "So",
    "Paragraph_Separator Zp": "Zp",
    "Private_Use Co": "Co",
    "Punctuation P punct": "Pc Pd Ps Pe Pi Pf Po",
    "Separator Z": "Zs Zl Zp",
    "Space_Separator Zs": "Zs",
    "Spacing_Mark Mc": "Mc",
    "Surrogate Cs": "Cs",
    "Symbol S": "Sm Sc Sk So",
    "Titlecase_Letter Lt": "Lt",
    "Unassigned Cn": "Cn",
    "Uppercase_Letter Lu": "Lu",
}
"""Names and aliases of a General_Category value: the categories it has. ECMA-262 table 69."""
CATEGORY_OF: Final = {name: value for names, value in CATEGORIES.items() for name in names.split()}

WHITE_SPACE: Final = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
HEX_DIGITS: Final = make_set([(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)])
WIDE_HEX_DIGITS: Final = make_set([(0xFF10, 0xFF19), (0xFF21, 0xFF26), (0xFF41, 0xFF46)])
FIXED: Final[dict[str, CharSet]] = {
    "ASCII": ((0, 0x7F),),
    "ASCII_Hex_Digit AHex": HEX_DIGITS,
    "Any": ((0, LAST),),
    "Hex_Digit Hex": union(HEX_DIGITS, WIDE_HEX_DIGITS),
    "Noncharacter_Code_Point NChar": make_set(
        [(0xFDD0, 0xFDEF), *((p + 0xFFFE, p + 0xFFFF) for p in range(0, LAST, 0x10000))]
    ),
    "Pattern_White_Space Pat_WS": of_text("\t\n\v\f\r \u0085\u200e\u200f\u2028\u2029"),
    "Regional_Indicator RI": ((0x1F1E6, 0x1F1FF),),
    "White_Space space": of_text(WHITE_SPACE),
}
FIXED_BY_NAME: Final = {name: chars for names, chars in FIXED.items() for name in names.split()}
TESTED: Final[dict[str, Callable[[str], bool]]] = {
    "Bidi_Mirrored Bidi_M": lambda c: unicodedata.mirrored(c) == 1,
    "Cased": lambda c: c.islower() or c.isupper() or unicodedata.category(c) == "Lt",
    "Lowercase Lower": str.islower,
    "Uppercase Upper": str.isupper,
    "XID_Continue XIDC": lambda c: f"a{c}".isidentifier(),
    "XID_Start XIDS": lambda c: c != "_" and c.isidentifier(),
}
TEST_OF: Final = {name: test for names, test in TESTED.items() for name in names.split()}
UNIFORM: Final = (
    (0x3400, 0x4DB5),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0xD800, 0xDFFF),
    (0xE000, 0xF8FF),
    (0x20000, 0x2A6D6),
    (0x2A700, 0x2B734),
    (0x40000, 0xDFFFF),
    (0xF0000, 0xFFFFD),
    (0x100000, 0x10FFFD),
)
"""Blocks of ideographs, syllables, surrogates, private use and planes without any character."""
CATEGORY_NAMES: Final = ("General_Category", "gc")


def property_set(text: str) -> CharSet:
    """Give the set of a property such as `Lu`, `Letter` or `gc=Nd`.

    Raises js.SyntaxError for one that there is not, or that is not supported.
    """
    name, equals, value = text.partition("=")
    if equals:
        if name in CATEGORY_NAMES and value in CATEGORY_OF:
            return _category(value)
        raise SyntaxError(_complaint(name))
    if text in CATEGORY_OF:
        return _category(text)
    if text == "Assigned":
        return complement(_category("Cn"))
    if text in FIXED_BY_NAME:
        return FIXED_BY_NAME[text]
    if text in TEST_OF:
        return _tested(text)
    raise SyntaxError(_complaint(text))


UNSUPPORTED_NAMES: Final = (
    "Script sc Script_Extensions scx Alphabetic Alpha Bidi_Control Bidi_C Case_Ignorable CI "
    "Changes_When_Casefolded CWCF Changes_When_Casemapped CWCM Changes_When_Lowercased CWL "
    "Changes_When_NFKC_Casefolded CWKCF Changes_When_Titlecased CWT Changes_When_Uppercased CWU "
    "Dash Default_Ignorable_Code_Point DI Deprecated Dep Diacritic Dia Emoji Emoji_Component EComp "
    "Emoji_Modifier EMod Emoji_Modifier_Base EBase Emoji_Presentation EPres Extended_Pictographic "
    "ExtPict Extender Ext Grapheme_Base Gr_Base Grapheme_Extend Gr_Ext IDS_Binary_Operator IDSB "
    "IDS_Trinary_Operator IDST ID_Continue IDC ID_Start IDS Ideographic Ideo Join_Control Join_C "
    "Logical_Order_Exception LOE Math Pattern_Syntax Pat_Syn Quotation_Mark QMark Radical "
    "Sentence_Terminal STerm Soft_Dotted SD Terminal_Punctuation Term Unified_Ideograph UIdeo "
    "Variation_Selector VS Basic_Emoji Emoji_Keycap_Sequence RGI_Modifier_Sequence "
    "RGI_Flag_Sequence RGI_Emoji RGI_Emoji_Modifier_Sequence RGI_Emoji_Flag_Sequence "
    "RGI_Emoji_Tag_Sequence RGI_Emoji_ZWJ_Sequence"
)
UNSUPPORTED: Final = frozenset(UNSUPPORTED_NAMES.split())
"""Properties of ECMA-262 tables 67, 68 and 70 that Python has no table for."""


def _complaint(name: str) -> str:
    unsupported = f"Unicode property {name} is not supported"
    return unsupported if name in UNSUPPORTED else "Invalid property name"


@functools.cache
def _by_category() -> dict[str, CharSet]:
    found: dict[str, list[tuple[int, int]]] = {}
    for category, first, last in _runs(unicodedata.category):
        found.setdefault(category, []).append((first, last))
    return {category: tuple(pairs) for category, pairs in found.items()}


def _category(name: str) -> CharSet:
    return union(*(_by_category()[category] for category in CATEGORY_OF[name].split()))


@functools.cache
def _tested(name: str) -> CharSet:
    return tuple((first, last) for holds, first, last in _runs(TEST_OF[name]) if holds)


def _runs(fact: Callable[[str], Any]) -> Iterator[tuple[Any, int, int]]:
    """Give the runs of characters for which a fact is the same."""
    before, start = fact("\0"), 0
    for code in _changing_codes():
        value = fact(chr(code))
        if value != before:
            yield before, start, code - 1
            before, start = value, code
    yield before, start, LAST


def _changing_codes() -> Iterator[int]:
    """Give the characters that may differ from the one before: looking at all takes a second."""
    start = 1
    for first, last in UNIFORM:
        yield from range(start, first + 1)
        start = last + 1
    yield from range(start, LAST + 1)
