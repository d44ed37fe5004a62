"""Every way a call can stop, told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine import Fault, FaultKind
from unpoison.engine.faults import MAX_FRAMES

Make = Callable[..., Guest]

TRAPS = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (memory (export "memory") 1)
    (table $t 4 funcref)
    (type $none (func))
    (type $one (func (param i32)))
    (type $array (array (mut i32)))
    (tag $tag (param i32))
    (elem (i32.const 1) $nothing)
    (func $nothing)
    (func $deep (export "stack_overflow") (call $deep))
    (func (export "memory_out_of_bounds") (drop (i32.load (i32.const 65536))))
    (func (export "memory_out_of_bounds_below") (drop (i32.load (i32.const -4))))
    (func (export "heap_misaligned") (drop (i32.atomic.load (i32.const 1))))
    (func (export "table_out_of_bounds") (call_indirect (type $none) (i32.const 4)))
    (func (export "indirect_call_to_null") (call_indirect (type $none) (i32.const 0)))
    (func (export "bad_signature") (call_indirect (type $one) (i32.const 1) (i32.const 1)))
    (func (export "integer_overflow")
        (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
    (func (export "integer_division_by_zero") (drop (i32.div_u (i32.const 1) (i32.const 0))))
    (func (export "bad_conversion_to_integer") (drop (i32.trunc_f64_s (f64.const nan))))
    (func $inner (export "unreachable") unreachable)
    (func (export "null_reference") (throw_ref (ref.null exn)))
    (func (export "array_out_of_bounds")
        (drop (array.get $array (array.new_default $array (i32.const 1)) (i32.const 1))))
    (func (export "allocation_too_large")
        (drop (array.new_default $array (i32.const -1))))
    (func (export "cast_failure") (drop (ref.cast (ref $array) (ref.i31 (i32.const 1)))))
    (func (export "uncaught_exception") (throw $tag (i32.const 7)))
    (func $outer (export "three_deep") (call $middle))
    (func $middle nop (call $inner))
    (func (export "fine") (result i32) (i32.const 5))
)"""

KINDS = {
    "stack_overflow": FaultKind.STACK_OVERFLOW,
    "memory_out_of_bounds": FaultKind.MEMORY_OUT_OF_BOUNDS,
    "memory_out_of_bounds_below": FaultKind.MEMORY_OUT_OF_BOUNDS,
    "heap_misaligned": FaultKind.HEAP_MISALIGNED,
    "table_out_of_bounds": FaultKind.TABLE_OUT_OF_BOUNDS,
    "indirect_call_to_null": FaultKind.INDIRECT_CALL_TO_NULL,
    "bad_signature": FaultKind.BAD_SIGNATURE,
    "integer_overflow": FaultKind.INTEGER_OVERFLOW,
    "integer_division_by_zero": FaultKind.INTEGER_DIVISION_BY_ZERO,
    "bad_conversion_to_integer": FaultKind.BAD_CONVERSION_TO_INTEGER,
    "unreachable": FaultKind.UNREACHABLE,
    "null_reference": FaultKind.NULL_REFERENCE,
    "array_out_of_bounds": FaultKind.ARRAY_OUT_OF_BOUNDS,
    "allocation_too_large": FaultKind.ALLOCATION_TOO_LARGE,
    "cast_failure": FaultKind.CAST_FAILURE,
    "uncaught_exception": FaultKind.UNCAUGHT_EXCEPTION,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_trap_has_its_kind_and_the_instance_stays_callable(
    guest: Make, name: str, kind: FaultKind
) -> None:
    one = guest(TRAPS)
    fault = one.fault(name)
    assert fault.kind is kind
    assert fault.message == kind.value
    assert one.call("fine") == 5


def test_a_trap_after_an_uncaught_exception_is_still_told_apart(guest: Make) -> None:
    one = guest(TRAPS)
    assert one.fault("uncaught_exception").kind is FaultKind.UNCAUGHT_EXCEPTION
    assert one.fault("unreachable").kind is FaultKind.UNREACHABLE
    assert one.fault("uncaught_exception").kind is FaultKind.UNCAUGHT_EXCEPTION


def test_frames_are_innermost_first_with_names_from_the_name_section(guest: Make) -> None:
    frames = guest(TRAPS).fault("three_deep").frames
    assert [frame.function_name for frame in frames] == ["inner", "middle", "outer"]
    assert frames[0].function_index < frames[1].function_index


def test_frames_carry_the_name_of_their_module(guest: Make) -> None:
    one = guest('(module $named (func $f (export "f") unreachable))')
    assert one.fault("f").frames[0].module_name == "named"


def test_a_stack_overflow_has_a_bounded_backtrace(guest: Make) -> None:
    frames = guest(TRAPS).fault("stack_overflow").frames
    assert 10 < len(frames) <= MAX_FRAMES
    assert {frame.function_name for frame in frames} == {"deep"}


HOLDING = """(module (memory 1) (tag $t)
    (func $hold (export "hold") (param i32) (local exnref)
        (if (i32.eqz (local.get 0)) (then (return)))
        (block $caught (result exnref) (try_table (catch_all_ref $caught) (throw $t)) unreachable)
        (local.set 1)
        (call $hold (i32.sub (local.get 0) (i32.const 1)))
        (drop (ref.is_null (local.get 1)))))"""


def test_more_live_exceptions_than_the_limit_holds_are_a_fault_of_their_own(guest: Make) -> None:
    assert guest(HOLDING, memory_limit=1 << 20).call("hold", 5000) == 5000
    one = guest(HOLDING, memory_limit=65536)
    assert one.call("hold", 1000) == 1000
    fault = one.fault("hold", 5000)
    assert fault.kind is FaultKind.EXCEPTION_HEAP_FULL
    assert fault.message.startswith("GC heap out of memory")
    assert fault.frames[0].function_name == "hold"
    assert one.call("hold", 1000) == 1000


def test_a_fault_is_taken_once(guest: Make) -> None:
    one = guest(TRAPS)
    one.fault("unreachable")
    assert not one.slots.trap
    assert one.store.take_fault() == Fault(FaultKind.OTHER, "no fault", ())


def test_a_hundred_thousand_faults_leave_memory_flat(
    guest: Make, resident: Callable[[], int]
) -> None:
    one = guest(TRAPS)
    call = one.store.caller(one.exports.function("unreachable"), 1)

    def fail(times: int) -> None:
        for _ in range(times):
            call()
            one.store.take_fault()

    fail(2_000)
    before = resident()
    fail(20_000)
    assert resident() - before < 1 << 20
