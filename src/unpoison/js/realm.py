"""A realm: the global object of one guest, and all that this guest alone may change.

Classes and their methods are tables that every guest shares and none can change. What a guest
sees as `Array`, `Array.prototype` or a property that it sets on a host's function belongs to its
realm, and is made when it is first asked for. ECMA-262 9.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from unpoison.js.additions import Additions, takes
from unpoison.js.attributes import MISSING
from unpoison.js.classes import ClassSpec, PropertyKey, RealmMethod, spec_of
from unpoison.js.constructors import Constructor, OwnFunction, Prototype, make_native
from unpoison.js.exotic import Exotic
from unpoison.js.host_objects import HostObject
from unpoison.js.members import INHERITED
from unpoison.js.objects import Object
from unpoison.js.promise import PromiseRealm
from unpoison.js.property import (
    call_method,
    delete,
    explicit_prototype,
    get,
    has,
    property_key,
    try_delete,
    try_set,
)
from unpoison.js.property import set as set_property
from unpoison.js.values import Symbol

Part = TypeVar("Part")


class Realm:
    """What one guest has of the standard library.

    `promises` is where its promise jobs run. `names` are those of the global object: a ClassSpec
    becomes a constructor or a namespace, a function (realm first) a function, a RealmValue what it
    makes, any other value stays. `registry` is that of `Symbol.for`. `changed` are the keys of
    the properties that the guest gave to prototype objects, `additions` what it set on values that
    have no place for it.
    """

    def __init__(self, promises: PromiseRealm, names: Mapping[str, object]) -> None:
        self.promises = promises
        self.registry: dict[str, Symbol] = {}
        self._parts: dict[Callable[[Realm], object], object] = {}
        self._constructors: dict[ClassSpec, Constructor] = {}
        self._prototypes: dict[ClassSpec, Prototype] = {}
        self.changed: set[PropertyKey] = set()
        self._functions: dict[RealmMethod, OwnFunction] = {}
        self.additions = Additions()
        self.global_object = GlobalObject(self, names)

    def part(self, kind: Callable[[Realm], Part]) -> Part:
        """Give the one object that `kind` makes of this realm: what a platform keeps per guest."""
        found: Any = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind(self)
        made: Part = found
        return made

    def constructor(self, spec: ClassSpec) -> Constructor:
        """Give the constructor of a class."""
        found = self._constructors.get(spec)
        if found is None:
            found = self._constructors[spec] = Constructor(self, spec)
        return found

    def prototype(self, spec: ClassSpec) -> Prototype:
        """Give the prototype object of a class."""
        found = self._prototypes.get(spec)
        if found is None:
            found = self._prototypes[spec] = Prototype(self, spec)
        return found

    def own_function(self, method: RealmMethod) -> OwnFunction:
        """Give this realm's function of a method that needs a realm."""
        found = self._functions.get(method)
        if found is None:
            found = self._functions[method] = OwnFunction(self, method)
        return found

    def prototype_of(self, value: object) -> object:
        """Give `Object.getPrototypeOf(value)`: an object, or null."""
        found = explicit_prototype(value)
        return self.prototype(spec_of(value)) if found is INHERITED else found

    def find(self, spec: ClassSpec, key: PropertyKey) -> object:
        """Be `Changes`: what this guest has set on the prototypes of a class and its parents."""
        here: ClassSpec | None = spec if key in self.changed else None
        while here is not None:
            prototype = self._prototypes.get(here)
            if prototype is not None:
                found = Exotic.js_read(prototype, key)
                if found is not MISSING:
                    return found
            if key in here.own_members:
                break
            here = here.parent
        return MISSING

    def get(self, target: object, key: object) -> Any:
        """Give `target[key]` as this guest sees it. Raises js.TypeError for undefined and null."""
        found = get(target, key, self)
        if found is None and self.additions.kept:
            return self.additions.find(target).get(property_key(key))
        return found

    def set(self, target: object, key: object, value: object) -> None:
        """Do `target[key] = value`; js.TypeError when it is refused.

        A property that is set on a function or an array which has no place for it is kept for
        this guest.
        """
        name = property_key(key)
        if not takes(target, name):
            set_property(target, name, value, self)
        elif _is_of_host(target) or not try_set(target, name, value, self):
            self.additions.add(target, name, value)

    def try_set(self, target: object, name: PropertyKey, value: object) -> bool:
        """Set a property of an object as `set` does; False when it is refused."""
        if not takes(target, name):
            return try_set(target, name, value, self)
        self.set(target, name, value)
        return True

    def try_delete(self, target: object, name: PropertyKey) -> bool:
        """Delete a property of an object; False when it is refused."""
        added = self.additions.find(target)
        if name in added:
            del added[name]
            return True
        return try_delete(target, name)

    def has(self, target: object, key: object) -> bool:
        """Give `key in target`; js.TypeError when the target is a primitive."""
        return has(target, key, self) or property_key(key) in self.additions.find(target)

    def delete(self, target: object, key: object) -> None:
        """Do `delete target[key]`; js.TypeError when it is refused."""
        added = self.additions.find(target)
        if property_key(key) in added:
            del added[property_key(key)]
        else:
            delete(target, key)

    def call_method(self, target: object, key: object, *arguments: object) -> Any:
        """Do `target[key](...arguments)`; js.TypeError when that is no function."""
        if self.additions.kept and property_key(key) in self.additions.find(target):
            return self.additions.find(target)[property_key(key)](*arguments)  # type: ignore[operator]
        return call_method(target, key, *arguments, changes=self)


def _is_of_host(target: object) -> bool:
    """Tell whether a value is a class that belongs to the whole host."""
    return isinstance(target, type) and not isinstance(target, HostObject)


class GlobalObject(Object):
    """The global object of a realm; `globalThis` is the object itself.

    What the standard library has under a name is made when it is first read.
    """

    __slots__ = ("_realm", "_table")

    def __init__(self, realm: Realm, table: Mapping[str, object]) -> None:
        super().__init__()
        self._realm = realm
        self._table = {**table, "globalThis": None}
        self["globalThis"] = self

    def __missing__(self, name: object) -> object:
        if name not in self._table:
            raise KeyError(name)
        made = make_native(self._realm, str(name), self._table[name])
        self[name] = made
        return made

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._table

    def get(self, name: Any, default: Any = None) -> Any:
        """Give the value of a name, made at the first time."""
        try:
            return self[name]
        except KeyError:
            return default

    def pop(self, name: Any, *default: Any) -> Any:
        """Remove a name."""
        value = self.get(name, *default)
        self._table.pop(name, None)
        super().pop(name, None)
        return value

    def __iter__(self) -> Any:
        return iter(dict.fromkeys([*self._table, *super().__iter__()]))

    def keys(self) -> Any:
        """Give the names, also those that were not read yet."""
        return dict.fromkeys(self).keys()
