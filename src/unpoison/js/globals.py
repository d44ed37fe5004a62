"""The global object that a module finds, with the standard objects that exist here.

Every instance gets a global object of its own, with constructors and functions of its own:
what a guest sets on any of them, no other guest sees. ECMA-262 19.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from unpoison.js.combinators import promise_all, promise_all_settled, promise_any, promise_race
from unpoison.js.conversions import string_of, to_numeric, to_primitive, to_property_key, to_string
from unpoison.js.exceptions import (
    ERROR_CLASSES,
    AggregateError,
    Error,
    RangeError,
    SyntaxError,  # noqa: A004 - the names are JavaScript's
    TypeError,  # noqa: A004
)
from unpoison.js.functions import Constructor, native
from unpoison.js.json_text import parse, stringify
from unpoison.js.numbers import float_of, number_to_python
from unpoison.js.numeric_text import number_to_string, string_to_bigint
from unpoison.js.promise import Promise, PromiseRealm, reject, resolve, with_resolvers
from unpoison.js.property import call, delete, get, has
from unpoison.js.property import set as set_property
from unpoison.js.values import (
    BigInt,
    Kind,
    Symbol,
    is_falsy,
    is_function,
    is_nullish,
    is_reference,
    kind_of,
)

# Python's own exceptions that mean what JavaScript's class of that name means.
PYTHON_ERRORS: Final[Mapping[str, type[BaseException]]] = {
    "Error": BaseException,
    "TypeError": builtins.TypeError,
    "SyntaxError": builtins.SyntaxError,
}


def global_object(realm: PromiseRealm) -> dict[str, object]:
    """Make a global object; `globalThis` is the object itself."""
    names = {
        **{name: _error_constructor(kind) for name, kind in ERROR_CLASSES.items()},
        **_constructors(),
        "Promise": _promise_constructor(realm),
        "Symbol": _symbol_constructor({}),
        **native({"queueMicrotask": partial(_queue_microtask, realm)}),
        "JSON": native({"parse": _json_parse, "stringify": stringify}),
        "Reflect": native(REFLECT),
        **CONSTANTS,
    }
    names["globalThis"] = names
    return names


def is_array(value: object) -> bool:
    """Give `Array.isArray(value)`."""
    return isinstance(value, list | tuple)


def to_bigint(value: object) -> BigInt:
    """Give `BigInt(value)`. ECMA-262 21.2.1.1.

    Raises js.RangeError for a Number that is not integral, js.SyntaxError for a text that
    is no integer, js.TypeError for undefined, null and symbols.
    """
    primitive: Any = to_primitive(value, "number")
    kind = kind_of(primitive)
    if kind is Kind.NUMBER:
        return _bigint_of_number(primitive)
    if kind is Kind.STRING:
        integer = string_to_bigint(primitive)
        if integer is None:
            raise SyntaxError(f"Cannot convert {primitive} to a BigInt")
        return BigInt(integer)
    if kind in (Kind.BIGINT, Kind.BOOLEAN):
        return BigInt(primitive)
    raise TypeError(f"Cannot convert {string_of(primitive)} to a BigInt")


def _bigint_of_number(number: float) -> BigInt:
    if not math.isfinite(number) or number != math.trunc(number):
        raise RangeError(
            f"The number {number_to_string(number)} cannot be converted to a BigInt"
            " because it is not an integer"
        )
    return BigInt(number)


def _number(value: object = 0) -> int | float:
    numeric = to_numeric(value)
    return number_to_python(float_of(int(numeric))) if _is_bigint(numeric) else numeric


def _is_bigint(value: object) -> bool:
    return kind_of(value) is Kind.BIGINT


def _error_constructor(kind: type[Error]) -> Constructor:
    classes = (kind, PYTHON_ERRORS.get(kind.__name__, kind))
    make = _aggregate_error if kind is AggregateError else partial(_error, kind)
    return Constructor(
        kind.__name__, lambda value: isinstance(value, classes), call=make, construct=make
    )


def _error(kind: type[Error], message: object = None, options: object = None) -> Error:
    """Do `new kind(message, options)`. ECMA-262 20.5.1.1."""
    text = "" if message is None else to_string(message)
    cause = get(options, "cause") if is_reference(options) else None
    return kind(text, cause=cause)


def _aggregate_error(errors: Any = (), message: object = None, options: object = None) -> Error:
    plain = _error(Error, message, options)
    return AggregateError(errors, plain.message, cause=plain.cause)


def _symbol_constructor(registry: dict[str, Symbol]) -> Constructor:
    def make(description: object = None) -> Symbol:
        return Symbol(None if description is None else to_string(description))

    def registered(key: object = None) -> Symbol:
        text = to_string(key)
        return registry.setdefault(text, Symbol(text))

    statics: dict[str, object] = {
        "for": registered,
        "iterator": Symbol.iterator,
        "asyncIterator": Symbol.async_iterator,
        "hasInstance": Symbol.has_instance,
        "toPrimitive": Symbol.to_primitive,
        "toStringTag": Symbol.to_string_tag,
    }
    return Constructor("Symbol", _never, call=make, statics=statics)


def _promise_constructor(realm: PromiseRealm) -> Constructor:
    def construct(executor: Any = None) -> Promise:
        if not is_function(executor):
            raise TypeError(f"Promise resolver {string_of(executor)} is not a function")
        return Promise(realm, executor)

    makers: dict[str, Callable[..., object]] = {
        "resolve": resolve,
        "reject": reject,
        "all": promise_all,
        "allSettled": promise_all_settled,
        "any": promise_any,
        "race": promise_race,
        "withResolvers": _resolvers,
    }
    return Constructor(
        "Promise",
        lambda value: isinstance(value, Promise),
        construct=construct,
        statics={name: partial(make, realm) for name, make in makers.items()},
    )


def _resolvers(realm: PromiseRealm) -> dict[str, object]:
    made = with_resolvers(realm)
    return {"promise": made.promise, "resolve": made.resolve, "reject": made.reject}


def _queue_microtask(realm: PromiseRealm, callback: Any = None) -> None:
    if not is_function(callback):
        raise TypeError('The "callback" argument must be of type function')
    realm.jobs.enqueue(partial(call, callback))


def _never(value: object) -> bool:
    return False  # the primitive values of a class are no instances of it


def _object(value: object = None) -> object:
    return {} if is_nullish(value) else value


def _reflected(function: Callable[..., object]) -> Callable[..., object]:
    """Be a function of Reflect: it refuses a target that is no object. ECMA-262 28.1."""

    def reflect(target: object = None, key: object = None, *rest: object) -> object:
        if not is_reference(target):
            raise TypeError("Reflect method called on non-object")
        return function(target, to_property_key(key), *rest)

    return reflect


def _tried(change: Callable[..., None]) -> Callable[..., bool]:
    """Tell whether a change was accepted: Reflect does not throw for a refusal."""

    def reflect(target: object, key: object, *rest: object) -> bool:
        try:
            change(target, key, *rest)
        except TypeError:
            return False
        return True

    return reflect


def _constructors() -> dict[str, object]:
    return {
        "Object": Constructor("Object", is_reference, call=_object, construct=_object),
        "Function": Constructor("Function", is_function),
        "Array": Constructor("Array", is_array, statics={"isArray": is_array}),
        "Boolean": Constructor("Boolean", _never, call=_boolean),
        "Number": Constructor("Number", _never, call=_number),
        "String": Constructor("String", _never, call=_string),
        "BigInt": Constructor("BigInt", _never, call=to_bigint),
    }


def _boolean(value: object = None) -> bool:
    return not is_falsy(value)


def _string(value: object = "") -> str:
    return string_of(value)


def _json_parse(text: object = None, *_: object) -> object:
    return parse(to_string(text))


CONSTANTS: Final[Mapping[str, object]] = {
    "undefined": None,
    "NaN": math.nan,
    "Infinity": math.inf,
}
REFLECT: Final[Mapping[str, Callable[..., object]]] = {
    "get": _reflected(lambda target, key, *_: get(target, key)),
    "has": _reflected(has),
    "set": _reflected(_tried(set_property)),
    "deleteProperty": _reflected(_tried(delete)),
}
