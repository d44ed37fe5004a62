"""Error objects: JavaScript's Error classes as Python exceptions, and the reverse.

`Error` is a JavaScript value and a Python exception at once. Any other Python exception is,
as a JavaScript value, an Error too: its name is the class name, its message `str(e)`, its
cause `__cause__`. The classes are named as in JavaScript (also TypeError and SyntaxError);
reach them as `js.TypeError`. ECMA-262 20.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from unpoison.errors import ThrownError, ThrownValue

# What engines say when values are nested too deeply for them.
STACK_OVERFLOW: Final = "Maximum call stack size exceeded"


class Error(ThrownError):
    """A JavaScript Error: `.message`, `.name`, `.cause` (any value) and `.stack` (text).

    The name is the class name unless one is given. `cause` may be any JavaScript value; an
    exception is Python's `__cause__` as well.
    """

    __module__ = "unpoison.js"

    def __init__(self, message: str = "", *, name: str | None = None, cause: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.name = type(self).__name__ if name is None else name
        self._cause: object = None
        self._stack: str | None = None
        self.cause = cause

    @property
    def cause(self) -> object:
        """What led to this error: any value; None (undefined) when there is none."""
        return self.__cause__ if self._cause is None else self._cause

    @cause.setter
    def cause(self, value: object) -> None:
        self._cause = value
        if isinstance(value, BaseException):
            self.__cause__ = value

    @property
    def stack(self) -> str:
        """The text set by the guest, else `Name: message`: no frame of the host is shown."""
        return error_text(self) if self._stack is None else self._stack

    @stack.setter
    def stack(self, text: str) -> None:
        self._stack = text

    def __str__(self) -> str:
        # Python prints the class name already; a name of its own would be lost.
        return self.message if self.name == type(self).__name__ else error_text(self)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.message,), self.__dict__)


class TypeError(Error):  # noqa: A001 - the name is JavaScript's
    """JavaScript's TypeError: a value is not of the expected type."""

    __module__ = "unpoison.js"


class RangeError(Error):
    """JavaScript's RangeError: a value is not in the allowed set or range."""

    __module__ = "unpoison.js"


class SyntaxError(Error):  # noqa: A001 - the name is JavaScript's
    """JavaScript's SyntaxError: a text does not parse."""

    __module__ = "unpoison.js"


class ReferenceError(Error):  # noqa: A001 - the name is JavaScript's
    """JavaScript's ReferenceError: a name is not defined."""

    __module__ = "unpoison.js"


class EvalError(Error):
    """JavaScript's EvalError; kept for compatibility, as there."""

    __module__ = "unpoison.js"


class URIError(Error):
    """JavaScript's URIError: a URI function was given a malformed text."""

    __module__ = "unpoison.js"


class AggregateError(Error):
    """Several errors as one; `.errors` is the list of values. ECMA-262 20.5.7."""

    __module__ = "unpoison.js"

    def __init__(
        self,
        errors: Iterable[object] = (),
        message: str = "",
        *,
        name: str | None = None,
        cause: object = None,
    ) -> None:
        super().__init__(message, name=name, cause=cause)
        self.errors = list(errors)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.errors, self.message), self.__dict__)


class SuppressedError(Error):
    """An error that came while another one was on its way: `.error`, and the `.suppressed` one.

    ECMA-262 draft 20.5.8.
    """

    __module__ = "unpoison.js"

    def __init__(
        self,
        error: object = None,
        suppressed: object = None,
        message: str = "",
        *,
        name: str | None = None,
        cause: object = None,
    ) -> None:
        super().__init__(message, name=name, cause=cause)
        self.error = error
        self.suppressed = suppressed

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.error, self.suppressed, self.message), self.__dict__)


ERROR_CLASSES: Final[dict[str, type[Error]]] = {
    kind.__name__: kind
    for kind in (
        Error,
        TypeError,
        RangeError,
        SyntaxError,
        ReferenceError,
        EvalError,
        URIError,
        AggregateError,
        SuppressedError,
    )
}


def is_error(value: object) -> bool:
    """Tell whether `value instanceof Error`: every Python exception object is one."""
    return isinstance(value, BaseException)


def error_name(value: BaseException) -> str:
    """Give the `name` property of an Error: an exception's class name."""
    return value.name if isinstance(value, Error) else type(value).__name__


def error_message(value: BaseException) -> str:
    """Give the `message` property of an Error: `str(e)` for an exception.

    An exception whose `__str__` fails has the empty message: a guest that reads it must not
    be hit by a second error.
    """
    if isinstance(value, Error):
        return value.message
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - any failure of a foreign __str__
        return ""


def error_cause(value: BaseException) -> object:
    """Give the `cause` property of an Error: `__cause__` for an exception."""
    return value.cause if isinstance(value, Error) else value.__cause__


def error_stack(value: BaseException) -> str:
    """Give the `stack` property of an Error; it never names a frame of the host."""
    return value.stack if isinstance(value, Error) else error_text(value)


def error_text(value: BaseException) -> str:
    """Give `Name: message`, or what of the two is not empty. ECMA-262 20.5.3.4."""
    return ": ".join(part for part in (error_name(value), error_message(value)) if part)


def as_exception(value: object) -> BaseException:
    """Give what throwing that JavaScript value raises in Python.

    An exception object is raised itself, anything else inside `ThrownValue`.
    """
    return value if isinstance(value, BaseException) else ThrownValue(value)


def from_exception(exception: BaseException) -> object:
    """Give the JavaScript value that a caught exception is; the reverse of `as_exception`."""
    return exception.value if isinstance(exception, ThrownValue) else exception
