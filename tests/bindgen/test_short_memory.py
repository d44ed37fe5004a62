"""Short strings cross within their call: entries of a guest that counts what it allocates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
import wasmtime

from tests.bindgen.binding import exported, imported, interface
from unpoison.bindgen import (
    FREE,
    GUEST,
    HOST,
    LEFT_NORMALLY,
    MAILBOX,
    MALLOC,
    SHORT,
    STACK_POINTER,
    STATUS_RETURNED,
    Option,
    Ref,
    Scalar,
    Shims,
    Slice,
    Str,
    Type,
    Vector,
    make_shims,
)
from unpoison.bindgen.plan import mailbox_cells
from unpoison.bindgen.short_memory import HANDED_OVER, gives_memory, short_param
from unpoison.engine import Engine, Slots, Store
from unpoison.wasm import I32, FuncType, Module

U8, U32, F64 = Scalar("u8"), Scalar("u32"), Scalar("f64")
HEAP = 8192
WILD, ALLOCATED, FREED, ASKS = 4096, 4100, 4104, 4108
"""Where the guest has the pointer that its allocator is to give, if any, how many it gave and
took back, and whether it calls the host when it takes one back."""

GUEST_TEXT = f"""(module
  (import "env" "shim_ask" (func $ask))
  (memory (export "memory") 1)
  (global $sp (mut i32) (i32.const 4096))
  (global $top (mut i32) (i32.const {HEAP}))
  (func (export "{MALLOC}") (param i32 i32) (result i32)
    (i32.store (i32.const {ALLOCATED}) (i32.add (i32.const 1) (i32.load (i32.const {ALLOCATED}))))
    (if (i32.load (i32.const {WILD})) (then (return (i32.load (i32.const {WILD})))))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 0))))
  (func (export "{FREE}") (param i32 i32 i32)
    (memory.fill (local.get 0) (i32.const 255) (local.get 1))
    (if (i32.load (i32.const {ASKS})) (then (call $ask)))
    (i32.store (i32.const {FREED}) (i32.add (i32.const 1) (i32.load (i32.const {FREED})))))
  (func (export "echo") (param $area i32) (param $pointer i32) (param $length i32)
    (i32.store (local.get $area) (local.get $pointer))
    (i32.store offset=4 (local.get $area) (local.get $length)))
)"""


@cache
def shims() -> Shims:
    module = Module.parse(bytes(wasmtime.wat2wasm(GUEST_TEXT)))
    given = interface(
        exported("echo", Ref(Str()), result=Option(Str()), symbol="echo"), imported("ask")
    )
    support = {MALLOC: FuncType((I32, I32), (I32,)), FREE: FuncType((I32, I32, I32), ())}
    return make_shims(module, replace(given, stack_pointer=0, support=support))


class Running:
    """The two modules in one store; `answer` is what the host does."""

    def __init__(self) -> None:
        made, engine = shims(), Engine()
        self.answer: Callable[[], object] = lambda: None
        self.slots = Slots(made.plan.slots)
        self.store = Store(engine, self.slots, None)
        self.store.define_host(HOST, "call", self._host)
        guest = self.store.instantiate(engine.compile(made.guest), GUEST)
        entries = self.store.instantiate(engine.compile(made.entries))
        self.memory = guest.memory("memory")
        self.beyond = int(entries.global_(MAILBOX).get()) + mailbox_cells([FuncType((), ())])
        self.sp = guest.global_(STACK_POINTER)
        entry = made.plan.entries["echo"]
        self._status = 4 * len(entry.results)
        self._echo = self.store.caller(entries.function("echo"), entry.slots)

    def _host(self, number: int) -> int:
        self.answer()
        return STATUS_RETURNED

    def echo(self, pointer: int, length: int) -> tuple[int, int, int]:
        """Give the pointer and length of the result, and the payload."""
        u32 = self.slots.u32
        u32[0], u32[4] = pointer, length
        assert not self._echo()
        assert not self.slots.trap
        assert self.slots.i32[self._status] == LEFT_NORMALLY
        return u32[0], u32[4], u32[self._status + 4]

    def hand_over(self, data: bytes) -> tuple[int, int, int]:
        self.memory.write(self.beyond, data)
        return self.echo(HANDED_OVER, len(data))

    def counts(self) -> tuple[int, int]:
        cells = self.memory.cells(ALLOCATED, 8)
        return cells.u32[0], cells.u32[1]


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.store.close()


def some_bytes(count: int, first: int = 0) -> bytes:
    return bytes((first + number) % 251 for number in range(count))


def test_every_short_length_crosses_in_one_call(running: Running) -> None:
    before = running.sp.get()
    for length in range(1, SHORT + 1):
        data = some_bytes(length)
        pointer, size, is_freed = running.hand_over(data)
        assert (running.memory.read(pointer, size), is_freed) == (data, 1)
        assert pointer < before
        assert running.counts() == (length, length)
    assert running.sp.get() == before


def test_what_is_empty_is_allocated_and_left(running: Running) -> None:
    assert running.hand_over(b"") == (HEAP, 0, 0)
    assert running.counts() == (1, 0)


def test_what_has_a_place_is_left_there(running: Running) -> None:
    running.memory.write(HEAP, b"placed")
    pointer, size, is_freed = running.echo(HEAP, 6)
    assert (running.memory.read(pointer, size), is_freed) == (b"placed", 1)
    assert running.counts() == (0, 1)


def test_a_longer_result_is_left_to_the_host(running: Running) -> None:
    assert running.echo(HEAP, SHORT + 1) == (HEAP, SHORT + 1, 0)
    assert running.counts() == (0, 0)


def test_none_is_left_to_the_host(running: Running) -> None:
    assert running.echo(0, 0) == (0, 0, 0)
    assert running.echo(0, 5) == (0, 5, 0)
    assert running.counts() == (0, 0)


@pytest.mark.parametrize("pointer", [65536 - SHORT + 1, 65535, 65536, 0xFFFF_FFF0])
def test_a_result_that_may_be_outside_is_left_to_the_host(running: Running, pointer: int) -> None:
    assert running.echo(pointer, 3) == (pointer, 3, 0)
    assert running.counts() == (0, 0)


def test_an_allocator_that_gives_a_place_outside_traps(running: Running) -> None:
    running.memory.cells(WILD, 4).u32[0] = 0xFFFF_FFF0
    with pytest.raises(AssertionError):
        running.hand_over(b"text")
    assert running.store.take_fault().kind.name == "MEMORY_OUT_OF_BOUNDS"


def test_a_call_during_the_release_replaces_nothing(running: Running) -> None:
    seen = []

    def answer() -> None:
        running.memory.cells(ASKS, 4).u32[0] = 0
        pointer, size, _ = running.hand_over(b"the inner one")
        seen.append(running.memory.read(pointer, size))

    running.answer = answer
    running.memory.cells(ASKS, 4).u32[0] = 1
    pointer, size, is_freed = running.hand_over(b"the outer")
    assert (running.memory.read(pointer, size), is_freed) == (b"the outer", 1)
    assert seen == [b"the inner one"]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ([], None),
        ([U32], None),
        ([Str()], 0),
        ([F64, Ref(Str())], 1),
        ([Ref(Slice(F64), True), Vector(U8)], 3),
        ([Ref(Slice(U8), False), U32], 0),
        ([Option(Str())], 0),
        ([Str(), Str()], None),
        ([Ref(Slice(U8), True)], None),
        ([Vector(F64)], None),
    ],
)
def test_which_parameter_may_be_handed_over(params: list[Type], place: int | None) -> None:
    assert short_param(exported("f", *params), 0) == place
    assert short_param(exported("f", *params), 1) == (None if place is None else place + 1)


@pytest.mark.parametrize(
    ("result", "is_memory"),
    [(Str(), True), (Option(Str()), True), (Vector(U8), True), (U32, False), (Vector(F64), False)],
)
def test_which_result_may_be_freed_by_the_entry(result: Type, is_memory: bool) -> None:
    assert gives_memory(exported("f", result=result)) is is_memory
