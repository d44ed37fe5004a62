"""JSON to the letter of JavaScript: `JSON.stringify` without options, and `JSON.parse`.

Python's `json` differs in spacing, in number formatting, in the order of keys that are
indices, in NaN and in lone surrogates. ECMA-262 25.5.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

from unpoison.js.exceptions import STACK_OVERFLOW, RangeError, SyntaxError, TypeError  # noqa: A004
from unpoison.js.numbers import number_to_python
from unpoison.js.numeric_text import number_to_string
from unpoison.js.property import get, own_keys
from unpoison.js.utf16 import joined_surrogates
from unpoison.js.values import Kind, is_function, kind_of, null

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def stringify(value: object) -> str | None:
    """Give `JSON.stringify(value)`; None for what has no JSON (undefined, functions, symbols).

    Raises js.TypeError for a BigInt or a cycle, js.RangeError when nested too deeply.
    """
    try:
        return _text("", value, ())
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None


def quote(text: str) -> str:
    """Give a string as a JSON literal; lone surrogates are escaped. ECMA-262 25.5.2.3."""
    literal = json.dumps(joined_surrogates(text), ensure_ascii=False)
    return _SURROGATE.sub(lambda unit: f"\\u{ord(unit[0]):04x}", literal)


def parse(text: str) -> object:
    """Give `JSON.parse(text)`: lists and dicts; null is `js.null`.

    Raises js.SyntaxError for text that is no JSON, js.RangeError when nested too deeply.
    """
    try:
        return _with_null(_DECODER.decode(text))
    except ValueError as error:
        raise SyntaxError(f"{error} is not valid JSON") from None
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None


def _text(key: str, value: Any, outer: tuple[int, ...]) -> str | None:
    """Be SerializeJSONProperty. ECMA-262 25.5.2.2."""
    value = _replaced(key, value)
    kind = kind_of(value)
    if kind is Kind.STRING:
        return quote(str.__str__(value))
    if kind is Kind.NUMBER:
        return number_to_string(value) if math.isfinite(value) else "null"
    if kind is Kind.OBJECT:
        return _structure(value, outer)
    if kind is Kind.BIGINT:
        raise TypeError("Do not know how to serialize a BigInt")
    if kind is Kind.BOOLEAN:
        return "true" if value else "false"
    return "null" if kind is Kind.NULL else None


def _replaced(key: str, value: Any) -> object:
    if kind_of(value) not in (Kind.OBJECT, Kind.FUNCTION, Kind.BIGINT):
        return value
    to_json: Any = get(value, "toJSON")
    return to_json(key) if is_function(to_json) else value


def _structure(value: Any, outer: tuple[int, ...]) -> str:
    if id(value) in outer:
        raise TypeError("Converting circular structure to JSON")
    within = (*outer, id(value))
    if isinstance(value, list | tuple):
        items = (_text(str(index), item, within) for index, item in enumerate(value))
        return f"[{','.join('null' if text is None else text for text in items)}]"
    names = (key for key in own_keys(value) if isinstance(key, str))
    members = ((name, _text(name, get(value, name), within)) for name in names)
    return "{" + ",".join(f"{quote(k)}:{text}" for k, text in members if text is not None) + "}"


def _with_null(value: Any) -> object:
    """Put `js.null` where Python's decoder has None."""
    if value is None:
        return null
    if isinstance(value, list):
        return [_with_null(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_null(item) for key, item in value.items()}
    return value


def _number(literal: str) -> int | float:
    return number_to_python(float(literal))


def _refuse_constant(literal: str) -> NoReturn:
    raise ValueError(f"Unexpected token {literal}")


_DECODER: Final = json.JSONDecoder(
    parse_int=_number, parse_float=_number, parse_constant=_refuse_constant
)
