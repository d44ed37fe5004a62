"""What a failed request or call is answered: one table from errors to words.

Upstream's words are kept where its tests look for them: workers-rs, test/tests/panic.spec.ts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unpoison import js
from unpoison.errors import (
    AbortError,
    PanicError,
    StaleHandleError,
    TerminatedError,
    UnpoisonError,
)

CANCELED: Final = (
    "The Workers runtime canceled this request because it detected that your Worker's code had "
    "hung and would never generate a response."
)
"""What workerd says of code that hangs, which for it includes code that has died."""

CLOSING: Final = "the worker is shutting down"


class HungError(UnpoisonError):
    """A request whose promise nothing can settle any more.

    `cause` is what an import without `catch` raised, when that is why.
    """

    def __init__(self, cause: BaseException | None = None) -> None:
        super().__init__(CANCELED if cause is None else f"{CANCELED} ({_first_line(cause)})")
        self.__cause__ = cause


class OverloadedError(UnpoisonError):
    """No instance was free in time, or the worker is being restarted; try again later."""


class ObjectError(UnpoisonError):
    """A call to a Durable Object failed; the attributes are the properties of the error.

    Durable Objects docs, "Error handling". `is_reset`: the object was reset (`durableObjectReset`).
    """

    def __init__(
        self,
        message: str,
        *,
        name: str = "Error",
        remote: bool = False,
        retryable: bool = False,
        overloaded: bool = False,
        is_reset: bool = False,
    ) -> None:
        self.message = message
        self.name = name
        self.remote = remote
        self.retryable = retryable
        self.overloaded = overloaded
        self.is_reset = is_reset
        super().__init__(message)

    def properties(self) -> dict[str, bool]:
        """Give the properties that the error has in JavaScript; only those that are true."""
        every = {
            "remote": self.remote,
            "retryable": self.retryable,
            "overloaded": self.overloaded,
            "durableObjectReset": self.is_reset,
        }
        return {name: True for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is told of a failure."""

    status: int
    text: str


def answer_to(error: BaseException) -> Answer:
    """Give the answer to a request that failed."""
    if isinstance(error, OverloadedError):
        return Answer(503, f"{error}")
    return Answer(500, text_of(error))


def text_of(error: BaseException) -> str:
    """Give the words for a failure, as upstream says them."""
    if isinstance(error, PanicError):
        return f"PanicError: {error.message}"
    if isinstance(error, AbortError):
        return f"{CANCELED} ({error.reason.value})"
    if isinstance(error, HungError):
        return str(error)
    if isinstance(error, TerminatedError | StaleHandleError):
        return CANCELED
    if isinstance(error, ObjectError):
        return f"{error.name}: {error.message}"
    value = js.from_exception(error)
    return js.error_text(value) if isinstance(value, BaseException) else js.string_of(value)


def remote_error(error: Exception, *, keeps_name: bool) -> ObjectError:
    """Give what a caller in another guest is told of an error of an object or a service.

    The name goes on when it is one of JavaScript's own or `keeps_name`; else it is in the message.
    """
    if isinstance(error, ObjectError):
        return error
    if isinstance(error, PanicError) and keeps_name:
        return ObjectError(error.message, name="PanicError", remote=True)
    if isinstance(error, js.Error) and (keeps_name or js.error_name(error) in _STANDARD_NAMES):
        return ObjectError(js.error_message(error), name=js.error_name(error), remote=True)
    return ObjectError(text_of(error), remote=True)


_STANDARD_NAMES: Final = frozenset(js.ERROR_CLASSES)


def _first_line(error: BaseException) -> str:
    return text_of(error).partition("\n")[0]


def has_died(error: BaseException) -> bool:
    """Tell whether the failure ended the instance it happened in."""
    if isinstance(error, AbortError):
        return not error.rolled_back
    return isinstance(error, TerminatedError | StaleHandleError)
