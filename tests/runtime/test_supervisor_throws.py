"""A Python exception in an import: Err with `catch`, else a real Wasm exception; `Err` raises."""

from __future__ import annotations

import asyncio
import gc
import sys
import traceback
from contextlib import suppress

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import BorrowError, PanicError, StaleHandleError, ThrownError, ThrownValue, js

# --- an import with `catch` ---


def test_catch_hands_rust_the_very_exception_object(any_embedder: Embedder) -> None:
    rust, error = any_embedder.start(), KeyError("k")
    any_embedder.risky = raiser(error)
    assert rust.risky_value(1) is error


def test_catch_and_pass_on_raises_the_same_object_with_its_traceback(
    any_embedder: Embedder,
) -> None:
    rust, error = any_embedder.start(), KeyError("k")

    def risky_of_the_embedder(n: int) -> int:
        raise error

    any_embedder.risky = risky_of_the_embedder
    with pytest.raises(KeyError) as caught:
        rust.call_risky(1)
    assert caught.value is error
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert "risky_of_the_embedder" in names
    assert rust.drops() == 1


def test_a_caught_exception_is_an_error_to_rust(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.risky = raiser(ZeroDivisionError("no way"))
    assert rust.risky_is_error(1) is True
    assert rust.risky_parts(1) == "ZeroDivisionError\nno way"
    assert rust.risky_text(1) == "Err(JsValue(ZeroDivisionError: no way))"


def test_the_cause_of_a_caught_exception_is_its_python_cause(any_embedder: Embedder) -> None:
    rust, cause, error = any_embedder.start(), OSError("disk"), KeyError("k")
    error.__cause__ = cause
    any_embedder.risky = raiser(error)
    assert rust.risky_cause(1) is cause
    error.__cause__ = None
    assert rust.risky_cause(1) is None


def test_a_thrown_value_is_caught_as_the_value(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.risky = raiser(ThrownValue("plain"))
    assert rust.risky_value(1) == "plain"
    assert rust.risky_is_error(1) is False


def test_a_catch_import_that_returns_is_ok(any_embedder: Embedder) -> None:
    assert any_embedder.start().call_risky(3) == 4


def test_ten_thousand_caught_exceptions_leak_no_handles(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    one_embedder.risky = raiser(KeyError("k"))
    rust.risky_failures(1)
    before = one_embedder.instance.live_handles
    assert rust.risky_failures(10_000) == 10_000
    assert one_embedder.instance.live_handles == before


# --- an import without `catch` ---


def test_without_catch_the_same_object_comes_out_with_its_traceback(
    any_embedder: Embedder,
) -> None:
    rust, error = any_embedder.start(), ValueError("v")

    def thrower_of_the_embedder() -> None:
        raise error

    any_embedder.thrower = thrower_of_the_embedder
    with pytest.raises(ValueError) as caught:
        rust.call_thrower()
    assert caught.value is error
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert "thrower_of_the_embedder" in names
    assert error.__cause__ is None
    assert error.__context__ is None


def test_without_catch_frames_without_cleanup_are_abandoned(any_embedder: Embedder) -> None:
    # `extern "C"` imports: optimised callers have no cleanup pads (contract facts 5.5).
    rust = any_embedder.start()
    any_embedder.thrower = raiser(ValueError())
    with pytest.raises(ValueError):
        rust.call_thrower()
    assert rust.drops() == 0
    assert rust.bump() == 1


def test_a_host_exception_restores_the_stack_pointer(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    before = any_embedder.stack_pointer
    any_embedder.apply = raiser(ValueError())
    with pytest.raises(ValueError):
        rust.call_apply(1, 2)
    assert any_embedder.stack_pointer == before


def test_thirty_thousand_host_exceptions_leak_no_stack(any_embedder: Embedder) -> None:
    rust, error = any_embedder.start(), ValueError()
    any_embedder.apply = raiser(error)
    for _ in range(30_000):
        try:
            rust.call_apply(1, 2)
        except ValueError:
            error.__traceback__ = None
            continue
        pytest.fail("no exception")
    assert rust.bump() == 1


def test_catch_unwind_never_swallows_a_host_exception(embedder: Embedder) -> None:
    rust, error = embedder.start(), ValueError()
    embedder.thrower = raiser(error)
    with pytest.raises(ValueError) as caught:
        rust.catch_thrower()
    assert caught.value is error


# --- a "C-unwind" import ---


def test_c_unwind_runs_the_destructors_of_every_frame(embedder: Embedder) -> None:
    rust, error = embedder.start(), LookupError("raw")
    embedder.raw_hook = raiser(error)
    with pytest.raises(LookupError) as caught:
        rust.call_raw(-1)
    assert caught.value is error
    assert rust.drops() == 1
    with pytest.raises(LookupError):
        rust.call_raw_deep(20)
    assert rust.drops() == 1 + 21 + 1


def test_c_unwind_is_not_swallowed_by_catch_unwind(embedder: Embedder) -> None:
    rust, error = embedder.start(), LookupError("raw")
    embedder.raw_hook = raiser(error)
    with pytest.raises(LookupError) as caught:
        rust.catch_raw(1)
    assert caught.value is error
    assert rust.drops() == 1


def test_c_unwind_that_returns_runs_both_destructors(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    assert rust.call_raw(21) == 21
    assert rust.drops() == 2


def test_a_host_exception_through_nested_levels_is_one_object(embedder: Embedder) -> None:
    rust, error = embedder.start(), ValueError()
    embedder.raw_hook = lambda n: rust.call_raw(n - 1) if n else raiser(error)()
    with pytest.raises(ValueError) as caught:
        rust.call_raw(6)
    assert caught.value is error
    assert rust.drops() == 7


def test_an_exception_that_python_handles_between_two_levels_ends_there(
    embedder: Embedder,
) -> None:
    rust = embedder.start()
    embedder.thrower = raiser(ValueError())

    def reenter(n: int) -> int:
        with pytest.raises(ValueError):
            rust.call_thrower()
        return n

    embedder.reenter = reenter
    assert rust.call_back(1) == 2


# --- BaseException ---


@pytest.mark.parametrize(
    "kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit]
)
def test_a_base_exception_is_never_an_err(
    any_embedder: Embedder, kind: type[BaseException]
) -> None:
    rust, error = any_embedder.start(), kind()
    any_embedder.risky = raiser(error)
    for call in (rust.call_risky, rust.risky_failures, rust.risky_value, rust.call_back_caught):
        with pytest.raises(kind) as caught:
            call(1)
        assert caught.value is error
    assert any_embedder.instance.state == "live"
    assert rust.bump() == 1


def test_a_base_exception_through_c_unwind_runs_destructors(embedder: Embedder) -> None:
    rust, error = embedder.start(), KeyboardInterrupt()
    embedder.raw_hook = raiser(error)
    with pytest.raises(KeyboardInterrupt) as caught:
        rust.catch_raw(1)
    assert caught.value is error
    assert rust.drops() == 1


def test_a_base_exception_crosses_a_closure_and_a_catch_call(embedder: Embedder) -> None:
    rust, error = embedder.start(), KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt) as caught:
        rust.call_function(raiser(error), 1)
    assert caught.value is error


# --- borrowed objects after abandonment ---


def abandoned(embedder: Embedder, error: BaseException) -> object:
    rust = embedder.start()
    acc = rust.Acc()
    embedder.reenter = raiser(error)
    with pytest.raises(type(error)):
        acc.push_through(1)
    return acc


USES = {
    "method": lambda acc: acc.push(1.0),
    "reading method": lambda acc: acc.half(),
    "getter": lambda acc: acc.total,
    "field getter": lambda acc: acc.pushes,
    "field getter that copies": lambda acc: acc.label,
    "setter": lambda acc: setattr(acc, "total", 1.0),
    "field setter": lambda acc: setattr(acc, "pushes", 1),
    "field setter with text": lambda acc: setattr(acc, "label", "new"),
    "free": lambda acc: acc.free(),
    "with": lambda acc: acc.__exit__(None, None, None),
    "consuming method": lambda acc: acc.finish(),
}


@pytest.mark.parametrize("use", USES)
def test_an_object_left_borrowed_raises_borrow_error_with_the_cause(
    any_embedder: Embedder, use: str
) -> None:
    error = OSError("io")
    acc = abandoned(any_embedder, error)
    before = any_embedder.stack_pointer
    with pytest.raises(BorrowError) as caught:
        USES[use](acc)
    assert caught.value.__cause__ is error
    assert any_embedder.instance.state == "live"
    assert any_embedder.stack_pointer == before
    assert any_embedder.instance.exports.bump() == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError()])
def test_an_argument_left_borrowed_raises_borrow_error_with_the_cause(
    any_embedder: Embedder, error: BaseException
) -> None:
    acc = abandoned(any_embedder, error)
    rust = any_embedder.instance.exports
    for call in (
        lambda: rust.sum_of(acc, rust.Acc()),
        lambda: rust.sum_of(rust.Acc(), acc),
        lambda: rust.Acc().absorb(acc),
        lambda: rust.merge(rust.Acc(), acc),
    ):
        with pytest.raises(BorrowError) as caught:
            call()
        assert caught.value.__cause__ is error
    assert any_embedder.instance.state == "live"


def test_many_uses_of_a_borrowed_object_stay_errors(embedder: Embedder) -> None:
    acc = abandoned(embedder, OSError())
    for _ in range(2000):
        for use in ("field getter", "field setter", "getter", "free"):
            if use == "free":
                continue
            with pytest.raises(BorrowError):
                USES[use](acc)
    assert embedder.instance.state == "live"


def test_an_object_lent_for_reading_can_still_be_read(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()
    any_embedder.reenter = raiser(OSError("io"))
    with pytest.raises(OSError):
        acc.look_through(1)
    assert acc.total == 0.0
    with pytest.raises(BorrowError) as caught:
        acc.push(1.0)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("use", [use for use in USES if use != "with"])
def test_use_while_borrowed_by_a_running_call_raises_borrow_error(
    any_embedder: Embedder, use: str
) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()

    def reenter(n: int) -> int:
        with pytest.raises(BorrowError) as caught:
            USES[use](acc)
        assert caught.value.__cause__ is None
        return n

    any_embedder.reenter = reenter
    assert acc.push_through(2) == 2.0
    assert any_embedder.instance.state == "live"


def test_a_panic_that_unwound_is_no_cause_of_a_later_borrow_error(embedder: Embedder) -> None:
    rust = embedder.start()
    acc = rust.Acc()
    with pytest.raises(PanicError):
        acc.boom()

    def reenter(n: int) -> int:
        with pytest.raises(BorrowError) as caught:
            acc.push(1.0)
        assert caught.value.__cause__ is None
        return n

    embedder.reenter = reenter
    assert acc.push_through(1) == 2.0


def test_a_panic_of_a_nested_call_that_abandons_frames_is_the_cause(embedder: Embedder) -> None:
    rust = embedder.start()
    acc = rust.Acc()
    embedder.reenter = lambda n: rust.boom()
    with pytest.raises(PanicError) as panic:
        acc.push_through(1)
    with pytest.raises(BorrowError) as caught:
        acc.push(1.0)
    assert caught.value.__cause__ is panic.value


def test_an_object_is_dropped_as_soon_as_the_panic_of_its_method_is_handled(
    embedder: Embedder,
) -> None:
    rust = embedder.start()
    gc.disable()
    try:
        acc = rust.Acc()
        with suppress(PanicError):
            acc.boom()
        del acc
        assert rust.live_accs() == 0  # no cycle keeps it until the garbage collector runs
    finally:
        gc.enable()


# --- Err and throw ---


def test_an_err_with_an_error_object_raises_it(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(js.Error) as caught:
        rust.fail_error("what went wrong")
    assert (caught.value.name, caught.value.message) == ("Error", "what went wrong")
    assert isinstance(caught.value, ThrownError)


def test_a_rust_error_through_question_mark_is_an_error_object(any_embedder: Embedder) -> None:
    with pytest.raises(js.Error, match="invalid digit"):
        any_embedder.start().parse("x")


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [("even", 3, "3 is odd"), ("fail_number", 2.5, 2.5), ("fail_number", 3.0, 3)],
)
def test_an_err_with_another_value_raises_thrown_value(
    any_embedder: Embedder, name: str, argument: object, value: object
) -> None:
    with pytest.raises(ThrownValue) as caught:
        getattr(any_embedder.start(), name)(argument)
    assert caught.value.value == value


def test_an_err_with_a_host_exception_raises_that_object(any_embedder: Embedder) -> None:
    error = RuntimeError("mine")
    with pytest.raises(RuntimeError) as caught:
        any_embedder.start().fail_value(error)
    assert caught.value is error


@pytest.mark.parametrize("value", [None, js.null, True, {"a": 1}, "text", 5])
def test_an_err_with_any_value_carries_it(any_embedder: Embedder, value: object) -> None:
    with pytest.raises(ThrownValue) as caught:
        any_embedder.start().fail_value(value)
    assert caught.value.value is value


def test_a_failed_constructor_gives_no_object(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(js.Error, match="negative total"):
        rust.Acc.checked(-1.0)
    assert rust.live_accs() == 0


def test_throw_text_raises_an_error_object(embedder: Embedder) -> None:
    rust = embedder.start()
    with pytest.raises(js.Error, match=r"^thrown$"):
        rust.throw_text("thrown")
    assert rust.drops() == 1


@pytest.mark.parametrize("value", [5, "text", {"a": 1}])
def test_throw_value_raises_the_value(embedder: Embedder, value: object) -> None:
    rust = embedder.start()
    with pytest.raises(ThrownValue) as caught:
        rust.throw_value(value)
    assert caught.value.value is value
    assert rust.drops() == 1


def test_throw_value_of_an_exception_raises_that_object(any_embedder: Embedder) -> None:
    rust, error = any_embedder.start(), KeyError("k")
    with pytest.raises(KeyError) as caught:
        rust.throw_value(error)
    assert caught.value is error


def test_an_exception_that_came_out_is_not_kept_alive(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    error = ValueError()
    one_embedder.thrower = raiser(error)
    with pytest.raises(ValueError):
        rust.call_thrower()
    one_embedder.thrower = lambda: None
    assert not one_embedder.instance._supervisor._in_flight
    error.__traceback__ = None
    assert sys.getrefcount(error) <= 3


# --- panic errors of Rust seen by a host function ---


def test_a_panic_error_from_an_import_is_the_hosts_own_exception(embedder: Embedder) -> None:
    rust, error = embedder.start(), PanicError("made by the host")
    embedder.thrower = raiser(error)
    with pytest.raises(PanicError) as caught:
        rust.call_thrower()
    assert caught.value is error


def test_a_stale_handle_error_of_a_nested_call_is_an_err(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()
    acc.free()
    any_embedder.risky = lambda n: acc.total
    with pytest.raises(StaleHandleError):
        rust.call_risky(1)
