"""What wasm-bindgen's own imports do: one table by name, made for one border.

Source: contract facts 4.2 and 4.3; `wasm-bindgen-cli-support` src/intrinsic.rs. What is only about
values stands in `unpoison.js.INTRINSICS`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any

from unpoison import js
from unpoison.errors import BorrowError, PanicError
from unpoison.runtime.border import Border
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.handles import LENT, UnknownHandleError
from unpoison.runtime.throwing import BORROW_MESSAGE, rethrow, throw

Function = Callable[..., Any]

PREFIX = "__wbindgen_"


def make_intrinsics(border: Border) -> Mapping[str, Function]:
    """Give the functions of one instance by their names without `__wbindgen_`."""
    handles = _HandleIntrinsics(border)
    return {
        **js.INTRINSICS,
        "object_drop_ref": border.drop_handle,
        "object_clone_ref": handles.clone,
        "externref_table_grow": handles.grow,
        "externref_table_set_null": handles.set_null,
        "externref_statics_end": handles.statics_end,
        "externref_heap_live_count": handles.live_count,
        "throw": throw,
        "rethrow": rethrow,
        "panic_error": lambda payload: _unwound(border, payload),
        "reinit": border.supervisor.schedule,
        "string_from_utf8_lossy": lambda data: bytes(data).decode("utf-8", "replace"),
        "copy_to_typed_array": border.copy_back,
        "jspi_in_context": border.tasks.spawning,
        "memory": border.memory,
    }


class _HandleIntrinsics:
    """The imports by which a module keeps its handle table."""

    def __init__(self, border: Border) -> None:
        self._border = border
        self._supervisor = border.supervisor

    def clone(self, handle: int) -> int:
        border = self._border
        return border.own(border.peek(handle & 0xFFFFFFFF))

    def grow(self, count: int) -> int:
        return self._border.supervisor.home.handles.grow(count)

    def set_null(self, handle: int) -> None:
        # Guests call this more than anything else: all of it is here.
        handles, number = self._supervisor.home.handles, handle & 0xFFFFFFFF
        try:
            if number < handles.fixed:
                raise UnknownHandleError(number)
            handles.values[number - LENT] = None
        except (IndexError, UnknownHandleError):
            raise self._border.supervisor.corrupt(f"handle {handle} to be cleared") from None

    def statics_end(self) -> int:
        return self._border.supervisor.home.handles.fixed

    def live_count(self) -> int:
        return self._border.supervisor.home.handles.live()


def panic_error(payload: object, last_text: str | None) -> Exception:
    """Make the error for a panic's payload. `wasm-bindgen` src/rt/mod.rs, panic_to_panic_error.

    A `&str` or `String` payload arrives as a string that Rust has just made, which `last_text` is;
    a `JsValue` payload arrives as it is, and is the error's payload.
    """
    if payload == BORROW_MESSAGE:
        return BorrowError(BORROW_MESSAGE)
    if isinstance(payload, str) and payload is last_text:
        return PanicError(payload)
    return PanicError(js.string_of(payload), payload)


def _unwound(border: Border, payload: object) -> Exception:
    error = panic_error(payload, border.supervisor.last_text)
    border.supervisor.unwound = weakref.ref(error)
    return error


def drop_closure(function: object) -> None:
    """Be `_wbg_cb_unref`: Rust's own count of a closure goes."""
    if isinstance(function, RustFunction):
        if function._home.journal is None:
            function._unref()  # which is all that it does then
        else:
            function._release()
