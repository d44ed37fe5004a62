"""What stopped a call, as one frozen value: trap pointer or error pointer -> Fault."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from unpoison.engine import capi

MAX_FRAMES = 64
"""Frames kept of a backtrace, innermost first. wasmtime 50 itself stops at 20."""


class FaultKind(Enum):
    """Why a call stopped; the value is the text for people. wasmtime's trap.h has the codes."""

    STACK_OVERFLOW = "call stack exhausted"
    MEMORY_OUT_OF_BOUNDS = "out of bounds memory access"
    HEAP_MISALIGNED = "misaligned atomic memory access"
    TABLE_OUT_OF_BOUNDS = "undefined element: out of bounds table access"
    INDIRECT_CALL_TO_NULL = "uninitialized element: indirect call to null"
    BAD_SIGNATURE = "indirect call type mismatch"
    INTEGER_OVERFLOW = "integer overflow"
    INTEGER_DIVISION_BY_ZERO = "integer divide by zero"
    BAD_CONVERSION_TO_INTEGER = "invalid conversion to integer"
    UNREACHABLE = "unreachable instruction executed"
    INTERRUPT = "time limit reached"
    OUT_OF_FUEL = "all fuel consumed"
    ATOMIC_WAIT_NON_SHARED_MEMORY = "atomic wait on non-shared memory"
    NULL_REFERENCE = "null reference"
    ARRAY_OUT_OF_BOUNDS = "out of bounds array access"
    ALLOCATION_TOO_LARGE = "allocation too large"
    CAST_FAILURE = "cast failure"
    UNCAUGHT_EXCEPTION = "exception thrown and never caught"
    CPU_LIMIT = "CPU limit reached"
    EXCEPTION_HEAP_FULL = "no memory left for another exception object"
    OTHER = "engine error"

    __hash__ = object.__hash__  # Enum's own is a function of Python


def _by_code() -> dict[int | None, tuple[FaultKind, str]]:
    # In the order of wasmtime_trap_code_enum, which begins with these seventeen. Two traps have no
    # code: a thrown exception, and a host function's own trap. We make none of the latter, and an
    # exception's text is fixed (wasmtime's ThrownException).
    kinds: dict[int | None, FaultKind] = dict(enumerate(list(FaultKind)[:17]))
    kinds |= dict.fromkeys((49, None), FaultKind.UNCAUGHT_EXCEPTION)
    return {code: (kind, kind.value) for code, kind in kinds.items()}


_BY_CODE = _by_code()


class Frame(NamedTuple):
    """One Wasm frame: function index and, when the name section has them, names."""

    function_index: int
    module_name: str | None
    function_name: str | None


class Fault(NamedTuple):
    """Why a call stopped, wasmtime's text, and up to MAX_FRAMES frames, innermost first."""

    kind: FaultKind
    message: str
    frames: tuple[Frame, ...]


TrapReader = Callable[[int], tuple[int | None, tuple[Frame, ...]]]
"""Gives a trap's code, if it has one, and its frames."""


def read_trap(trap: int) -> tuple[int | None, tuple[Frame, ...]]:
    """Be the TrapReader that needs nothing compiled."""
    code = ctypes.c_uint8()
    has_code = capi.wasmtime_trap_code(trap, code)
    frames = capi.FrameVec()
    capi.wasm_trap_trace(trap, frames)
    return code.value if has_code else None, _take_frames(frames)


def take_trap(read: TrapReader, trap: int) -> Fault:
    """Turn a wasm_trap_t into a Fault, and free it."""
    try:
        code, frames = read(trap)
        kind, message = _BY_CODE.get(code, (FaultKind.OTHER, ""))
        return Fault(kind, message or _trap_message(trap), frames)
    finally:
        capi.wasm_trap_delete(trap)


def take_call_error(error: int) -> Fault:
    """Turn a wasmtime_error_t that ended a call into a Fault, and free it.

    The one error known to end a call is a full exception heap: the memory limit bounds it too,
    and 64 KiB hold more than a thousand exceptions that are alive at the same time.
    """
    frames = capi.FrameVec()
    capi.wasmtime_error_wasm_trace(error, frames)
    trace = _take_frames(frames)
    text = capi.take_error(error, innermost=True)
    full = "GC heap out of memory" in text
    return Fault(FaultKind.EXCEPTION_HEAP_FULL if full else FaultKind.OTHER, text, trace)


def _trap_message(trap: int) -> str:
    message = capi.ByteVec()
    capi.wasm_trap_message(trap, message)
    return capi.innermost_cause(capi.take_bytes(message))


def _take_frames(frames: capi.FrameVec) -> tuple[Frame, ...]:
    try:
        return tuple(map(_frame, frames.data[: min(frames.size, MAX_FRAMES)]))
    finally:
        capi.wasm_frame_vec_delete(frames)


def _frame(frame: int) -> Frame:
    return Frame(
        capi.wasm_frame_func_index(frame),
        _name(capi.wasmtime_frame_module_name(frame)),
        _name(capi.wasmtime_frame_func_name(frame)),
    )


def _name(name: int | None) -> str | None:
    if not name:
        return None
    return capi.borrow_bytes(capi.ByteVec.from_address(name)).decode("utf-8", "replace")
