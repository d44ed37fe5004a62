"""What Rust throws by itself: `throw_str`, `throw_val`, and every panic that unwinds."""

from __future__ import annotations

from typing import NoReturn

from unpoison import js
from unpoison.errors import BorrowError, StaleHandleError

BORROW_MESSAGE = "recursive use of an object detected which would lead to unsafe aliasing in rust"
OWNERSHIP_MESSAGE = "attempted to take ownership of Rust value while it was borrowed"
NULL_MESSAGE = "null pointer passed to rust"


def throw(message: str) -> NoReturn:
    """Throw what Rust's `throw_str` asks for; its own checks get the error that names them."""
    if message in (BORROW_MESSAGE, OWNERSHIP_MESSAGE):
        raise BorrowError(message)
    if message == NULL_MESSAGE:
        raise StaleHandleError(message)
    raise js.Error(message)


def rethrow(value: object) -> NoReturn:
    """Throw a value that Rust holds: an exception object as itself."""
    raise js.as_exception(value)


def is_thrown_by_rust(error: BaseException) -> bool:
    """Tell whether an exception was last raised by Rust's own `throw_str`, `throw_val` or panic."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code in (throw.__code__, rethrow.__code__)
