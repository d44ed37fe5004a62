"""The classes Boolean and String, and that of wrapper objects. ECMA-262 20.3, 22.1."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import ClassSpec, register, spec_of
from unpoison.js.conversions import string_of
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Kind, is_falsy
from unpoison.js.wrapper import Wrapper, primitive


def _boolean(realm: Any, value: object) -> bool:
    return not is_falsy(value)


def _string(realm: Any, *values: object) -> str:
    return string_of(values[0]) if values else ""


def _wrapped(make: Any) -> Any:
    return lambda realm, *values: Wrapper(make(realm, *(values or (None,) * (make is _boolean))))


BOOLEAN: Final = ClassSpec(
    "Boolean",
    OBJECT,
    methods={
        "toString": lambda this: str(
            primitive(this, Kind.BOOLEAN, "Boolean.prototype.toString")
        ).lower(),
        "valueOf": lambda this: primitive(this, Kind.BOOLEAN, "Boolean.prototype.valueOf"),
    },
    call=_boolean,
    construct=_wrapped(_boolean),
    length=1,
    tag="Boolean",
)
STRING: Final = ClassSpec(
    "String",
    OBJECT,
    methods={
        "toString": lambda this: primitive(this, Kind.STRING, "String.prototype.toString"),
        "valueOf": lambda this: primitive(this, Kind.STRING, "String.prototype.valueOf"),
    },
    call=_string,
    construct=_wrapped(_string),
    instance_names=("length",),
    length=1,
    tag="String",
)


register(BOOLEAN, bool)
register(STRING, str)
spec_of.register(Wrapper, lambda wrapper: spec_of(wrapper.value))
