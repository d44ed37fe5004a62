"""What code of a guest changes beside its memory: globals and tables, saved and put back.

rustc makes no code that changes any but the stack pointer; hand-written assembly may.
"""

from __future__ import annotations

import ctypes
from typing import Any

from unpoison.engine import capi

Handle = ctypes.Array[ctypes.c_uint64]


class Changing:
    """Globals of number types and tables of functions, of one store.

    A table must have as many elements when it is put back as when it was saved.
    """

    __slots__ = ("_context", "_globals", "_tables")

    def __init__(
        self, context: ctypes.c_void_p, globals_: list[Handle], tables: list[Handle]
    ) -> None:
        self._context = context
        self._globals = [ctypes.byref(handle) for handle in globals_]
        self._tables = [(table, int(capi.wasmtime_table_size(context, table))) for table in tables]

    def save(self) -> list[bytes]:
        """Give all values: bit patterns of numbers, and which function it is."""
        value, saved = capi.Val(), list[bytes]()
        for handle in self._globals:
            capi.wasmtime_global_get(self._context, handle, ctypes.byref(value))
            saved.append(bytes(value))
        for table, size in self._tables:
            for place in range(size):
                capi.wasmtime_table_get(self._context, table, place, value)
                saved.append(bytes(value))
        return saved

    def put_back(self, saved: list[bytes]) -> None:
        """Let everything be what it was when that was saved, in this store."""
        values = map(capi.Val.from_buffer_copy, saved)
        for handle in self._globals:
            _check(capi.wasmtime_global_set(self._context, handle, ctypes.byref(next(values))))
        for table, size in self._tables:
            for place in range(size):
                _check(capi.wasmtime_table_set(self._context, table, place, next(values)))


def _check(error: Any) -> None:
    if error:
        raise AssertionError("what was read of a global or table cannot be put back")
