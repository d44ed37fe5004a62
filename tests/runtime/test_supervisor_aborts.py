"""An abort: told apart, explained, and from then on no code of that instance runs."""

from __future__ import annotations

import gc
import logging
import time
import tracemalloc
import weakref
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import (
    AbortError,
    AbortReason,
    Instance,
    Limits,
    PanicError,
    TerminatedError,
    UnpoisonError,
)
from unpoison.runtime.border import Border

UNREACHABLE = AbortReason.UNREACHABLE

ABORTS = [
    ("abort_now", (), UNREACHABLE, "abort_now"),
    ("abort_process", (), UNREACHABLE, "abort_"),
    ("abort_read", (0xFFFF_FFF0,), AbortReason.OUT_OF_BOUNDS, "abort_read"),
    ("abort_divide", (1, 0), AbortReason.ARITHMETIC, "divide"),
    ("abort_native_stack", (1,), AbortReason.STACK_OVERFLOW, "counter::aborts::descend"),
    ("abort_shadow_stack", (1,), AbortReason.STACK_OVERFLOW, "descend_with_frame"),
    ("abort_signature", (1.0,), AbortReason.INDIRECT_CALL, "abort_signature"),
    ("abort_table", (7,), AbortReason.INDIRECT_CALL, "abort_table"),
]


def abort_of(call: Any, *arguments: object) -> AbortError:
    with pytest.raises(AbortError) as caught:
        call(*arguments)
    return caught.value


# --- what the caller gets ---


@pytest.mark.parametrize(("name", "arguments", "reason", "frame"), ABORTS)
def test_an_abort_tells_its_reason_and_the_rust_frames(
    any_embedder: Embedder,
    name: str,
    arguments: tuple[object, ...],
    reason: AbortReason,
    frame: str,
) -> None:
    error = abort_of(getattr(any_embedder.start(), name), *arguments)
    assert error.reason is reason
    assert frame in error.backtrace[0]
    assert not any(name.startswith("_ZN") or "_R" in name[:3] for name in error.backtrace)
    assert error.generation == 1
    assert reason.value in str(error)
    assert "no code of this instance runs any more" in str(error)
    assert any_embedder.instance.state == "dead"


def test_memory_without_end_tells_the_limit(any_embedder: Embedder) -> None:
    error = abort_of(any_embedder.start(limits=Limits(memory=32 << 20)).abort_memory)
    assert error.reason is AbortReason.MEMORY_LIMIT
    assert "Limits(memory=" in str(error)
    assert any("handle_alloc_error" in name for name in error.backtrace)


def test_an_argument_that_does_not_fit_in_the_limit_is_an_abort(one_embedder: Embedder) -> None:
    rust = one_embedder.start(limits=Limits(memory=8 << 20))
    assert abort_of(rust.greet, "x" * (16 << 20)).reason is AbortReason.MEMORY_LIMIT


def test_an_aborting_closure_that_panics_ends_the_instance(embedder: Embedder) -> None:
    rust = embedder.start()
    closure = rust.aborting_closure()
    error = abort_of(closure, 3)
    assert error.reason is AbortReason.PANIC
    assert embedder.instance.state == "dead"


def test_a_destructor_that_panics_in_free_ends_the_instance(embedder: Embedder) -> None:
    fragile = embedder.start().Fragile(2)
    assert abort_of(fragile.free).reason is AbortReason.PANIC
    assert embedder.instance.state == "dead"


def test_a_destructor_that_panics_in_a_consuming_method_is_a_panic_only(
    embedder: Embedder,
) -> None:
    fragile = embedder.start().Fragile(2)
    with pytest.raises(PanicError, match="a destructor that panics"):
        fragile.consume()
    assert embedder.instance.state == "live"


def test_a_destructor_that_aborts_in_free(any_embedder: Embedder) -> None:
    fatal = any_embedder.start().Fatal()
    assert abort_of(fatal.free).reason is UNREACHABLE


def test_an_abort_is_not_an_error_of_the_other_kinds(embedder: Embedder) -> None:
    error = abort_of(embedder.start().abort_now)
    assert not isinstance(error, PanicError | TerminatedError)


def test_the_terminated_word_is_written_before_on_abort(any_embedder: Embedder) -> None:
    words: list[int] = []

    def on_abort(_: AbortError) -> None:
        supervisor = any_embedder.instance._supervisor
        address = supervisor.program.interface.terminated_word
        words.append(supervisor.home.read_word(address))

    abort_of(any_embedder.start(on_abort=on_abort).abort_now)
    assert words == [1]


def test_on_abort_is_called_once_with_the_error(any_embedder: Embedder) -> None:
    seen: list[AbortError] = []
    rust = any_embedder.start(on_abort=seen.append)
    any_embedder.reenter = lambda n: rust.abort_now()
    error = abort_of(rust.call_back, 1)
    with pytest.raises(TerminatedError):
        rust.bump()
    assert seen == [error]


def test_on_abort_that_raises_is_noted_on_the_error(one_embedder: Embedder) -> None:
    rust = one_embedder.start(on_abort=raiser(KeyError("callback")))
    assert abort_of(rust.abort_now).__notes__ == ["on_abort raised KeyError('callback')"]
    assert one_embedder.instance.state == "dead"


@pytest.mark.parametrize("recovery", ["terminate", "reinit"])
def test_on_abort_may_neither_enter_nor_renew_nor_close(
    one_embedder: Embedder, recovery: str
) -> None:
    seen: list[type] = []

    def on_abort(_: AbortError) -> None:
        instance = one_embedder.instance
        for call in (instance.exports.bump, instance.reinit, instance.close):
            with pytest.raises(UnpoisonError) as caught:
                call()
            seen.append(caught.type)

    rust = one_embedder.start(on_abort=on_abort, recovery=recovery)
    abort_of(rust.abort_now)
    assert seen == [TerminatedError, UnpoisonError, UnpoisonError]
    one_embedder.instance.reinit()
    assert rust.bump() == 1


# --- the interleaved stack ---


def test_every_outer_frame_is_unwound_with_the_same_abort(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    seen: list[BaseException] = []

    def reenter(n: int) -> int:
        try:
            return int(rust.call_back(n - 1) if n else rust.abort_now())
        except AbortError as error:
            seen.append(error)
            raise

    any_embedder.reenter = reenter
    error = abort_of(rust.call_back, 4)
    assert seen == [error] * 5
    assert any_embedder.instance.state == "dead"


def test_an_abort_that_an_import_swallows_unwinds_all_the_same(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    levels: list[int] = []

    def reenter(n: int) -> int:
        try:
            return int(rust.call_back(n - 1) if n else rust.abort_now())
        except AbortError:
            levels.append(n)
            return 42

    any_embedder.reenter = reenter
    error = abort_of(rust.call_back, 3)
    assert error.reason is UNREACHABLE
    assert levels == [0, 1, 2, 3]


def test_an_abort_below_a_catch_import_is_no_err(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.risky = lambda n: rust.abort_now()
    error = abort_of(rust.call_back_caught, 1)
    assert error.reason is UNREACHABLE


def test_an_abort_that_a_catch_import_turns_into_another_error_is_no_err(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()

    def risky(n: int) -> int:
        try:
            return int(rust.abort_now())
        except AbortError:
            raise KeyError("instead") from None

    any_embedder.risky = risky
    abort_of(rust.call_back_caught, 1)


def test_a_keyboard_interrupt_over_an_abort_does_not_hide_the_death(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()

    def reenter(n: int) -> int:
        try:
            return int(rust.abort_now())
        except AbortError:
            raise KeyboardInterrupt from None

    any_embedder.reenter = reenter
    abort_of(rust.call_back, 1)
    with pytest.raises(TerminatedError):
        rust.bump()


def test_an_abort_below_another_instance_ends_only_its_own(embedder: Embedder) -> None:
    other = embedder.module.instantiate(embedder.imports())
    rust = embedder.start()
    embedder.reenter = lambda n: other.exports.abort_now()
    with pytest.raises(AbortError):
        rust.call_back(1)
    assert (embedder.instance.state, other.state) == ("live", "dead")
    embedder.risky = lambda n: other.exports.bump()
    with pytest.raises(TerminatedError):
        rust.call_risky(1)
    assert rust.bump() == 1
    other.close()


# --- nothing runs after it ---


def swallow_abort_and(embedder: Embedder, result: object) -> Any:
    """Give a host function that aborts the instance, forgets it and gives the result."""

    def function(*_: object) -> object:
        with pytest.raises(AbortError):
            embedder.instance.exports.abort_now()
        return result

    return function


@pytest.mark.parametrize("result", [{"a": 1}, "text", 5, ValueError()])
def test_after_death_no_guest_code_runs_to_marshal_an_imports_result(
    any_embedder: Embedder, entered: list[str], result: object
) -> None:
    rust = any_embedder.start()
    function = swallow_abort_and(any_embedder, result)
    with pytest.raises(AbortError):
        rust.call_function(function, 1)
    assert entered[-2].startswith("abort_now")
    assert entered[-1] == "hook"


def test_after_death_no_guest_code_runs_to_marshal_arguments(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    acc, closure = rust.Acc(), rust.adder(1)
    joiner = rust.joiner("a")
    abort_of(rust.abort_now)
    del entered[:]
    calls = [
        lambda: rust.greet("x"),
        lambda: rust.echo({}),
        lambda: rust.bump(),
        lambda: acc.total,
        lambda: acc.pushes,
        lambda: setattr(acc, "label", "l"),
        lambda: acc.push(1.0),
        lambda: rust.merge(acc, acc),
        lambda: rust.Acc(),
        lambda: closure(1),
        lambda: joiner("b"),
        lambda: rust.call_function(print, 1),
        lambda: rust.slow(1),
    ]
    for call in calls:
        with pytest.raises(TerminatedError) as caught:
            call()
        assert isinstance(caught.value.__cause__, AbortError)
    assert entered == []


def test_after_death_frees_and_finalisers_do_nothing(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    acc, other, closure = rust.Acc(), rust.Counted(), rust.guarded_closure()
    abort_of(rust.abort_now)
    del entered[:]
    acc.free()
    acc.free()
    with other:
        pass
    del acc, other, closure
    gc.collect()
    assert not any_embedder.instance._supervisor.home.drops
    with pytest.raises(TerminatedError):
        rust.bump()
    any_embedder.instance.close()
    assert entered == []


def test_drops_queued_before_the_death_are_discarded(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()

    def reenter(n: int) -> int:
        for _ in range(3):
            rust.Counted()
        gc.collect()
        with pytest.raises(AbortError):
            rust.abort_now()
        return n

    any_embedder.reenter = reenter
    abort_of(rust.call_back, 1)
    after = entered.index(next(name for name in entered if name.startswith("abort_now")))
    assert entered[after + 1 :] == ["hook"]


def test_after_death_a_frame_further_down_calls_no_import(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    calls: list[int] = []

    def risky(n: int) -> int:
        calls.append(n)
        with pytest.raises(AbortError):
            rust.abort_now()
        return n

    any_embedder.risky = risky
    abort_of(rust.risky_failures, 5)  # it would call risky five times
    assert calls == [0]


def test_after_death_no_destructor_runs_on_the_way_out(embedder: Embedder) -> None:
    rust = embedder.start()
    drops: list[int] = []
    embedder.reenter = lambda n: drops.append(rust.drops()) or rust.abort_now()
    abort_of(rust.call_back, 1)
    assert drops == [0]


def test_a_lent_closure_that_dies_unwinds_its_caller(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    def apply(function: Any, number: int) -> int:
        with pytest.raises(AbortError):
            rust.abort_now()
        with pytest.raises((TerminatedError, AbortError)):
            function(number)
        return 3

    any_embedder.apply = apply
    abort_of(rust.call_apply, 1, 2)


def test_later_calls_have_the_abort_as_cause_each_time(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    error = abort_of(rust.abort_now)
    for _ in range(3):
        with pytest.raises(TerminatedError) as caught:
            rust.bump()
        assert caught.value.__cause__ is error
    assert any_embedder.instance.generation == 1


# --- promises ---


def test_outstanding_promises_are_rejected_with_the_abort_at_once(embedder: Embedder) -> None:
    rust = embedder.start()
    promises = [rust.slow(n) for n in range(5)]
    error = abort_of(rust.abort_now)
    for promise in promises:
        assert promise.state.value == "rejected"
        with pytest.raises(AbortError) as caught:
            promise.result()
        assert caught.value is error


def test_a_task_that_aborts_rejects_every_promise(embedder: Embedder) -> None:
    rust = embedder.start()
    fatal, other = rust.slow_abort(), rust.slow(100)
    error = abort_of(fatal.result)
    assert abort_of(other.result) is error
    assert embedder.instance.state == "dead"


def test_jobs_of_a_dead_instance_never_run(embedder: Embedder, entered: list[str]) -> None:
    rust = embedder.start()
    rust.slow(3)
    abort_of(rust.abort_now)
    del entered[:]
    assert embedder.instance.run_jobs() == 0
    assert entered == []


# --- the store ---


def test_death_frees_the_store_though_handles_are_held(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc, closure, promise = rust.Acc(), rust.adder(1), rust.echo
    home = any_embedder.instance._supervisor.home
    abort_of(rust.abort_now)
    assert home.vessel is None
    assert any_embedder.instance.memory_size == 0
    del acc, closure, promise


def test_death_in_a_nested_call_frees_the_store_when_the_last_frame_has_left(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    home = any_embedder.instance._supervisor.home
    closed: list[bool] = []

    def reenter(n: int) -> int:
        with pytest.raises(AbortError):
            rust.abort_now()
        closed.append(home.vessel is None)
        return n

    any_embedder.reenter = reenter
    abort_of(rust.call_back, 1)
    assert closed == [False]
    assert home.vessel is None


def test_death_lets_go_of_the_hosts_values(any_embedder: Embedder) -> None:
    class Thing:
        pass

    rust = any_embedder.start()
    thing = Thing()
    reference = weakref.ref(thing)
    rust.echo(thing)
    supervisor = any_embedder.instance._supervisor
    Border(supervisor, ()).own(thing)
    del thing
    assert reference() is not None
    abort_of(rust.abort_now)
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize("times", [40])
def test_dead_instances_whose_handles_are_held_take_no_guest_memory(
    one_embedder: Embedder, resident: Any, times: int
) -> None:
    held: list[object] = []
    instances: list[Instance] = []

    def die() -> None:
        instance = one_embedder.module.instantiate(one_embedder.imports())
        rust = instance.exports
        # Touch 8 MB, so that memory that is not freed would be seen.
        rust.greet("x" * (8 << 20))
        held.append(rust.Acc())
        held.append(rust.adder(1))
        instances.append(instance)
        abort_of(rust.abort_now)

    die()
    before = resident()
    for _ in range(times):
        die()
    assert resident() - before < 100 << 20


def test_a_dead_generation_leaves_no_python_garbage(one_embedder: Embedder) -> None:
    def live_and_die() -> None:
        instance = one_embedder.module.instantiate(one_embedder.imports(), recovery="reinit")
        for _ in range(5):
            abort_of(instance.exports.abort_now)
            instance.exports.bump()
        instance.close()

    live_and_die()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(5):
        live_and_die()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 300_000


# --- panic=abort modules ---


def test_a_panic_of_a_panic_abort_module_is_an_abort(abort_embedder: Embedder) -> None:
    error = abort_of(abort_embedder.start().boom)
    assert error.reason is AbortReason.PANIC
    assert abort_embedder.instance.state == "dead"


def test_a_panic_of_a_panic_abort_module_tells_what_its_hook_printed(
    abort_embedder: Embedder,
) -> None:
    rust = abort_embedder.start()
    rust.install_panic_hook()
    error = abort_of(rust.boom_with, "text")
    assert error.reason is AbortReason.PANIC
    assert "boom: text" in str(error)
    assert "boom: text" in abort_embedder.errors[0]


def test_the_panic_text_of_an_earlier_generation_is_not_told_again(
    abort_embedder: Embedder,
) -> None:
    rust = abort_embedder.start(recovery="reinit")
    rust.install_panic_hook()
    assert "boom: first" in str(abort_of(rust.boom_with, "first"))
    assert "boom: first" not in str(abort_of(rust.abort_now))


def test_an_abort_after_a_panic_hook_printed_something_else_is_no_panic(
    abort_embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rust = abort_embedder.start()
    error = abort_of(rust.abort_now)
    assert error.reason is UNREACHABLE


def test_a_host_exception_leaves_a_panic_abort_module_live(abort_embedder: Embedder) -> None:
    rust, error = abort_embedder.start(), ValueError()
    before = abort_embedder.stack_pointer
    for name in ("thrower", "raw_hook"):
        setattr(abort_embedder, name, raiser(error))
    for call in (rust.call_thrower, lambda: rust.call_raw(1), lambda: rust.call_raw_deep(5)):
        with pytest.raises(ValueError) as caught:
            call()
        assert caught.value is error
    assert abort_embedder.stack_pointer == before
    assert (abort_embedder.instance.state, rust.drops()) == ("live", 0)


# --- time ---


def test_an_abort_is_told_within_a_tenth_of_a_second(embedder: Embedder) -> None:
    rust = embedder.start()
    began = time.monotonic()
    abort_of(rust.abort_native_stack, 1)
    assert time.monotonic() - began < 1.0
