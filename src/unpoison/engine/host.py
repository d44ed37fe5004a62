"""The one host function of a store: Python called by Wasm, `(i32) -> i32`."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from unpoison.engine import capi

TRAP_STATUS = 0
"""The status that a failed callback leaves; the guest's glue executes `unreachable` on it."""


class Dispatch:
    """A host that calls the handler of the number that it gets, and answers `returned`."""

    __slots__ = ("handlers", "returned")

    def __init__(self, handlers: list[Callable[[], object]], returned: int) -> None:
        self.handlers = handlers
        self.returned = returned

    def __call__(self, number: int) -> int:
        self.handlers[number]()
        return self.returned


class HostFunction:
    """A Python callable behind a C function pointer, and what it failed with.

    No exception escapes into ctypes, which would print and forget it. An exception of the callable,
    and a KeyboardInterrupt that waited for the callback's first instruction, is given to `fail`,
    whose result is the status. What `fail` raises is kept for `take_failure()`, and the Wasm caller
    sees TRAP_STATUS; the usual `fail` raises what it is given. One thing is beyond reach: where
    Python's recursion limit forbids the callback itself, ctypes reports the RecursionError to
    `sys.unraisablehook`, and the Wasm caller finds its own argument in place of the status. So the
    protocol must treat every number >= 0 as a failure.

    The compiled module has the same (`_native.Host`), which is not bound by that limit.
    """

    __slots__ = ("_failure", "env", "pointer")

    def __init__(
        self, host: Callable[[int], int], fail: Callable[[BaseException], int] | None = None
    ) -> None:
        self._failure: list[BaseException] = []
        self.env: int | None = None
        fail = fail or give_up
        self.pointer = capi.HOST_CALLBACK(
            _dispatcher(host, fail, self._failure)
            if isinstance(host, Dispatch)
            else _callback(host, fail, self._failure)
        )

    def take_failure(self) -> BaseException | None:
        """Give the exception that `fail` raised last and forget it, else None."""
        failure = self._failure.pop() if self._failure else None
        self._failure.clear()
        return failure

    def running(self) -> bool:
        """Tell whether this thread's stack has a frame of this function; walks the stack."""
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            if frame.f_code in _CODES and frame.f_locals["failure"] is self._failure:
                return True
            frame = frame.f_back
        return False


def give_up(error: BaseException) -> int:
    """Be the `fail` of a host function that has none: the error is kept."""
    raise error


def _callback(
    host: Callable[[int], int],
    fail: Callable[[BaseException], int],
    failure: list[BaseException],
) -> Any:
    # It must not refer to the store: a cycle would keep a dead generation's memory.
    def call_host(_env: object, _caller: object, slots: Any) -> None:
        try:
            slots[0] = host(slots[0])
        except BaseException as error:  # noqa: BLE001 - whoever takes the failure raises it again
            slots[0] = TRAP_STATUS
            try:
                slots[0] = fail(error)
            except BaseException as problem:  # noqa: BLE001 - likewise
                failure.append(problem)

    call_host.__code__ = _CODE
    return call_host


def _dispatcher(
    host: Dispatch, fail: Callable[[BaseException], int], failure: list[BaseException]
) -> Any:
    """Do the same for a Dispatch, with one call of Python less."""
    handlers, returned = host.handlers, host.returned

    def call_handler(_env: object, _caller: object, slots: Any) -> None:
        try:
            handlers[slots[0]]()
            slots[0] = returned
        except BaseException as error:  # noqa: BLE001 - whoever takes the failure raises it again
            slots[0] = TRAP_STATUS
            try:
                slots[0] = fail(error)
            except BaseException as problem:  # noqa: BLE001 - likewise
                failure.append(problem)

    call_handler.__code__ = _HANDLER_CODE
    return call_handler


def cover_entry(code: CodeType) -> CodeType:
    """Give `code` with its first `try` reaching back to the function's first instruction.

    Ctrl-C while Wasm runs only sets a flag. Python looks at the flag in the first instruction of
    the next function it enters, which is our callback, and raises KeyboardInterrupt there: before
    the `try` that begins one instruction later. So that is where the usual interrupt arrives, and
    only the exception table can make the handler see it. Its entries are start, length, target
    and depth, each in 6-bit groups, most significant first, 0x40 for "more follows" and 0x80 at an
    entry's beginning (CPython, InternalDocs/exception_handling.md, the same in 3.11 to 3.14).
    """
    table = code.co_exceptiontable
    start, after = _read_varint(table, 0)
    length, after = _read_varint(table, after)
    entry = b"\x80" + _write_varint(start + length)
    return code.replace(co_exceptiontable=entry + table[after:])


def _read_varint(table: bytes, position: int) -> tuple[int, int]:
    value = table[position] & 0x3F
    while table[position] & 0x40:
        position += 1
        value = value << 6 | table[position] & 0x3F
    return value, position + 1


def _write_varint(value: int) -> bytes:
    groups = [value & 0x3F]
    while value := value >> 6:
        groups.append(0x40 | value & 0x3F)
    return bytes(reversed(groups))


def _covered(maker: Callable[..., Any]) -> CodeType:
    inner = (const for const in maker.__code__.co_consts if isinstance(const, CodeType))
    return cover_entry(next(inner))


_CODE, _HANDLER_CODE = _covered(_callback), _covered(_dispatcher)
_CODES = (_CODE, _HANDLER_CODE)


def function_type() -> int:
    """Give a new wasm_functype_t `(i32) -> i32`; free it with wasm_functype_delete."""
    return int(capi.wasm_functype_new(_one_i32(), _one_i32()))


def _one_i32() -> capi.ValtypeVec:
    vec = capi.ValtypeVec()
    types = (ctypes.c_void_p * 1)(capi.wasm_valtype_new(capi.WASM_I32))
    capi.wasm_valtype_vec_new(vec, 1, types)
    return vec
