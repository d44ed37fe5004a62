"""Primitive values as objects: what `new Number(5)` makes. ECMA-262 20.3.4, 21.1.4, 22.1.4."""

from __future__ import annotations

from typing import Any

from unpoison.js.classes import spec_of
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import VariousObject
from unpoison.js.values import Kind, kind_of


class Wrapper(VariousObject):
    """A primitive value as an object. `value` is the primitive."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value

    def __repr__(self) -> str:
        return f"<js {spec_of(self).name} {self.value!r}>"


def primitive(this: object, kind: Kind, method: str) -> Any:
    """Give the primitive value of a kind, unwrapped. Raises js.TypeError for any other.

    `method` is what was called, such as "Number.prototype.toFixed".
    """
    value = this.value if isinstance(this, Wrapper) else this
    if kind_of(value) is not kind:
        name = method.partition(".")[0]
        raise TypeError(f"{method} requires that 'this' be a {name}")
    return value


def to_object(value: object) -> object:
    """Give the wrapper object of a primitive value. ECMA-262 7.1.18."""
    make = spec_of(value).construct
    return Wrapper(value) if make is None else make(None, value)
