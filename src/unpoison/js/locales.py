"""Locale arguments: language tags as the classes of ECMA-402 take them. ECMA-402 6.2, 9.2.1."""

from __future__ import annotations

import re
from typing import Final

from unpoison.js.conversions import to_string
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.iteration import iterate
from unpoison.js.values import is_null, is_reference

_TAG: Final = re.compile(r"([a-z]{2,3}|[a-z]{5,8})(-[a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)


def languages(locales: object) -> list[str]:
    """Give the languages of a tag or of an array of tags, in lower case; none for undefined.

    Raises js.RangeError for a malformed tag, js.TypeError for what is neither text nor object.
    """
    if locales is None:
        return []
    if is_null(locales):
        raise TypeError("Cannot convert undefined or null to object")
    return [_language(tag) for tag in ([locales] if isinstance(locales, str) else iterate(locales))]


def _language(tag: object) -> str:
    if not isinstance(tag, str) and not is_reference(tag):
        raise TypeError("Language ID should be string or object.")
    text = to_string(tag)
    found = _TAG.fullmatch(text)
    if found is None:
        raise RangeError(f"Invalid language tag: {text}")
    return found[1].lower()
