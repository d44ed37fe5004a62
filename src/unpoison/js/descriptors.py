"""Property descriptors as objects. ECMA-262 6.2.6."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import Property
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.objects import Object
from unpoison.js.property import get, has
from unpoison.js.shown import shown
from unpoison.js.values import is_falsy, is_function, is_reference

FIELDS: Final = ("enumerable", "configurable", "value", "writable", "get", "set")
ORDER: Final = ("value", "writable", "get", "set", "enumerable", "configurable")
TRUTHS: Final = ("writable", "enumerable", "configurable")


def to_descriptor(value: object) -> tuple[Property, frozenset[str]]:
    """Give the property that a descriptor object means, and which fields it has. 6.2.6.5."""
    if not is_reference(value):
        raise TypeError(f"Property description must be an object: {shown(value)}")
    given = {name: get(value, name) for name in FIELDS if has(value, name)}
    for name in ("get", "set"):
        if given.get(name) is not None and not is_function(given[name]):
            raise TypeError(f"{name.title()}ter must be a function: {shown(given[name])}")
    if given.keys() & {"get", "set"} and given.keys() & {"value", "writable"}:
        raise TypeError(
            "Invalid property descriptor. Cannot both specify accessors and a value or writable "
            f"attribute, {shown(value)}"
        )
    truths: dict[str, Any] = {name: not is_falsy(given[name]) for name in TRUTHS if name in given}
    values: dict[str, Any] = {"writable": False, "configurable": False}
    return Property(**{**values, **given, **truths}), frozenset(given)


def from_descriptor(found: Property | None, given: frozenset[str] | None = None) -> object:
    """Give the descriptor object of a property; undefined for none. 6.2.6.4.

    `given` are the fields that it has; all that such a property has when it is None.
    """
    if found is None:
        return None
    shape = ("get", "set") if found.is_accessor else ("value", "writable")
    names: tuple[str, ...] = (*shape, "enumerable", "configurable")
    if given is not None:
        names = tuple(name for name in ORDER if name in given)
    return Object((name, getattr(found, name)) for name in names)
