"""The base of the JavaScript objects that these rooms make themselves, such as Promise."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from unpoison.js.classes import Method, PropertyKey, spec_of
from unpoison.js.values import Reference

INHERITED: object = object()
"""The prototype of an object that has the one of its class."""


class Attributes:
    """What an object has beyond plain data properties; most objects have none of it.

    `hidden` holds accessors (as `Property`) and properties that are not enumerable, `after` the
    plain property that each of them follows (None: it is first), `shown` the names among them that
    are enumerable; `readonly` and `permanent` (not configurable) name properties of
    any place. `prototype` is an object, null, or INHERITED. `weak` is what WeakMaps have of the
    object. ECMA-262 6.1.7.1, 10.1.
    """

    __slots__ = (
        "after",
        "extensible",
        "hidden",
        "permanent",
        "prototype",
        "readonly",
        "shown",
        "weak",
    )

    def __init__(self) -> None:
        self.hidden: dict[PropertyKey, Any] = {}
        self.after: dict[PropertyKey, object] = {}
        self.shown: set[PropertyKey] = set()
        self.readonly: set[PropertyKey] = set()
        self.permanent: set[PropertyKey] = set()
        self.extensible = True
        self.prototype: object = INHERITED
        self.weak: WeakKeyDictionary[Any, object] | None = None


class JsObject(Reference):
    """An object of a class of ours: what a guest sees of it is its own properties and its spec.

    `_js_own` holds the properties that were set on it, `_js_attributes` what is special about
    them. Python code reads its JavaScript members as attributes too: `headers.get("a")`.
    """

    __slots__ = ("__weakref__", "_js_attributes", "_js_own")

    # The identifiers that may be own properties beside those in `_js_own`; None: who knows.
    _js_special: ClassVar[frozenset[str] | None] = frozenset()

    def __init__(self) -> None:
        self._js_own: dict[PropertyKey, object] = {}
        self._js_attributes: Attributes | None = None

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            if name in self._js_own:
                return self._js_own[name]
            member = spec_of(self).members.get(name)
            if member is not None and name != "constructor":
                if member.is_accessor:
                    return member.get.call_on(self) if member.get is not None else None
                value = member.value
                return partial(value.call_on, self) if isinstance(value, Method) else value
        raise AttributeError(f"{type(self).__name__} has no member {name!r}", name=name, obj=self)
