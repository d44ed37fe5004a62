"""Every way that wasm-bindgen 0.2.130 has to make a closure, and Python callables in Rust.

On the crate `closures`, whose allocator counts and whose closures hold a guard: a dropped closure
counts 1, a call that was entered and left (by a panic as well) 100.
Source of the list of constructors: wasm-bindgen's `src/closure.rs`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import unpoison
from tests.runtime.guest_heap import flat, held
from unpoison import AbortError, AbortReason, BorrowError, PanicError, StaleHandleError, js

CRATE = Path(__file__).resolve().parent.parent / "crates" / "closures"

CATCHING = ("new", "own", "own_assert_unwind_safe", "wrap", "wrap_assert_unwind_safe")
ABORTING = ("own_aborting", "wrap_aborting")
ONCE = ("once", "once_assert_unwind_safe", "once_into_js")
LENT = {
    "borrow": 100,
    "borrow_assert_unwind_safe": 0,
    "dyn Fn": 0,
    "&Closure": 0,
    "Option<&Closure>": 0,
    "borrow_mut": 100,
    "borrow_mut_assert_unwind_safe": 0,
    "dyn FnMut": 100,
    "Closure": 0,
}
"""Closures that are passed to an import, with what each adds to its number beside 1."""
COUNTED = {
    "borrow_assert_unwind_safe",
    "borrow_aborting",
    "borrow_mut_assert_unwind_safe",
    "borrow_mut_aborting",
}
"""Those that count their calls in a local of the function that lends them."""
UNLUCKY = 13

MAKERS = [
    *(("make", name) for name in CATCHING),
    *(("make_mut", name) for name in CATCHING),
    *(("make_once", name) for name in ONCE),
]
ABORTING_MAKERS = [
    *(("make", name) for name in ABORTING),
    *(("make_mut", name) for name in ABORTING),
    ("make_once", "once_aborting"),
]


class Host:
    """What the crate imports."""

    OLD = "old"

    def __init__(self) -> None:
        self.given: list[Any] = []
        self.fails = False

    def call(self, function: Any, number: int) -> Any:
        if self.fails:
            raise KeyError(number)
        self.given.append(function)
        return None if function is None else function(number)

    callOptional = call  # noqa: N815 - the name is JavaScript's

    def again(self, number: int) -> Any:
        return self.given[-1](number)

    def plain(self, number: int) -> Any:
        return SimpleNamespace(number=number + 40)

    def sum(self, one: float, other: float) -> float:
        return one + other

    def exported_again(self, number: int) -> int:
        return number * 2


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def instance(host: Host, modules: Callable[[Path], unpoison.Module]) -> Iterator[Any]:
    made = modules(CRATE / "closures.legacy.wasm").instantiate({"host": host})
    yield made
    made.close()


@pytest.fixture
def rust(instance: Any) -> Any:
    return instance.exports


# --- owned closures ---


@pytest.mark.parametrize(("maker", "constructor"), [*MAKERS, *ABORTING_MAKERS])
def test_an_owned_closure_is_called_and_dropped_once(
    rust: Any, maker: str, constructor: str
) -> None:
    closure = getattr(rust, maker)(constructor)
    assert closure(1) == 2
    if maker != "make_once":
        assert closure(3) == (4 if maker == "make" else 5)
        assert rust.drops() == 200
    del closure
    gc.collect()
    assert rust.drops() == (101 if maker == "make_once" else 201)


@pytest.mark.parametrize(("maker", "constructor"), MAKERS)
def test_a_panic_in_a_catching_closure_fails_its_call_only(
    rust: Any, maker: str, constructor: str
) -> None:
    closure = getattr(rust, maker)(constructor)
    with pytest.raises(PanicError, match="a closure panicked at 13"):
        closure(UNLUCKY)
    assert rust.drops() == (101 if maker == "make_once" else 100)
    if maker == "make":
        assert closure(1) == 2


@pytest.mark.parametrize(("maker", "constructor"), ABORTING_MAKERS)
def test_a_panic_in_an_aborting_closure_ends_the_instance(
    instance: Any, maker: str, constructor: str
) -> None:
    closure = getattr(instance.exports, maker)(constructor)
    with pytest.raises(AbortError, match="a panic left code that must not unwind") as caught:
        closure(UNLUCKY)
    assert caught.value.reason is AbortReason.PANIC
    assert instance.state == "dead"


@pytest.mark.parametrize("constructor", [*ONCE, "once_aborting"])
def test_a_closure_that_can_be_called_once_refuses_the_second_call(
    instance: Any, constructor: str
) -> None:
    rust = instance.exports
    closure = rust.make_once(constructor)
    closure(1)
    for _ in range(2):
        if constructor == "once_into_js":  # it drops itself
            with pytest.raises(StaleHandleError, match="after being dropped"):
                closure(1)
        else:
            with pytest.raises(js.Error, match="FnOnce called more than once"):
                closure(1)
    assert rust.drops() == 101


@pytest.mark.parametrize(("maker", "constructor"), [*MAKERS, *ABORTING_MAKERS])
def test_owned_closures_leave_nothing_behind(instance: Any, maker: str, constructor: str) -> None:
    make = getattr(instance.exports, maker)
    flat(instance, lambda: make(constructor)(1))


@pytest.mark.parametrize(("maker", "constructor"), MAKERS)
def test_panics_of_owned_closures_leave_nothing_behind(
    instance: Any, maker: str, constructor: str
) -> None:
    make = getattr(instance.exports, maker)

    def once() -> None:
        with pytest.raises(PanicError):
            make(constructor)(UNLUCKY)

    flat(instance, once, 100)


def test_what_is_held_is_seen(instance: Any) -> None:
    """The tests that nothing is left behind would see a closure and a value of the host."""
    instance.exports.make("new")
    before = held(instance)
    closures = [instance.exports.make("new") for _ in range(10)]
    assert held(instance)[0] >= before[0] + 40
    closures.clear()
    assert held(instance)[0] == before[0]
    instance.exports.keep()
    assert held(instance)[1] == before[1] + 1


# --- closures that are lent ---


@pytest.mark.parametrize("constructor", [*LENT, "borrow_aborting", "borrow_mut_aborting"])
def test_a_lent_closure_is_called_and_is_gone_afterwards(
    rust: Any, host: Host, constructor: str
) -> None:
    counted = int(constructor in COUNTED)
    assert list(rust.lend(constructor, 1)) == [2 + LENT.get(constructor, 0), counted]
    (closure,) = host.given
    if constructor == "Closure":  # it is the host's now
        assert closure(5) == 6
        return
    with pytest.raises(StaleHandleError, match="after being dropped"):
        closure(1)


def test_no_closure_is_none(rust: Any, host: Host) -> None:
    assert list(rust.lend("None", 1)) == [0, 0]
    assert host.given == [None]


@pytest.mark.parametrize("constructor", LENT)
def test_a_panic_in_a_lent_closure_is_the_error_of_the_call(
    rust: Any, host: Host, constructor: str
) -> None:
    number = UNLUCKY - LENT[constructor]
    if number < 0:  # its number is beyond 13: the addition overflows instead
        number = 2**32 - LENT[constructor] + UNLUCKY
    with pytest.raises(PanicError, match="a closure panicked at 13"):
        rust.lend(constructor, number)
    assert rust.drops() == 101
    assert list(rust.lend("dyn Fn", 1)) == [2, 0]


@pytest.mark.parametrize("constructor", ["borrow_aborting", "borrow_mut_aborting"])
def test_a_panic_in_a_lent_aborting_closure_ends_the_instance(
    instance: Any, constructor: str
) -> None:
    with pytest.raises(AbortError, match="a panic left code that must not unwind") as caught:
        instance.exports.lend(constructor, UNLUCKY)
    assert caught.value.reason is AbortReason.PANIC
    assert instance.state == "dead"


@pytest.mark.parametrize("constructor", [*LENT, "borrow_aborting", "borrow_mut_aborting"])
def test_lent_closures_leave_nothing_behind(instance: Any, host: Host, constructor: str) -> None:
    def once() -> None:
        instance.exports.lend(constructor, 1)
        host.given.clear()

    flat(instance, once)


@pytest.mark.parametrize("constructor", LENT)
def test_lent_closures_whose_borrower_fails_leave_nothing_behind(
    instance: Any, host: Host, constructor: str
) -> None:
    host.fails = True

    def once() -> None:
        with pytest.raises(KeyError):
            instance.exports.lend(constructor, 1)

    flat(instance, once, 100)


# --- results ---


def test_a_closure_that_gives_a_result_raises_its_error(rust: Any) -> None:
    fallible, text = rust.fallible(), rust.fallible_text()
    assert (fallible(4), text(4)) == (2, "2")
    with pytest.raises(unpoison.ThrownValue) as thrown:
        fallible(3)
    assert thrown.value.value == "odd"
    with pytest.raises(js.Error, match="3 is odd"):
        text(3)
    del text
    gc.collect()
    assert rust.drops() == 1


def test_a_closure_that_gives_an_option_gives_none(rust: Any) -> None:
    optional, text = rust.optional(), rust.optional_text()
    assert [optional(4), optional(3), optional(None), optional()] == [2, None, None, None]
    assert [text("é"), text(""), text(None)] == ["É", "", None]


def test_a_closure_that_borrows_its_argument(rust: Any) -> None:
    closure = rust.by_reference()
    assert (closure(None), closure(1)) == (True, False)


@pytest.mark.parametrize("count", range(9))
def test_a_closure_has_up_to_eight_parameters(rust: Any, count: int) -> None:
    closure = rust.of_parameters(count)
    assert closure.length == count
    values = [object() for _ in range(count)]
    assert list(closure(*values)) == values
    assert list(closure(*values, "more")) == values
    assert list(closure()) == [None] * count


def test_results_leave_nothing_behind(instance: Any) -> None:
    rust = instance.exports
    closures = [rust.fallible_text(), rust.optional_text(), rust.of_parameters(8)]

    def once() -> None:
        with pytest.raises(js.Error):
            closures[0](3)
        assert closures[1]("text" * 50) == "TEXT" * 50
        closures[2](*map(str, range(8)))

    flat(instance, once)


# --- lifetimes ---


def test_a_closure_that_rust_keeps_lives_without_python(instance: Any) -> None:
    rust = instance.exports
    assert rust.keep()(1) == 2
    gc.collect()
    assert rust.drops() == 0
    kept = rust.kept()
    assert kept(2) == 3
    assert rust.kept() is kept
    rust.drop_kept()
    assert rust.drops() == 1
    with pytest.raises(StaleHandleError, match="after being dropped"):
        kept(1)
    del kept
    gc.collect()
    assert (rust.drops(), rust.kept()) == (1, js.null)


def test_a_closure_that_rust_forgets_is_python_s_to_drop(rust: Any) -> None:
    closure = rust.forget()
    assert closure(1) == 2
    assert rust.drops() == 0


def test_a_closure_that_was_dropped_first_is_stale(rust: Any) -> None:
    closure = rust.dropped()
    assert rust.drops() == 1
    with pytest.raises(StaleHandleError, match="after being dropped"):
        closure(1)


def test_a_closure_that_drops_itself_runs_to_its_end(rust: Any) -> None:
    closure = rust.suicidal()
    assert closure(5) == 5  # its guard was alive
    assert rust.drops() == 1
    with pytest.raises(StaleHandleError, match="after being dropped"):
        closure(5)


def test_a_closure_that_drops_itself_and_panics_is_dropped_once(rust: Any) -> None:
    closure = rust.suicidal_panicking()
    with pytest.raises(PanicError, match="dropped, then panicked at 6"):
        closure(5)
    assert rust.drops() == 1
    with pytest.raises(StaleHandleError, match="after being dropped"):
        closure(5)


def test_a_shared_closure_may_be_called_while_it_runs(rust: Any, host: Host) -> None:
    host.given.append(rust.recursive())
    assert host.given[0](20) == 210


def test_a_changing_closure_may_not_be_called_while_it_runs(rust: Any, host: Host) -> None:
    host.given.append(rust.recursive_mut())
    assert host.given[0](0) == 1
    with pytest.raises(BorrowError, match="invoked recursively"):
        host.given[0](3)
    assert host.given[0](0) == 3


def test_lifetimes_leave_nothing_behind(instance: Any, host: Host) -> None:
    rust = instance.exports

    def once() -> None:
        rust.keep()(1)
        rust.drop_kept()
        rust.dropped()
        rust.suicidal()(1)
        with pytest.raises(PanicError):
            rust.suicidal_panicking()(1)
        host.given[:] = [rust.recursive()]
        host.given[0](5)
        host.given.clear()

    flat(instance, once, 100)


# --- functions of the host in Rust ---


@pytest.mark.parametrize("count", range(10))
def test_a_callable_gets_its_arguments_one_by_one(rust: Any, count: int) -> None:
    assert rust.call_with(lambda *given: list(given), None, count) == list(range(1, count + 1))


def test_a_callable_gets_the_values_of_an_array(rust: Any) -> None:
    values = [object(), "text", None]
    assert rust.apply(lambda *given: list(given), None, values) == values
    assert rust.apply(lambda *given: list(given), None, []) == []


def test_a_callable_has_no_this(rust: Any) -> None:
    assert rust.call_with(lambda *given: given, {"this": 1}, 1) == (1,)


@pytest.mark.parametrize("count", range(3))
def test_a_bound_callable_has_its_first_arguments(rust: Any, count: int) -> None:
    bound = rust.bind(lambda *given: list(given), None, count)
    assert bound("rest") == [*range(1, count + 1), "rest"]
    assert rust.call_with(bound, None, 1) == [*range(1, count + 1), 1]


def test_a_callable_is_itself(rust: Any) -> None:
    def one() -> None: ...

    def other() -> None: ...

    assert list(rust.same(one, one)) == [1, 1]
    assert list(rust.same(one, other)) == [0, 0]
    closure = rust.make("new")
    assert list(rust.same(closure, closure)) == [1, 1]
    assert list(rust.same(closure, rust.make("new"))) == [0, 0]


def test_what_a_function_says_of_itself(rust: Any) -> None:
    def three(a: int, b: int, c: int = 0) -> None: ...

    assert rust.describe(three) == ["three", 2, True, False, True, "function"]
    assert rust.describe(rust.make("new")) == ["", 1, True, False, True, "function"]
    assert "three" in rust.source(three)


def test_a_function_takes_properties(rust: Any) -> None:
    def function() -> None: ...

    value = object()
    assert rust.mark(function, "extra", value) is value
    closure = rust.make("new")
    assert rust.mark(closure, "extra", value) is value
    assert closure(1) == 2


def test_what_is_no_function_is_refused_or_not_called(rust: Any) -> None:
    assert rust.call_if_function(5) is None
    assert rust.call_if_function(lambda: 7) == 7
    with pytest.raises(js.TypeError, match="call is not a function"):
        rust.call_with(5, None, 0)


def test_what_a_callable_raises_is_caught_as_it_is(rust: Any) -> None:
    error = KeyError("k")

    def fail() -> None:
        raise error

    assert rust.caught(fail) is error
    assert rust.caught(lambda: 1) is None
    with pytest.raises(KeyError) as raised:
        rust.call_with(fail, None, 0)
    assert raised.value is error


def test_callables_leave_nothing_behind(instance: Any) -> None:
    rust = instance.exports

    def fail() -> None:
        raise KeyError

    def once() -> None:
        rust.call_with(lambda *given: list(given), object(), 9)
        rust.apply(lambda *given: given, None, [object(), 2])
        rust.bind(lambda *given: given, None, 2)(object())
        rust.caught(fail)

    flat(instance, once)


def test_attributes_that_leave_no_trace(rust: Any) -> None:
    assert rust.attributes() == "41 0.75 4 old grüß dich"
