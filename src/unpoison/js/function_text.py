"""What a guest sees of any function: its name, its length and its text. ECMA-262 20.2.4."""

from __future__ import annotations

import inspect
from typing import Any

from unpoison.js.classes import Method
from unpoison.js.functions import JsFunction


def function_length(function: Any) -> int:
    """Give the number of parameters before the first one with a default. ECMA-262 20.2.4.1."""
    if isinstance(function, Method | JsFunction):
        return function.length
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return 0
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(1 for each in parameters if each.kind in plain and each.default is each.empty)


def function_name(function: object) -> str:
    """Give the `name` of a function; a lambda is anonymous, as an arrow function is."""
    name = getattr(function, "__name__", "")
    return name if isinstance(name, str) and name != "<lambda>" else ""


def function_text(function: object) -> str:
    """Give what `toString` says: a host's function has no source text. 20.2.3.5."""
    return f"function {function_name(function)}() {{ [native code] }}"
