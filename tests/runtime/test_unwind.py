"""What a fault means: reason, message, backtrace."""

from __future__ import annotations

import pytest

from unpoison import AbortReason
from unpoison.engine import Fault, FaultKind, Frame
from unpoison.runtime.unwind import (
    LOW_STACK,
    Circumstances,
    abort_message,
    backtrace,
    classify,
    panic_message,
)

CALM = Circumstances(
    stack_pointer=1 << 19,
    stack_top=1 << 20,
    memory_limited=False,
    console_error=None,
    can_unwind=True,
)


def fault(kind: FaultKind, *names: str, module: str = "counter.wasm") -> Fault:
    frames = tuple(Frame(n, module, name) for n, name in enumerate(names))
    return Fault(kind, kind.value, frames)


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_has_a_reason(kind: FaultKind) -> None:
    assert isinstance(classify(fault(kind, "f"), CALM), AbortReason)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultKind.STACK_OVERFLOW, AbortReason.STACK_OVERFLOW),
        (FaultKind.MEMORY_OUT_OF_BOUNDS, AbortReason.OUT_OF_BOUNDS),
        (FaultKind.TABLE_OUT_OF_BOUNDS, AbortReason.INDIRECT_CALL),
        (FaultKind.INDIRECT_CALL_TO_NULL, AbortReason.INDIRECT_CALL),
        (FaultKind.BAD_SIGNATURE, AbortReason.INDIRECT_CALL),
        (FaultKind.INTEGER_DIVISION_BY_ZERO, AbortReason.ARITHMETIC),
        (FaultKind.INTEGER_OVERFLOW, AbortReason.ARITHMETIC),
        (FaultKind.BAD_CONVERSION_TO_INTEGER, AbortReason.ARITHMETIC),
        (FaultKind.INTERRUPT, AbortReason.TIME_LIMIT),
        (FaultKind.OUT_OF_FUEL, AbortReason.CPU_LIMIT),
        (FaultKind.UNREACHABLE, AbortReason.UNREACHABLE),
    ],
)
def test_a_kind_of_fault_is_a_reason(kind: FaultKind, reason: AbortReason) -> None:
    assert classify(fault(kind, "f"), CALM) is reason


@pytest.mark.parametrize(
    ("names", "limited", "reason"),
    [
        (("alloc::alloc::handle_alloc_error",), False, AbortReason.OUT_OF_MEMORY),
        (("alloc::alloc::handle_alloc_error",), True, AbortReason.MEMORY_LIMIT),
        (("abort", "__wbindgen_malloc"), True, AbortReason.MEMORY_LIMIT),
        (("std::process::abort", "__wbindgen_realloc"), False, AbortReason.OUT_OF_MEMORY),
        (("abort", "std::panicking::rust_panic"), False, AbortReason.PANIC),
        (("f", "__wbindgen_malloc"), False, AbortReason.UNREACHABLE),
    ],
)
def test_the_way_to_an_unreachable_tells_why(
    names: tuple[str, ...], limited: bool, reason: AbortReason
) -> None:
    around = CALM._replace(memory_limited=limited)
    assert classify(fault(FaultKind.UNREACHABLE, *names), around) is reason


@pytest.mark.parametrize("pointer", [-16, 0, LOW_STACK - 1])
def test_out_of_bounds_with_a_used_up_stack_is_a_stack_overflow(pointer: int) -> None:
    around = CALM._replace(stack_pointer=pointer)
    assert classify(fault(FaultKind.MEMORY_OUT_OF_BOUNDS), around) is AbortReason.STACK_OVERFLOW


def test_a_tiny_stack_is_not_taken_for_a_used_up_one() -> None:
    around = CALM._replace(stack_pointer=LOW_STACK - 1, stack_top=LOW_STACK)
    assert classify(fault(FaultKind.MEMORY_OUT_OF_BOUNDS), around) is AbortReason.OUT_OF_BOUNDS


def test_a_panic_text_makes_an_unreachable_a_panic_only_where_panics_abort() -> None:
    around = CALM._replace(console_error="panicked at src/lib.rs:1:1:\nboom")
    unreachable = fault(FaultKind.UNREACHABLE, "f")
    assert classify(unreachable, around) is AbortReason.UNREACHABLE
    assert classify(unreachable, around._replace(can_unwind=False)) is AbortReason.PANIC


def test_a_panic_text_is_known_by_its_words() -> None:
    assert panic_message(None) is None
    assert panic_message("something else") is None
    text = "panicked at src/lib.rs:1:1:\nboom"
    assert panic_message(f"{text}\n\nStack:\n\nError\n  at x") == text


def test_own_frames_are_not_in_the_backtrace() -> None:
    frames = (
        Frame(1, "counter.wasm", "_ZN7counter4boom17h0123456789abcdefE"),
        Frame(2, "unpoison entries", "boom"),
        Frame(3, "counter.wasm", "unpoison stub"),
        Frame(4, "counter.wasm", None),
    )
    assert backtrace(frames) == ("counter::boom", "function 4")


def test_the_message_says_what_where_and_what_to_do() -> None:
    frames = ("a", "b", "c", "d", "e")
    message = abort_message(AbortReason.MEMORY_LIMIT, "unreachable", frames, None)
    assert message.startswith("Rust aborted (memory limit): unreachable; in a < b < c;")
    assert "Limits(memory=" in message
    assert message.endswith("no code of this instance runs any more")


def test_the_message_of_a_panic_has_its_text() -> None:
    text = "panicked at src/lib.rs:1:1:\nboom"
    assert text in abort_message(AbortReason.PANIC, "unreachable", (), text)
    assert text not in abort_message(AbortReason.UNREACHABLE, "unreachable", (), text)
