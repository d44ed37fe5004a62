"""The compiled call and the one of ctypes do the same; which is taken is chosen once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.guest import Guest
from unpoison import engine
from unpoison.engine import IS_COMPILED, FaultKind

Make = Callable[..., Guest]

BUILT = importlib.util.find_spec("unpoison.engine._native") is not None

GUEST = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "trap") unreachable)
    (func (export "ask") (param i32) (result i32) (call $host (local.get 0)))
    (func (export "spin") (loop (br 0)))
)"""

LONG = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func $wait (param i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "run") (param i32) (result i32)
        (call $wait (i32.const 50000000))
        (local.set 0 (call $host (local.get 0)))
        (call $wait (i32.const 50000000))
        (i32.add (local.get 0) (i32.const 1)))
)"""


def caller(one: Guest, name: str) -> Callable[[], int | None]:
    return one.store.caller(one.exports.function(name), 2)


def test_arguments_and_results_are_in_the_slots(guest: Make) -> None:
    one = guest(GUEST)
    add = caller(one, "add")
    for number in range(3):
        one.slots.i32[0], one.slots.i32[4] = number, -5
        assert add() is None
        assert one.slots.i32[0] == number - 5
        assert not one.slots.trap


def test_a_trap_sets_its_cell_and_is_no_error(guest: Make) -> None:
    one = guest(GUEST)
    assert caller(one, "trap")() is None
    assert one.slots.trap
    assert one.store.take_fault().kind is FaultKind.UNREACHABLE
    assert not one.slots.trap


def test_an_error_that_is_no_trap_is_given_as_its_address(guest: Make) -> None:
    one = guest(GUEST)
    with one.store.deadline(0.01):
        error = caller(one, "spin")()
        assert (isinstance(error, int) and not one.slots.trap) or (one.slots.trap and not error)
        assert one.store.take_fault(error).kind is FaultKind.INTERRUPT


def test_the_host_function_may_call_again(guest: Make) -> None:
    calls: list[int] = []

    def host(number: int) -> int:
        calls.append(number)
        if number < 3:
            one.slots.i32[0] = number + 1
            assert again() is None
            return int(one.slots.i32[0]) + 1
        return 100

    one = guest(GUEST, host=host)
    again = caller(one, "ask")
    one.slots.i32[0] = 0
    assert again() is None
    assert one.slots.i32[0] == 103
    assert calls == [0, 1, 2, 3]


def test_other_threads_run_while_the_guest_does(guest: Make) -> None:
    """What a thread of Python does meanwhile proves that the GIL is free."""
    one = guest(GUEST)
    count, ended = 0, threading.Event()

    def work() -> None:
        nonlocal count
        while not ended.wait(0.002):
            count += 1

    thread = threading.Thread(target=work)
    thread.start()
    with one.store.deadline(0.2):
        error = caller(one, "spin")()
    ended.set()
    thread.join()
    assert one.store.take_fault(error).kind is FaultKind.INTERRUPT
    assert count > 3


def test_guests_in_two_threads_run_at_the_same_time(guest: Make) -> None:
    """Each waits, in its guest's host function, until the other is there too."""
    both = threading.Barrier(2, timeout=30)
    outcomes: list[object] = []

    def run() -> None:
        one = guest(GUEST, host=lambda number: both.wait() * 0 + 7)
        one.slots.i32[0] = 1
        outcomes.append((caller(one, "ask")(), int(one.slots.i32[0])))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [(None, 7), (None, 7)]


def test_a_host_function_may_be_called_after_the_gil_was_released(guest: Make) -> None:
    """A long run of the guest, a call of the host, a long run again, nested twice."""
    one = guest(LONG, host=lambda number: number if number else again())
    run = caller(one, "run")

    def again() -> int:
        one.slots.i32[0] = 1
        assert run() is None
        return int(one.slots.i32[0])

    one.slots.i32[0] = 0
    assert run() is None
    assert one.slots.i32[0] == 3  # 1 of the inner host call, and 1 for each level


def test_a_call_takes_no_arguments(guest: Make) -> None:
    if not IS_COMPILED:
        pytest.skip("ctypes passes on what it is given; the generated code gives nothing")
    with pytest.raises(TypeError):
        caller(guest(GUEST), "add")(1)  # type: ignore[call-arg]


def test_a_caller_keeps_its_slots(guest: Make) -> None:
    one = guest(GUEST)
    buffer = one.slots.buffer
    counts = [sys.getrefcount(buffer)]
    kept = caller(one, "add")
    kept()
    counts.append(sys.getrefcount(buffer))
    del kept
    counts.append(sys.getrefcount(buffer))
    assert counts[0] == counts[2]
    if IS_COMPILED:  # ctypes keeps it behind an object of its own
        assert counts[1] == counts[0] + 1


@pytest.mark.parametrize(("value", "compiled"), [("1", False), ("0", BUILT), ("", BUILT)])
def test_the_environment_chooses_the_path(value: str, compiled: bool) -> None:
    code = "from unpoison.engine import IS_COMPILED; print(IS_COMPILED)"
    environment = {**os.environ, "UNPOISON_PURE": value}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == str(compiled)


def test_the_path_of_this_run_is_the_one_asked_for() -> None:
    pure = os.environ.get("UNPOISON_PURE", "0") not in ("", "0")
    assert (BUILT and not pure) == IS_COMPILED


SUB_INTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import unpoison.engine

TEXT = '''
try:
    from unpoison.engine import IS_COMPILED
except ImportError as error:
    print("ImportError:", error)
else:
    print(IS_COMPILED)
'''
interpreters.run_string(interpreters.create(), TEXT)
"""


def test_a_sub_interpreter_takes_the_pure_path_or_says_why_not() -> None:
    command = [sys.executable, "-c", SUB_INTERPRETER]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    refused = "ImportError: module _ctypes does not support loading in subinterpreters"
    assert ran.stdout.strip() in ({"False", refused} if sys.version_info >= (3, 12) else {"False"})


def test_the_compiled_module_does_not_declare_itself_safe_without_the_gil() -> None:
    folder = Path(engine.__file__).parent
    sources = [folder / "_native.pyx", *(folder / "native").iterdir()]
    assert len(sources) > 5
    declared = ("freethreading_compatible", "Py_MOD_GIL_NOT_USED", "Py_mod_gil")
    assert [file.name for file in sources if any(it in file.read_text() for it in declared)] == []
