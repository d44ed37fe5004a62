"""Iterator objects: a Python iterator that a guest sees as a JavaScript one, and those of helpers.

Python code iterates them as well. Their classes are in `iterator_class.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any, ClassVar

from unpoison.js.classes import ClassSpec
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.iteration import IteratorRecord, close_iterator
from unpoison.js.members import VariousObject
from unpoison.js.objects import Object


class JsIterator(VariousObject):
    """A Python iterator with a `next` that gives `{value, done}`.

    `spec` is its class, that of plain iterators when it is None.
    """

    __slots__ = ("_items", "spec")

    js_closes: ClassVar[bool] = False
    """Whether a loop that is left early ends it."""

    def __init__(self, items: Iterable[Any], spec: ClassSpec | None = None) -> None:
        super().__init__()
        self._items = iter(items)
        self.spec = spec

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._items)

    def __repr__(self) -> str:
        return "<js iterator>"


class IteratorHelper(JsIterator):
    """What `map`, `take` and the others give: values made from another iterator. 27.1.2.1."""

    __slots__ = ("_done", "_running", "_steps", "_under")

    js_closes = True

    def __init__(self, under: Iterator[Any], steps: Generator[Any, None, None]) -> None:
        super().__init__(steps)
        self._steps, self._under = steps, under
        self._done = self._running = False

    def __next__(self) -> Any:
        self._enter()
        try:
            value = next(self._steps)
        except BaseException:
            self._done = True
            raise
        finally:
            self._running = False
        return value

    def close(self) -> None:
        """End it, and the iterator under it."""
        self._enter()
        try:
            if not self._done:
                self._done = True
                self._steps.close()
                close_iterator(self._under)
        finally:
            self._running = False

    def _enter(self) -> None:
        if self._running:
            raise TypeError("Generator is already running")
        self._running = True


class WrappedIterator(JsIterator):
    """What `Iterator.from` makes of an object that is no Iterator. ECMA-262 27.1.3.2.1.1."""

    __slots__ = ("iterator",)

    js_closes = True

    def __init__(self, iterator: object) -> None:
        record = IteratorRecord(iterator)
        super().__init__(record)
        self.iterator = iterator

    def step(self) -> object:
        """Give what its `next` gives."""
        return self._items.call_next()  # type: ignore[attr-defined]

    def close(self) -> None:
        """End it."""
        close_iterator(self._items)


def result(value: object, *, done: bool) -> Object:
    """Give an iterator result object. ECMA-262 7.4.14."""
    return Object({"value": value, "done": done})
