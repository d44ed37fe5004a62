"""The classes Error and below, and SuppressedError. ECMA-262 20.5."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from unpoison.js.classes import ClassSpec, Property, PropertyKey, register
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import (
    ERROR_CLASSES,
    AggregateError,
    Error,
    SuppressedError,
    TypeError,  # noqa: A004 - JavaScript's
    error_text,
)
from unpoison.js.iteration import iterate
from unpoison.js.object_class import OBJECT
from unpoison.js.own_properties import define
from unpoison.js.property import get, has
from unpoison.js.shown import shown
from unpoison.js.values import is_reference

PYTHON_ERRORS: Final[Mapping[str, type[BaseException]]] = {
    "Error": BaseException,
    "TypeError": builtins.TypeError,
    "SyntaxError": builtins.SyntaxError,
}
"""Python's own exceptions that mean what JavaScript's class of that name means."""


def _to_string(this: object) -> str:
    if isinstance(this, BaseException):
        return error_text(this)
    if not is_reference(this):
        raise TypeError(
            f"Method Error.prototype.toString called on incompatible receiver {shown(this)}"
        )
    name, message = get(this, "name"), get(this, "message")
    parts = (
        "Error" if name is None else to_string(name),
        "" if message is None else to_string(message),
    )
    return ": ".join(part for part in parts if part)


def make_error(kind: type[Error], realm: Any, message: object, options: object) -> Error:
    """Do `new kind(message, options)`. ECMA-262 20.5.1.1."""
    text = "" if message is None else to_string(message)
    cause = get(options, "cause") if is_reference(options) and has(options, "cause") else None
    return kind(text, cause=cause)


def _make_aggregate(realm: Any, errors: object, message: object, options: object) -> Error:
    plain = make_error(Error, realm, message, options)
    return AggregateError(iterate(errors), plain.message, cause=plain.cause)


def _make_suppressed(realm: Any, error: object, suppressed: object, message: object) -> Error:
    return SuppressedError(error, suppressed, "" if message is None else to_string(message))


def _is_error(realm: Any, value: object) -> bool:
    return isinstance(value, BaseException)


def _capture_stack_trace(realm: Any, target: object, constructor: object) -> None:
    """Be V8's `Error.captureStackTrace`: a guest sees no frames, so the stack is its first line."""
    if not is_reference(target):
        raise TypeError("invalid_argument")
    if isinstance(target, BaseException):
        return  # it has one
    stack = Property(_to_string(target))
    if not define(target, "stack", stack, frozenset({"value", "writable", "configurable"})):
        raise TypeError("Cannot define property stack, object is not extensible")


ERROR: Final = ClassSpec(
    "Error",
    OBJECT,
    methods={"toString": _to_string},
    constants={"name": "Error", "message": ""},
    statics={
        "isError": _is_error,
        "captureStackTrace": _capture_stack_trace,
        "stackTraceLimit": 10,
    },
    call=partial(make_error, Error),
    construct=partial(make_error, Error),
    length=1,
    tag="Error",
    instance_names=("cause", "message", "name", "stack"),
)


MAKERS: Final[Mapping[type[Error], tuple[Callable[..., Error], int, tuple[str, ...]]]] = {
    AggregateError: (_make_aggregate, 2, ("errors",)),
    SuppressedError: (_make_suppressed, 3, ("error", "suppressed")),
}
"""What makes the errors that take more than a message, with its length and what they have."""


def _spec(kind: type[Error]) -> ClassSpec:
    make, length, names = MAKERS.get(kind, (partial(make_error, kind), 1, ()))
    constants: dict[PropertyKey, object] = {"name": kind.__name__, "message": ""}
    return ClassSpec(
        kind.__name__,
        ERROR,
        constants=constants,
        call=make,
        construct=make,
        length=length,
        inherits_statics=True,
        instance_names=names,
    )


ERROR_SPECS: Final[Mapping[str, ClassSpec]] = {
    name: ERROR if kind is Error else _spec(kind) for name, kind in ERROR_CLASSES.items()
}
register(ERROR, BaseException)
for _name, _kind in ERROR_CLASSES.items():
    register(ERROR_SPECS[_name], _kind, PYTHON_ERRORS.get(_name, _kind))
