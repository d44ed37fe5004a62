"""The class Boolean, and that of wrapper objects. ECMA-262 20.3."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import ClassSpec, register, register_by, spec_of
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Kind, is_falsy
from unpoison.js.wrapper import Wrapper, primitive


def _boolean(realm: Any, value: object) -> bool:
    return not is_falsy(value)


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
    construct=lambda realm, value: Wrapper(_boolean(realm, value)),
    length=1,
    tag="Boolean",
)
register(BOOLEAN, bool)
register_by(Wrapper, lambda value: spec_of(value.value))
