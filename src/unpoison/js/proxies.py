"""Proxy objects: what a guest or a host does to one, the functions of its handler decide.

Each internal method asks the handler's trap, or does it to the target when there is none, and
checks the answer against the target where the standard says so. ECMA-262 10.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from unpoison.js.attributes import MISSING
from unpoison.js.classes import ClassSpec, Property, PropertyKey, register_by, spec_of
from unpoison.js.constructors import Prototype, construct_as, is_constructor
from unpoison.js.descriptors import from_descriptor, to_descriptor
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Delegate
from unpoison.js.function_text import function_length, function_name
from unpoison.js.functions import JsFunction, invoke
from unpoison.js.indices import elements
from unpoison.js.lookup import explicit_prototype, has_property
from unpoison.js.members import INHERITED, VariousObject
from unpoison.js.objects import Array
from unpoison.js.own_properties import (
    all_own_keys,
    allows,
    define,
    describe,
    is_extensible,
    prevent_extensions,
    set_prototype,
)
from unpoison.js.property import get, get_as, set_as, try_delete
from unpoison.js.shown import shown
from unpoison.js.values import (
    Symbol,
    is_falsy,
    is_function,
    is_nullish,
    is_reference,
    null,
    same_value,
)


class ProxyMethods(VariousObject, Delegate):
    """The internal methods of a proxy; see `Proxy` and `CallableProxy`."""

    __slots__ = ()

    _handler: Any
    _target: Any

    @property
    def js_target(self) -> Any:
        """The target. Raises js.TypeError when the proxy has been revoked."""
        self._require("get")
        return self._target

    def revoke(self) -> None:
        """Refuse everything from now on."""
        self._target = self._handler = null

    def _require(self, name: str) -> None:
        if self._handler is null:
            raise TypeError(f"Cannot perform '{name}' on a proxy that has been revoked")

    def _trap(self, name: str) -> Any:
        """Give the handler's function of that name, None when it has none."""
        self._require(name)
        trap = get(self._handler, name)
        if is_nullish(trap):
            return None
        if not is_function(trap):
            raise TypeError(
                f"'{shown(trap)}' returned for property '{name}' of object "
                f"'{shown(self._handler)}' is not a function"
            )
        return trap

    def _ask(self, trap: Any, *arguments: object) -> Any:
        return invoke(trap, self._handler, self._target, *arguments)

    def js_is_array(self) -> bool:
        """Give `Array.isArray`. ECMA-262 7.2.2."""
        self._require("IsArray")
        target = self._target
        if isinstance(target, Delegate):
            return target.js_is_array()
        return isinstance(target, list | tuple)

    def js_get(self, key: PropertyKey, receiver: object, changes: Any) -> object:
        """Be [[Get]]. ECMA-262 10.5.8."""
        trap = self._trap("get")
        if trap is None:
            return get_as(self._target, key, receiver, changes)
        value = self._ask(trap, key, receiver)
        fixed = _fixed(self._target, key)
        if fixed is not None and fixed.is_accessor and fixed.get is None and value is not None:
            raise TypeError(
                f"'get' on proxy: property '{_name(key)}' is a non-configurable accessor property "
                "on the proxy target and does not have a getter function, but the trap did not "
                f"return 'undefined' (got '{shown(value)}')"
            )
        if _is_constant(fixed) and not same_value(fixed.value, value):  # type: ignore[union-attr]
            raise TypeError(
                f"'get' on proxy: property '{_name(key)}' is a read-only and non-configurable "
                "data property on the proxy target but the proxy did not return its actual value "
                f"(expected '{shown(fixed.value)}' but got '{shown(value)}')"  # type: ignore[union-attr]
            )
        return value

    def js_set(self, key: PropertyKey, value: object, receiver: object, changes: Any) -> bool:
        """Be [[Set]]. ECMA-262 10.5.9."""
        trap = self._trap("set")
        if trap is None:
            return set_as(self._target, key, value, receiver, changes)
        if is_falsy(self._ask(trap, key, value, receiver)):
            return False
        fixed = _fixed(self._target, key)
        if fixed is not None and fixed.is_accessor and fixed.set is None:
            raise TypeError(
                f"'set' on proxy: trap returned truish for property '{_name(key)}' which exists in "
                "the proxy target as a non-configurable and non-writable accessor property "
                "without a setter"
            )
        if _is_constant(fixed) and not same_value(fixed.value, value):  # type: ignore[union-attr]
            raise TypeError(
                f"'set' on proxy: trap returned truish for property '{_name(key)}' which exists in "
                "the proxy target as a non-configurable and non-writable data property with a "
                "different value"
            )
        return True

    def js_has(self, key: PropertyKey, changes: Any) -> bool:
        """Be [[HasProperty]]. ECMA-262 10.5.7."""
        trap = self._trap("has")
        if trap is None:
            return has_property(self._target, key, changes)
        found = not is_falsy(self._ask(trap, key))
        if not found:
            _check_hidden(self._target, key, "has")
        return found

    def js_remove(self, key: PropertyKey) -> bool:
        """Be [[Delete]]. ECMA-262 10.5.10."""
        trap = self._trap("deleteProperty")
        if trap is None:
            return try_delete(self._target, key)
        if is_falsy(self._ask(trap, key)):
            return False
        existing = describe(self._target, key)
        if existing is not None and not existing.configurable:
            raise TypeError(
                f"'deleteProperty' on proxy: trap returned truish for property '{_name(key)}' "
                "which is non-configurable in the proxy target"
            )
        if existing is not None and not is_extensible(self._target):
            raise TypeError(
                f"'deleteProperty' on proxy: trap returned truish for property '{_name(key)}' "
                "but the proxy target is non-extensible"
            )
        return True

    def js_read(self, key: PropertyKey) -> object:
        """Give an own property: a value, a Property for an accessor, or MISSING."""
        found = self.js_describe(key)
        if found is None:
            return MISSING
        return found if found.is_accessor else found.value

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Be [[GetOwnProperty]]. ECMA-262 10.5.5."""
        trap = self._trap("getOwnPropertyDescriptor")
        if trap is None:
            return describe(self._target, key)
        answer = self._ask(trap, key)
        if answer is None:
            _check_hidden(self._target, key, "getOwnPropertyDescriptor")
            return None
        if not is_reference(answer):
            raise TypeError(
                "'getOwnPropertyDescriptor' on proxy: trap returned neither object nor undefined "
                f"for property '{_name(key)}'"
            )
        found, _ = to_descriptor(answer)
        _check_described(self._target, key, found)
        return found

    def js_define_fields(self, key: PropertyKey, new: Property, given: frozenset[str]) -> bool:
        """Be [[DefineOwnProperty]]. ECMA-262 10.5.6."""
        trap = self._trap("defineProperty")
        if trap is None:
            return define(self._target, key, new, given)
        if is_falsy(self._ask(trap, key, from_descriptor(new, given))):
            return False
        _check_defined(self._target, key, new, given)
        return True

    def js_keys(self) -> Iterable[PropertyKey]:
        """Be [[OwnPropertyKeys]]. ECMA-262 10.5.11."""
        trap = self._trap("ownKeys")
        if trap is None:
            return all_own_keys(self._target)
        answer = self._ask(trap)
        if not is_reference(answer):
            raise TypeError("CreateListFromArrayLike called on non-object")
        keys = elements(answer)
        _check_keys(self._target, keys)
        return keys

    def js_prototype(self) -> object:
        """Be [[GetPrototypeOf]]; INHERITED is the prototype of the target's class. 10.5.1."""
        trap = self._trap("getPrototypeOf")
        if trap is None:
            return explicit_prototype(self._target)
        answer = self._ask(trap)
        if answer is not null and not is_reference(answer):
            raise TypeError("'getPrototypeOf' on proxy: trap returned neither object nor null")
        if not is_extensible(self._target) and not _is_prototype(self._target, answer):
            raise TypeError(
                "'getPrototypeOf' on proxy: proxy target is non-extensible but the trap did not "
                "return its actual prototype"
            )
        return answer

    def js_set_prototype(self, prototype: object) -> bool:
        """Be [[SetPrototypeOf]]. ECMA-262 10.5.2."""
        trap = self._trap("setPrototypeOf")
        if trap is None:
            return set_prototype(self._target, prototype)
        if is_falsy(self._ask(trap, prototype)):
            return False
        if not is_extensible(self._target) and not _is_prototype(self._target, prototype):
            raise TypeError(
                "'setPrototypeOf' on proxy: trap returned truish for setting a new prototype on "
                "the non-extensible proxy target"
            )
        return True

    def js_is_extensible(self) -> bool:
        """Be [[IsExtensible]]. ECMA-262 10.5.3."""
        trap = self._trap("isExtensible")
        actual = is_extensible(self._target)
        if trap is not None and is_falsy(self._ask(trap)) == actual:
            raise TypeError(
                "'isExtensible' on proxy: trap result does not reflect extensibility of proxy "
                f"target (which is '{str(actual).lower()}')"
            )
        return actual

    def js_prevent_extensions(self) -> bool:
        """Be [[PreventExtensions]]. ECMA-262 10.5.4."""
        trap = self._trap("preventExtensions")
        if trap is None:
            return prevent_extensions(self._target)
        if is_falsy(self._ask(trap)):
            return False
        if is_extensible(self._target):
            raise TypeError(
                "'preventExtensions' on proxy: trap returned truish but the proxy target is "
                "extensible"
            )
        return True


class Proxy(ProxyMethods):
    """A proxy of an object."""

    __module__ = "unpoison.js"
    __slots__ = ("_handler", "_target")

    def __init__(self, target: object, handler: object) -> None:
        super().__init__()
        self._target, self._handler = target, handler

    def __repr__(self) -> str:
        return "<js proxy>"


class CallableProxy(JsFunction, ProxyMethods):
    """A proxy of a function, which is a function as well. ECMA-262 10.5.12, 10.5.13."""

    __module__ = "unpoison.js"
    __slots__ = ("_constructs", "_handler", "_target")

    _js_special: ClassVar[frozenset[str] | None] = None

    def __init__(self, target: object, handler: object) -> None:
        super().__init__(function_name(target), function_length(target))
        self._target, self._handler = target, handler
        self._constructs = is_constructor(target)

    @property
    def constructs(self) -> bool:
        """Whether `new` can be used with it."""
        return self._constructs

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it with a `this`: [[Call]]."""
        trap = self._trap("apply")
        if trap is None:
            return invoke(self._target, this, *arguments)
        return self._ask(trap, this, Array(arguments))

    def construct(self, *arguments: object) -> Any:
        """Do `new` with it."""
        return self.construct_for(self, arguments)

    def construct_for(self, new_target: object, arguments: tuple[object, ...]) -> Any:
        """Be [[Construct]]."""
        if not self._constructs:
            raise TypeError(f"{self.__name__ or 'proxy'} is not a constructor")
        trap = self._trap("construct")
        if trap is None:
            return construct_as(self._target, arguments, new_target)
        made = self._ask(trap, Array(arguments), new_target)
        if not is_reference(made):
            raise TypeError("proxy [[Construct]] must return an object")
        return made

    def __repr__(self) -> str:
        return "<js proxy of a function>"


def _spec_of_proxy(proxy: ProxyMethods) -> ClassSpec:
    proxy._require("get")
    return spec_of(proxy._target)


register_by(Proxy, _spec_of_proxy)
register_by(CallableProxy, _spec_of_proxy)


def make_proxy(target: object, handler: object) -> Proxy | CallableProxy:
    """Do `new Proxy(target, handler)`. ECMA-262 10.5.14."""
    if not is_reference(target) or not is_reference(handler):
        raise TypeError("Cannot create proxy with a non-object as target or handler")
    return (CallableProxy if is_function(target) else Proxy)(target, handler)


def _name(key: PropertyKey) -> str:
    return key if isinstance(key, str) else repr(key)


def _fixed(target: object, key: PropertyKey) -> Property | None:
    """Give an own property that cannot be configured."""
    found = describe(target, key)
    return None if found is None or found.configurable else found


def _is_constant(fixed: Property | None) -> bool:
    return fixed is not None and not fixed.is_accessor and not fixed.writable


def _is_prototype(target: object, prototype: object) -> bool:
    actual = explicit_prototype(target)
    if actual is INHERITED:
        return isinstance(prototype, Prototype) and prototype.spec is spec_of(target)
    return actual is prototype


HIDDEN = {
    "has": (
        "'has' on proxy: trap returned falsish for property '{}' which exists in the proxy target "
        "as non-configurable",
        "'has' on proxy: trap returned falsish for property '{}' but the proxy target is not "
        "extensible",
    ),
    "getOwnPropertyDescriptor": (
        "'getOwnPropertyDescriptor' on proxy: trap returned undefined for property '{}' which is "
        "non-configurable in the proxy target",
        "'getOwnPropertyDescriptor' on proxy: trap returned undefined for property '{}' which "
        "exists in the non-extensible proxy target",
    ),
}
"""What is said when a trap hides a property that is fixed, or that of a fixed target."""


def _check_hidden(target: object, key: PropertyKey, trap: str) -> None:
    """Check that a trap may say that there is no such property."""
    existing = describe(target, key)
    if existing is None:
        return
    fixed_property, fixed_target = HIDDEN[trap]
    if not existing.configurable:
        raise TypeError(fixed_property.format(_name(key)))
    if not is_extensible(target):
        raise TypeError(fixed_target.format(_name(key)))


def _check_described(target: object, key: PropertyKey, found: Property) -> None:
    existing = describe(target, key)
    fields = frozenset({"get", "set"} if found.is_accessor else {"value", "writable"})
    compatible = (
        is_extensible(target)
        if existing is None
        else allows(existing, found, fields | {"enumerable", "configurable"})
    )
    if not compatible:
        raise TypeError(
            f"'getOwnPropertyDescriptor' on proxy: trap returned descriptor for property "
            f"'{_name(key)}' that is incompatible with the existing property in the proxy target"
        )
    if not found.configurable and (existing is None or existing.configurable):
        raise TypeError(
            "'getOwnPropertyDescriptor' on proxy: trap reported non-configurability for property "
            f"'{_name(key)}' which is either non-existent or configurable in the proxy target"
        )


def _check_defined(target: object, key: PropertyKey, new: Property, given: frozenset[str]) -> None:
    existing = describe(target, key)
    fixes = "configurable" in given and not new.configurable
    if existing is None:
        if not is_extensible(target):
            raise TypeError(
                f"'defineProperty' on proxy: trap returned truish for adding property "
                f"'{_name(key)}'  to the non-extensible proxy target"
            )
        if fixes:
            raise TypeError(_fixing(key))
    elif not allows(existing, new, given):
        raise TypeError(
            f"'defineProperty' on proxy: trap returned truish for adding property '{_name(key)}'  "
            "that is incompatible with the existing property in the proxy target"
        )
    elif fixes and existing.configurable:
        raise TypeError(_fixing(key))


def _fixing(key: PropertyKey) -> str:
    return (
        "'defineProperty' on proxy: trap returned truish for defining non-configurable property "
        f"'{_name(key)}' which is either non-existent or configurable in the proxy target"
    )


def _check_keys(target: object, keys: list[Any]) -> None:
    for key in keys:
        if not isinstance(key, str | Symbol):
            raise TypeError(f"{shown(key)} is not a valid property name")
    if len(set(keys)) != len(keys):
        raise TypeError("'ownKeys' on proxy: trap returned duplicate entries")
    extensible = is_extensible(target)
    for key in all_own_keys(target):
        if key not in keys and (not extensible or _fixed(target, key) is not None):
            raise TypeError(f"'ownKeys' on proxy: trap result did not include '{_name(key)}'")
    if not extensible and len(keys) != len(all_own_keys(target)):
        raise TypeError(
            "'ownKeys' on proxy: trap returned extra keys but proxy target is non-extensible"
        )
