"""The way in: read, instantiate, load; threads; limits; close."""

from __future__ import annotations

import gc
import io
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests.runtime.conftest import COUNTER, STARTS, Embedder, in_thread
from unpoison import (
    AbortError,
    Limits,
    Module,
    TerminatedError,
    UnpoisonError,
    UnsupportedModule,
    WrongThreadError,
)

PATH = COUNTER / "counter.legacy.wasm"


# --- load, read, instantiate ---


@pytest.mark.parametrize(
    "source", [PATH, str(PATH), PATH.read_bytes(), bytearray(PATH.read_bytes())], ids=type
)
def test_load_takes_a_path_or_bytes(one_embedder: Embedder, source: Any) -> None:
    with unpoison.load(source, imports=one_embedder.imports()) as instance:
        assert instance.exports.bump() == 1


def test_load_takes_a_binary_file(one_embedder: Embedder) -> None:
    file = io.BytesIO(PATH.read_bytes())
    with unpoison.load(file, one_embedder.imports()) as instance:
        assert instance.exports.greet("world") == "Hello, world!"


def test_load_passes_every_option_on(one_embedder: Embedder) -> None:
    seen: list[AbortError] = []
    with unpoison.load(
        PATH,
        imports=one_embedder.imports(),
        recovery="reinit",
        on_abort=seen.append,
        limits=Limits(memory=32 << 20),
        start_timeout=None,
        threads="wait",
    ) as instance:
        with pytest.raises(AbortError):
            instance.exports.abort_memory()
        assert instance.exports.bump() == 1
    assert [error.reason.name for error in seen] == ["MEMORY_LIMIT"]


def test_the_tour_of_the_readme_works(any_embedder: Embedder) -> None:
    counter = any_embedder.start()
    acc = counter.Acc()
    acc.push(1.5)
    assert (counter.bump(), counter.greet("world"), acc.total) == (1, "Hello, world!", 1.5)


def test_one_module_gives_any_number_of_instances(any_embedder: Embedder) -> None:
    first = any_embedder.module.instantiate(any_embedder.imports())
    second = any_embedder.module.instantiate(any_embedder.imports())
    first.exports.bump()
    assert (first.exports.bump(), second.exports.bump()) == (2, 1)
    assert first.exports.Acc is not second.exports.Acc
    first.close()
    assert second.exports.bump() == 2
    second.close()


def test_an_abort_of_one_instance_leaves_another_alone(any_embedder: Embedder) -> None:
    other = any_embedder.module.instantiate(any_embedder.imports())
    with pytest.raises(AbortError):
        any_embedder.start().abort_now()
    assert (other.exports.bump(), other.state) == (1, "live")
    other.close()


def test_a_module_that_went_through_the_cli_is_refused(one_embedder: Embedder) -> None:
    with pytest.raises(UnsupportedModule):
        unpoison.load(b"\0asm\x0d\0\1\0")


@pytest.mark.parametrize("name", ["recovery", "threads"])
def test_an_unknown_choice_is_a_value_error(one_embedder: Embedder, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be"):
        one_embedder.module.instantiate(one_embedder.imports(), **{name: "sometimes"})


def test_start_functions_run_once_per_instance(any_embedder: Embedder) -> None:
    assert any_embedder.start().starts() == 1
    assert any_embedder.start().starts() == 1


def test_start_timeout_bounds_the_start(modules: Callable[[Path], Module]) -> None:
    module = modules(STARTS / "starts.legacy.wasm")
    began = time.monotonic()
    with pytest.raises(AbortError) as caught:
        module.instantiate({"on_start": lambda: 3}, start_timeout=0.1)
    assert caught.value.reason.name == "TIME_LIMIT"
    assert time.monotonic() - began < 5


def test_start_timeout_does_not_bound_later_calls(modules: Callable[[Path], Module]) -> None:
    module = modules(STARTS / "starts.legacy.wasm")
    instance = module.instantiate({"on_start": lambda: 0}, start_timeout=0.05)
    time.sleep(0.1)
    assert instance.exports.bump() == 1
    instance.close()


def test_what_supervises_is_on_the_instance_and_what_rust_exports_on_exports(
    one_embedder: Embedder,
) -> None:
    rust = one_embedder.start()
    instance = one_embedder.instance
    assert (instance.state, instance.generation) == ("live", 1)
    assert instance.module is one_embedder.module
    assert not hasattr(rust, "close")
    assert not hasattr(instance, "bump")
    assert repr(instance) == "<unpoison.Instance of counter, live, generation 1>"
    assert repr(instance.module) == "<unpoison.Module counter>"


# --- close ---


def test_a_with_block_closes(any_embedder: Embedder) -> None:
    with any_embedder.module.instantiate(any_embedder.imports()) as instance:
        rust = instance.exports
        acc, closure = rust.Acc(), rust.adder(1)
        home = instance._supervisor.home
    assert instance.state == "closed"
    assert home.store.closed
    assert instance.memory_size == 0
    for call in (rust.bump, lambda: acc.total, lambda: closure(1), lambda: rust.greet("x")):
        with pytest.raises(TerminatedError, match="closed"):
            call()
    acc.free()


def test_closing_twice_is_closing_once(any_embedder: Embedder, entered: list[str]) -> None:
    any_embedder.start()
    any_embedder.instance.close()
    del entered[:]
    any_embedder.instance.close()
    assert entered == []


def test_closing_a_dead_instance_runs_nothing(any_embedder: Embedder, entered: list[str]) -> None:
    rust = any_embedder.start()
    with pytest.raises(AbortError):
        rust.abort_now()
    del entered[:]
    any_embedder.instance.close()
    assert (entered, any_embedder.instance.state) == ([], "closed")


def test_closing_rejects_outstanding_promises(any_embedder: Embedder) -> None:
    promise = any_embedder.start().slow(2)
    any_embedder.instance.close()
    with pytest.raises(TerminatedError, match="closed"):
        promise.result()


def test_forty_closed_instances_take_no_guest_memory(
    one_embedder: Embedder, resident: Callable[[], int]
) -> None:
    held: list[object] = []

    def live() -> None:
        with one_embedder.module.instantiate(one_embedder.imports()) as instance:
            instance.exports.greet("x" * (4 << 20))
            held.append((instance, instance.exports.Acc(), instance.exports.adder(1)))

    live()
    before = resident()
    for _ in range(40):
        live()
    assert resident() - before < 60 << 20


# --- limits ---


@pytest.mark.parametrize("memory", [0, -1, 1.5, "1", True])
def test_a_limit_must_be_a_positive_number_of_bytes(memory: Any) -> None:
    with pytest.raises(ValueError, match="memory must be a positive number of bytes"):
        Limits(memory=memory)


def test_memory_never_grows_beyond_its_limit(any_embedder: Embedder) -> None:
    rust = any_embedder.start(limits=Limits(memory=16 << 20))
    assert len(rust.greet("x" * (2 << 20))) == (2 << 20) + 8
    assert any_embedder.instance.memory_size <= 16 << 20


def test_a_limit_holds_for_each_generation(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=Limits(memory=16 << 20), recovery="reinit")
    for _ in range(3):
        with pytest.raises(AbortError) as caught:
            rust.abort_memory()
        assert caught.value.reason.name == "MEMORY_LIMIT"


def test_a_limit_below_what_the_module_begins_with_is_an_error_of_ours(
    one_embedder: Embedder,
) -> None:
    with pytest.raises(UnpoisonError):
        one_embedder.start(limits=Limits(memory=1 << 16))


# --- threads ---


def test_any_thread_may_call_one_after_the_other(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    assert [in_thread(rust.bump) for _ in range(3)] == [1, 2, 3]
    assert rust.bump() == 4


def while_running(embedder: Embedder, action: Callable[[], object]) -> object:
    """Give what the action does in another thread while this one is inside a call."""
    result: list[object] = []

    def reenter(n: int) -> int:
        result.append(in_thread(action))
        return n

    embedder.reenter = reenter
    assert embedder.instance.exports.call_back(1) == 2
    return result[0]


@pytest.mark.parametrize("what", ["function", "string", "method", "free", "closure", "reinit"])
def test_a_call_while_another_thread_runs_it_raises_wrong_thread_error(
    any_embedder: Embedder, what: str
) -> None:
    rust = any_embedder.start()
    acc, closure = rust.Acc(), rust.adder(1)
    actions: dict[str, Callable[[], object]] = {
        "function": rust.bump,
        "string": lambda: rust.greet("x"),
        "method": lambda: acc.push(1.0),
        "free": acc.free,
        "closure": lambda: closure(1),
        "reinit": any_embedder.instance.reinit,
    }
    result = while_running(any_embedder, actions[what])
    assert isinstance(result, WrongThreadError)
    assert 'threads="wait"' in str(result)
    assert (rust.bump(), acc.total, closure(1)) == (1, 0.0, 2)


def test_closing_while_another_thread_runs_it_raises_wrong_thread_error(
    any_embedder: Embedder,
) -> None:
    any_embedder.start()
    assert isinstance(while_running(any_embedder, any_embedder.instance.close), WrongThreadError)
    assert any_embedder.instance.state == "live"


def test_with_threads_wait_a_call_waits(any_embedder: Embedder) -> None:
    rust = any_embedder.start(threads="wait")
    order: list[str] = []
    threads: list[threading.Thread] = []

    def other() -> None:
        order.append(f"other {rust.bump()}")

    def reenter(n: int) -> int:
        threads.append(threading.Thread(target=other))
        threads[0].start()
        time.sleep(0.05)
        order.append(f"inside {rust.bump()}")
        return n

    any_embedder.reenter = reenter
    rust.call_back(1)
    threads[0].join()
    assert order == ["inside 1", "other 2"]


def test_with_threads_wait_many_threads_lose_no_call(one_embedder: Embedder) -> None:
    rust = one_embedder.start(threads="wait")

    def work() -> None:
        for _ in range(500):
            rust.bump()
            assert rust.greet("x") == "Hello, x!"

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rust.bump() == 2001


def test_two_instances_run_in_two_threads_at_the_same_time(embedder: Embedder) -> None:
    meeting = threading.Barrier(2, timeout=20)
    instances = [embedder.module.instantiate(embedder.imports()) for _ in range(2)]
    embedder.reenter = lambda n: meeting.wait() * 0 + n
    results: list[object] = []

    def work(instance: Any) -> None:
        results.append(instance.exports.call_back(5))

    threads = [threading.Thread(target=work, args=(instance,)) for instance in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [6, 6]
    for instance in instances:
        instance.close()


def test_instances_in_many_threads_do_not_disturb_each_other(one_embedder: Embedder) -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            imports = one_embedder.imports()
            with one_embedder.module.instantiate(imports, recovery="reinit") as instance:
                rust = instance.exports
                for turn in range(60):
                    assert rust.greet(f"{number}.{turn}") == f"Hello, {number}.{turn}!"
                    with pytest.raises(unpoison.PanicError, match=f"boom: {number}"):
                        rust.boom_with(str(number))
                    if turn % 20 == 19:
                        with pytest.raises(AbortError):
                            rust.abort_now()
                assert instance.generation == 3
        except BaseException as error:  # noqa: BLE001 - given to the test
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_call_that_fails_in_another_thread_leaves_the_lock_free(embedder: Embedder) -> None:
    rust = embedder.start()
    for call in (rust.boom, lambda: rust.greet(5), rust.abort_now, rust.bump):
        assert isinstance(in_thread(call), Exception)
        assert embedder.lock_is_free()


# --- collected in a cycle, with finalisers of the embedder's ---


class Owner:
    """Has an instance, and uses it when it is collected: in whatever order that happens."""

    def __init__(self, embedder: Embedder, use: Callable[[unpoison.Instance], object]) -> None:
        self.instance = embedder.module.instantiate(embedder.imports())
        self.acc = self.instance.exports.Acc()
        self.use = use
        self.cycle = [self, self.instance, self.acc]

    def __del__(self) -> None:
        self.use(self.instance)


@pytest.mark.parametrize(
    "use",
    [
        lambda instance: instance.close(),
        lambda instance: instance.run_jobs(),
        lambda instance: instance.reinit(),
        lambda instance: instance.exports.bump(),
    ],
    ids=["close", "run_jobs", "reinit", "call"],
)
def test_a_finaliser_in_the_same_garbage_does_no_harm(
    one_embedder: Embedder,
    use: Callable[[unpoison.Instance], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda report: None)
    for _ in range(20):
        Owner(one_embedder, use)
    gc.collect()
    with one_embedder.module.instantiate(one_embedder.imports()) as instance:
        assert instance.exports.bump() == 1
