"""The class Object: what every object inherits. Its statics are in `object_statics.py`. 20.1.3."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import ClassSpec, RealmMethod, register
from unpoison.js.conversions import to_property_key
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject
from unpoison.js.object_statics import STATICS
from unpoison.js.objects import Object
from unpoison.js.own_properties import describe
from unpoison.js.property import call_method, has_own
from unpoison.js.tags import class_tag
from unpoison.js.values import is_nullish, is_reference
from unpoison.js.wrapper import to_object


def _to_string(this: object) -> str:
    return f"[object {class_tag(this)}]"


def _to_locale_string(this: object) -> Any:
    if is_nullish(this):
        raise TypeError("Object.prototype.toLocaleString called on null or undefined")
    return call_method(this, "toString")


def _value_of(this: object) -> object:
    if is_nullish(this):
        raise TypeError("Cannot convert undefined or null to object")
    return this if is_reference(this) else to_object(this)


def _not_nullish(this: object) -> object:
    if is_nullish(this):
        raise TypeError("Cannot convert undefined or null to object")
    return this


def _has_own_property(this: object, key: object) -> bool:
    return has_own(_not_nullish(this), to_property_key(key))


def _is_prototype_of(realm: Any, this: object, value: object) -> bool:
    while is_reference(value):
        value = realm.prototype_of(value)
        if value is this:
            return True
    return False


def _property_is_enumerable(this: object, key: object) -> bool:
    found = describe(_not_nullish(this), to_property_key(key))
    return found is not None and found.enumerable


def _make(realm: Any, value: object) -> object:
    if is_nullish(value):
        return Object()
    return value if is_reference(value) else to_object(value)


OBJECT: Final = ClassSpec(
    "Object",
    methods={
        "hasOwnProperty": _has_own_property,
        "isPrototypeOf": RealmMethod(_is_prototype_of),
        "propertyIsEnumerable": _property_is_enumerable,
        "toLocaleString": _to_locale_string,
        "toString": _to_string,
        "valueOf": _value_of,
    },
    statics=STATICS,
    call=_make,
    construct=_make,
    tag="Object",
)
register(OBJECT, Object, JsObject)
