"""The one host function of a store: Python called by Wasm, `(i32) -> i32`."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from unpoison.engine import capi

TRAP_STATUS = 0
"""The status that a failed callback leaves; the guest's glue executes `unreachable` on it."""


class HostFunction:
    """A Python callable behind a C function pointer, and what it failed with.

    No exception ever escapes into ctypes, which would print and forget it. An exception of the
    callable is kept for `take_failure()` and the Wasm caller sees TRAP_STATUS. An exception
    that strikes before the callback's first line (KeyboardInterrupt, RecursionError) is beyond
    reach: ctypes reports it to `sys.unraisablehook`, and the Wasm caller finds its own argument
    in place of the status. So the protocol must treat every number >= 0 as a failure.
    """

    __slots__ = ("_code", "_failure", "pointer")

    def __init__(self, host: Callable[[int], int]) -> None:
        self._failure: list[BaseException] = []
        callback = _callback(host, self._failure)
        self._code: CodeType = callback.__code__
        self.pointer = capi.HOST_CALLBACK(callback)

    def take_failure(self) -> BaseException | None:
        """Give the exception that the callable raised last and forget it, else None."""
        failure = self._failure.pop() if self._failure else None
        self._failure.clear()
        return failure

    def running(self) -> bool:
        """Tell whether this thread's stack has a frame of this function; walks the stack."""
        frame = sys._getframe()
        while frame is not None:
            if frame.f_code is self._code and frame.f_locals.get("failure") is self._failure:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False


def _callback(host: Callable[[int], int], failure: list[BaseException]) -> Any:
    # It must not refer to the store: a cycle would keep a dead generation's memory.
    def call_host(_env: object, _caller: object, slots: Any) -> None:
        try:
            slots[0] = host(slots[0])
        except BaseException as error:  # noqa: BLE001 - re-raised by whoever takes the failure
            slots[0] = TRAP_STATUS
            failure.append(error)

    return call_host


def function_type() -> int:
    """Give a new wasm_functype_t `(i32) -> i32`; free it with wasm_functype_delete."""
    return int(capi.wasm_functype_new(_one_i32(), _one_i32()))


def _one_i32() -> capi.ValtypeVec:
    vec = capi.ValtypeVec()
    types = (ctypes.c_void_p * 1)(capi.wasm_valtype_new(capi.WASM_I32))
    capi.wasm_valtype_vec_new(vec, 1, types)
    return vec
