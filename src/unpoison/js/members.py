"""The base of JavaScript objects that this room makes itself, such as Promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class JsObject:
    """An object whose JavaScript members are a table; nothing else of it is reachable.

    `_js_members` maps a JavaScript name to the Python attribute that has its value (they
    differ where a name is a Python keyword); `_js_class` is what `Object.prototype.toString`
    calls it. `_js_own` holds the properties that a guest has set.
    """

    __slots__ = ("__weakref__", "_js_own")

    _js_class: ClassVar[str] = "Object"
    _js_members: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self._js_own: dict[object, object] = {}
