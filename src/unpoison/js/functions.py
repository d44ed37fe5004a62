"""Functions as values of this room: those that a realm makes, and how any function is called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType
from typing import Any, ClassVar

from unpoison.js.classes import Method, count_defaults, count_parameters, fitted, written
from unpoison.js.host_objects import HostObject
from unpoison.js.members import JsObject


class JsFunction(JsObject):
    """A function that is told what `this` is."""

    __slots__ = ("__name__", "length")

    _js_special: ClassVar[frozenset[str] | None] = frozenset({"name", "length"})

    def __init__(self, name: str, length: int = 0) -> None:
        super().__init__()
        self.__name__ = name
        self.length = length

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it with a `this`."""
        raise NotImplementedError

    def __call__(self, *arguments: object) -> Any:
        return self.call_on(None, *arguments)

    def __repr__(self) -> str:
        return f"<js function {self.__name__}>"


class NativeFunction(JsFunction):
    """A function of one realm's global object; `call` does not see `this`.

    What is missing of its positional parameters is undefined, what is too much is dropped.
    """

    __slots__ = ("_call", "_count", "_required", "_rest")

    def __init__(self, name: str, call: Callable[..., Any], length: int | None = None) -> None:
        self._call = call
        self._count, self._rest = count_parameters(call)
        self._required = self._count - count_defaults(call)
        super().__init__(name, self._required if length is None else length)

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it; `this` is not used."""
        if self._required <= len(arguments) <= self._count:
            return self._call(*arguments)
        return self._call(*fitted(arguments, self._required, self._count, self._rest))


class ThisFunction(JsFunction):
    """A function of the host that is given `this` as its first argument."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        super().__init__(getattr(call, "__name__", ""), max(0, count_parameters(call)[0] - 1))
        self._call = call

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it with `this` first."""
        return self._call(this, *arguments)


_TOLD_THIS = (Method, JsFunction)  # to make the union of two types takes longer than to ask it


def invoke(function: Any, this: object, *arguments: object) -> Any:
    """Call any function value with a `this`; a function of the host has no use for it.

    One of a HostObject, or of a class of such, is called as JavaScript calls its functions: what is
    missing is undefined, what is too much is dropped.
    """
    if isinstance(function, _TOLD_THIS):
        return function.call_on(this, *arguments)
    if isinstance(function, MethodType) and isinstance(function.__self__, HostObject):
        return _fitting(function, function.__func__, 1)(*arguments)
    if isinstance(function, FunctionType) and isinstance(this, HostObject):
        return _fitting(function, function, 0)(*arguments)
    return function(*arguments)


def bound(function: Any, this: object) -> Callable[..., Any]:
    """Give what calls a function value with that `this`, as `invoke` does, again and again."""
    if isinstance(function, _TOLD_THIS):
        return partial(function.call_on, this)
    if isinstance(function, MethodType) and isinstance(function.__self__, HostObject):
        return _fitting(function, function.__func__, 1)
    if isinstance(function, FunctionType) and isinstance(this, HostObject):
        return _fitting(function, function, 0)
    called: Callable[..., Any] = function
    return called


def _fitting(
    function: Callable[..., Any], inner: Callable[..., Any], given: int
) -> Callable[..., Any]:
    inner = written(inner) or inner
    count, has_rest = count_parameters(inner)
    required = count - count_defaults(inner)

    def call(*arguments: object) -> Any:
        return function(*fitted(arguments, required - given, count - given, has_rest))

    return call
