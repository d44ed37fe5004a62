"""JavaScript's own functions and constructors, such as Promise, as values of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject


class NativeFunction(JsObject):
    """A function of the standard library under its JavaScript name.

    It is made anew for each global object: what a guest sets on it, no other guest sees.
    """

    __slots__ = ("__name__", "_call")

    _js_class: ClassVar[str] = "Function"

    def __init__(self, name: str, call: Callable[..., object]) -> None:
        super().__init__()
        self.__name__ = name
        self._call = call

    def __call__(self, *arguments: object) -> object:
        return self._call(*arguments)

    def __repr__(self) -> str:
        return f"<js function {self.__name__}>"


class Constructor(NativeFunction):
    """A function that `new` or `instanceof` is used with.

    `call` is what it does without `new`, `construct` what it does with it; one that is not
    given raises js.TypeError. `is_instance` answers `instanceof`; `statics` are its
    properties, functions among them under the name of the property.
    """

    __slots__ = ("_construct", "is_instance")

    def __init__(
        self,
        name: str,
        is_instance: Callable[[object], bool],
        *,
        call: Callable[..., object] | None = None,
        construct: Callable[..., object] | None = None,
        statics: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(name, self._refuse_call if call is None else call)
        self.is_instance = is_instance
        self._construct = construct
        self._js_own.update(native(statics or {}))

    @property
    def constructs(self) -> bool:
        """Whether `new` can be used with it."""
        return self._construct is not None

    def construct(self, *arguments: object) -> object:
        """Do `new Name(...arguments)`."""
        if self._construct is None:
            raise TypeError(f"{self.__name__} is not a constructor")
        return self._construct(*arguments)

    def _refuse_call(self, *arguments: object) -> object:
        raise TypeError(f"Class constructor {self.__name__} cannot be invoked without 'new'")


def native(members: Mapping[str, object]) -> dict[str, object]:
    """Make each callable of a table a NativeFunction of that name; other values stay."""
    return {
        name: NativeFunction(name, value)
        if callable(value) and not isinstance(value, NativeFunction)
        else value
        for name, value in members.items()
    }
