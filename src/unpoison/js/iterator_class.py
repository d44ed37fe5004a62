"""Iterators: a Python iterator as a JavaScript one, and the class Iterator. ECMA-262 27.1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Object
from unpoison.js.values import Symbol


class JsIterator(JsObject):
    """A Python iterator with a `next` that gives `{value, done}`; Python code iterates it too."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Any]) -> None:
        super().__init__()
        self._items = iter(items)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._items)

    def __repr__(self) -> str:
        return "<js iterator>"


def result(value: object, *, done: bool) -> Object:
    """Give an iterator result object. ECMA-262 7.4.14."""
    return Object({"value": value, "done": done})


def _next(this: object) -> Object:
    if not isinstance(this, Iterator):
        raise TypeError("Iterator.prototype.next called on a value that is no iterator")
    for value in this:
        return result(value, done=False)
    return result(None, done=True)


ITERATOR: Final = ClassSpec(
    "Iterator",
    OBJECT,
    methods={"next": _next, Symbol.iterator: lambda this: this},
    constants={Symbol.to_string_tag: "Iterator"},
)
register(ITERATOR, JsIterator)
