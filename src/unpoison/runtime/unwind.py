"""What a fault means: the engine's Fault -> AbortReason, message and Rust backtrace. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from unpoison.bindgen import MALLOC, REALLOC, STUB
from unpoison.engine import Fault, FaultKind, Frame
from unpoison.errors import AbortReason
from unpoison.symbols import demangle

_BY_KIND = {
    FaultKind.STACK_OVERFLOW: AbortReason.STACK_OVERFLOW,
    FaultKind.MEMORY_OUT_OF_BOUNDS: AbortReason.OUT_OF_BOUNDS,
    FaultKind.HEAP_MISALIGNED: AbortReason.OUT_OF_BOUNDS,
    FaultKind.ARRAY_OUT_OF_BOUNDS: AbortReason.OUT_OF_BOUNDS,
    FaultKind.TABLE_OUT_OF_BOUNDS: AbortReason.INDIRECT_CALL,
    FaultKind.INDIRECT_CALL_TO_NULL: AbortReason.INDIRECT_CALL,
    FaultKind.BAD_SIGNATURE: AbortReason.INDIRECT_CALL,
    FaultKind.NULL_REFERENCE: AbortReason.INDIRECT_CALL,
    FaultKind.INTEGER_OVERFLOW: AbortReason.ARITHMETIC,
    FaultKind.INTEGER_DIVISION_BY_ZERO: AbortReason.ARITHMETIC,
    FaultKind.BAD_CONVERSION_TO_INTEGER: AbortReason.ARITHMETIC,
    FaultKind.INTERRUPT: AbortReason.TIME_LIMIT,
    FaultKind.CPU_LIMIT: AbortReason.CPU_LIMIT,
    FaultKind.OUT_OF_FUEL: AbortReason.CPU_LIMIT,
    FaultKind.ALLOCATION_TOO_LARGE: AbortReason.OUT_OF_MEMORY,
    FaultKind.UNCAUGHT_EXCEPTION: AbortReason.UNREACHABLE,
    FaultKind.EXCEPTION_HEAP_FULL: AbortReason.UNREACHABLE,
    FaultKind.OTHER: AbortReason.UNREACHABLE,
}

# Symbols of Rust's std on the way to the `unreachable` of each kind of death.
_OUT_OF_MEMORY = ("handle_alloc_error", "alloc_error_handler", "rust_oom", "malloc_failure")
# Not all of std::panicking: its catch_unwind is below every export of an unwind module.
_PANIC = (
    "core::panicking", "begin_panic", "panic_with_hook", "rust_begin_unwind", "rust_panic",
    "__rust_start_panic", "panic_abort",
)  # fmt: skip
_ALLOCATORS = (MALLOC, REALLOC)

_ENDINGS = ("abort", "std::process")


class Role(Enum):
    """What a function of Rust's std says about a death, when it is on the stack."""

    OUT_OF_MEMORY = "out of memory"
    PANIC = "panic"
    ALLOCATOR = "allocator"
    ENDING = "ending"  # it says nothing, whoever called it may


class Symbol(NamedTuple):
    """A function's name for people, and what it says."""

    readable: str
    role: Role | None


_CRATE_HASH = re.compile(r"_[0-9a-f]{16}$")


@lru_cache(maxsize=512)
def read_symbol(name: str) -> Symbol:
    """Tell what a name of the name section means."""
    plain = demangle(name)
    role = None
    if any(part in plain for part in _OUT_OF_MEMORY):
        role = Role.OUT_OF_MEMORY
    elif any(part in plain for part in _PANIC):
        role = Role.PANIC
    elif plain in _ALLOCATORS:
        role = Role.ALLOCATOR
    elif plain.startswith(_ENDINGS):
        role = Role.ENDING
    return Symbol(_CRATE_HASH.sub("", plain), role)


_OWN_MODULE = "unpoison entries"

LOW_STACK = 16 * 1024
"""A stack pointer below this, of a stack that is larger, means that the next frame did not fit."""

_ADVICE = {
    AbortReason.STACK_OVERFLOW: "the recursion is deeper than the stack",
    AbortReason.OUT_OF_MEMORY: "the guest's allocator failed",
    AbortReason.CPU_LIMIT: "raise limits=Limits(cpu=...), or the budget, if it needs more",
    AbortReason.MEMORY_LIMIT: "raise limits=Limits(memory=...) if it needs more",
    AbortReason.HOST_EXCEPTION: "only a panic=unwind module is cleaned up when an import raises",
    AbortReason.PANIC: "a panic fails its own call only in a panic=unwind module, "
    "and outside of destructors that the host runs and of *_aborting closures",
}


class Circumstances(NamedTuple):
    """What is known at the border beside the fault.

    `stack_pointer` is signed, `stack_top` where it began; `console_error` is the last text that
    the generation gave to console.error; `can_unwind` is false for panic=abort modules.
    """

    stack_pointer: int
    stack_top: int
    memory_limited: bool
    console_error: str | None
    can_unwind: bool


def classify(fault: Fault, around: Circumstances) -> AbortReason:
    """Tell why the instance died."""
    reason = _BY_KIND.get(fault.kind)
    if reason is None:
        return _classify_unreachable(fault.frames, around)
    if fault.kind is FaultKind.MEMORY_OUT_OF_BOUNDS and _stack_is_exhausted(around):
        return AbortReason.STACK_OVERFLOW
    return reason


def _classify_unreachable(frames: Sequence[Frame], around: Circumstances) -> AbortReason:
    roles = [read_symbol(frame.function_name).role
             for frame in frames
             if frame.function_name is not None and not _is_own(frame)]  # fmt: skip
    first = next((role for role in roles if role is not Role.ENDING), None)
    if Role.OUT_OF_MEMORY in roles or first is Role.ALLOCATOR:
        limited = around.memory_limited
        return AbortReason.MEMORY_LIMIT if limited else AbortReason.OUT_OF_MEMORY
    if Role.PANIC in roles:
        return AbortReason.PANIC
    if not around.can_unwind and panic_message(around.console_error) is not None:
        return AbortReason.PANIC
    return AbortReason.UNREACHABLE


def _stack_is_exhausted(around: Circumstances) -> bool:
    # rustc puts the stack first, growing down to address 0: an overflow wraps the pointer.
    if around.stack_pointer < 0:
        return True
    return around.stack_pointer < LOW_STACK < around.stack_top


def panic_message(console_error: str | None) -> str | None:
    """Give the panic's text from what a panic hook printed, None when it is not a panic's."""
    if console_error is None or "panicked at" not in console_error:
        return None
    return console_error.partition("\n\nStack:")[0].strip()


_CRATES = ("std::", "core::", "alloc::", "__rust", "rust_", "abort", "wasm_bindgen", "js_sys::")
_LIBRARY = (*_CRATES, *(f"<{crate}" for crate in _CRATES))


def backtrace(frames: Sequence[Frame]) -> tuple[str, ...]:
    """Give the guest's frames, innermost first, with Rust names demangled."""
    return tuple(
        read_symbol(frame.function_name or f"function {frame.function_index}").readable
        for frame in frames
        if not _is_own(frame)
    )


ENDED = "no code of this instance runs any more"
UNDONE = "the call was rolled back, and the instance goes on as if it had not been made"
LOST = (
    "calls that have answered since it could be gone back to would lose their effects, "
    "so the instance starts afresh"
)


def abort_message(
    reason: AbortReason,
    detail: str,
    frames: Sequence[str],
    console_error: str | None,
    end: str = ENDED,
) -> str:
    """Give the text of the AbortError: what, where, what to do, and what comes of the instance."""
    panic = panic_message(console_error) if reason is AbortReason.PANIC else None
    what = f"Rust aborted ({reason.value}): {panic or detail}"
    own = [name for name in frames if not name.startswith(_LIBRARY)] or frames
    where = f"; in {' < '.join(own[:3])}" if own else ""
    advice = _ADVICE.get(reason)
    tail = f"; {advice}" if advice else ""
    return f"{what}{where}{tail}; {end}"


def _is_own(frame: Frame) -> bool:
    return frame.module_name == _OWN_MODULE or frame.function_name == STUB
