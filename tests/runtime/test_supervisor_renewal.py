"""Re-initialisation: who may ask, when it happens, and what of the old generation is left."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.conftest import STARTS, Embedder
from unpoison import (
    AbortError,
    AbortReason,
    Module,
    PanicError,
    StaleHandleError,
    TerminatedError,
    ThrownValue,
    UnpoisonError,
)

# --- who asks ---


def test_the_library_asks_in_normal_code(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.bump()
    rust.ask_reinit()
    assert any_embedder.instance.generation == 1  # nothing yet: the next entry makes it
    assert (rust.bump(), rust.starts()) == (1, 1)
    assert any_embedder.instance.generation == 2


def test_the_embedder_asks(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.bump()
    any_embedder.instance.reinit()
    assert any_embedder.instance.generation == 2
    assert rust.bump() == 1


def test_the_embedder_asks_after_an_abort(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(AbortError):
        rust.abort_now()
    any_embedder.instance.reinit()
    assert (rust.bump(), any_embedder.instance.state) == (1, "live")


def test_recovery_reinit_renews_at_the_first_call_after_an_abort(any_embedder: Embedder) -> None:
    rust = any_embedder.start(recovery="reinit")
    for generation in range(1, 5):
        assert rust.bump() == 1
        assert any_embedder.instance.generation == generation
        with pytest.raises(AbortError) as caught:
            rust.abort_now()
        assert caught.value.generation == generation
        assert any_embedder.instance.state == "dead"


def test_a_panic_renews_nothing(embedder: Embedder) -> None:
    rust = embedder.start(recovery="reinit")
    rust.bump()
    with pytest.raises(PanicError):
        rust.boom()
    assert (rust.bump(), embedder.instance.generation) == (2, 1)


def test_recovery_must_be_one_of_two(one_embedder: Embedder) -> None:
    with pytest.raises(ValueError, match="recovery must be 'terminate' or 'reinit'"):
        one_embedder.start(recovery="retry")


# --- when ---


def test_a_renewal_never_happens_inside_a_call(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    seen: list[tuple[int, int]] = []

    def reenter(n: int) -> int:
        rust.ask_reinit()
        seen.append((rust.bump(), any_embedder.instance.generation))
        seen.append((rust.bump(), any_embedder.instance.generation))
        return n

    any_embedder.reenter = reenter
    assert rust.call_back(3) == 4
    assert seen == [(1, 1), (2, 1)]
    assert (rust.bump(), any_embedder.instance.generation) == (1, 2)


def test_reinit_while_a_call_runs_is_refused(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    def reenter(n: int) -> int:
        with pytest.raises(UnpoisonError, match="while a call runs"):
            any_embedder.instance.reinit()
        with pytest.raises(UnpoisonError, match="while a call runs"):
            any_embedder.instance.close()
        return n

    any_embedder.reenter = reenter
    assert rust.call_back(1) == 2
    assert (rust.bump(), any_embedder.instance.generation) == (1, 1)


def test_reinit_while_the_dead_frames_are_left_is_refused(any_embedder: Embedder) -> None:
    rust = any_embedder.start(recovery="reinit")

    def reenter(n: int) -> int:
        with pytest.raises(AbortError):
            rust.abort_now()
        with pytest.raises(TerminatedError):
            rust.bump()
        with pytest.raises(UnpoisonError, match="while a call runs"):
            any_embedder.instance.reinit()
        return n

    any_embedder.reenter = reenter
    with pytest.raises(AbortError):
        rust.call_back(1)
    assert (rust.bump(), any_embedder.instance.generation) == (1, 2)


def test_reinit_of_a_closed_instance_is_refused(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    one_embedder.instance.close()
    with pytest.raises(TerminatedError, match="closed"):
        one_embedder.instance.reinit()
    with pytest.raises(TerminatedError, match="closed"):
        rust.bump()


# --- the first call after it, with every kind of argument of the old generation ---


def stale_uses(rust: Any, acc: Any, closure: Any) -> dict[str, Callable[[], object]]:
    return {
        "method": lambda: acc.push(1.0),
        "getter": lambda: acc.total,
        "field getter": lambda: acc.pushes,
        "setter": lambda: setattr(acc, "total", 1.0),
        "field setter": lambda: setattr(acc, "label", "text"),
        "consuming method": lambda: acc.finish(),
        "lent argument": lambda: rust.sum_of(acc, acc),
        "moved argument": lambda: rust.merge(acc, rust.Acc()),
        "optional argument": lambda: rust.Acc().swallow(acc),
        "closure": lambda: closure(1),
    }


@pytest.mark.parametrize("due", ["ask_reinit", "abort_now"])
@pytest.mark.parametrize("use", list(stale_uses(None, None, None)))
def test_the_first_use_of_an_old_object_or_closure_raises_stale_handle_error(
    any_embedder: Embedder, entered: list[str], due: str, use: str
) -> None:
    rust = any_embedder.start(recovery="reinit")
    acc, closure = rust.Acc(), rust.adder(1)
    with suppress(AbortError):
        getattr(rust, due)()
    del entered[:]
    with pytest.raises(StaleHandleError, match="earlier generation"):
        stale_uses(rust, acc, closure)[use]()
    assert not [name for name in entered if "acc_" in name and "acc_new" not in name]
    assert "__wbindgen_malloc" not in entered
    assert rust.bump() == 1
    assert any_embedder.instance.generation == 2
    assert any_embedder.instance.state == "live"


@pytest.mark.parametrize("due", ["ask_reinit", "abort_now"])
def test_the_first_call_after_it_marshals_into_the_fresh_generation(
    any_embedder: Embedder, due: str
) -> None:
    calls: list[tuple[Callable[[Any], object], object]] = [
        (lambda rust: rust.greet("x" * 10_000), "Hello, " + "x" * 10_000 + "!"),
        (lambda rust: rust.joiner("a")("b"), "ab"),
        (lambda rust: rust.echo([1, 2]), [1, 2]),
        (lambda rust: rust.parse("17"), 17),
        (lambda rust: rust.Acc.starting_at(2.5).total, 2.5),
        (lambda rust: rust.call_function(str.upper, "up"), "UP"),
    ]
    rust = any_embedder.start(recovery="reinit")
    for call, expected in calls:
        rust.greet("grow" * 100_000)
        with suppress(AbortError):
            getattr(rust, due)()
        assert call(rust) == expected
    assert any_embedder.instance.generation == 1 + len(calls)


def test_the_use_of_an_old_object_or_closure_is_no_entry(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc, closure = rust.Acc(), rust.adder(1)
    any_embedder.instance.reinit()
    rust.ask_reinit()
    for use in (lambda: acc.total, lambda: closure(1)):
        with pytest.raises(StaleHandleError):
            use()
    acc.free()
    assert any_embedder.instance.generation == 2


def test_freeing_what_is_old_is_a_no_op(any_embedder: Embedder, entered: list[str]) -> None:
    rust = any_embedder.start()
    acc, counted, closure = rust.Acc(), rust.Counted(), rust.guarded_closure()
    any_embedder.instance.reinit()
    del entered[:]
    acc.free()
    with counted:
        pass
    del acc, counted, closure
    gc.collect()
    assert (rust.drops(), rust.live_accs()) == (0, 0)
    assert [name for name in entered if "free" in name or "destroy" in name] == []


def test_drops_that_were_queued_are_discarded_by_a_renewal(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    counted = rust.Counted()
    rust.ask_reinit()
    del counted
    gc.collect()
    del entered[:]
    assert rust.drops() == 0
    assert [name for name in entered if "free" in name] == []


def test_an_object_of_the_new_generation_lives_beside_a_stale_one(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    old = rust.Acc.starting_at(1.0)
    any_embedder.instance.reinit()
    new = rust.Acc.starting_at(2.0)
    del old
    gc.collect()
    assert (new.total, rust.live_accs()) == (2.0, 1)


# --- the same Python functions and classes ---


def test_the_same_functions_and_classes_work_on_the_fresh_instance(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    bump, cls, exports = rust.bump, rust.Acc, any_embedder.instance.exports
    bump()
    any_embedder.instance.reinit()
    assert any_embedder.instance.exports is exports
    assert rust.Acc is cls
    assert (bump(), isinstance(cls(), cls)) == (1, True)


def test_imports_serve_the_fresh_instance(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.instance.reinit()
    assert (rust.call_risky(3), rust.call_raw(4), rust.call_apply(1, 2)) == (4, 4, 3)


# --- jobs and promises ---


def test_old_promises_are_rejected_by_a_renewal(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    promise = rust.slow(3)
    any_embedder.instance.reinit()
    with pytest.raises(StaleHandleError):
        promise.result()


def test_old_jobs_do_not_count_as_entries(any_embedder: Embedder, entered: list[str]) -> None:
    rust = any_embedder.start()
    rust.slow(3)
    rust.ask_reinit()
    rust.bump()
    del entered[:]
    assert any_embedder.instance.run_jobs() == 0
    assert entered == []


def test_old_jobs_do_not_make_a_renewal_that_is_due(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.slow(3)
    any_embedder.instance.reinit()
    rust.ask_reinit()
    any_embedder.instance.run_jobs()
    assert any_embedder.instance.generation == 2


# --- the store of the old generation ---


def test_a_renewal_frees_the_old_store_though_handles_are_held(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    held = [rust.Acc(), rust.adder(1), rust.joiner("x")]
    home = any_embedder.instance._supervisor.home
    any_embedder.instance.reinit()
    assert home.vessel is None
    del held


def test_a_hundred_renewals_keep_memory_flat(one_embedder: Embedder, resident: Any) -> None:
    rust = one_embedder.start()
    held: list[object] = []
    for round_ in range(120):
        rust.greet("x" * (2 << 20))
        held.append(rust.Acc())
        one_embedder.instance.reinit()
        if round_ == 20:
            before = resident()
    assert resident() - before < 60 << 20


def test_a_retired_generation_is_garbage(one_embedder: Embedder) -> None:
    one_embedder.start()
    reference = weakref.ref(one_embedder.instance._supervisor.home)
    one_embedder.instance.reinit()
    gc.collect()
    assert reference() is None


# --- a fresh start that fails ---


@pytest.fixture(params=("legacy", "exnref", "abort"))
def starts(request: pytest.FixtureRequest, modules: Callable[[Path], Module]) -> Module:
    return modules(STARTS / f"starts.{request.param}.wasm")


RETURN, PANIC, ABORT, SPIN, ERR = range(5)


class Starter:
    """Gives the start function one answer after the other."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.asked = 0

    def imports(self) -> dict[str, Any]:
        return {"on_start": self.answer}

    def answer(self) -> int:
        self.asked += 1
        return self.answers.pop(0)


def is_abort_build(module: Module) -> bool:
    return module.interface.panics.name != "UNWIND"


@pytest.mark.parametrize("answer", [PANIC, ABORT, SPIN, ERR])
def test_a_fresh_start_that_fails_raises_and_the_next_entry_tries_again(
    starts: Module, answer: int
) -> None:
    starter = Starter(RETURN, answer, answer, RETURN)
    instance = starts.instantiate(starter.imports(), start_timeout=0.2)
    instance.exports.bump()
    with pytest.raises(AbortError):
        instance.exports.abort_now()
    kinds: dict[int, type[BaseException]] = {
        PANIC: AbortError if is_abort_build(starts) else PanicError,
        ABORT: AbortError,
        SPIN: AbortError,
        ERR: ThrownValue,
    }
    with pytest.raises(kinds[answer]) as caught:
        instance.reinit()
    if answer == SPIN:
        assert isinstance(caught.value, AbortError)
        assert caught.value.reason is AbortReason.TIME_LIMIT
    assert instance.generation == 1
    assert instance.state == ("dead" if kinds[answer] is AbortError else "cold")
    assert instance.memory_size == 0
    with pytest.raises(kinds[answer]):
        instance.exports.bump()
    assert instance.exports.bump() == 1
    assert (instance.generation, instance.state, starter.asked) == (2, "live", 4)
    instance.close()


@pytest.mark.parametrize("answer", [PANIC, ABORT, SPIN, ERR])
def test_a_first_start_that_fails_gives_no_instance(starts: Module, answer: int) -> None:
    starter = Starter(answer)
    with pytest.raises((PanicError, AbortError, ThrownValue)):
        starts.instantiate(starter.imports(), start_timeout=0.2)
    assert starter.asked == 1


def test_an_exception_of_an_import_in_the_start_comes_out(starts: Module) -> None:
    error = KeyError("k")

    def on_start() -> int:
        raise error

    with pytest.raises(KeyError) as caught:
        starts.instantiate({"on_start": on_start})
    assert caught.value is error


def test_a_keyboard_interrupt_in_a_fresh_start_leaves_the_renewal_due(starts: Module) -> None:
    answers: list[int | None] = [RETURN, None, RETURN]

    def on_start() -> int:
        answer = answers.pop(0)
        if answer is None:
            raise KeyboardInterrupt
        return answer

    instance = starts.instantiate({"on_start": on_start})
    instance.exports.bump()
    with pytest.raises(KeyboardInterrupt):
        instance.reinit()
    assert instance.exports.bump() == 1
    assert instance.generation == 2
    instance.close()


def test_a_start_may_not_be_left_by_reinit_or_close(starts: Module) -> None:
    made: list[Any] = []

    def on_start() -> int:
        if made:
            for call in (made[0].reinit, made[0].close):
                with pytest.raises(UnpoisonError, match="while a call runs"):
                    call()
        return RETURN

    made.append(starts.instantiate({"on_start": on_start}))
    made[0].reinit()
    assert made[0].exports.bump() == 1
    made[0].close()


def test_an_import_of_the_start_may_call_exports(starts: Module) -> None:
    made: list[Any] = []
    seen: list[int] = []

    def on_start() -> int:
        if made:
            seen.append(made[0].exports.bump())
        return RETURN

    made.append(starts.instantiate({"on_start": on_start}))
    made[0].reinit()
    assert (seen, made[0].exports.bump()) == ([1], 2)
    made[0].close()


def test_a_renewal_lets_go_of_exceptions_that_never_came_out(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.risky = lambda n: rust.abort_now()
    with pytest.raises(AbortError):
        rust.call_back_caught(1)
    any_embedder.instance.reinit()
    assert not any_embedder.instance._supervisor._in_flight


def test_using_what_was_freed_makes_no_renewal_that_is_due(embedder: Embedder) -> None:
    rust = embedder.start()
    acc = rust.Acc()
    acc.free()
    rust.ask_reinit()
    with pytest.raises(StaleHandleError):
        acc.push(1.0)
    assert embedder.instance.generation == 1
    assert rust.bump() == 1
    assert embedder.instance.generation == 2
