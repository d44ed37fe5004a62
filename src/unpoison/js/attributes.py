"""The wall between a guest and the insides of Python: which attributes it may touch.

Attribute access on a host's object is how a guest would escape: `__class__`, `__globals__`,
`gi_frame`, `str.format`. So an attribute is visible when all of these hold:

* its name is a str that does not start with an underscore and is none of the names of
  frames, code objects, tracebacks, generators and coroutines;
* no class of Python's own machinery (`builtins`, `functools`, `types`) defines it: what a
  list, a dict, an exception, a function or a type object can do in Python is no property;
* the object is no module that another module imported, unless `__all__` names it.

What JavaScript calls `from`, a keyword of Python, is the attribute `from_`.

Objects of the machinery (frames, code, generators, ...) have no property at all, so that
even one that a host hands out by mistake is a dead end.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from keyword import iskeyword
from typing import Any, Final, TypeGuard

from unpoison.js.classes import Method, Property
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's


class _Missing:
    """The type of MISSING."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""What a read gives for a property that is not there (undefined is a value)."""

OPAQUE_TYPES: Final = (
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.CellType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    property,
    super,
)
MACHINERY: Final = frozenset({"builtins", "functools", "types"})
INTERNAL_NAMES: Final = frozenset(
    name
    for kind in OPAQUE_TYPES
    for name in dir(kind)
    if name.partition("_")[0] in {"gi", "cr", "ag", "tb", "f", "co", "cell"}
) | {"mro", "with_traceback", "format_map"}


class HostAccessor(Method):
    """The getter or setter of a Python property, for objects of its class only."""

    __slots__ = ("_owner",)

    def __init__(self, name: str, run: Callable[..., Any], owner: type) -> None:
        self.__name__ = name
        self.run = run
        self._owner = owner

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it on an object of the class. Raises js.TypeError for any other."""
        if not isinstance(this, self._owner):
            raise TypeError(f"the accessor {self.__name__} was called on another object")
        return self.run(this, *arguments)


def read_attribute(target: Any, name: object) -> object:
    """Give a public attribute as a guest may see it, MISSING when there is none.

    A property of the host's class is an accessor, which runs when its value is asked for.
    """
    if not is_visible(name, target):
        return MISSING
    found = _class_attribute(target, name)
    if isinstance(found, property):
        return accessor_of(found, name, type(target))
    try:
        value = getattr(target, name)
    except AttributeError:
        # No attribute of Python can be written `x.from`: it is `x.from_`, as in the bindings.
        return read_attribute(target, f"{name}_") if iskeyword(name) else MISSING
    if isinstance(target, types.ModuleType) and not _is_exported(target, name, value):
        return MISSING
    return value


def accessor_of(found: property, name: str, owner: type) -> Property:
    """Give a property of Python, found on an object of that class, as one of JavaScript."""
    getter, setter = found.fget, found.fset
    return Property(
        get=None if getter is None else HostAccessor(name, getter, owner),
        set=None if setter is None else HostAccessor(name, setter, owner),
    )


def write_attribute(target: Any, name: object, value: object) -> bool:
    """Set a public attribute; False when a guest may not, or Python has no such slot.

    Modules and classes belong to the whole host and are never written.
    """
    if isinstance(target, types.ModuleType | type) or not is_visible(name, target):
        return False
    if iskeyword(name) and name not in instance_attributes(target) and hasattr(target, f"{name}_"):
        name = f"{name}_"
    return set_attribute(target, name, value)


def set_attribute(target: Any, name: str, value: object) -> bool:
    """Set an attribute; False when Python has no such slot, or a property cannot be set."""
    try:
        setattr(target, name, value)
    except AttributeError:
        if _runs_code(target, name) and _class_attribute(target, name).fset is not None:
            raise
        return False
    return True


def remove_attribute(target: Any, name: object) -> bool:
    """Delete an attribute that the object itself has; False when a guest may not.

    An attribute that its class has stays, as an inherited property does in JavaScript.
    """
    if isinstance(target, types.ModuleType | type) or not is_visible(name, target):
        return False
    if name not in own_attributes(target):
        return True
    try:
        delattr(target, name)
    except AttributeError:
        return False  # the object is frozen
    return True


def own_attributes(target: object) -> Iterator[str]:
    """Give the names of the public attributes that an object itself has, in order."""
    names = [*_slots(target), *instance_attributes(target)]
    return (name for name in dict.fromkeys(names) if is_visible(name, target))


def instance_attributes(target: object) -> dict[object, object]:
    """Give the attribute dictionary of an object, an empty one when it has none."""
    try:
        attributes = object.__getattribute__(target, "__dict__")
    except AttributeError:
        return {}
    return attributes if type(attributes) is dict else {}


def is_visible(name: object, target: object) -> TypeGuard[str]:
    """Tell whether a guest may name that attribute of that object at all."""
    if type(name) is not str or name.startswith("_") or name in INTERNAL_NAMES:
        return False
    owner = _owner(target, name)
    return owner is None or owner.__module__ not in MACHINERY


def _owner(target: object, name: str) -> type | None:
    """Give the class that defines an attribute; None when the object itself has it."""
    own: tuple[type, ...] = ()
    if isinstance(target, type):
        own = type.__getattribute__(target, "__mro__")  # a metaclass may lie about it
    for kind in (*own, *type(target).__mro__):
        if name in kind.__dict__:
            return kind
    return None


def _class_attribute(target: object, name: str) -> Any:
    return next((k.__dict__[name] for k in type(target).__mro__ if name in k.__dict__), None)


def _runs_code(target: object, name: str) -> bool:
    return isinstance(_class_attribute(target, name), property)


def _is_exported(module: types.ModuleType, name: object, value: object) -> bool:
    exported = module.__dict__.get("__all__")
    if exported is not None:
        return name in exported
    return not isinstance(value, types.ModuleType)


def _slots(target: object) -> Iterator[str]:
    for kind in type(target).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if isinstance(kind.__dict__.get(name), types.MemberDescriptorType):
                yield name
