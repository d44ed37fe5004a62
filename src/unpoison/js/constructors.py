"""A realm's constructors and prototype objects, and `new` and `instanceof` on any value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

from unpoison.js.attributes import MISSING
from unpoison.js.classes import (
    ClassSpec,
    Method,
    Property,
    PropertyKey,
    RealmMethod,
    RealmValue,
    Static,
    key_name,
    spec_of,
)
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Exotic
from unpoison.js.functions import JsFunction, NativeFunction
from unpoison.js.keys import ordered_keys
from unpoison.js.members import INHERITED
from unpoison.js.own import describe_own, read_own
from unpoison.js.property import explicit_prototype, get, word_for
from unpoison.js.values import Symbol, is_function, is_reference, null


class Maker(Protocol):
    """What makes the constructors and prototypes of one guest: its realm."""

    def constructor(self, spec: ClassSpec) -> Constructor:
        """Give the constructor of a class."""

    def prototype(self, spec: ClassSpec) -> Prototype:
        """Give the prototype object of a class."""

    def own_function(self, method: RealmMethod) -> OwnFunction:
        """Give its function of a method that needs a realm."""


class OwnFunction(JsFunction):
    """What a realm has of a method that needs one."""

    __slots__ = ("_method", "_realm")

    def __init__(self, realm: Maker, method: RealmMethod) -> None:
        super().__init__(method.__name__, method.length)
        self._method, self._realm = method, realm

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it with the realm and `this`."""
        return self._method.call_in(self._realm, this, *arguments)


class Holder(Exotic):
    """An object with the statics of a spec, each made when it is first read."""

    __slots__ = ()

    _made: dict[PropertyKey, object]
    _realm: Maker
    spec: ClassSpec

    def js_read(self, key: PropertyKey) -> object:
        """Give a property that was set on it, or a static."""
        found = read_own(self, key)
        if found is not MISSING or key in self._made:
            return self._made[key] if found is MISSING else found
        made = self._make_static(key)
        if made is not MISSING:
            self._made[key] = made
        return made

    def _make_static(self, key: PropertyKey) -> object:
        spec = self.spec
        if key in spec.static_getters or key in spec.static_setters:
            return Property(
                get=self._accessor("get", spec.static_getters.get(key)),
                set=self._accessor("set", spec.static_setters.get(key)),
            )
        return make_native(self._realm, key, spec.statics[key]) if key in spec.statics else MISSING

    def _accessor(self, word: str, function: Callable[..., Any] | None) -> object:
        return None if function is None else NativeFunction(word, partial(function, self._realm))

    def js_remove(self, key: PropertyKey) -> bool:
        """Remove a property; a static is gone for this guest."""
        if key in self.spec.statics:
            self._made[key] = MISSING
        return super().js_remove(key)

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Give the descriptor of a property; statics are not enumerable."""
        own = describe_own(self, key)
        if own is not None:
            return own
        found = self.js_read(key)
        if found is MISSING:
            return None
        return (
            found if isinstance(found, Property) else Property(found, writable=key != "prototype")
        )

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give the statics' keys, then what was set on it."""
        statics = [*self.spec.statics, *self.spec.static_getters]
        shown = [key for key in statics if self._made.get(key) is not MISSING]
        return ordered_keys(dict.fromkeys([*shown, *super().js_keys()]))


class NamespaceObject(Holder):
    """A namespace such as `Math` in one realm."""

    __slots__ = ("_made", "_realm", "spec")

    def __init__(self, realm: Maker, spec: ClassSpec) -> None:
        super().__init__()
        self._made, self._realm, self.spec = {}, realm, spec


class Constructor(JsFunction, Holder):
    """The constructor of a class in one realm."""

    __slots__ = ("_made", "_realm", "spec")

    def __init__(self, realm: Maker, spec: ClassSpec) -> None:
        super().__init__(spec.name, spec.length)
        self._made, self._realm, self.spec = {}, realm, spec

    @property
    def constructs(self) -> bool:
        """Whether `new` can be used with it."""
        return self.spec.construct is not None

    def call_on(self, this: object, *arguments: object) -> Any:
        """Do `Name(...arguments)`, without `new`."""
        if self.spec.call is None:
            raise TypeError(f"Class constructor {self.__name__} cannot be invoked without 'new'")
        return self._run(self.spec.call, arguments)

    def construct(self, *arguments: object) -> Any:
        """Do `new Name(...arguments)`."""
        if self.spec.construct is None:
            raise TypeError(f"{self.__name__} is not a constructor")
        return self._run(self.spec.construct, arguments)

    def _run(self, function: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
        return NativeFunction(self.__name__, partial(function, self._realm)).call_on(
            None, *arguments
        )

    def is_instance(self, value: object) -> bool:
        """Be the default of `instanceof`: the class of the value, or its prototype chain."""
        while is_reference(value):
            parent = explicit_prototype(value)
            if parent is INHERITED:
                return spec_of(value).is_or_extends(self.spec)
            if isinstance(parent, Prototype) and parent.spec.is_or_extends(self.spec):
                return True
            value = parent
        return False

    def js_read(self, key: PropertyKey) -> object:
        """Give a property that was set on it, `prototype`, `name`, `length`, or a static."""
        found = Holder.js_read(self, key)
        if found is not MISSING:
            return found
        if key == "prototype":
            return self._realm.prototype(self.spec)
        if key in ("name", "length"):
            return self.__name__ if key == "name" else self.length
        return MISSING

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give its keys: length, name, prototype, statics, then what was set on it."""
        names = ["length", "name", "prototype"]
        return ordered_keys(dict.fromkeys([*names, *Holder.js_keys(self)]))

    def js_prototype(self) -> object:
        """Give the parent's constructor for a class that inherits its statics."""
        found = super().js_prototype()
        if found is INHERITED and self.spec.inherits_statics and self.spec.parent is not None:
            return self._realm.constructor(self.spec.parent)
        return found


class Prototype(Exotic):
    """The prototype object of a class in one realm; what a guest sets on it, instances have."""

    __slots__ = ("_realm", "spec")

    def __init__(self, realm: Maker, spec: ClassSpec) -> None:
        super().__init__()
        self._realm = realm
        self.spec = spec

    def js_read(self, key: PropertyKey) -> object:
        """Give what was set on it, or a member of the class itself."""
        found = read_own(self, key)
        if found is not MISSING:
            return found
        member = self.spec.own_members.get(key, MISSING)
        if isinstance(member, Property) and isinstance(member.value, ClassSpec):
            return self._realm.constructor(member.value)
        if isinstance(member, Property) and isinstance(member.value, RealmMethod):
            return self._realm.own_function(member.value)
        return member

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Give the descriptor of a property; members are not enumerable."""
        own = describe_own(self, key)
        if own is not None:
            return own
        found = self.js_read(key)
        if found is MISSING:
            return None
        return found if isinstance(found, Property) else Property(found)

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give the members' keys, then what was set."""
        own = [key for key in super().js_keys() if key not in self.spec.own_members]
        return ordered_keys([*self.spec.own_members, *own])

    def js_prototype(self) -> object:
        """Give the prototype of the parent class; null for Object's."""
        found = super().js_prototype()
        if found is not INHERITED:
            return found
        parent = self.spec.parent
        return null if parent is None else self._realm.prototype(parent)


def make_native(realm: Maker, key: PropertyKey, value: object) -> object:
    """Make a static's function the realm's own; another value stays."""
    if isinstance(value, ClassSpec):
        return make_global(realm, value)
    if isinstance(value, Static):
        return NativeFunction(key_name(key), partial(value.run, realm), value.length)
    if isinstance(value, RealmValue):
        return value.make(realm)
    if callable(value) and not isinstance(value, JsFunction | Method):
        return NativeFunction(key_name(key), partial(value, realm))
    return value


def make_global(realm: Maker, spec: ClassSpec) -> object:
    """Make what a class is as a property: its constructor, or a namespace object."""
    return NamespaceObject(realm, spec) if spec.is_namespace else realm.constructor(spec)


def construct(target: Any, *arguments: object) -> Any:
    """Do `new target(...arguments)`: a class makes an object, a function its result.

    Raises js.TypeError when the target is no constructor.
    """
    if not is_function(target):
        raise TypeError(f"{word_for(target)} is not a constructor")
    maker = getattr(target, "construct", None) if isinstance(target, JsFunction) else target
    if maker is None or isinstance(target, Method):
        raise TypeError(f"{target.__name__} is not a constructor")
    return maker(*arguments)


def instance_of(value: object, target: object) -> bool:
    """Give `value instanceof target`; js.TypeError when the target is no function.

    A class of the host's answers as `isinstance` does, a plain function is never matched.
    """
    if not is_function(target):
        raise TypeError("Right-hand side of 'instanceof' is not callable")
    if isinstance(target, Constructor):
        custom = get(target, Symbol.has_instance)
        if is_function(custom) and not isinstance(custom, Method):
            return bool(custom(value))
        return target.is_instance(value)
    return isinstance(target, type) and is_reference(value) and isinstance(value, target)
