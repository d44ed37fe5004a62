"""Object and Array as guests make them: a dict and a list that can have attributes.

They are what Python code expects (mapping-like, list-like, equal to a dict or list of the same
items); what JavaScript adds (accessors, properties that are not enumerable, a prototype of its
own, frozen) stands in `_js_attributes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from unpoison.js.classes import PropertyKey
from unpoison.js.members import Attributes
from unpoison.js.values import Reference


class Object(Reference, dict[Any, Any]):
    """A JavaScript object: a dict whose keys are str, and Symbols."""

    __module__ = "unpoison.js"
    __slots__ = ("__weakref__", "_js_attributes")

    def __init__(self, items: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (), /) -> None:
        dict.__init__(self, items)
        self._js_attributes: Attributes | None = None


class Array(Reference, list[Any]):
    """A JavaScript array: a list; `_js_own` holds its properties that are no elements.

    A hole reads as undefined, and is None here.
    """

    __module__ = "unpoison.js"
    __slots__ = ("__weakref__", "_js_attributes", "_js_own")

    def __init__(self, items: Iterable[Any] = (), /) -> None:
        list.__init__(self, items)
        self._js_own: dict[PropertyKey, object] = {}
        self._js_attributes: Attributes | None = None
