"""The raw call of a Wasm function: compiled where the module for it was built, else by ctypes.

Both do the same: they release the GIL for the length of the call, convert nothing and look at
nothing. `UNPOISON_PURE=1` in the environment, or a sub-interpreter, gives the one of ctypes.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

from unpoison.engine import capi
from unpoison.engine.meter import Caller
from unpoison.engine.slots import Slots

Native = Callable[[int, int, int, int, int, int, object], Caller]
"""The class of the compiled module (_native.pyi), by what it is made of."""

_CALL: Final = ctypes.cast(capi.wasmtime_func_call_unchecked, ctypes.c_void_p).value or 0


def _load_native() -> Native | None:
    if os.environ.get("UNPOISON_PURE", "0") not in ("", "0"):
        return None
    try:
        module = import_module("unpoison.engine._native")
    except ImportError:  # not built here, or this is a sub-interpreter
        return None
    native: Native = module.Caller
    return native


_NATIVE: Final = _load_native()

IS_COMPILED: Final = _NATIVE is not None
"""Whether calls take the compiled path in this process."""


def raw_caller(
    context: ctypes.c_void_p,
    function: ctypes.Array[ctypes.c_uint64],
    slots: Slots,
    count: int,
    native: Native | None = _NATIVE,
) -> Caller:
    """Give a zero-argument callable that calls `function` on the first `count` of `slots`.

    It gives None, or the address of a wasmtime_error_t that is no trap; a trap is in `slots.trap`.
    Without `native` it calls through ctypes.
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
