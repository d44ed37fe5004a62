"""Objects whose properties are not just stored: the base that a class of such objects overrides.

ECMA-262 10.4 (exotic objects). Each method works on own properties only; the defaults are those
of ordinary objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from unpoison.js import own
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.members import INHERITED, JsObject


class Exotic(JsObject):
    """An object that answers for its own properties itself."""

    __slots__ = ()

    _js_special: ClassVar[frozenset[str] | None] = None

    def js_read(self, key: PropertyKey) -> object:
        """Give an own property: a value, a Property for an accessor, or MISSING."""
        return own.read_own(self, key)

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set or make an own property; False when that is refused."""
        return own.write_own(self, key, value)

    def js_remove(self, key: PropertyKey) -> bool:
        """Remove an own property; False when that is refused."""
        return own.remove_own(self, key)

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give all own keys, in order."""
        return own.all_keys(self)

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Give the descriptor of an own property, None when there is none."""
        return own.describe_own(self, key)

    def js_define(self, key: PropertyKey, new: Property) -> bool:
        """Make or replace an own property; False when that is refused."""
        return own.define_own(self, key, new)

    def js_prototype(self) -> object:
        """Give the prototype that was set, INHERITED for the one of its class."""
        attributes = self._js_attributes
        return INHERITED if attributes is None else attributes.prototype


class Delegate(Exotic):
    """An object that asks another one for everything, also for what it inherits: a Proxy.

    `changes` is as in `lookup.py`. ECMA-262 10.5.
    """

    __slots__ = ()

    def js_get(self, key: PropertyKey, receiver: object, changes: Any) -> object:
        """Give the value of a property, own or inherited: [[Get]]."""
        raise NotImplementedError

    def js_set(self, key: PropertyKey, value: object, receiver: object, changes: Any) -> bool:
        """Set a property: [[Set]]; False when that is refused."""
        raise NotImplementedError

    def js_has(self, key: PropertyKey, changes: Any) -> bool:
        """Tell whether there is a property, own or inherited: [[HasProperty]]."""
        raise NotImplementedError

    def js_define_fields(self, key: PropertyKey, new: Property, given: frozenset[str]) -> bool:
        """Make or change an own property: [[DefineOwnProperty]]; `given` are the fields of `new`
        that count."""
        raise NotImplementedError

    def js_set_prototype(self, prototype: object) -> bool:
        """Set the prototype: [[SetPrototypeOf]]; False when that is refused."""
        raise NotImplementedError

    def js_is_extensible(self) -> bool:
        """Tell whether properties can be added: [[IsExtensible]]."""
        raise NotImplementedError

    def js_prevent_extensions(self) -> bool:
        """Refuse new properties from now on: [[PreventExtensions]]."""
        raise NotImplementedError

    def js_is_array(self) -> bool:
        """Tell whether it stands for an array."""
        raise NotImplementedError
