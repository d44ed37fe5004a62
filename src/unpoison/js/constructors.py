"""A realm's constructors and prototype objects, and `new` and `instanceof` on any value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, Protocol

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
from unpoison.js.functions import JsFunction, NativeFunction, invoke
from unpoison.js.keys import ordered_keys
from unpoison.js.members import INHERITED
from unpoison.js.own import describe_own, read_own
from unpoison.js.own_properties import set_prototype
from unpoison.js.property import explicit_prototype, get, word_for
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_falsy, is_function, is_reference, null


class Maker(Protocol):
    """What makes the constructors and prototypes of one guest: its realm."""

    changed: set[PropertyKey]

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
        if isinstance(found, Property):
            return found
        changes = not _is_constant(found) and key != "prototype"
        return Property(found, writable=changes, configurable=changes)

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set a property; False for a constant, such as `Math.PI`."""
        if read_own(self, key) is MISSING and _is_constant(self.spec.statics.get(key)):
            return key == "stackTraceLimit" and super().js_write(key, value)
        return super().js_write(key, value)

    def js_keys(self) -> Iterable[PropertyKey]:
        """Give the statics' keys, then what was set on it."""
        statics = [*self.spec.statics, *self.spec.static_getters]
        shown = [key for key in statics if self._made.get(key) is not MISSING]
        return ordered_keys(dict.fromkeys([*shown, *super().js_keys()]))


def _is_constant(value: object) -> bool:
    return isinstance(value, int | float | Symbol) and not isinstance(value, bool)


class NamespaceObject(Holder):
    """A namespace such as `Math` in one realm."""

    __slots__ = ("_made", "_realm", "spec")

    def __init__(self, realm: Maker, spec: ClassSpec) -> None:
        super().__init__()
        self._made, self._realm, self.spec = {}, realm, spec


class Constructor(JsFunction, Holder):
    """The constructor of a class in one realm."""

    __slots__ = ("_count", "_made", "_make", "_realm", "_required", "spec")

    _js_special: ClassVar[frozenset[str] | None] = None

    def __init__(self, realm: Maker, spec: ClassSpec) -> None:
        super().__init__(spec.name, spec.length)
        self._made, self._realm, self.spec = {}, realm, spec
        arity = spec.construct_arity
        self._make = None if arity is None else spec.construct
        self._required, self._count = (0, 0) if arity is None else (arity.required, arity.count)

    @property
    def constructs(self) -> bool:
        """Whether `new` can be used with it."""
        return self.spec.construct is not None

    def call_on(self, this: object, *arguments: object) -> Any:
        """Do `Name(...arguments)`, without `new`."""
        spec = self.spec
        if spec.call is None or spec.call_arity is None:
            raise TypeError(f"Constructor {self.__name__} requires 'new'")
        return spec.call(self._realm, *spec.call_arity.fit(arguments))

    def construct(self, *arguments: object) -> Any:
        """Do `new Name(...arguments)`."""
        make, given = self._make, len(arguments)
        if make is None:
            raise TypeError(f"{self.__name__} is not a constructor")
        if given < self._required:
            arguments += (None,) * (self._required - given)
        elif given > self._count:
            arity = self.spec.construct_arity
            assert arity is not None
            arguments = arity.fit(arguments)
        return make(self._realm, *arguments)

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

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set a property, which all its instances have then."""
        self._realm.changed.add(key)
        return super().js_write(key, value)

    def js_define(self, key: PropertyKey, new: Property) -> bool:
        """Make a property, which all its instances have then."""
        self._realm.changed.add(key)
        return super().js_define(key, new)

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


def is_constructor(target: Any) -> bool:
    """Tell whether `new` can be used with a value; a function of the host can be."""
    if not is_function(target) or isinstance(target, Method):
        return False
    if isinstance(target, JsFunction):
        return hasattr(target, "construct") and getattr(target, "constructs", True)
    return True


def construct(target: Any, *arguments: object) -> Any:
    """Do `new target(...arguments)`: a class makes an object, a function its result.

    Raises js.TypeError when the target is no constructor.
    """
    if not is_function(target):
        raise TypeError(f"{word_for(target)} is not a constructor")
    if not is_constructor(target):
        raise TypeError(f"{target.__name__} is not a constructor")
    is_ours = isinstance(target, JsFunction)
    return target.construct(*arguments) if is_ours else target(*arguments)


def construct_as(target: Any, arguments: tuple[object, ...], new_target: Any) -> Any:
    """Be [[Construct]]: the object gets the prototype that `new_target` has. ECMA-262 10.2.2."""
    if isinstance(target, JsFunction) and hasattr(target, "construct_for"):
        return target.construct_for(new_target, arguments)
    made = construct(target, *arguments)
    if new_target is target:
        return made
    prototype = get(new_target, "prototype")
    if is_reference(prototype):
        set_prototype(made, prototype)
    return made


def instance_of(value: object, target: Any) -> bool:
    """Give `value instanceof target`: what a `Symbol.hasInstance` of its own says, else whether
    the value inherits from the target's `prototype`.

    A class of the host's answers as `isinstance` does, a plain function of the host is never
    matched. Raises js.TypeError when the target is no function. ECMA-262 13.10.2.
    """
    if not is_reference(target):
        raise TypeError("Right-hand side of 'instanceof' is not an object")
    custom = get(target, Symbol.has_instance)
    if is_function(custom) and not isinstance(custom, Method):
        return not is_falsy(invoke(custom, target, value))
    if not is_function(target):
        raise TypeError("Right-hand side of 'instanceof' is not callable")
    return has_instance(target, value)


def has_instance(target: Any, value: object) -> bool:
    """Be OrdinaryHasInstance. ECMA-262 7.3.21."""
    if isinstance(target, Constructor):
        return target.is_instance(value)
    if isinstance(target, JsFunction):
        bound = getattr(target, "bound_target", None)
        return _inherits(target, value) if bound is None else instance_of(value, bound)
    return isinstance(target, type) and is_reference(value) and isinstance(value, target)


def _inherits(target: JsFunction, value: object) -> bool:
    if not is_reference(value):
        return False
    prototype = get(target, "prototype")
    if not is_reference(prototype):
        raise TypeError(
            f"Function has non-object prototype '{shown(prototype)}' in instanceof check"
        )
    while is_reference(value):
        parent = explicit_prototype(value)
        if parent is INHERITED:
            return isinstance(prototype, Prototype) and spec_of(value).is_or_extends(prototype.spec)
        if parent is prototype:
            return True
        value = parent
    return False
