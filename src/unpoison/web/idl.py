"""Web IDL: how arguments of interfaces are converted, and how an interface becomes a table.

An interface is a Python class with methods and properties in Python's spelling; `interface` lists
those that guests see, under their names in the standard. https://webidl.spec.whatwg.org
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from unpoison import js

_CAPITAL: Final = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def usv_string(value: object) -> str:
    """Give a USVString: lone surrogates become U+FFFD. Web IDL 3.2.11."""
    return js.well_formed(js.to_string(value))


def boolean(value: object) -> bool:
    """Give a boolean. Web IDL 3.2.3."""
    return not js.is_falsy(value)


def integer(value: object, bits: int, *, signed: bool = False) -> int:
    """Give an integer of that many bits, modulo 2**bits. Web IDL 3.2.4.9."""
    number = js.to_number(value)
    if not math.isfinite(number):
        return 0
    wrapped = int(number) & ((1 << bits) - 1)
    return wrapped - (1 << bits) if signed and wrapped >> (bits - 1) else wrapped


def enforced_range(value: object, maximum: int, name: str) -> int:
    """Give an integer 0 to `maximum`; js.TypeError outside of it: [EnforceRange]. 3.2.4.9."""
    number = js.to_number(value)
    if not math.isfinite(number) or not 0 <= math.trunc(number) <= maximum:
        raise js.TypeError(f"{name} must be an integer from 0 to {maximum}")
    return math.trunc(number)


def double(value: object, name: str) -> float:
    """Give a finite Number. Web IDL 3.2.7."""
    number = js.to_number(value)
    if not math.isfinite(number):
        raise js.TypeError(f"{name} must be a finite number")
    return number


def null_for(value: object) -> object:
    """Give null for undefined, any other value as it is."""
    return js.null if value is None else value


def none_for(value: Any) -> Any:
    """Give undefined for null, any other value as it is."""
    return None if value is js.null else value


class Operation(js.Method):
    """A method of an interface: it refuses a `this` that is not of it."""

    __slots__ = ("_kind",)

    def __init__(self, name: str, kind: type, run: Callable[..., Any]) -> None:
        super().__init__(name, run)
        self._kind = kind

    def call_on(self, this: object, *arguments: object) -> Any:
        """See Method. Raises js.TypeError for another `this`."""
        if not isinstance(this, self._kind):
            receiver(this, self._kind)
        return super().call_on(this, *arguments)

    def directly(self) -> tuple[Callable[..., Any], tuple[int, int]]:
        """See Method."""
        return self.run, (self._required, self._most)


class Attribute(js.Method):
    """The getter of an attribute: it refuses a `this` that is not of the interface."""

    __slots__ = ("_kind",)

    def __init__(self, name: str, kind: type, read: Callable[[Any], Any]) -> None:
        super().__init__(f"get {js.key_name(name)}", _read)
        self.run = read  # it may be one of C, which says nothing of its parameters
        self._kind = kind

    def call_on(self, this: object, *arguments: object) -> Any:
        """See Method. Raises js.TypeError for another `this`."""
        if not isinstance(this, self._kind):
            receiver(this, self._kind)
        return self.run(this)

    def directly(self) -> tuple[Callable[..., Any], tuple[int, int]]:
        """See Method."""
        return self.run, (0, 0)


def _read(this: object) -> object:
    """Be what every getter is called like."""
    return this


def receiver(this: object, kind: type) -> Any:
    """Give `this` when it is of that interface, else raise js.TypeError."""
    if not isinstance(this, kind):
        raise js.TypeError(f'Value of "this" must be of type {kind.__name__}')
    return this


def interface(
    kind: type[js.JsObject],
    parent: js.ClassSpec = js.OBJECT,
    *,
    operations: Iterable[str] = (),
    attributes: Iterable[str] = (),
    writable: Iterable[str] = (),
    methods: Mapping[Any, Callable[..., Any] | str] | None = None,
    getters: Mapping[str, Callable[[Any], Any]] | None = None,
    constants: Mapping[str, object] | None = None,
    statics: Mapping[Any, Any] | None = None,
    construct: Callable[..., Any] | None = None,
    length: int | None = None,
) -> js.ClassSpec:
    """Make the table of an interface from its class, and register it.

    `operations` and `attributes` (`writable`: those that can be set) are names of the standard;
    the class has them in Python's spelling (`searchParams` is `search_params`). `methods` and
    `getters` are other members by key; a name in `methods` is another key for that operation.
    `constants` are on the prototype and on the constructor.
    """
    writable = tuple(writable)
    names = (*attributes, *writable)
    spec = js.ClassSpec(
        kind.__name__,
        parent,
        methods=_methods(kind, operations, methods or {}),
        getters={
            **{name: Attribute(name, kind, attrgetter(python_name(name))) for name in names},
            **{name: Attribute(name, kind, read) for name, read in (getters or {}).items()},
        },
        setters={name: _setter(kind, name) for name in writable},
        constants={js.Symbol.to_string_tag: kind.__name__, **(constants or {})},
        statics={**(constants or {}), **(statics or {})},
        construct=construct,
        length=length,
        inherits_statics=parent is not js.OBJECT,
    )
    return js.register(spec, kind)


def _methods(
    kind: type, operations: Iterable[str], others: Mapping[Any, Callable[..., Any] | str]
) -> dict[Any, Operation]:
    made: dict[Any, Operation] = {name: _operation(kind, name) for name in operations}
    for key, run in others.items():
        made[key] = made[run] if isinstance(run, str) else Operation(js.key_name(key), kind, run)
    return made


def python_name(name: str) -> str:
    """Give the Python spelling of a member's name: `getAll` is `get_all`."""
    return _CAPITAL.sub("_", name).lower()


def _operation(kind: type, name: str) -> Operation:
    return Operation(name, kind, getattr(kind, python_name(name)))


def _setter(kind: type, name: str) -> Callable[[object, object], None]:
    attribute = python_name(name)
    return lambda this, value: setattr(receiver(this, kind), attribute, value)
