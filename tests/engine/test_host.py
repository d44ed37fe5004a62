"""The one host function: Python called by Wasm, and what happens when it fails."""

from __future__ import annotations

import _thread
import dis
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine import IS_COMPILED, FaultKind
from unpoison.engine.host import TRAP_STATUS, cover_entry

Make = Callable[..., Guest]

# As the generated entries do it: -1 is good, -2 throws, anything else traps.
CALLING = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (tag $own (param i32))
    (global $cleaned (export "cleaned") (mut i32) (i32.const 0))
    (func (export "raw") (param i32) (result i32) (call $host (local.get 0)))
    (func $import (export "import") (param $k i32) (result i32)
        (local $status i32)
        (local.set $status (call $host (local.get $k)))
        (if (i32.eq (local.get $status) (i32.const -2)) (then (throw $own (local.get $k))))
        (if (i32.ne (local.get $status) (i32.const -1)) (then unreachable))
        (i32.const 1))
    (func (export "enter") (param $k i32) (result i32)
        (block $caught (result i32)
            (try_table (catch $own $caught)
                (return (call $import (local.get $k))))
            unreachable)
        (i32.add (i32.const 1000)))
)"""


def test_the_host_gets_the_number_and_the_guest_the_answer(guest: Make) -> None:
    assert guest(CALLING, host=lambda k: k * 2).call("raw", -21) == -42


def test_status_minus_two_is_thrown_and_caught_inside_wasm(guest: Make) -> None:
    assert guest(CALLING, host=lambda k: -2).call("enter", 7) == 1007


@pytest.mark.parametrize(
    "error", [ValueError("v"), KeyboardInterrupt(), SystemExit(3), GeneratorExit(), MemoryError()]
)
def test_an_exception_never_escapes_but_is_kept_and_the_guest_traps(
    guest: Make, error: BaseException, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(k: int) -> int:
        raise error

    one = guest(CALLING, host=fail)
    assert one.fault("import", 3).kind is FaultKind.UNREACHABLE
    assert one.store.take_host_failure() is error
    assert one.store.take_host_failure() is None
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("answer", [None, "x", 1.5])
def test_an_answer_that_is_no_status_is_a_failure(guest: Make, answer: object) -> None:
    one = guest(CALLING, host=lambda k: answer)
    assert one.fault("import", 3).kind is FaultKind.UNREACHABLE
    assert isinstance(one.store.take_host_failure(), TypeError)


def test_wasm_and_host_nest_ten_deep_over_one_slot_buffer(guest: Make) -> None:
    depths: list[int] = []

    def host(k: int) -> int:
        depths.append(k)
        if k < 10:
            assert one.call("import", k + 1) == 1
        return -1

    one = guest(CALLING, host=host)
    assert one.call("import", 1) == 1
    assert depths == list(range(1, 11))


def test_each_level_has_its_own_exception(guest: Make) -> None:
    inner: list[object] = []

    def host(k: int) -> int:
        if k == 0:
            return -2
        inner.append(one.call("enter", k - 1))
        return -2 if k % 2 else -1

    one = guest(CALLING, host=host)
    assert one.call("enter", 5) == 1005
    assert inner == [1000, 1001, 1, 1003, 1]


def test_a_trap_of_an_inner_call_leaves_the_outer_frames_alone(guest: Make) -> None:
    def host(k: int) -> int:
        if k:
            assert one.fault("import", 0).kind is FaultKind.UNREACHABLE
            return -1
        return 5

    one = guest(CALLING, host=host)
    assert one.call("import", 1) == 1


def test_endless_nesting_ends_in_a_fault_not_in_a_crash(guest: Make) -> None:
    deepest = 0

    def host(k: int) -> int:
        nonlocal deepest
        deepest = k
        return -1 if one.call("import", k + 1) == 1 else 0

    one = guest(CALLING, host=host)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        assert one.fault("import", 1).kind is FaultKind.UNREACHABLE
    finally:
        sys.setrecursionlimit(limit)
    assert deepest > 100


INTERRUPTED = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func (export "spin_then_call") (param i32) (result i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (call $host (i32.const 9))))"""


def test_ctrl_c_while_wasm_runs_reaches_the_embedder_at_the_next_import(
    guest: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    calls: list[int] = []
    one = guest(INTERRUPTED, host=lambda k: calls.append(k) or -1)
    threading.Timer(0.02, _thread.interrupt_main).start()
    assert one.call("spin_then_call", 200_000_000) == TRAP_STATUS
    assert isinstance(one.store.take_host_failure(), KeyboardInterrupt)
    assert calls == []
    assert capfd.readouterr().err == ""


def test_the_covered_code_has_the_same_handlers_from_its_first_instruction_on() -> None:
    def function() -> int:
        try:
            return len("")
        except ValueError:
            return 1

    before = dis._parse_exception_table(function.__code__)  # type: ignore[attr-defined]
    after = dis._parse_exception_table(cover_entry(function.__code__))  # type: ignore[attr-defined]
    assert after[0] == before[0]._replace(start=0)
    assert after[1:] == before[1:]


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals need it"
)
def test_a_keyboard_interrupt_at_any_moment_never_looks_like_success(guest: Make) -> None:
    """Interrupts rain on the callback; whatever they hit, a good status is a finished host call."""
    finished = 0
    is_armed = False

    def host(k: int) -> int:
        nonlocal finished
        for _ in range(3):
            pass
        finished += 1
        return -1

    one = guest(CALLING, host=host)
    call = one.store.caller(one.exports.function("import"), 1)
    unraisable: list[object] = []
    previous, sys.unraisablehook = sys.unraisablehook, unraisable.append
    stop = threading.Event()

    def interrupt(number: int, frame: object) -> None:
        # One drop a call: a second one would fall on what is done about the first.
        nonlocal is_armed
        if is_armed:
            is_armed = False
            raise KeyboardInterrupt

    def rain() -> None:
        while not stop.wait(0.0005):
            _thread.interrupt_main(signal.SIGINT)

    thread = threading.Thread(target=rain)
    handler = signal.signal(signal.SIGINT, interrupt)
    good = hit = 0
    try:
        thread.start()
        while hit < 30:
            try:
                finished, one.slots.i32[0] = 0, 9
                is_armed = True
                if call() or one.slots.trap:
                    hit += one.store.take_fault().kind is FaultKind.UNREACHABLE
                    one.store.take_host_failure()
                else:
                    good += 1
                    assert finished == 1
                is_armed = False
            except KeyboardInterrupt:
                one.slots.trap.value and one.store.take_fault()
    finally:
        stopped = False
        while not stopped:
            try:
                stop.set()
                thread.join()
                stopped = True
            except KeyboardInterrupt:
                continue
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = previous
    assert good > 0


OVERFULL = """
import sys
from wasmtime import wat2wasm
from unpoison.engine import Engine, Slots, Store

WORD = "(i64.const 0x4141414141414141)"
GUEST = f'''(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func $fill (param i32 i64 i64 i64 i64) (result i64)
        (if (result i64) (local.get 0)
            (then (i64.add (local.get 2) (call $fill (i32.sub (local.get 0) (i32.const 1))
                (local.get 1) (local.get 1) (local.get 1) (local.get 1))))
            (else (local.get 1))))
    (func (export "go") (result i32)
        (drop (call $fill (i32.const 1000) {WORD} {WORD} {WORD} {WORD}))
        (call $host (i32.const 8))))'''
engine = Engine()
store = Store(engine, Slots(1))
store.define_host("host", "call", lambda k: -1)
exports = store.instantiate(engine.compile(bytes(wat2wasm(GUEST))))
call = store.caller(exports.function("go"), 1)
sys.unraisablehook = lambda lost: None

def deep(frames):
    return call() if frames == 0 else deep(frames - 1)

answers = set()
for frames in range(sys.getrecursionlimit() - 60, sys.getrecursionlimit()):
    try:
        answers.add((deep(frames), bool(store.slots.trap), store.slots.i32[0]))
    except RecursionError:
        break
print(sorted(answers))
"""


def test_a_callback_that_python_has_no_frame_for_gives_c_no_pointer_of_the_guest() -> None:
    """What the guest wrote on the stack would be freed as a trap: in a process of its own."""
    path = os.pathsep.join(sys.path)
    child = subprocess.run(
        [sys.executable, "-c", OVERFULL],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answers = [(None, False, -1), (None, False, TRAP_STATUS)]
    if not IS_COMPILED:  # ctypes cannot even say that it failed
        answers.append((None, False, 8))
    assert (child.returncode, child.stdout) == (0, f"{answers}\n")
