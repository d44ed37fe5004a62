"""Stores: linking inside wasmtime, calls of all types, everything gone after close."""

from __future__ import annotations

import gc
import math
import threading
import weakref
from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine import Code, Engine, FaultKind, InstantiationError, Slots, Store
from unpoison.errors import UnsupportedModule

Make = Callable[..., Guest]
Compile = Callable[[str], Code]

IDENTITIES = """(module
    (func (export "i32") (param i32) (result i32) (local.get 0))
    (func (export "i64") (param i64) (result i64) (local.get 0))
    (func (export "f32") (param f32) (result f32) (local.get 0))
    (func (export "f64") (param f64) (result f64) (local.get 0))
    (func (export "swap") (param i32 f64 i64) (result i64 f64 i32)
        (local.get 2) (local.get 1) (local.get 0))
    (func (export "nothing"))
    (global (export "counter") (mut i32) (i32.const -7))
    (global (export "constant") f64 (f64.const 2.5))
    (table (export "table") 3 funcref)
    (memory (export "memory") 17)
)"""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("i32", -(2**31)),
        ("i32", 2**31 - 1),
        ("i64", -(2**63)),
        ("i64", 2**63 - 1),
        ("f32", 1.5),
        ("f64", 0.1),
        ("f64", math.inf),
    ],
)
def test_a_number_of_each_type_goes_in_and_out(guest: Make, kind: str, value: float) -> None:
    assert guest(IDENTITIES).call(kind, (kind, value), result=kind) == value


def test_several_results_come_in_order(guest: Make) -> None:
    one = guest(IDENTITIES)
    assert one.call("swap", 1, ("f64", 2.5), ("i64", -3), result="i64") == -3
    assert (one.slots.f64[2], one.slots.i32[8]) == (2.5, 1)


def test_exports_are_found_by_name_and_kind(guest: Make) -> None:
    exports = guest(IDENTITIES).exports
    assert "nothing" in exports
    assert "missing" not in exports
    for find, name in (
        (exports.function, "missing"),
        (exports.memory, "i32"),
        (exports.global_, ""),
    ):
        with pytest.raises(KeyError):
            find(name)


def test_a_global_is_read_and_written(guest: Make) -> None:
    exports = guest(IDENTITIES).exports
    counter = exports.global_("counter")
    assert counter.get() == -7
    counter.set(12)
    assert counter.get() == 12
    assert exports.global_("constant").get() == 2.5
    with pytest.raises(UnsupportedModule, match="immutable"):
        exports.global_("constant").set(1.0)


def test_a_table_tells_its_size(guest: Make) -> None:
    assert guest(IDENTITIES).exports.table_size("table") == 3


def test_more_slots_than_there_are_is_refused(guest: Make) -> None:
    one = guest(IDENTITIES)
    with pytest.raises(ValueError, match="17 slots needed, 16 there"):
        one.store.caller(one.exports.function("i32"), 17)


PROVIDER = (
    '(module (func (export "0") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))'
)
USER = """(module (import "stubs" "0" (func $f (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $f (local.get 0))))"""


def test_an_instance_imports_from_the_instances_named_before(
    engine: Engine, compiled: Compile
) -> None:
    slots = Slots(1)
    store = Store(engine, slots)
    store.instantiate(compiled(PROVIDER), "stubs")
    call = store.caller(store.instantiate(compiled(USER)).function("run"), 1)
    slots.i32[0] = 14
    assert not call()
    assert slots.i32[0] == 42
    store.close()


@pytest.mark.parametrize(
    "provider", ["(module)", '(module (func (export "0")))', '(module (memory (export "0") 1))']
)
def test_a_missing_or_different_import_is_refused_with_its_name(
    engine: Engine, compiled: Compile, provider: str
) -> None:
    store = Store(engine, Slots(1))
    store.instantiate(compiled(provider), "stubs")
    with pytest.raises(UnsupportedModule, match=r"stubs(::|.* )`?0"):
        store.instantiate(compiled(USER))
    store.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(module (func $s unreachable) (start $s))", FaultKind.UNREACHABLE),
        ('(module (memory 1) (data (i32.const 65536) "x"))', FaultKind.MEMORY_OUT_OF_BOUNDS),
        (
            "(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))",
            FaultKind.TABLE_OUT_OF_BOUNDS,
        ),
    ],
)
def test_a_trap_while_instantiating_is_a_fault(
    engine: Engine, compiled: Compile, text: str, kind: FaultKind
) -> None:
    store = Store(engine, Slots(1))
    with pytest.raises(InstantiationError) as caught:
        store.instantiate(compiled(text))
    assert caught.value.fault.kind is kind
    assert kind.value in str(caught.value)
    store.close()


def test_a_module_larger_than_the_limit_is_refused(engine: Engine, compiled: Compile) -> None:
    store = Store(engine, Slots(1), memory_limit=16 * 65536)
    with pytest.raises(UnsupportedModule, match="memory"):
        store.instantiate(compiled(IDENTITIES))
    store.close()


def test_a_second_host_function_is_refused(guest: Make) -> None:
    with pytest.raises(ValueError, match="already"):
        guest(IDENTITIES).store.define_host("host", "other", lambda k: k)


def test_two_stores_of_one_code_share_nothing(engine: Engine, compiled: Compile) -> None:
    code = compiled(IDENTITIES)
    one, two = Guest(engine, code), Guest(engine, code)
    one.exports.global_("counter").set(1)
    one.exports.memory("memory").write(0, b"one")
    assert two.exports.global_("counter").get() == -7
    assert two.exports.memory("memory").read(0, 3) == bytes(3)
    one.store.close()
    assert two.call("i32", 5) == 5
    two.store.close()


def test_slots_outlive_the_stores_that_use_them(engine: Engine, compiled: Compile) -> None:
    slots = Slots(1)
    for n in range(3):
        store = Store(engine, slots)
        call = store.caller(store.instantiate(compiled(IDENTITIES)).function("i32"), 1)
        slots.i32[0] = n
        assert not call()
        assert slots.i32[0] == n
        store.close()


def test_close_twice_is_one_close(guest: Make) -> None:
    store = guest(IDENTITIES).store
    assert not store.closed
    store.close()
    store.close()
    assert store.closed


def test_close_inside_the_host_function_is_a_bug_that_is_seen(guest: Make) -> None:
    text = """(module (import "host" "call" (func $h (param i32) (result i32)))
        (func (export "f") (result i32) (call $h (i32.const 0))))"""

    def host(k: int) -> int:
        one.store.close()
        return -1

    one = guest(text, host=host)
    one.call("f")
    failure = one.store.take_host_failure()
    assert isinstance(failure, AssertionError)
    assert not one.store.closed


def test_a_store_may_close_while_another_one_calls_its_host(guest: Make) -> None:
    text = """(module (import "host" "call" (func $h (param i32) (result i32)))
        (func (export "f") (result i32) (call $h (i32.const 0))))"""
    other = guest(text)

    def host(k: int) -> int:
        other.store.close()
        return -1

    one = guest(text, host=host)
    assert one.call("f") == -1
    assert other.store.closed


def test_a_closed_store_is_freed_without_the_garbage_collector(
    engine: Engine, compiled: Compile
) -> None:
    host = _Host()
    one = Guest(engine, compiled(IDENTITIES), host=host)
    memory, call = one.exports.memory("memory"), one.store.caller(one.exports.function("i32"), 1)
    store, kept = weakref.ref(one.store), weakref.ref(host)
    gc.disable()
    try:
        one.store.close()
        del one, host, call
        assert store() is None
        assert kept() is None
        assert memory.known == 0
    finally:
        gc.enable()


class _Host:
    def __call__(self, k: int) -> int:
        return -1


def test_a_forgotten_store_is_closed(engine: Engine, compiled: Compile) -> None:
    one = Guest(engine, compiled(IDENTITIES))
    memory = one.exports.memory("memory")
    del one
    gc.collect()
    assert memory.known == 0


DIRTY = """(module (memory (export "memory") 20)
    (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 1300000))))"""


def test_thousands_of_generations_leave_memory_flat(
    engine: Engine, compiled: Compile, resident: Callable[[], int]
) -> None:
    code = compiled(DIRTY)

    def generations(count: int) -> None:
        for _ in range(count):
            one = Guest(engine, code)
            one.call("fill")
            one.exports.memory("memory").cells(0, 64)
            one.store.close()

    generations(50)
    before = resident()
    generations(2_000)
    assert resident() - before < 2 << 20


THROWING = """(module (tag $t (param i32))
    (func (export "throw") (param $n i32)
        (loop $again
            (block $caught (result i32)
                (try_table (catch $t $caught) (throw $t (local.get $n)))
                unreachable)
            (br_if $again (local.tee $n (i32.sub (i32.const 1))))))
)"""


def test_a_million_throws_stay_inside_one_small_heap(
    guest: Make, resident: Callable[[], int]
) -> None:
    one = guest(THROWING, memory_limit=65536)
    one.call("throw", 1_000)
    before = resident()
    one.call("throw", 1_000_000)
    assert resident() - before < 1 << 20


def test_a_store_is_used_from_one_thread_after_another(guest: Make) -> None:
    one = guest(IDENTITIES)
    results: list[object] = []
    for n in range(3):
        thread = threading.Thread(target=lambda n=n: results.append(one.call("i32", n)))
        thread.start()
        thread.join()
    assert results == [0, 1, 2]


def test_other_threads_run_while_the_guest_runs(guest: Make) -> None:
    text = '(module (func (export "loop") (loop $l (br $l))))'
    one = guest(text)
    seen = threading.Event()
    thread = threading.Timer(0.01, seen.set)
    thread.start()
    with one.store.deadline(0.2):
        one.call("loop")
    assert seen.is_set()


def test_a_store_that_is_closed_within_a_deadline_is_left_alone(guest: Make) -> None:
    one = guest('(module (func (export "f")))')
    with one.store.deadline(60.0):
        one.store.close()
    another = guest('(module (func (export "f") (result i32) (i32.const 7)))')
    assert another.call("f") == 7
