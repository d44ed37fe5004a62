"""What a value is called in the message of an error, as V8 does it. It runs no code of a guest."""

from __future__ import annotations

from typing import Any

from unpoison.js.attributes import MISSING
from unpoison.js.classes import spec_of
from unpoison.js.exceptions import error_text
from unpoison.js.exotic import Delegate
from unpoison.js.function_text import function_text
from unpoison.js.lookup import explicit_prototype, lookup
from unpoison.js.members import INHERITED, JsObject
from unpoison.js.numbers import decimal_text
from unpoison.js.numeric_text import number_to_string
from unpoison.js.objects import Array, Object
from unpoison.js.values import Kind, Symbol, is_function, is_reference, kind_of, null, typeof

MAX_SHOWN = 1000
"""Characters of a string that a message repeats."""


def shown(value: Any) -> str:
    """Give a short text: a primitive as it is, an object by its class."""
    kind = kind_of(value)
    if kind is Kind.OBJECT:
        return _object(value)
    if kind is Kind.STRING:
        return str.__str__(value)[:MAX_SHOWN]
    if kind is Kind.NUMBER:
        return number_to_string(value)
    if kind is Kind.BIGINT:
        return decimal_text(value)[:MAX_SHOWN]
    if kind is Kind.BOOLEAN:
        return str(value).lower()
    return function_text(value) if kind is Kind.FUNCTION else _word(value)


def callee_text(value: Any) -> str:
    """Give what stands before "is not a function" or "is not iterable"."""
    kind = kind_of(value)
    if value is None or kind in (Kind.BIGINT, Kind.SYMBOL, Kind.FUNCTION):
        return typeof(value)
    if kind is Kind.OBJECT:
        return "object"
    if kind is Kind.STRING:
        return f'string "{shown(value)}"'
    return f"{typeof(value)} {shown(value)}"


def _word(value: Any) -> str:
    if isinstance(value, Symbol):
        return repr(value)
    return "null" if value is null else "undefined"


def _object(value: Any) -> str:
    if isinstance(value, BaseException):
        return error_text(value)
    if isinstance(value, Delegate):
        return "#<Object>"
    spec = spec_of(value)
    tag = lookup(value, Symbol.to_string_tag)
    if spec.tag == "Array":
        return "[object Array]"
    if spec.parent is not None and spec.parent.name == "TypedArray":
        return f"[object {spec.name}]"
    if tag is MISSING or not isinstance(tag, str):
        return f"#<{_class_name(value)}>"
    return f"#<{_class_name(value)}>" if spec.name != "Object" else f"[object {tag}]"


def _class_name(value: object) -> str:
    """Give the name of the `constructor` that a value has, or that of its class."""
    parent = explicit_prototype(value)
    if parent is INHERITED or parent is null:
        return spec_of(value).name
    found: Any = lookup(value, "constructor")
    name = getattr(found, "__name__", None) if is_function(found) else None
    return name if isinstance(name, str) and name else "Object"


def word_for(value: object) -> str:
    """Give a word for the type of a value in a message."""
    if value is None or value is null:
        return "undefined" if value is None else "null"
    return str(value).lower() if isinstance(value, bool) else kind_of(value).value


def kind_word(target: object) -> str:
    """Give what a refusing target is, in a message."""
    if isinstance(target, Object | Array | JsObject):
        return f"a {spec_of(target).name}"
    return "a host's object" if is_reference(target) else word_for(target)
