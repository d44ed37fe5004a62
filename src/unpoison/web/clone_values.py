"""How the standard library's own objects are cloned: buffers, views, patterns. HTML 2.7.3."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.clone import (
    Copies,
    clone_value,
    data_clone_error,
    start_move,
    structured_clone,
)
from unpoison.web.host_access import report


def _buffer_copy(value: js.ArrayBuffer) -> js.ArrayBuffer:
    if value.detached:
        raise data_clone_error("An ArrayBuffer is detached and", " could not be cloned.")
    return js.ArrayBuffer.of_view(memoryview(bytearray(value.view())), value.limit)


@clone_value.register(js.ArrayBuffer)
def _(value: js.ArrayBuffer, copies: Copies) -> js.ArrayBuffer:
    made: js.ArrayBuffer = copies.note(value, _buffer_copy(value))
    return made


@start_move.register(js.ArrayBuffer)
def _(value: js.ArrayBuffer) -> tuple[object, Callable[[], object]]:
    copied = _buffer_copy(value)

    def detach() -> None:
        try:
            value.detach()
        except js.TypeError as error:  # its bytes are the host's, or a module's memory
            raise data_clone_error(error.message, "") from error

    return copied, detach


@clone_value.register(js.TypedArray)
def _(value: js.TypedArray, copies: Copies) -> js.TypedArray:
    if value.count() is None:
        raise data_clone_error("A view of a detached ArrayBuffer")
    buffer = copies.of(value.buffer)
    length = None if _follows(value) else len(value)
    made: js.TypedArray = copies.note(
        value, type(value)(buffer, js.get(value, "byteOffset"), length)
    )
    return made


@clone_value.register(js.DataView)
def _(value: js.DataView, copies: Copies) -> js.DataView:
    size = value.size()
    if size is None:
        raise data_clone_error("A view of a detached ArrayBuffer")
    buffer = copies.of(value.buffer)
    length = None if _follows(value) else size
    made: js.DataView = copies.note(value, js.DataView(buffer, js.get(value, "byteOffset"), length))
    return made


def _follows(view: Any) -> bool:
    """Tell whether a view goes to the end of its buffer whatever its length."""
    return view._fixed is None


@clone_value.register(array)
@clone_value.register(bytearray)
@clone_value.register(bytes)
@clone_value.register(memoryview)
@clone_value.register(js.TypedView)
def _(value: Any, copies: Copies) -> Any:
    shown = js.typed_array_of(value)
    if shown is None:
        raise data_clone_error("A buffer without numbers")
    return copies.note(value, type(shown).of_data(shown.read_bytes()))


@clone_value.register(js.Date)
def _(value: js.Date, copies: Copies) -> js.Date:
    made: js.Date = copies.note(value, js.Date(value.time))
    return made


@clone_value.register(js.RegExp)
@clone_value.register(re.Pattern)
def _(value: Any, copies: Copies) -> js.RegExp:
    source, flags = js.get(value, "source"), js.get(value, "flags")
    made: js.RegExp = copies.note(value, js.RegExp(source, flags))
    return made


def _structured_clone(realm: js.Realm, value: object, options: object) -> Any:
    transfer = js.items_of(options, "transfer")["transfer"]
    return structured_clone(value, [] if transfer is None else list(js.iterate(transfer)))


def _report_error(realm: js.Realm, error: object) -> None:
    """Be `reportError`: tell the host. HTML 8.1.4.6."""
    report(realm, js.as_exception(error))


CLONE_FUNCTIONS: Final = {"reportError": _report_error, "structuredClone": _structured_clone}
