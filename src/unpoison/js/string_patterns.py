"""The methods of String that take a pattern: they ask the pattern to do it. ECMA-262 22.1.3.

A pattern is any object with the method under `Symbol.match` and its kin; a text that is none is
searched for as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from unpoison.js.conversions import string_of, to_number, to_string
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.numbers import to_uint32
from unpoison.js.objects import Array
from unpoison.js.property import get
from unpoison.js.regexp_class import make_regexp
from unpoison.js.regexp_object import MATCH, MATCH_ALL, REPLACE, SEARCH, SPLIT, is_regexp
from unpoison.js.substitution import Found, substitute
from unpoison.js.text_limits import check_length, join_units
from unpoison.js.utf16 import joined_surrogates, split_surrogates
from unpoison.js.values import Symbol, is_function, is_nullish, is_reference, typeof


def _asked(pattern: object, symbol: Symbol) -> Any:
    """Give the method of a pattern that does it, None when it is no pattern."""
    method = get(pattern, symbol) if is_reference(pattern) else None
    if is_nullish(method):
        return None
    if not is_function(method):
        shown = "#<Object>" if is_reference(method) else string_of(method)
        raise TypeError(f"{typeof(method)} {shown} is not a function")
    return method


def _match(text: str, pattern: object) -> Any:
    method = _asked(pattern, MATCH)
    if method is not None:
        return invoke(method, pattern, text)
    made = make_regexp(pattern, None)
    return invoke(get(made, MATCH), made, text)


def _match_all(text: str, pattern: object) -> Any:
    if is_regexp(pattern) and "g" not in _flags(pattern):
        raise TypeError("String.prototype.matchAll called with a non-global RegExp argument")
    method = _asked(pattern, MATCH_ALL)
    if method is not None:
        return invoke(method, pattern, text)
    made = make_regexp(pattern, "g")
    return invoke(get(made, MATCH_ALL), made, text)


def _search(text: str, pattern: object) -> Any:
    method = _asked(pattern, SEARCH)
    if method is not None:
        return invoke(method, pattern, text)
    made = make_regexp(pattern, None)
    return invoke(get(made, SEARCH), made, text)


def _replace(text: str, pattern: object, replacement: object) -> Any:
    method = _asked(pattern, REPLACE)
    if method is not None:
        return invoke(method, pattern, text, replacement)
    units, wanted = split_surrogates(text), split_surrogates(to_string(pattern))
    replace = _replacer(units, wanted, replacement)
    position = units.find(wanted)
    if position < 0:
        return text
    end = position + len(wanted)
    return join_units([units[:position], replace(position), units[end:]])


def _replace_all(text: str, pattern: object, replacement: object) -> Any:
    if is_regexp(pattern) and "g" not in _flags(pattern):
        raise TypeError("String.prototype.replaceAll called with a non-global RegExp argument")
    method = _asked(pattern, REPLACE)
    if method is not None:
        return invoke(method, pattern, text, replacement)
    units, wanted = split_surrogates(text), split_surrogates(to_string(pattern))
    replace = _replacer(units, wanted, replacement)
    parts, end, size = [], 0, 0
    position = units.find(wanted)
    while position >= 0:
        parts += [units[end:position], replace(position)]
        size += len(parts[-2]) + len(parts[-1])
        check_length(size)
        end = position + len(wanted)
        step = max(1, len(wanted))
        position = units.find(wanted, position + step) if position + step <= len(units) else -1
    return join_units([*parts, units[end:]])


def _replacer(units: str, wanted: str, replacement: Any) -> Callable[[int], str]:
    """Give what makes the replacement for a position."""
    if is_function(replacement):
        matched, text = joined_surrogates(wanted), joined_surrogates(units)
        return lambda position: split_surrogates(
            to_string(invoke(replacement, None, matched, position, text))
        )
    template = split_surrogates(to_string(replacement))
    return lambda position: substitute(Found(units, wanted, position), template)


def _split(text: str, separator: object, limit: object) -> Any:
    method = _asked(separator, SPLIT)
    if method is not None:
        return invoke(method, separator, text, limit)
    most = 2**32 - 1 if limit is None else to_uint32(to_number(limit))
    wanted = split_surrogates(to_string(separator))
    if most == 0:
        return Array()
    if separator is None:
        return Array([text])
    units = split_surrogates(text)
    if not wanted:
        return Array(units[:most])
    parts = units.split(wanted, most)[:most] if most < len(units) + 1 else units.split(wanted)
    return Array(map(joined_surrogates, parts))


def _flags(pattern: object) -> str:
    flags = get(pattern, "flags")
    if is_nullish(flags):
        raise TypeError("String.prototype.matchAll called with a pattern without flags")
    return to_string(flags)


PATTERN_METHODS: Final[dict[str, Callable[..., Any]]] = {
    "match": _match,
    "matchAll": _match_all,
    "replace": _replace,
    "replaceAll": _replace_all,
    "search": _search,
    "split": _split,
}
