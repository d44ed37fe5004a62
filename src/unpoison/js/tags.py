"""The class that `Object.prototype.toString` names for a value. ECMA-262 20.1.3.6."""

from __future__ import annotations

from unpoison.js.classes import spec_of
from unpoison.js.exotic import Delegate
from unpoison.js.property import get
from unpoison.js.values import Symbol, is_function, is_nullish, null


def class_tag(value: object) -> str:
    """Give the class name of any value; an object of a host's own class is an "Object"."""
    if is_nullish(value):
        return "Null" if value is null else "Undefined"
    tag = get(value, Symbol.to_string_tag)
    if isinstance(tag, str):
        return tag
    return _tag_of_proxy(value) if isinstance(value, Delegate) else spec_of(value).tag


def _tag_of_proxy(value: Delegate) -> str:
    if value.js_is_array():
        return "Array"
    return "Function" if is_function(value) else "Object"
