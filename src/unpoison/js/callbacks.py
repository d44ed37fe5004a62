"""Functions that a method is given to call: checked, and called as the standard says."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from unpoison.js.classes import Method, count_parameters
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import JsFunction
from unpoison.js.shown import callee_text
from unpoison.js.values import is_function


def callback(function: Any, this: object = None) -> Callable[..., Any]:
    """Give a function to be called with arguments alone. Raises js.TypeError for no function.

    A function of the host gets as many arguments as it has parameters, for in JavaScript what is
    too much is dropped: `array.map(lambda value: value + 1)`.
    """
    if isinstance(function, Method | JsFunction):
        return partial(function.call_on, this)
    if not is_function(function):
        raise TypeError(f"{callee_text(function)} is not a function")
    return _relaxed(function)


def _relaxed(function: Callable[..., Any]) -> Callable[..., Any]:
    bound = isinstance(function, MethodType) and isinstance(function.__func__, FunctionType)
    try:
        count, rest = count_parameters(function.__func__ if bound else function)  # type: ignore[attr-defined]
    except (ValueError, builtins.TypeError):
        return function  # a builtin that says nothing of its parameters
    if rest:
        return function
    count -= bound
    return lambda *arguments: function(*arguments[:count])
