"""The debug text of a value, as wasm-bindgen's glue makes it for `{:?}` of a JsValue.

wasm-bindgen-cli-support 0.2.130, src/js/mod.rs, `debugString`. One difference: an Error is
its `Name: message` only, for a JavaScript stack does not exist and Python's names the host.
"""

from __future__ import annotations

from typing import Any

from unpoison.js.conversions import to_string
from unpoison.js.exceptions import STACK_OVERFLOW, RangeError, error_message, error_name
from unpoison.js.function_text import function_name
from unpoison.js.json_text import quote, stringify
from unpoison.js.numbers import decimal_text
from unpoison.js.tags import class_tag
from unpoison.js.values import Kind, kind_of


def debug_string(value: object) -> str:
    """Give the debug text of any value. Raises js.RangeError when it is nested too deeply."""
    try:
        return _debug(value)
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None


def _debug(value: Any) -> str:
    kind = kind_of(value)
    if kind is Kind.OBJECT:
        return _object(value)
    if kind is Kind.STRING:
        return quote(str.__str__(value))
    if kind is Kind.BIGINT:
        return f"{decimal_text(value)}n"
    if kind is Kind.SYMBOL:
        return "Symbol" if value.description is None else f"Symbol({value.description})"
    if kind is Kind.FUNCTION:
        name = function_name(value)
        return f"Function({name})" if name else "Function"
    return to_string(value)


def _object(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_debug, value))}]"
    if isinstance(value, BaseException):
        return f"{error_name(value)}: {error_message(value)}"
    tag = class_tag(value)
    return _plain_object(value) if tag == "Object" else tag


def _plain_object(value: object) -> str:
    try:
        return f"Object({stringify(value)})"
    except Exception:  # noqa: BLE001 - the glue catches whatever a `toJSON` throws
        return "Object"
