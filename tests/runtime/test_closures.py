"""Rust closures as callables: counts, drops, and calls that cannot be."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, in_thread, raiser
from unpoison import (
    AbortError,
    AbortReason,
    BorrowError,
    PanicError,
    StaleHandleError,
    TerminatedError,
)


def test_a_closure_is_called_with_positional_arguments(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    assert rust.adder(2)(40) == 42
    assert rust.joiner("a")("b") == "ab"


def test_an_fn_mut_closure_keeps_its_state(any_embedder: Embedder) -> None:
    ticker = any_embedder.start().ticker()
    assert [ticker(), ticker(), ticker()] == [1, 2, 3]


def test_length_is_the_number_of_parameters(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    assert (rust.adder(1).length, rust.ticker().length) == (1, 0)


def test_arguments_too_many_are_dropped_and_missing_ones_are_undefined(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    assert rust.adder(1)(2, 3, 4) == 3
    with pytest.raises(TypeError):
        rust.adder(1)()


@pytest.mark.parametrize("argument", [1.5, "1", None, 2**31])
def test_an_argument_that_does_not_fit_is_refused_before_anything_runs(
    any_embedder: Embedder, entered: list[str], argument: object
) -> None:
    closure = any_embedder.start().adder(1)
    del entered[:]
    with pytest.raises((TypeError, OverflowError)):
        closure(argument)
    assert entered == []
    assert closure(1) == 2


def test_a_closure_comes_back_to_rust_and_python_as_itself(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    closure = rust.adder(1)
    assert rust.echo(closure) is closure
    assert rust.call_function(closure, 4) == 5


def test_a_panic_in_a_closure_leaves_it_callable(embedder: Embedder) -> None:
    rust = embedder.start()
    closure = rust.panicking_closure()
    for number in range(3):
        with pytest.raises(PanicError, match=f"a closure panicked at {number}"):
            closure(number)
    assert rust.drops() == 3


def test_a_panic_in_a_lent_closure_crosses_the_import(embedder: Embedder) -> None:
    rust = embedder.start()
    before = embedder.stack_pointer
    with pytest.raises(PanicError, match="a lent closure panicked at 3"):
        rust.call_apply_panicking(3)
    assert embedder.stack_pointer == before
    assert rust.bump() == 1


def test_thirty_thousand_panics_of_closures_leak_no_stack(embedder: Embedder) -> None:
    closure = embedder.start().panicking_closure()
    for _ in range(30_000):
        try:
            closure(1)
        except PanicError:
            continue
    assert embedder.instance.live_handles < 10


def test_a_lent_closure_lives_until_the_import_returns(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    kept: list[Any] = []
    any_embedder.apply = lambda function, number: kept.append(function) or function(number)
    assert rust.call_apply(3, 4) == 7
    with pytest.raises(StaleHandleError, match="after being dropped"):
        kept[0](1)


def test_a_lent_closure_is_dropped_when_the_import_raises(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    kept: list[Any] = []

    def apply(function: Any, number: int) -> int:
        kept.append(function)
        raise KeyError

    any_embedder.apply = apply
    with pytest.raises(KeyError):
        rust.call_apply(3, 4)
    with pytest.raises(StaleHandleError):
        kept[0](1)


def test_a_lent_fn_mut_closure_can_be_called_again(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    def apply_mut(function: Any, number: int) -> int:
        return int(function(number)) + int(function(number))

    any_embedder.apply_mut = apply_mut
    assert rust.call_apply_mut(2) == 4 + 6


def test_an_fn_mut_closure_called_while_it_runs_raises_borrow_error(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    kept = rust.kept_closure()
    kept._running = True
    with pytest.raises(BorrowError, match="invoked recursively"):
        kept()
    kept._running = False
    assert kept() == 1


def test_an_fn_once_closure_can_be_called_once(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    once = rust.once_closure()
    assert (once(), rust.drops()) == (7, 1)
    with pytest.raises(StaleHandleError, match="after being dropped"):
        once()


def test_a_closure_that_rust_keeps_dies_when_rust_drops_it(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    kept = rust.kept_closure()
    assert kept() == 1
    rust.drop_kept()
    assert rust.drops() == 1
    with pytest.raises(StaleHandleError):
        kept()
    assert repr(kept) == "<Rust closure, dropped>"


def test_a_collected_closure_is_dropped_by_the_next_entry(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    closure = rust.guarded_closure()
    closure()
    del entered[:]
    del closure
    gc.collect()
    assert entered == []
    assert rust.drops() == 1
    assert entered[0] == "__wbindgen_destroy_closure"


def test_a_closure_collected_in_another_thread_is_dropped_by_the_next_entry(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    box = [rust.guarded_closure()]
    in_thread(box.clear)
    assert rust.drops() == 1


def test_a_collected_closure_that_rust_keeps_is_not_dropped(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.kept_closure()
    gc.collect()
    assert rust.drops() == 0
    rust.drop_kept()
    assert rust.drops() == 1
    gc.collect()
    assert rust.drops() == 1


def test_a_closure_passed_to_another_instance_is_a_plain_callable(any_embedder: Embedder) -> None:
    other = any_embedder.module.instantiate(any_embedder.imports())
    closure = other.exports.adder(1)
    assert any_embedder.start().call_function(closure, 2) == 3
    other.close()
    with pytest.raises(TerminatedError, match="closed"):
        any_embedder.instance.exports.call_function(closure, 2)


def test_a_host_exception_through_a_closure_comes_out(any_embedder: Embedder) -> None:
    rust, error = any_embedder.start(), KeyError("k")
    any_embedder.apply = raiser(error)
    with pytest.raises(KeyError) as caught:
        rust.call_apply(1, 2)
    assert caught.value is error


def test_repr_of_a_live_closure(any_embedder: Embedder) -> None:
    assert repr(any_embedder.start().adder(1)) == "<Rust closure>"


def test_a_collected_closure_whose_destructor_panics_ends_the_instance_at_the_next_entry(
    any_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", reports.append)
    rust = any_embedder.start()
    closure = rust.fragile_closure()
    assert closure() == 2
    del closure
    gc.collect()
    assert any_embedder.instance.state == "live"
    with pytest.raises(TerminatedError) as caught:
        rust.bump()
    cause = caught.value.__cause__
    assert isinstance(cause, AbortError)
    assert cause.reason is AbortReason.PANIC
    assert [report.exc_value for report in reports] == [cause]
