"""What every function has in JavaScript: its name, its length, call, apply and bind.

ECMA-262 20.2.3 and 20.2.4.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison.js.exceptions import TypeError as JsTypeError
from unpoison.js.values import is_nullish


def _length_of(function: Callable[..., object]) -> int:
    """Give the number of parameters before the first one with a default. ECMA-262 20.2.4.1."""
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


def _call(function: Callable[..., object]) -> object:
    # `this` has no meaning for a Python function: a bound method has its own.
    return lambda this=None, *arguments: function(*arguments)


def _apply(function: Callable[..., object]) -> object:
    def apply(this: object = None, arguments: Any = None, *_: object) -> object:
        if is_nullish(arguments):
            return function()
        if not isinstance(arguments, list | tuple):
            raise JsTypeError("CreateListFromArrayLike called on non-object")
        return function(*arguments)

    return apply


def _bind(function: Callable[..., object]) -> object:
    return lambda this=None, *first: functools.partial(function, *first)


FUNCTION_MEMBERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "name": function_name,
    "length": _length_of,
    "call": _call,
    "apply": _apply,
    "bind": _bind,
    "toString": lambda function: lambda: function_text(function),
}
