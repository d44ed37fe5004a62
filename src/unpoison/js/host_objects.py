"""Objects of the host that show a guest more than their public attributes."""

from __future__ import annotations

from unpoison.js.attributes import read_attribute, write_attribute
from unpoison.js.classes import PropertyKey


class HostObject:
    """A base for such objects; all others are plain objects to a guest."""

    __slots__ = ()

    def js_read(self, key: PropertyKey) -> object:
        """Give an own property, MISSING for none; the default are the public attributes."""
        return read_attribute(self, key)

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set an own property; False when that is refused. The default are as for `js_read`."""
        return write_attribute(self, key, value)
