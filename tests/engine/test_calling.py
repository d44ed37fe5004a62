"""The compiled call and the one of ctypes do the same; which is taken is chosen once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.guest import Guest
from unpoison.engine import IS_COMPILED, Fault, FaultKind
from unpoison.engine.calling import raw_caller

Make = Callable[..., Guest]

BUILT = importlib.util.find_spec("unpoison.engine._native") is not None

GUEST = """(module
    (import "host" "call" (func $host (param i32) (result i32)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "trap") unreachable)
    (func (export "ask") (param i32) (result i32) (call $host (local.get 0)))
    (func (export "spin") (loop (br 0)))
)"""


@pytest.fixture(params=["ctypes", "compiled"])
def native(request: pytest.FixtureRequest) -> Any:
    if request.param == "ctypes":
        return None
    if not BUILT:
        pytest.skip("the compiled module was not built here")
    from unpoison.engine._native import Caller

    return Caller


def caller(one: Guest, name: str, native: Any) -> Callable[[], int | None]:
    handle = one.exports.function(name).handle
    return raw_caller(one.store._context_argument, handle, one.slots, 2, native)


def test_arguments_and_results_are_in_the_slots(guest: Make, native: Any) -> None:
    one = guest(GUEST)
    add = caller(one, "add", native)
    for number in range(3):
        one.slots.i32[0], one.slots.i32[4] = number, -5
        assert add() is None
        assert one.slots.i32[0] == number - 5
        assert not one.slots.trap


def test_a_trap_sets_its_cell_and_is_no_error(guest: Make, native: Any) -> None:
    one = guest(GUEST)
    assert caller(one, "trap", native)() is None
    assert one.slots.trap
    assert one.store.take_fault().kind is FaultKind.UNREACHABLE
    assert not one.slots.trap


def test_an_error_that_is_no_trap_is_given_as_its_address(guest: Make, native: Any) -> None:
    one = guest("""(module
        (tag $t)
        (func (export "fill") (local exnref) (loop (br 0)))
    )""")
    # The one way to such an error that needs no full exception heap: a callback that says stop.
    from unpoison.engine import capi

    def stop(_context: object, _data: object, delta: Any, kind: Any) -> None:
        delta[0], kind[0] = capi.NEXT_EPOCH, capi.STOP

    callback = capi.EPOCH_CALLBACK(stop)
    capi.wasmtime_store_epoch_deadline_callback(one.store._pointer, callback, None, None)
    capi.wasmtime_context_set_epoch_deadline(one.store.context, 0)
    error = caller(one, "fill", native)()
    assert isinstance(error, int)
    assert not one.slots.trap
    assert isinstance(one.store.take_fault(error), Fault)


def test_the_host_function_may_call_again(guest: Make, native: Any) -> None:
    calls: list[int] = []

    def host(number: int) -> int:
        calls.append(number)
        if number < 3:
            one.slots.i32[0] = number + 1
            assert again() is None
            return int(one.slots.i32[0]) + 1
        return 100

    one = guest(GUEST, host=host)
    again = caller(one, "ask", native)
    one.slots.i32[0] = 0
    assert again() is None
    assert one.slots.i32[0] == 103
    assert calls == [0, 1, 2, 3]


def test_other_threads_run_while_the_guest_does(guest: Make, native: Any) -> None:
    """A thread that Python alone can end a spinning guest with proves that the GIL is free."""
    one = guest(GUEST)
    spin = caller(one, "spin", native)
    entered = threading.Event()

    def end() -> None:
        assert entered.wait(30)
        from unpoison.engine import capi

        capi.wasmtime_engine_increment_epoch(one.store.engine.pointer)

    from unpoison.engine import capi

    capi.wasmtime_context_set_epoch_deadline(one.store.context, 1)
    thread = threading.Thread(target=end)
    thread.start()
    entered.set()
    assert spin() is None
    thread.join()
    assert one.store.take_fault().kind is FaultKind.INTERRUPT


def test_a_call_takes_no_arguments(guest: Make, native: Any) -> None:
    if native is None:
        pytest.skip("ctypes passes on what it is given; the generated code gives nothing")
    with pytest.raises(TypeError):
        caller(guest(GUEST), "add", native)(1)  # type: ignore[call-arg]


def test_a_caller_keeps_its_slots(guest: Make, native: Any) -> None:
    one = guest(GUEST)
    buffer = one.slots.buffer
    counts = [sys.getrefcount(buffer)]
    kept = caller(one, "add", native)
    kept()
    counts.append(sys.getrefcount(buffer))
    del kept
    counts.append(sys.getrefcount(buffer))
    assert counts[0] == counts[2]
    if native is not None:  # ctypes keeps it behind an object of its own
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


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the module is private there")
def test_a_sub_interpreter_takes_the_pure_path() -> None:
    code = (
        "import _xxsubinterpreters as interpreters\n"
        "import unpoison.engine\n"
        "text = 'from unpoison.engine import IS_COMPILED; print(IS_COMPILED)'\n"
        "interpreters.run_string(interpreters.create(), text)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
