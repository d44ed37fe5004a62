"""atob and btoa. Infra standard 6.1 (forgiving-base64), HTML 8.3."""

from __future__ import annotations

import base64
import re
from typing import Final

from unpoison import js
from unpoison.web.dom_exception import DOMException

_WHITESPACE: Final = str.maketrans("", "", "\t\n\f\r ")
_ALPHABET: Final = re.compile("[A-Za-z0-9+/]*")


def _encode(realm: js.Realm, data: object) -> str:
    """Be `btoa`: base64 of a string whose characters are bytes."""
    try:
        octets = js.to_string(data).encode("latin-1")
    except UnicodeEncodeError:
        raise DOMException("Invalid character", "InvalidCharacterError") from None
    return base64.b64encode(octets).decode("ascii")


def _decode(realm: js.Realm, data: object) -> str:
    """Be `atob`: a string whose characters are bytes, of base64 with or without padding."""
    text = js.to_string(data).translate(_WHITESPACE)
    if len(text) % 4 == 0:
        text = text[:-2] + text[-2:].replace("=", "") if text.endswith("=") else text
    if len(text) % 4 == 1:
        raise DOMException("The string to be decoded is not correctly encoded.", _INVALID)
    if _ALPHABET.fullmatch(text) is None:
        raise DOMException("The string to be decoded is not correctly encoded.", _INVALID)
    return base64.b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")


_INVALID: Final = "InvalidCharacterError"
BASE64_FUNCTIONS: Final = {"atob": _decode, "btoa": _encode}
