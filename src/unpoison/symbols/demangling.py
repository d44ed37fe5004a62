"""Rust symbol names made readable: both manglings, without hashes and disambiguators.

A name section holds names as the compiler made them (rustc 1.96: v0, `_R...`; before: legacy,
`_ZN...17h<hash>E`), or as a linker has already demangled them (`path::to::f::h<hash>`).
Same output as the crate rustc-demangle 0.1.28 with `{:#}`.
"""

from __future__ import annotations

import re

from unpoison.symbols.v0 import InvalidSymbolError, read_v0

_ESCAPES = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}
_ESCAPE = re.compile(r"\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{1,6})\$|\.\.")
_HASH = re.compile(r"h[0-9a-fA-F]*")
_DEMANGLED_HASH = re.compile(r"::h[0-9a-f]{16}$")
_LLVM_SUFFIX = re.compile(r"\.llvm\.[0-9A-F@]+$")
_SUFFIX = re.compile(r"(?:\.[!-~]*)?")


def demangle(symbol: str) -> str:
    """Give the readable form of a Rust symbol; any other name comes back as it is."""
    plain = _LLVM_SUFFIX.sub("", symbol)
    try:
        if plain.startswith("_R"):
            name, rest = read_v0(plain.removeprefix("_R"))
        elif plain.startswith("_ZN"):
            name, rest = _read_legacy(plain.removeprefix("_ZN"))
        else:
            return _DEMANGLED_HASH.sub("", symbol)
    except InvalidSymbolError:
        return symbol
    return name + rest if _SUFFIX.fullmatch(rest) else symbol


def _read_legacy(text: str) -> tuple[str, str]:
    """Give the path of `(<length> <element>)* E`, and what follows it."""
    if not text.isascii():
        raise InvalidSymbolError
    elements = []
    while not text.startswith("E"):
        digits = re.match(r"[0-9]{1,9}", text)
        if digits is None or digits.end() + int(digits[0]) >= len(text):
            raise InvalidSymbolError
        end = digits.end() + int(digits[0])
        elements.append(text[digits.end() : end])
        text = text[end:]
    if elements and _HASH.fullmatch(elements[-1]):
        elements.pop()
    return "::".join(map(_unescape, elements)), text[1:]


def _unescape(element: str) -> str:
    # An underscore makes an element that begins with an escape an identifier.
    plain = element[1:] if element.startswith("_$") else element
    return _ESCAPE.sub(_unescaped, plain)


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if escape is None:
        return "::"
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    code = int(escape[1:], 16)
    return chr(code) if code < 0x110000 and chr(code).isprintable() else found[0]
