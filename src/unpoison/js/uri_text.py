"""The functions that escape text for URIs. ECMA-262 19.2.6, B.2.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison.js.conversions import to_string
from unpoison.js.exceptions import URIError
from unpoison.js.text_limits import check_length
from unpoison.js.utf16 import joined_surrogates, split_surrogates

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
UNRESERVED: Final = frozenset(LETTERS + "-_.!~*'()")
RESERVED: Final = frozenset(";/?:@&=+$,#")
UNESCAPED: Final = frozenset(LETTERS + "@*_+-./")
_BYTES: Final = re.compile("(?:%[0-9a-fA-F]{2})+")
_STRAY: Final = re.compile("%(?![0-9a-fA-F]{2})")
_UNIT: Final = re.compile("%(?:u([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))")


def _encode(text: str, kept: frozenset[str]) -> str:
    """Be Encode: the bytes of UTF-8 in hexadecimal. ECMA-262 19.2.6.5."""
    try:
        encoded = (c if c in kept else _percent(c) for c in joined_surrogates(text))
        made = "".join(encoded)
    except UnicodeEncodeError:
        raise URIError("URI malformed") from None
    check_length(len(made))
    return made


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _decode(text: str, kept: frozenset[str]) -> str:
    """Be Decode; an escape of a kept character stays as it is. ECMA-262 19.2.6.6."""
    if _STRAY.search(text):
        raise URIError("URI malformed")
    try:
        return _BYTES.sub(lambda found: _decoded(found[0], kept), text)
    except UnicodeDecodeError:
        raise URIError("URI malformed") from None


def _decoded(escapes: str, kept: frozenset[str]) -> str:
    parts, at = [], 0
    for character in bytes.fromhex(escapes.replace("%", "")).decode():
        size = 3 * len(character.encode())
        parts.append(escapes[at : at + size] if character in kept else character)
        at += size
    return "".join(parts)


def _escape(text: str) -> str:
    """Be `escape`. B.2.1.1."""
    made = "".join(c if c in UNESCAPED else _escaped(c) for c in split_surrogates(text))
    check_length(len(made))
    return made


def _escaped(unit: str) -> str:
    return f"%{ord(unit):02X}" if unit <= "\xff" else f"%u{ord(unit):04X}"


def _unescape(text: str) -> str:
    """Be `unescape`. B.2.1.2."""
    return joined_surrogates(_UNIT.sub(lambda f: chr(int(f[1] or f[2], 16)), text))


def _on_text(function: Callable[..., str], *kept: frozenset[str]) -> Callable[[Any, object], str]:
    return lambda realm, text: function(to_string(text), *kept)


URI_FUNCTIONS: Final[Mapping[str, Callable[[Any, object], str]]] = {
    "decodeURI": _on_text(_decode, RESERVED),
    "decodeURIComponent": _on_text(_decode, frozenset()),
    "encodeURI": _on_text(_encode, UNRESERVED | RESERVED),
    "encodeURIComponent": _on_text(_encode, UNRESERVED),
    "escape": _on_text(_escape),
    "unescape": _on_text(_unescape),
}
