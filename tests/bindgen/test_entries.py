"""The entries module at work on a small guest: how a call goes in, and every way it comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import wasmtime

from tests.bindgen.binding import UNIT, exported, imported, interface
from unpoison.bindgen import (
    DEPTH,
    ENTRY_STACK_POINTER,
    GUEST,
    HOST,
    INSIDE,
    LEFT_BY_DEPTH,
    LEFT_BY_FOREIGN,
    LEFT_BY_PANIC,
    LEFT_BY_THROW,
    LEFT_BY_TRAP,
    LEFT_BY_WORD,
    LEFT_NORMALLY,
    MAILBOX,
    MAX_DEPTH,
    SHORT,
    STACK_POINTER,
    STATUS_RETURNED,
    STATUS_THROWN,
    Cast,
    Closure,
    ClosureShim,
    Extern,
    Function,
    Interface,
    Option,
    Result,
    Scalar,
    Shims,
    Str,
    make_shims,
)
from unpoison.bindgen.abi import raw_signature
from unpoison.engine import Engine, FaultKind, Slots, Store
from unpoison.wasm import Module

U32, F64, I64 = Scalar("u32"), Scalar("f64"), Scalar("i64")
STACK_TOP = 4096
WORD = 8192

GUEST_TEXT = """(module
  (type $closure (func (param i32 i32 i32) (result i32)))
  (import "env" "shim_ask" (func $ask (param i32 f64 i64) (result i32)))
  (import "env" "shim_text" (func $text (param i32)))
  (memory (export "memory") 1)
  (table 4 funcref)
  (elem (i32.const 2) $invoke)
  (global $sp (mut i32) (i32.const 4096))
  (tag $panic (param i32))
  (tag $other (param f64))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "nothing"))
  (func (export "pair") (param $area i32) (param $x f64)
    (i32.store (local.get $area) (i32.const 1))
    (f64.store offset=8 (local.get $area) (local.get $x)))
  (func (export "fails") (param $area i32)
    (i32.store (local.get $area) (i32.const 5))
    (i32.store offset=4 (local.get $area) (i32.const 1)))
  (func (export "panics") (global.set $sp (i32.sub (global.get $sp) (i32.const 48)))
    (throw $panic (i32.const 77)))
  (func (export "alien") (throw $other (f64.const 1)))
  (func (export "traps") (unreachable))
  (func (export "asks") (param i32) (result i32)
    (global.set $sp (i32.sub (global.get $sp) (i32.const 64)))
    (call $ask (local.get 0) (f64.const 2.5) (i64.const -3))
    (global.set $sp (i32.add (global.get $sp) (i32.const 64))))
  (func (export "catches") (result i32)
    (block (try_table (catch_all 0) (drop (call $ask (i32.const 0) (f64.const 0) (i64.const 0)))))
    (i32.const 6))
  (func (export "texts") (param $area i32) (call $text (local.get $area)))
  (func $invoke (param i32 i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 100))
      (i32.add (i32.mul (local.get 1) (i32.const 10)) (local.get 2))))
  (func $cast (param f64) (result i32) (unreachable))
  (func (export "casts") (param f64) (result i32) (call $cast (local.get 0)))
)"""

DESCRIBED = Closure(True, False, Function(2, (U32,), U32, U32))
EXPORTS = (
    exported("add", U32, U32, result=U32, symbol="add"),
    exported("nothing", symbol="nothing"),
    exported("pair", F64, result=Option(F64), symbol="pair"),
    exported("fails", result=Result(UNIT), symbol="fails"),
    exported("panics", symbol="panics"),
    exported("alien", symbol="alien"),
    exported("traps", symbol="traps"),
    exported("asks", U32, result=U32, symbol="asks"),
    exported("catches", result=U32, symbol="catches"),
    exported("texts", result=Str(), symbol="texts"),
    exported("casts", F64, result=U32, symbol="casts"),
)


@cache
def shims() -> Shims:
    module = Module.parse(bytes(wasmtime.wat2wasm(GUEST_TEXT)))
    return make_shims(module, guest_interface(module))


def guest_interface(module: Module) -> Interface:
    cast = Cast(_cast_index(module), raw_signature([F64], U32), F64, Extern(None))
    ask = imported("ask", U32, F64, I64, result=U32)
    text = imported("text", result=Str())
    closure = ClosureShim(DESCRIBED, raw_signature([U32, U32, U32], U32))
    given = interface(*EXPORTS, ask, text, cast, closure)
    return replace(given, stack_pointer=0, panic_tags=(0,), terminated_word=WORD)


def _cast_index(module: Module) -> int:
    last = module.imported_functions + len(module.functions)
    return last - 2


class Running:
    """The two modules in one store. `answer` is what the host does; -1 is "returned"."""

    def __init__(self) -> None:
        made, engine = shims(), Engine()
        self.plan = made.plan
        self.slots = Slots(made.plan.slots)
        self.answer: Callable[[int], int] = lambda number: STATUS_RETURNED
        self.asked: list[int] = []
        self.store = Store(engine, self.slots, None)
        self.store.define_host(HOST, "call", self._host)
        guest = self.store.instantiate(engine.compile(made.guest), GUEST)
        self.entries = self.store.instantiate(engine.compile(made.entries))
        self.memory = guest.memory("memory")
        self.sp = guest.global_(STACK_POINTER)

    def _host(self, number: int) -> int:
        self.asked.append(number)
        return self.answer(number)

    def value(self, name: str) -> int:
        return int(self.entries.global_(name).get())

    @property
    def mail(self) -> Any:
        return self.memory.cells(self.value(MAILBOX), 32)

    def call(self, name: str, **slots: float) -> tuple[int, int]:
        """Call an entry; give status and payload. `u32_0=5` puts 5 into the first slot."""
        entry = self.plan.entries.get(name)
        if entry is None:
            entry = next(item for item in self.plan.by_number if item.name == name)
        for place, number in slots.items():
            view, _, slot = place.partition("_")
            step = 4 if view in ("u32", "i32") else 2
            getattr(self.slots, view)[step * int(slot)] = number
        caller = self.store.caller(self.entries.function(entry.name), entry.slots)
        if caller() or self.slots.trap:
            raise ArithmeticError(self.store.take_fault().kind)
        status = 4 * len(entry.results)
        return self.slots.i32[status], self.slots.u32[status + 4]


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    made.top = made.sp.get()  # type: ignore[attr-defined]
    yield made
    made.store.close()


def at_rest(running: Any) -> bool:
    """Nothing runs, and the stack is as at the start."""
    return (running.value(DEPTH), running.value(INSIDE), running.sp.get()) == (0, 0, running.top)


# --- out of an entry ---


def test_the_mailbox_lies_above_the_stack(running: Any) -> None:
    assert running.top == running.value(MAILBOX) == STACK_TOP - 32 - SHORT


def test_a_call_that_returns_gives_its_result_and_status(running: Any) -> None:
    assert running.call("add", u32_0=2, u32_1=3) == (LEFT_NORMALLY, 0)
    assert running.slots.u32[0] == 5
    assert running.call("nothing") == (LEFT_NORMALLY, 0)
    assert at_rest(running)


def test_a_result_of_several_values_is_read_from_its_area(running: Any) -> None:
    assert running.call("pair", f64_0=-0.5) == (LEFT_NORMALLY, 0)
    assert (running.slots.i32[0], running.slots.f64[2]) == (1, -0.5)
    assert running.call("fails") == (LEFT_NORMALLY, 0)
    assert (running.slots.u32[0], running.slots.u32[4]) == (5, 1)
    assert at_rest(running)


def test_a_panic_comes_out_with_its_pointer_and_the_stack_restored(running: Any) -> None:
    assert running.call("panics") == (LEFT_BY_PANIC, 77)
    assert at_rest(running)


def test_another_exception_comes_out_as_foreign(running: Any) -> None:
    assert running.call("alien")[0] == LEFT_BY_FOREIGN
    assert at_rest(running)


def test_a_trap_stays_a_trap_and_nothing_runs_after_it(running: Any) -> None:
    with pytest.raises(ArithmeticError) as caught:
        running.call("traps")
    assert caught.value.args == (FaultKind.UNREACHABLE,)
    assert running.value(DEPTH) == 1
    assert running.call("add", u32_0=2, u32_1=3)[0] == LEFT_BY_TRAP


def test_nothing_runs_while_the_terminated_word_is_set(running: Any) -> None:
    running.memory.write(WORD, b"\1\0\0\0")
    assert running.call("asks")[0] == LEFT_BY_WORD
    assert running.asked == []
    assert at_rest(running)


def test_nothing_is_nested_deeper_than_the_limit(running: Any) -> None:
    depths: list[int] = []

    def answer(number: int) -> int:
        depths.append(running.value(DEPTH))
        expected = LEFT_BY_DEPTH if len(depths) == MAX_DEPTH else LEFT_NORMALLY
        status, _ = running.call("asks", u32_0=1)
        assert status == expected
        running.mail.u32[0] = 0
        return STATUS_RETURNED

    running.answer = answer
    assert running.call("asks", u32_0=1)[0] == LEFT_NORMALLY
    assert max(depths) == MAX_DEPTH
    assert at_rest(running)


# --- out to the host and back ---


def test_an_import_finds_its_arguments_in_the_mailbox_and_leaves_its_result(running: Any) -> None:
    seen: list[Any] = []

    def answer(number: int) -> int:
        mail = running.mail
        seen.extend((number, mail.u32[0], mail.f64[1], mail.i64[2], running.value(INSIDE)))
        mail.u32[0] = 99
        return STATUS_RETURNED

    running.answer = answer
    assert running.call("asks", u32_0=7) == (LEFT_NORMALLY, 0)
    assert running.slots.u32[0] == 99
    assert seen == [0, 7, 2.5, -3, 0]


def test_a_result_of_several_values_is_put_into_the_area_of_the_caller(running: Any) -> None:
    def answer(number: int) -> int:
        running.mail.u32[0], running.mail.u32[2] = 64, 5
        return STATUS_RETURNED

    running.answer = answer
    assert running.call("texts")[0] == LEFT_NORMALLY
    assert (running.slots.u32[0], running.slots.u32[4]) == (64, 5)


def test_what_the_host_throws_leaves_the_entry_by_its_number(running: Any) -> None:
    def answer(number: int) -> int:
        running.mail.u32[0] = 123
        return STATUS_THROWN

    running.answer = answer
    assert running.call("asks", u32_0=1) == (LEFT_BY_THROW, 123)
    assert at_rest(running)
    assert running.call("catches") == (LEFT_NORMALLY, 0)
    assert running.slots.u32[0] == 6


def test_any_other_answer_traps_the_guest(running: Any) -> None:
    running.answer = lambda number: 0
    with pytest.raises(ArithmeticError):
        running.call("catches")


def test_the_stack_pointer_is_restored_at_each_level(running: Any) -> None:
    levels: list[tuple[int, int]] = []

    def answer(number: int) -> int:
        levels.append((running.value(DEPTH), running.sp.get() - running.value(ENTRY_STACK_POINTER)))
        if len(levels) == 1:
            assert running.call("panics") == (LEFT_BY_PANIC, 77)
            assert running.call("asks", u32_0=2) == (LEFT_BY_THROW, 5)
        running.mail.u32[0] = 5
        return STATUS_THROWN

    running.answer = answer
    assert running.call("asks", u32_0=1) == (LEFT_BY_THROW, 5)
    assert levels == [(1, -64), (2, -64)]
    assert at_rest(running)


def test_a_cast_goes_to_the_host_too(running: Any) -> None:
    def answer(number: int) -> int:
        assert running.mail.f64[0] == 0.5
        running.mail.u32[0] = 40 + number
        return STATUS_RETURNED

    running.answer = answer
    assert running.call("casts", f64_0=0.5)[0] == LEFT_NORMALLY
    assert running.slots.u32[0] == 42


def test_a_closure_is_called_through_the_function_table(running: Any) -> None:
    (entry,) = [entry for entry in running.plan.closures.values() if len(entry.params) == 4]
    assert running.call(entry.name, u32_0=2, u32_1=3, u32_2=4, u32_3=5) == (LEFT_NORMALLY, 0)
    assert running.slots.u32[0] == 345


def test_a_slot_that_holds_no_such_function_traps(running: Any) -> None:
    (entry,) = [entry for entry in running.plan.closures.values() if len(entry.params) == 4]
    for slot in (0, 3, 99):
        fresh = Running()
        with pytest.raises(ArithmeticError):
            fresh.call(entry.name, u32_0=slot)
        fresh.store.close()
