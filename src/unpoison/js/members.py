"""The base of the JavaScript objects that these rooms make themselves, such as Promise."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, TypeGuard
from weakref import WeakKeyDictionary

from unpoison.js.classes import ClassSpec, Method, Property, PropertyKey, spec_of
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
    them. Python code reads the members of its class as attributes too, `headers.get("a")`, and
    what was set on it by `js.get`.
    """

    __slots__ = ("__weakref__", "_js_attributes", "_js_own")

    # The identifiers that may be own properties beside those in `_js_own`; None: who knows.
    _js_special: ClassVar[frozenset[str] | None] = frozenset()

    def __init__(self) -> None:
        self._js_own: dict[PropertyKey, object] = {}
        self._js_attributes: Attributes | None = None

    @classmethod
    def _js_join(cls, spec: ClassSpec) -> None:
        super()._js_join(spec)
        for name, member in spec.members.items():
            if not _is_attribute(name):
                continue
            found = getattr(cls, name, _NOTHING)
            if found is _NOTHING or (type(found) is _Member and found.member is not member):
                setattr(cls, name, _Member(member))


class VariousObject(JsObject):
    """An object whose class is known when it is made, not by its Python class."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        member = spec_of(self).members.get(name) if _is_attribute(name) else None
        if member is None:
            problem = f"{type(self).__name__} has no member {name!r}"
            raise AttributeError(problem, name=name, obj=self)
        return _value_of(member, self)


class _Member:
    """A member of a class of JavaScript as an attribute of the Python class, if that has no other.

    `__getattr__` would do as well, and make every attribute of an object slow to read.
    """

    __slots__ = ("member",)

    def __init__(self, member: Property) -> None:
        self.member = member

    def __get__(self, target: object, owner: type) -> Any:
        return self if target is None else _value_of(self.member, target)


def _value_of(member: Property, target: object) -> Any:
    if member.is_accessor:
        return None if member.get is None else member.get.call_on(target)
    value = member.value
    return partial(value.call_on, target) if isinstance(value, Method) else value


_NOTHING = object()


def _is_attribute(name: PropertyKey) -> TypeGuard[str]:
    return isinstance(name, str) and not name.startswith("_") and name != "constructor"
