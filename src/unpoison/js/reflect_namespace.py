"""The namespace Reflect: the internal methods as functions, which do not throw for a refusal.

ECMA-262 28.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from unpoison.js.classes import ClassSpec, Static, count_defaults, count_parameters, fitted
from unpoison.js.constructors import construct_as, is_constructor
from unpoison.js.conversions import to_property_key
from unpoison.js.descriptors import from_descriptor, to_descriptor
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.function_class import arguments_of, called_function
from unpoison.js.functions import invoke
from unpoison.js.object_class import OBJECT
from unpoison.js.object_statics import change_prototype, require_prototype
from unpoison.js.objects import Array
from unpoison.js.own_properties import (
    all_own_keys,
    define,
    describe,
    is_extensible,
    prevent_extensions,
)
from unpoison.js.property import get_as, set_as
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_reference

ABSENT: Final = object()
"""The default of a parameter whose absence is not undefined."""


def _apply(realm: Any, function: Any, this: object, arguments: object) -> Any:
    return invoke(called_function(function, "apply"), this, *arguments_of(arguments))


def _construct(realm: Any, target: object, arguments: object, new_target: object = ABSENT) -> Any:
    maker = target if new_target is ABSENT else new_target
    for each in (target, maker):
        if not is_constructor(each):
            raise TypeError(f"{shown(each)} is not a constructor")
    return construct_as(target, tuple(arguments_of(arguments)), maker)


def _define_property(realm: Any, target: object, key: object, descriptor: object) -> bool:
    return define(target, to_property_key(key), *to_descriptor(descriptor))


def _delete_property(realm: Any, target: object, key: object) -> bool:
    return realm.try_delete(target, to_property_key(key))  # type: ignore[no-any-return]


def _get(realm: Any, target: object, key: object, receiver: object = ABSENT) -> Any:
    name = to_property_key(key)
    if receiver is ABSENT or receiver is target:
        return realm.get(target, name)
    return get_as(target, name, receiver, realm)


def _get_own_property_descriptor(realm: Any, target: object, key: object) -> object:
    return from_descriptor(describe(target, to_property_key(key)))


def _get_prototype_of(realm: Any, target: object) -> object:
    return realm.prototype_of(target)


def _has(realm: Any, target: object, key: object) -> bool:
    return realm.has(target, to_property_key(key))  # type: ignore[no-any-return]


def _is_extensible(realm: Any, target: object) -> bool:
    return is_extensible(target)


def _own_keys(realm: Any, target: object) -> Array:
    return Array(all_own_keys(target))


def _prevent_extensions(realm: Any, target: object) -> bool:
    return prevent_extensions(target)


def _set(realm: Any, target: object, key: object, value: object, receiver: object = ABSENT) -> bool:
    name = to_property_key(key)
    if receiver is ABSENT or receiver is target:
        return realm.try_set(target, name, value)  # type: ignore[no-any-return]
    return set_as(target, name, value, receiver, realm)


def _set_prototype_of(realm: Any, target: object, prototype: object) -> bool:
    require_prototype(prototype)
    return change_prototype(realm, target, prototype)


def _reflected(name: str, function: Callable[..., object], length: int) -> Static:
    """Make it refuse a target that is no object."""
    count = count_parameters(function)[0] - 2
    required = count - count_defaults(function)

    def reflect(realm: Any, target: object = None, *rest: object) -> object:
        if not is_reference(target):
            raise TypeError(f"Reflect.{name} called on non-object")
        return function(realm, target, *fitted(rest, required, count, rest=False))

    return Static(reflect, length)


OF_OBJECTS: Final[dict[str, tuple[Callable[..., object], int]]] = {
    "defineProperty": (_define_property, 3),
    "deleteProperty": (_delete_property, 2),
    "get": (_get, 2),
    "getOwnPropertyDescriptor": (_get_own_property_descriptor, 2),
    "getPrototypeOf": (_get_prototype_of, 1),
    "has": (_has, 2),
    "isExtensible": (_is_extensible, 1),
    "ownKeys": (_own_keys, 1),
    "preventExtensions": (_prevent_extensions, 1),
    "set": (_set, 3),
    "setPrototypeOf": (_set_prototype_of, 2),
}
"""The functions that refuse a target that is no object, with their `length`."""

REFLECT: Final = ClassSpec(
    "Reflect",
    OBJECT,
    statics={
        "apply": _apply,
        "construct": _construct,
        **{name: _reflected(name, run, length) for name, (run, length) in OF_OBJECTS.items()},
        Symbol.to_string_tag: "Reflect",
    },
    is_namespace=True,
)
