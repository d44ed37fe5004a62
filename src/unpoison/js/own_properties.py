"""Own properties of any value, by the internal methods of ECMA-262 10.1.5 and 10.1.6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unpoison.js.attributes import MISSING
from unpoison.js.classes import Property, PropertyKey
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Delegate
from unpoison.js.families import family_of
from unpoison.js.functions import JsFunction
from unpoison.js.keys import ordered_keys
from unpoison.js.members import JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.own import attributes_of
from unpoison.js.shown import kind_word
from unpoison.js.values import same_value


def describe(target: object, key: PropertyKey) -> Property | None:
    """Give the descriptor of an own property, None when there is none."""
    family = family_of(target)
    if family.describe is not None:
        return family.describe(target, key)
    value: Any = family.read(target, key)
    if value is MISSING:
        return None
    if isinstance(value, Property):
        return value
    return Property(value, writable=True, enumerable=key in set(family.keys(target)))


def all_own_keys(target: object) -> list[PropertyKey]:
    """Give all own keys in order, also those that are not enumerable."""
    if isinstance(target, Delegate):
        return list(target.js_keys())
    family = family_of(target)
    keys: Iterable[PropertyKey] = (family.all_keys or family.keys)(target)
    if family.all_keys is None and family.read(target, "length") is not MISSING:
        keys = [*keys, "length"]
    return ordered_keys(keys)


def define(target: object, key: PropertyKey, new: Property, given: frozenset[str]) -> bool:
    """Make or change an own property; `given` names the fields of `new` that count.

    False when a property that is not configurable would change, or the object is not extensible:
    ValidateAndApplyPropertyDescriptor. ECMA-262 10.1.6.3.
    """
    if isinstance(target, Delegate):
        return target.js_define_fields(key, new, given)
    current = describe(target, key)
    if current is None and not is_extensible(target):
        return False
    if current is not None and not allows(current, new, given):
        return False
    merged = _merged(current, new, given)
    family = family_of(target)
    if family.define is not None:
        return family.define(target, key, merged)
    if merged.is_accessor or not (merged.writable and merged.enumerable and merged.configurable):
        raise TypeError(f"{kind_word(target)} has no place for the attributes of '{key}'")
    return family.write(target, key, merged.value)


def is_extensible(target: object) -> bool:
    """Tell whether properties can be added."""
    if isinstance(target, Delegate):
        return target.js_is_extensible()
    if not isinstance(target, Object | Array | JsObject):
        return True
    return target._js_attributes is None or target._js_attributes.extensible


def prevent_extensions(target: object) -> bool:
    """Make an object refuse new properties; False for an object of the host, which cannot."""
    if isinstance(target, Delegate):
        return target.js_prevent_extensions()
    if not isinstance(target, Object | Array | JsObject):
        return False
    attributes_of(target).extensible = False
    return True


def set_prototype(target: object, prototype: object) -> bool:
    """Give an object another prototype; False for an object of the host, which cannot have one."""
    if isinstance(target, Delegate):
        return target.js_set_prototype(prototype)
    if not isinstance(target, Object | Array | JsObject | JsFunction):
        return False
    attributes_of(target).prototype = prototype
    return True


def allows(current: Property, new: Property, given: frozenset[str]) -> bool:
    """Tell whether a property may be changed so; `given` names the fields of `new` that count."""
    if current.configurable:
        return True
    changes_kind = bool(given & {"get", "set"}) != current.is_accessor and bool(
        given & {"get", "set", "value", "writable"}
    )
    if ("configurable" in given and new.configurable) or changes_kind:
        return False
    if "enumerable" in given and new.enumerable != current.enumerable:
        return False
    if current.is_accessor:
        return all(getattr(new, f) is getattr(current, f) for f in ("get", "set") if f in given)
    if current.writable:
        return True
    same = "value" not in given or same_value(new.value, current.value)
    return same and not ("writable" in given and new.writable)


def _merged(current: Property | None, new: Property, given: frozenset[str]) -> Property:
    """Fill what is not given from the current property, else with the defaults of 6.2.6."""
    accessor = bool(given & {"get", "set"})
    data = bool(given & {"value", "writable"})
    old = current or Property(writable=False, enumerable=False, configurable=False)
    if accessor and not old.is_accessor:
        old = Property(None, None, None, False, old.enumerable, old.configurable)
    if data and old.is_accessor:
        old = Property(None, None, None, False, old.enumerable, old.configurable)
    fields = ("value", "get", "set", "writable", "enumerable", "configurable")
    return Property(*(getattr(new if name in given else old, name) for name in fields))
