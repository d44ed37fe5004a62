"""Members that Rust wants as their class has them: `final`, that is `Class.prototype.f.call(x)`.

Source: `wasm-bindgen-cli-support` src/js/mod.rs, `AuxValue`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

from unpoison import js
from unpoison.bindgen import Import, ImportKind
from unpoison.runtime.js_names import key_of

Function = Callable[..., Any]


def find_final(target: object, host: Import, realm: js.Realm) -> Function | None:
    """Give a member of the class that was found, whatever the receiver has of its own.

    None when the class has none, or is no class: then the receiver's counts.
    """
    match target:
        case js.Constructor():
            return _of_standard_class(target.spec, host, realm)
        case js.JsFunction():
            return partial(_call, target, host, realm)
        case type():
            return _of_python_class(target, host)
    return None


def _of_standard_class(spec: js.ClassSpec, host: Import, realm: js.Realm) -> Function | None:
    member = spec.members.get(key_of(host.name))
    if member is None:
        return None
    if host.kind is ImportKind.METHOD:
        method = member.value
        if isinstance(method, js.RealmMethod):
            method = realm.own_function(method)
        is_ours = isinstance(method, js.Method | js.JsFunction)
        return method.call_on if is_ours else partial(js.invoke, method)
    accessor = _accessor(member, host)
    return None if accessor is None else accessor.call_on


def _call(
    target: js.JsFunction, host: Import, realm: js.Realm, receiver: object, *rest: object
) -> Any:
    prototype, key = realm.get(target, "prototype"), key_of(host.name)
    if host.kind is ImportKind.METHOD:
        function = realm.get(prototype, key)
    else:
        function = _accessor(js.find_property(prototype, key), host)
    if not js.is_function(function):
        raise js.TypeError(f"{'.'.join(host.path)} has no {host.kind.value}")
    return js.invoke(function, receiver, *rest)


def _accessor(found: object, host: Import) -> Any:
    if not isinstance(found, js.Property):
        return None
    return found.get if host.kind is ImportKind.GETTER else found.set


def _of_python_class(target: type, host: Import) -> Function | None:
    found = inspect.getattr_static(target, host.name, None)
    if isinstance(found, property):
        return found.fget if host.kind is ImportKind.GETTER else found.fset
    is_method = host.kind is ImportKind.METHOD and isinstance(found, FunctionType)
    return getattr(target, host.name) if is_method else None
