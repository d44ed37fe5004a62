"""JavaScript values in Python: which Python object is which value, and of which type.

    undefined  None              string    str
    null       `null`            symbol    Symbol
    boolean    bool              function  any callable
    number     int, float        object    everything else
    bigint     BigInt, and an int that is no safe integer (as in Pyodide)

A Python exception is an Error object; see `exceptions.py`. ECMA-262 6.1.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from types import BuiltinMethodType, FunctionType, MethodType, NoneType
from typing import Any, ClassVar, Final, Self, TypeGuard, final

from unpoison.js.numbers import decimal_text, is_negative_zero, is_safe_integer


@final
class JsNull:
    """The type of `null`; it has that one value, which is false, as None is."""

    __slots__ = ()
    _only: ClassVar[JsNull | None] = None

    def __new__(cls) -> Self:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "js.null"

    def __reduce__(self) -> str:
        return "null"


null: Final = JsNull()


@final
class BigInt(int):
    """A JavaScript BigInt: an int of any size that is no Number. `repr` is as in JavaScript."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{decimal_text(self)}n"

    def __str__(self) -> str:
        return decimal_text(self)


@final
class Symbol:
    """A JavaScript Symbol: equal to itself only. `.description` is a str, or None for none."""

    __slots__ = ("__weakref__", "description")

    iterator: ClassVar[Symbol]
    async_iterator: ClassVar[Symbol]
    has_instance: ClassVar[Symbol]
    to_primitive: ClassVar[Symbol]
    to_string_tag: ClassVar[Symbol]
    dispose: ClassVar[Symbol]
    async_dispose: ClassVar[Symbol]

    def __init__(self, description: str | None = None) -> None:
        self.description = description

    def __repr__(self) -> str:
        return f"Symbol({self.description or ''})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


# Well-known symbols, ECMA-262 6.1.5.1.
Symbol.iterator = Symbol("Symbol.iterator")
Symbol.async_iterator = Symbol("Symbol.asyncIterator")
Symbol.has_instance = Symbol("Symbol.hasInstance")
Symbol.to_primitive = Symbol("Symbol.toPrimitive")
Symbol.to_string_tag = Symbol("Symbol.toStringTag")
Symbol.dispose = Symbol("Symbol.dispose")
Symbol.async_dispose = Symbol("Symbol.asyncDispose")

WELL_KNOWN_SYMBOLS: Final = {
    "asyncDispose": Symbol.async_dispose,
    "asyncIterator": Symbol.async_iterator,
    "dispose": Symbol.dispose,
    "hasInstance": Symbol.has_instance,
    "isConcatSpreadable": Symbol("Symbol.isConcatSpreadable"),
    "iterator": Symbol.iterator,
    "match": Symbol("Symbol.match"),
    "matchAll": Symbol("Symbol.matchAll"),
    "replace": Symbol("Symbol.replace"),
    "search": Symbol("Symbol.search"),
    "species": Symbol("Symbol.species"),
    "split": Symbol("Symbol.split"),
    "toPrimitive": Symbol.to_primitive,
    "toStringTag": Symbol.to_string_tag,
    "unscopables": Symbol("Symbol.unscopables"),
}
"""The properties of the Symbol constructor that are the same in every realm."""


class Kind(Enum):
    """The language type of a value; its `.value` is what `typeof` says, but for null."""

    UNDEFINED = "undefined"
    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    BIGINT = "bigint"
    STRING = "string"
    SYMBOL = "symbol"
    FUNCTION = "function"
    OBJECT = "object"


KINDS: Final = {
    NoneType: Kind.UNDEFINED,
    JsNull: Kind.NULL,
    bool: Kind.BOOLEAN,
    float: Kind.NUMBER,
    BigInt: Kind.BIGINT,
    str: Kind.STRING,
    Symbol: Kind.SYMBOL,
    BaseException: Kind.OBJECT,  # also one with __call__
}


_EXACT: Final = {
    **KINDS,
    **dict.fromkeys((dict, list, tuple, bytes, bytearray, memoryview, object), Kind.OBJECT),
    **dict.fromkeys((FunctionType, MethodType, BuiltinMethodType, partial, type), Kind.FUNCTION),
}
"""The kinds of the commonest types themselves; a class below one may have a `__call__`."""

_OBJECT: Final = Kind.OBJECT  # a member is slow to get at
_FUNCTION: Final = Kind.FUNCTION


class Reference:
    """The base of our own classes of objects: each knows what else is searched for at every use.

    `_js_kind` is the kind of its values, `_js_spec` their class, None where that depends on the
    value or is not registered; see `classes.py`.
    """

    __slots__ = ()

    _js_kind: ClassVar[Kind] = Kind.OBJECT
    _js_spec: ClassVar[Any] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if any("__call__" in base.__dict__ for base in cls.__mro__):
            cls._js_kind = Kind.FUNCTION

    @classmethod
    def _js_join(cls, spec: Any) -> None:
        """Be of a class."""
        cls._js_spec = spec


def kind_of(value: object) -> Kind:
    """Give the language type of any Python object."""
    kind = _EXACT.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, Reference):
        return value._js_kind
    if isinstance(value, int):
        return Kind.NUMBER if is_safe_integer(value) else Kind.BIGINT
    for base in type(value).__mro__:
        if base in KINDS:
            return KINDS[base]
    return Kind.FUNCTION if callable(value) else Kind.OBJECT


def typeof(value: object) -> str:
    """Give what the `typeof` operator says. ECMA-262 13.5.3."""
    kind = kind_of(value)
    return "object" if kind is Kind.NULL else kind.value


def is_undefined(value: object) -> TypeGuard[None]:
    """Tell whether a value is undefined."""
    return value is None


def is_null(value: object) -> TypeGuard[JsNull]:
    """Tell whether a value is null."""
    return value is null


def is_nullish(value: object) -> TypeGuard[JsNull | None]:
    """Tell whether a value is undefined or null."""
    return value is None or value is null


def is_boolean(value: object) -> TypeGuard[bool]:
    """Tell whether a value is a boolean."""
    return isinstance(value, bool)


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a Number."""
    return kind_of(value) is Kind.NUMBER


def is_bigint(value: object) -> TypeGuard[int]:
    """Tell whether a value is a BigInt."""
    return kind_of(value) is Kind.BIGINT


def is_string(value: object) -> TypeGuard[str]:
    """Tell whether a value is a string."""
    return isinstance(value, str)


def is_symbol(value: object) -> TypeGuard[Symbol]:
    """Tell whether a value is a Symbol."""
    return isinstance(value, Symbol)


def is_function(value: object) -> bool:
    """Tell whether `typeof` says "function"."""
    kind = _EXACT.get(type(value))
    if kind is None:
        kind = value._js_kind if isinstance(value, Reference) else kind_of(value)
    return kind is _FUNCTION


def is_object(value: object) -> bool:
    """Tell whether `typeof` says "object" and the value is not null: no function, unlike
    ECMA-262's "is an Object" (see `is_reference`), as wasm-bindgen's `is_object`."""
    return kind_of(value) is Kind.OBJECT


def is_reference(value: object) -> bool:
    """Tell whether a value is an Object in ECMA-262's sense: functions are."""
    kind = _EXACT.get(type(value))
    if kind is None:
        if isinstance(value, Reference):
            return True
        kind = kind_of(value)
    return kind is _OBJECT or kind is _FUNCTION


def is_falsy(value: object) -> bool:
    """Tell whether `!value` is true; no object is falsy. ECMA-262 7.1.2, ToBoolean."""
    if is_reference(value) or isinstance(value, Symbol):
        return False
    return not value or value != value


def strict_equal(left: object, right: object) -> bool:
    """Give `left === right`: no NaN, kinds never mix, objects by identity. ECMA-262 7.2.15."""
    kind = kind_of(left)
    if kind is not kind_of(right):
        return False
    if kind in (Kind.NUMBER, Kind.BIGINT, Kind.STRING):
        return left == right
    return left is right or _is_same_method(left, right)


def same_value(left: object, right: object) -> bool:
    """Give `Object.is(left, right)`: NaN is itself, -0 is not +0. ECMA-262 7.2.10."""
    if isinstance(left, float) and left != left:
        return isinstance(right, float) and right != right
    return strict_equal(left, right) and _sign_of_zero(left) == _sign_of_zero(right)


def same_value_zero(left: object, right: object) -> bool:
    """Give what Map keys and `includes` compare with: `===`, but NaN is itself. 7.2.11."""
    return strict_equal(left, right) or same_value(left, right)


def _is_same_method(left: object, right: object) -> bool:
    # Python makes a bound method anew at each access; in JavaScript `o.f === o.f`.
    methods = (MethodType, BuiltinMethodType)
    return isinstance(left, methods) and isinstance(right, methods) and left == right


def _sign_of_zero(value: object) -> bool:
    return isinstance(value, float) and is_negative_zero(value)
