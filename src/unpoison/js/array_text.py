"""The text of an array: `join` and `toString`. ECMA-262 23.1.3.18."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.conversions import to_string
from unpoison.js.exceptions import STACK_OVERFLOW, RangeError
from unpoison.js.indices import MAX_NESTED, elements
from unpoison.js.values import is_nullish

MAX_STRING: Final = 2**29 - 24
"""The longest string of V8."""


class _Joiner:
    """One `join`: it counts the arrays that it walks through, for shared ones multiply."""

    def __init__(self) -> None:
        self._outer: set[int] = set()
        self._arrays = 0

    def join(self, items: Any, separator: str) -> str:
        if id(items) in self._outer:
            return ""  # a cycle is the empty text, as in engines
        self._arrays += 1
        if self._arrays > MAX_NESTED:
            raise RangeError("Invalid string length")
        self._outer.add(id(items))
        try:
            return self._checked(separator, [self._text(each) for each in elements(items)])
        finally:
            self._outer.discard(id(items))

    def _checked(self, separator: str, texts: list[str]) -> str:
        length = sum(map(len, texts)) + len(separator) * (len(texts) - 1)
        if length > MAX_STRING:
            raise RangeError("Invalid string length")
        return separator.join(texts)

    def _text(self, item: Any) -> str:
        if isinstance(item, list | tuple):
            return self.join(item, ",")
        return "" if is_nullish(item) else to_string(item)


def join(this: Any, separator: object) -> str:
    """Give the texts of the elements with a separator between them, `,` when it is undefined.

    Raises js.RangeError when the text is too long, or arrays are nested too deeply.
    """
    try:
        return _Joiner().join(this, "," if separator is None else to_string(separator))
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None
