"""The standard's classes as tables: what their prototypes and constructors have.

A `ClassSpec` is one class: its members by property key, its statics, what calling it and `new` do.
Specs and the methods in them are made once and shared by every guest: nothing of them can be
changed. What a guest may change (a constructor, a prototype object) a `Realm` makes for itself.

Calling convention of the functions in a table: a method's or getter's function takes `this`
first, a static's, `call` and `construct` the realm. Each formal parameter of the standard is a
positional parameter without a default; a call with fewer arguments passes undefined (None), one
with more drops them, unless there is a `*rest`. So `length` is what the standard says. A parameter
that does not count for `length`, or whose absence is not undefined, has a default.

`spec_of` tells the class of any value. It is open: the file that defines a class registers its
Python types.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial, singledispatch
from types import FunctionType, MappingProxyType, MethodType
from typing import Any, Final

from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.values import Reference, Symbol

PropertyKey = str | Symbol
Function = Callable[..., Any]
Table = Mapping[Any, Any]
"""Values by PropertyKey; the key type of a Mapping is invariant, which would refuse str alone."""


class Method(Reference):
    """A function of the standard library that is the same for every guest.

    `run` takes `this` first; calling the method itself passes undefined as `this`.
    """

    __slots__ = (
        "__name__",
        "__weakref__",
        "_count",
        "_most",
        "_required",
        "_rest",
        "length",
        "run",
    )

    def __init__(self, name: str, run: Function, length: int | None = None) -> None:
        self.__name__ = name
        self.run = run
        count, self._rest = count_parameters(run)
        self._count = count - 1
        self._most = sys.maxsize if self._rest else self._count
        self._required = self._count - count_defaults(run)
        self.length = self._required if length is None else length

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it with a `this`; undefined for what is missing, what is too much is dropped."""
        if self._required <= len(arguments) <= self._most:  # so it is nearly always
            return self.run(this, *arguments)
        return self.run(this, *fitted(arguments, self._required, self._count, self._rest))

    def directly(self) -> tuple[Function, tuple[int, int]]:
        """Give what `call_on` calls for a `this` of a class that it has taken before, and for how
        many arguments at least and at most."""
        if type(self).call_on is not Method.call_on:
            return self.call_on, (0, sys.maxsize)  # it does more than that
        return self.run, (self._required, self._most)

    def __call__(self, *arguments: object) -> Any:
        return self.call_on(None, *arguments)

    def __repr__(self) -> str:
        return f"<js function {self.__name__}>"


class RealmMethod(Method):
    """A method whose function takes the realm before `this`, for what needs a job queue.

    It can only be called once a realm has made its own function of it.
    """

    __slots__ = ()

    def __init__(self, run: Function) -> None:
        super().__init__("", run)
        self.length -= 1

    def call_in(self, realm: object, this: object, *arguments: object) -> Any:
        """Call it in a realm with a `this`."""
        given = fitted(arguments, self._required - 1, self._count - 1, self._rest)
        return self.run(realm, this, *given)

    def call_on(self, this: object, *arguments: object) -> Any:
        """Refuse: who calls it must get it from a realm. Raises js.TypeError."""
        raise TypeError(f"{self.__name__} belongs to a realm: call it with Realm.call_method")


@dataclass(frozen=True, slots=True)
class Arity:
    """What arguments a function takes after its first one; see `fitted`."""

    required: int
    count: int
    rest: bool

    @classmethod
    def of(cls, function: Function) -> Arity:
        """Give that of a function."""
        count, rest = count_parameters(function)
        count = max(0, count - 1)
        return cls(count - count_defaults(function), count, rest)

    def fit(self, arguments: tuple[object, ...]) -> tuple[object, ...]:
        """Give the arguments for the function."""
        if self.required <= len(arguments) <= self.count:
            return arguments
        return fitted(arguments, self.required, self.count, self.rest)


@dataclass(frozen=True, slots=True)
class Static:
    """A static function (realm first) whose `length` is not its number of parameters."""

    run: Function
    length: int


@dataclass(frozen=True, slots=True)
class RealmValue:
    """A row of a table whose value each realm makes for itself, when it is first read."""

    make: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Property:
    """A property that is more than a value: an accessor, or one with attributes. 6.1.7.1.

    `get` and `set` are functions (None: there is none); a data property has neither.
    """

    value: Any = None
    get: Any = None
    set: Any = None
    writable: bool = True
    enumerable: bool = False
    configurable: bool = True

    @property
    def is_accessor(self) -> bool:
        """Whether reading it calls a function."""
        return self.get is not None or self.set is not None


class ClassSpec:
    """One class of the standard. Compares by identity.

    `methods`, `getters` and `setters` are by property key (`this` first), `constants` are other
    values on the prototype. `statics` are functions (realm first) or values of the constructor;
    `static_getters` (realm first) are read each time. `call` is what it does without `new`,
    `construct` with it (realm first); None refuses. `inherits_statics` says that the constructor
    has its parent's statics too, as in `class A extends B`; `is_namespace` that there is no
    constructor, but an object with the statics, such as `Math`; without `has_constructor` its
    prototype only has a name in the standard, such as that of an array's iterators. `tag` is what
    `Object.prototype.toString` calls its values, the parent's when it is not given;
    `instance_names` are the properties that each value has itself, such as an array's `length`.
    """

    __slots__ = (
        "call",
        "call_arity",
        "construct",
        "construct_arity",
        "inherits_statics",
        "instance_names",
        "is_namespace",
        "length",
        "members",
        "name",
        "own_members",
        "parent",
        "static_getters",
        "static_setters",
        "statics",
        "tag",
    )

    def __init__(
        self,
        name: str,
        parent: ClassSpec | None = None,
        *,
        methods: Table | None = None,
        getters: Table | None = None,
        setters: Table | None = None,
        constants: Table | None = None,
        statics: Table | None = None,
        static_getters: Table | None = None,
        static_setters: Table | None = None,
        call: Function | None = None,
        construct: Function | None = None,
        length: int | None = None,
        inherits_statics: bool = False,
        is_namespace: bool = False,
        has_constructor: bool = True,
        tag: str | None = None,
        instance_names: Collection[str] = (),
    ) -> None:
        self.name = name
        self.parent = parent
        self.call = call
        self.construct = construct
        self.inherits_statics = inherits_statics
        self.is_namespace = is_namespace
        self.instance_names = frozenset(instance_names)
        self.tag: str = tag or ("Object" if parent is None else parent.tag)
        self.statics: Mapping[PropertyKey, Any] = MappingProxyType(dict(statics or {}))
        self.static_getters: Final = MappingProxyType(dict(static_getters or {}))
        self.static_setters: Final = MappingProxyType(dict(static_setters or {}))
        self.call_arity = None if call is None else Arity.of(call)
        self.construct_arity = None if construct is None else Arity.of(construct)
        arity = self.construct_arity or self.call_arity
        formal = 0 if arity is None else arity.required
        self.length = formal if length is None else length
        own: dict[PropertyKey, Property] = (
            {"constructor": Property(self)} if has_constructor else {}
        )
        own.update(_methods(methods or {}))
        own.update(_accessors(getters or {}, setters or {}))
        own.update(_constants(constants or {}))
        inherited: Mapping[PropertyKey, Property] = {} if parent is None else parent.members
        self.own_members: Mapping[PropertyKey, Property] = MappingProxyType(own)
        self.members: Mapping[PropertyKey, Property] = MappingProxyType({**inherited, **own})

    def is_or_extends(self, other: ClassSpec) -> bool:
        """Tell whether it is the other class or a class below it."""
        spec: ClassSpec | None = self
        while spec is not None and spec is not other:
            spec = spec.parent
        return spec is other

    def __repr__(self) -> str:
        return f"<js class {self.name}>"


def spec_of(value: object) -> ClassSpec:
    """Give the class whose prototype a value has, when it was given no other one."""
    if isinstance(value, Reference) and value._js_spec is not None:
        return value._js_spec  # type: ignore[no-any-return]  # only `register` sets it
    return _registered(value)


@singledispatch
def _registered(value: object) -> ClassSpec:
    raise AssertionError(f"no class is registered for {type(value)!r}")


def register(spec: ClassSpec, *types: type) -> ClassSpec:
    """Say that values of these Python types are of a class; gives the class."""
    for kind in types:
        register_by(kind, lambda _: spec)
        if issubclass(kind, Reference):
            kind._js_join(spec)
    return spec


def register_by(kind: type, find: Callable[[Any], ClassSpec]) -> None:
    """Say how the class of a value of a Python type is found."""
    _registered.register(kind, find)
    if issubclass(kind, Reference):
        kind._js_spec = None


def class_has(spec: ClassSpec, key: PropertyKey) -> bool:
    """Tell whether values of a class have a property: on the prototype, or each of its own."""
    here: ClassSpec | None = spec
    while here is not None:
        if key in here.own_members or key in here.instance_names:
            return True
        here = here.parent
    return False


def count_parameters(function: Function) -> tuple[int, bool]:
    """Give the number of positional parameters, and whether there is a `*rest`."""
    if isinstance(function, FunctionType):
        code = function.__code__
        return code.co_argcount, bool(code.co_flags & inspect.CO_VARARGS)
    if isinstance(function, partial) and not function.keywords:
        count, rest = count_parameters(function.func)
        return max(0, count - len(function.args)), rest
    inner = written(function)
    if inner is not None:
        return count_parameters(inner)
    kinds = [each.kind for each in inspect.signature(function).parameters.values()]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(kind in positional for kind in kinds), inspect.Parameter.VAR_POSITIONAL in kinds


def count_defaults(function: Function) -> int:
    """Give the number of positional parameters that have a default."""
    if isinstance(function, FunctionType):
        return len(function.__defaults__ or ())
    if isinstance(function, partial):
        return count_defaults(function.func)
    inner = written(function)
    if inner is not None:
        return count_defaults(inner)
    parameters = inspect.signature(function).parameters.values()
    return sum(each.default is not each.empty for each in parameters)


def written(function: Function) -> FunctionType | None:
    """Give the Python function that a compiled export or another wrapper stands for, if that is
    all there is to know: `inspect.signature` says the same, a hundred times slower."""
    if isinstance(function, FunctionType | MethodType | type):
        return None
    inner = getattr(function, "__wrapped__", None)
    if not isinstance(inner, FunctionType) or inner.__dict__:
        return None
    return None if getattr(function, "__signature__", None) is not None else inner


def fitted(
    arguments: tuple[object, ...], required: int, count: int, rest: bool
) -> tuple[object, ...]:
    """Give the arguments for a Python function: undefined for what is missing of those without a
    default, what is too much is dropped unless there is a `*rest`."""
    given = len(arguments)
    if given < required:
        return (*arguments, *[None] * (required - given))
    return arguments if rest or given <= count else arguments[:count]


def key_name(key: PropertyKey) -> str:
    """Give the `name` of a function that stands under a key. ECMA-262 10.2.9."""
    return key if isinstance(key, str) else f"[{key.description or ''}]"


def _methods(functions: Table) -> dict[PropertyKey, Property]:
    return {key: Property(_method(key_name(key), value)) for key, value in functions.items()}


def _constants(values: Table) -> dict[PropertyKey, Property]:
    # A toStringTag is not writable; what has a name is.
    return {key: Property(value, writable=isinstance(key, str)) for key, value in values.items()}


def _method(name: str, value: Function) -> Method:
    if isinstance(value, Method):
        value.__name__ = value.__name__ or name
        return value
    return Method(name, value)


def _accessors(getters: Table, setters: Table) -> dict[PropertyKey, Property]:
    found = {}
    for key in {**getters, **setters}:
        name = key_name(key)
        get = _method(f"get {name}", getters[key]) if key in getters else None
        set_ = Method(f"set {name}", setters[key]) if key in setters else None
        found[key] = Property(get=get, set=set_)
    return found
