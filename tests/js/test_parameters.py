"""How many parameters a function has, for whoever calls it as JavaScript does."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from unpoison.js.classes import count_defaults, count_parameters


def plain(first: object, second: object = None, *rest: object) -> None:
    """Be written in Python."""


class Compiled:
    """A callable that stands for a function, as an export of the compiled module does."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__ = function

    def __call__(self, *arguments: object) -> object:
        return self.__wrapped__(*arguments)


class Signed(Compiled):
    """One that says itself what it takes."""

    __signature__ = inspect.signature(lambda only: None)


class Holder:
    """Has a method that is a wrapper."""

    @functools.wraps(plain)
    def method(self, *arguments: object) -> None:
        """Be bound."""


CALLABLES = [
    Compiled(plain),
    Compiled(Compiled(plain)),
    Compiled(functools.wraps(plain)(lambda: None)),
    Signed(plain),
    functools.lru_cache(plain),
    Holder().method,
    len,
]


@pytest.mark.parametrize("function", CALLABLES, ids=lambda each: type(each).__name__)
def test_parameters_are_counted_as_the_signature_has_them(function: Callable[..., Any]) -> None:
    parameters = inspect.signature(function).parameters.values()
    kinds = [each.kind for each in parameters]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    expected = sum(kind in positional for kind in kinds)
    assert count_parameters(function) == (expected, inspect.Parameter.VAR_POSITIONAL in kinds)
    assert count_defaults(function) == sum(each.default is not each.empty for each in parameters)
