"""Calls of Wasm functions: compiled where the module for it was built, else in Python.

Both do the same; the same tests run on both. `UNPOISON_PURE=1` in the environment, or a
sub-interpreter, gives Python's, which reaches wasmtime through ctypes.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar

from unpoison.engine import capi
from unpoison.engine.memory import Memory
from unpoison.engine.meter import Caller
from unpoison.engine.slots import Slots
from unpoison.engine.turn import PlainTurn, Turn

F = TypeVar("F", bound=Callable[..., Any])

Native = Callable[[int, int, int, int, int, int, object], Caller]
"""The class of the compiled module (_native.pyi), by what it is made of."""


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


_CALL: Final = _address(capi.wasmtime_func_call_unchecked)
_MEMORY_SIZE: Final = _address(capi.wasmtime_memory_data_size)


def _load_native() -> Any:
    if os.environ.get("UNPOISON_PURE", "0") not in ("", "0"):
        return None
    try:
        return import_module("unpoison.engine._native")
    except ImportError:  # not built here, or this is a sub-interpreter
        return None


_MODULE: Final = _load_native()
_NATIVE: Final[Native | None] = getattr(_MODULE, "Caller", None)

IS_COMPILED: Final = _MODULE is not None
"""Whether calls take the compiled path in this process."""


def raw_caller(
    context: ctypes.c_void_p,
    function: ctypes.Array[ctypes.c_uint64],
    slots: Slots,
    count: int,
    native: Native | None = _NATIVE,
) -> Caller:
    """Give a zero-argument callable that calls `function` on the first `count` of `slots`.

    It releases the GIL for the length of the call, converts nothing and looks at nothing. It gives
    None, or the address of a wasmtime_error_t that is no trap; a trap is in `slots.trap`. Without
    `native` it calls through ctypes.
    """
    if native is None:
        return partial(
            capi.wasmtime_func_call_unchecked,
            context,
            ctypes.byref(function),
            slots.buffer_argument,
            ctypes.c_size_t(count),
            slots.trap_argument,
        )
    return native(
        _CALL,
        context.value or 0,
        ctypes.addressof(function),
        ctypes.addressof(slots.buffer),
        count,
        ctypes.addressof(slots.trap),
        (slots.buffer, slots.trap),
    )


def make_turn() -> Turn:
    """Give a lock that is free."""
    turn: Turn = PlainTurn() if _MODULE is None else _MODULE.Turn()
    return turn


class Helpers(Protocol):
    """The functions in Python that say what went wrong in a call."""

    def fault(self) -> BaseException:
        """Give the exception to raise for an entry that trapped."""

    def left(self, status: int, payload: int, *objects: object) -> BaseException:
        """Give the exception to raise for an entry that left with this status."""

    def failed(self, handle: int) -> BaseException:
        """Give the exception to raise for an Err, and free its handle."""

    def reach(self, pointer: int, length: int) -> None:
        """Raise the exception for a place that the guest's allocator gave and that is none."""

    def take_str(self, pointer: int, length: int) -> str:
        """Give a string that Rust handed over, or say what is wrong with it."""

    def take_bytes(self, pointer: int, length: int) -> bytes:
        """Give bytes that Rust handed over, or say what is wrong with them."""


class Exporter:
    """Makes functions of one instance of those that were generated for its exports.

    In Python each stays what it is; compiled ones need no Python code where all goes as usual.

    `gate` has the slots `due` (True unless a call may go straight in) and `home`; `calls` has the
    callers by number, of which those of `malloc` and `free` are called for strings and bytes (-1
    for none). `struct` is the base class of Rust objects, with the slots `_home` and `_ptr`: a
    pointer is good while the first is that of the gate.
    """

    __slots__ = ("_native",)

    def __init__(
        self,
        gate: object,
        turn: Turn,
        calls: list[Callable[[], object]],
        slots: Slots,
        struct: type,
        helpers: Helpers,
        malloc: int,
        free: int,
    ) -> None:
        self._native: Any = None
        if _MODULE is not None:
            self._native = _MODULE.Calls(
                gate,
                turn,
                calls,
                ctypes.addressof(slots.buffer),
                slots.buffer,
                struct,
                helpers,
                malloc,
                free,
                _MEMORY_SIZE,
            )

    def attach(self, memory: Memory) -> None:
        """Let strings and bytes go into this memory from now on."""
        if self._native is not None and memory.handle is not None:
            context, handle = memory.handle
            self._native.attach(context, ctypes.addressof(handle), memory.base)

    def __call__(self, number: int, params: str, result: str) -> Callable[[F], F]:
        """Give what makes the function of the entry `number` of the generated one.

        `params` and `result` are letters, see bindgen/compiled_form.py.
        """
        if self._native is None:
            return _itself
        return partial(self._compiled, number, params.encode(), result.encode())

    def _compiled(self, number: int, params: bytes, result: bytes, function: F) -> F:
        export: F = _MODULE.Export(function, self._native, number, params, result)
        return export


def _itself(function: F) -> F:
    return function
