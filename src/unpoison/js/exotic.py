"""Objects whose properties are not just stored: the base that a class of such objects overrides.

ECMA-262 10.4 (exotic objects). Each method works on own properties only; the defaults are those
of ordinary objects.
"""

from __future__ import annotations

from collections.abc import Iterable

from unpoison.js import own
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.members import INHERITED, JsObject


class Exotic(JsObject):
    """An object that answers for its own properties itself."""

    __slots__ = ()

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
