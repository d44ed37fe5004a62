"""The classes of primitive values: Boolean, Number, BigInt, String, and their wrapper objects.

Their methods stand in files of their own. ECMA-262 20.3, 21.1, 21.2, 22.1.
"""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.bigints import to_bigint
from unpoison.js.classes import ClassSpec, register, spec_of
from unpoison.js.conversions import string_of, to_numeric
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject
from unpoison.js.numbers import float_of, number_to_python
from unpoison.js.numeric_text import number_to_string
from unpoison.js.object_class import OBJECT
from unpoison.js.values import BigInt, Kind, Symbol, is_falsy, kind_of


class Wrapper(JsObject):
    """A primitive value as an object: what `new Number(5)` makes. `value` is the primitive."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value

    def __repr__(self) -> str:
        return f"<js {spec_of(self).name} {self.value!r}>"


def primitive(this: object, kind: Kind, name: str) -> Any:
    """Give the primitive value of a kind, unwrapped. Raises js.TypeError for any other."""
    value = this.value if isinstance(this, Wrapper) else this
    if kind_of(value) is not kind:
        raise TypeError(f"{name}.prototype method called on a value of another type")
    return value


def _boolean(realm: Any, value: object) -> bool:
    return not is_falsy(value)


def _number(realm: Any, *values: object) -> int | float:
    numeric = to_numeric(values[0]) if values else 0
    is_bigint = kind_of(numeric) is Kind.BIGINT
    return number_to_python(float_of(int(numeric))) if is_bigint else numeric


def _string(realm: Any, *values: object) -> str:
    return string_of(values[0]) if values else ""


def _wrapped(make: Any) -> Any:
    return lambda realm, *values: Wrapper(make(realm, *(values or (None,) * (make is _boolean))))


BOOLEAN: Final = ClassSpec(
    "Boolean",
    OBJECT,
    methods={
        "toString": lambda this: str(primitive(this, Kind.BOOLEAN, "Boolean")).lower(),
        "valueOf": lambda this: primitive(this, Kind.BOOLEAN, "Boolean"),
    },
    call=_boolean,
    construct=_wrapped(_boolean),
    length=1,
    tag="Boolean",
)
NUMBER: Final = ClassSpec(
    "Number",
    OBJECT,
    methods={
        "toString": lambda this, radix: number_to_string(primitive(this, Kind.NUMBER, "Number")),
        "valueOf": lambda this: primitive(this, Kind.NUMBER, "Number"),
    },
    call=_number,
    construct=_wrapped(_number),
    length=1,
    tag="Number",
)
BIGINT: Final = ClassSpec(
    "BigInt",
    OBJECT,
    methods={
        "toString": lambda this, radix: str(BigInt(primitive(this, Kind.BIGINT, "BigInt"))),
        "valueOf": lambda this: primitive(this, Kind.BIGINT, "BigInt"),
    },
    constants={Symbol.to_string_tag: "BigInt"},
    call=lambda realm, value: to_bigint(value),
    length=1,
)
STRING: Final = ClassSpec(
    "String",
    OBJECT,
    methods={
        "toString": lambda this: primitive(this, Kind.STRING, "String"),
        "valueOf": lambda this: primitive(this, Kind.STRING, "String"),
    },
    call=_string,
    construct=_wrapped(_string),
    instance_names=("length",),
    length=1,
    tag="String",
)


def _spec_of_number(value: int) -> ClassSpec:
    return NUMBER if kind_of(value) is Kind.NUMBER else BIGINT


SPECS: Final = {
    Kind.BOOLEAN: BOOLEAN,
    Kind.NUMBER: NUMBER,
    Kind.BIGINT: BIGINT,
    Kind.STRING: STRING,
}
register(BOOLEAN, bool)
register(NUMBER, float)
register(STRING, str)
spec_of.register(int, _spec_of_number)
spec_of.register(Wrapper, lambda value: SPECS.get(kind_of(value.value), OBJECT))
