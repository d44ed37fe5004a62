"""A panic in an export: destructors run, the caller gets PanicError, the instance goes on."""

from __future__ import annotations

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import PanicError


def panic_of(call: object, *arguments: object) -> PanicError:
    with pytest.raises(PanicError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("boom", (), "boom"),
        ("boom_with", ("späte",), "boom: späte"),
        ("boom_string", ("owned",), "owned"),
        ("boom_index", (9,), "index out of bounds: the len is 3 but the index is 9"),
        ("boom_number", (3,), "No panic message available"),
        ("boom_deep", (7,), "the bottom"),
        ("boom_twice", (), "second panic, in a destructor"),
    ],
)
def test_a_panic_tells_its_message(
    embedder: Embedder, name: str, arguments: tuple[object, ...], message: str
) -> None:
    error = panic_of(getattr(embedder.start(), name), *arguments)
    assert (error.message, error.payload, str(error)) == (message, None, message)


@pytest.mark.parametrize("value", [7, "text", {"a": 1}, ValueError("v"), [1], b"b"])
def test_a_panic_with_a_value_carries_that_very_value(embedder: Embedder, value: object) -> None:
    error = panic_of(embedder.start().boom_value, value)
    assert error.payload is value


def test_a_panic_with_text_after_a_panic_with_the_same_value_has_no_payload(
    embedder: Embedder,
) -> None:
    rust = embedder.start()
    text = "the same text"
    assert panic_of(rust.boom_value, text).payload is text
    assert panic_of(rust.boom_string, text).payload is None


@pytest.mark.parametrize(
    ("name", "arguments", "drops"),
    [("boom", (), 1), ("boom_with", ("x",), 2), ("boom_deep", (9,), 10), ("boom_string", ("",), 1)],
)
def test_a_panic_runs_the_destructors(
    embedder: Embedder, name: str, arguments: tuple[object, ...], drops: int
) -> None:
    rust = embedder.start()
    panic_of(getattr(rust, name), *arguments)
    assert rust.drops() == drops


def test_a_panic_leaves_state_and_instance_good(embedder: Embedder) -> None:
    rust = embedder.start()
    rust.bump()
    panic_of(rust.boom)
    assert rust.bump() == 2
    assert (rust.starts(), embedder.instance.state, embedder.instance.generation) == (1, "live", 1)


def test_a_panic_in_a_method_ends_its_borrow(embedder: Embedder) -> None:
    acc = embedder.start().Acc()
    assert panic_of(acc.boom).message == "boom at 1"
    acc.push(1.0)
    assert acc.total == 2.0


def test_a_panic_in_a_consuming_method_consumes(embedder: Embedder) -> None:
    rust = embedder.start()
    acc = rust.Acc()
    panic_of(acc.finish_badly)
    assert rust.live_accs() == 0
    acc.free()


@pytest.mark.parametrize("name", ["boom", "boom_twice"])
def test_a_panic_restores_the_stack_pointer(embedder: Embedder, name: str) -> None:
    rust = embedder.start()
    before = embedder.stack_pointer
    panic_of(getattr(rust, name))
    assert embedder.stack_pointer == before


def test_thirty_thousand_panics_leak_no_stack(embedder: Embedder) -> None:
    # 48 bytes lost by each would overflow Rust's stack after 21,842.
    rust = embedder.start()
    for _ in range(30_000):
        try:
            rust.boom()
        except PanicError:
            continue
        pytest.fail("no panic")
    assert rust.drops() == 30_000
    assert embedder.instance.live_handles < 10


def test_thirty_thousand_nested_panics_leak_no_stack(embedder: Embedder) -> None:
    rust = embedder.start()
    inside: list[int] = []

    def reenter(n: int) -> int:
        before = embedder.stack_pointer
        for _ in range(1000):
            try:
                rust.boom()
            except PanicError:
                continue
        inside.append(before - embedder.stack_pointer)
        return n

    embedder.reenter = reenter
    before = embedder.stack_pointer
    for _ in range(30):
        rust.call_back(1)
    assert embedder.stack_pointer == before
    assert inside == [0] * 30


def test_a_panic_restores_the_stack_pointer_of_each_level_that_it_leaves(
    embedder: Embedder,
) -> None:
    rust = embedder.start()
    levels: dict[int, list[int]] = {}

    def apply(_: object, n: int) -> int:
        before = embedder.stack_pointer
        try:
            return int(rust.call_apply(n - 1, 1) if n else rust.boom())
        finally:
            levels[n] = [before, embedder.stack_pointer]

    embedder.apply = apply
    error = panic_of(rust.call_apply, 5, 1)
    assert error.message == "boom"
    assert len({before for before, _ in levels.values()}) == 6
    assert all(before == after for before, after in levels.values())


def test_a_panic_travels_through_nested_levels_as_one_object(embedder: Embedder) -> None:
    rust = embedder.start()
    seen: list[BaseException] = []

    def reenter(n: int) -> int:
        try:
            return int(rust.boom())
        except PanicError as error:
            seen.append(error)
            raise

    embedder.reenter = reenter
    assert panic_of(rust.call_back, 0) is seen[0]
    assert rust.bump() == 1


def test_a_panic_that_python_handles_ends_there(embedder: Embedder) -> None:
    rust = embedder.start()

    def reenter(n: int) -> int:
        panic_of(rust.boom)
        return n

    embedder.reenter = reenter
    assert rust.call_back(4) == 5
    assert rust.drops() == 2


def test_a_panic_of_a_nested_call_is_an_err_to_a_catch_import(embedder: Embedder) -> None:
    rust = embedder.start()
    embedder.risky = lambda n: rust.boom()
    assert rust.call_back_caught(1) == 1000


def test_catch_unwind_in_rust_works(embedder: Embedder) -> None:
    rust = embedder.start()
    assert rust.caught("m") == "caught: m"
    assert rust.drops() == 1
    assert rust.caught_twice() == "second panic, in a destructor"


def test_a_panic_in_a_field_getter_is_an_error_of_that_call_only(embedder: Embedder) -> None:
    rust = embedder.start()
    before = embedder.stack_pointer
    shelf = rust.Shelf(rust.Fragile(1))
    assert panic_of(lambda: shelf.item).message == "a copy that panics"
    assert (shelf.peek(), embedder.instance.state) == (1, "live")
    assert embedder.stack_pointer == before


def test_a_panic_in_a_field_setter_is_an_error_of_that_call_only(embedder: Embedder) -> None:
    rust = embedder.start()
    shelf = rust.Shelf(rust.Fragile(2))

    def put() -> None:
        shelf.item = rust.Fragile(0)

    assert panic_of(put).message == "a destructor that panics"
    assert embedder.instance.state == "live"
    assert rust.bump() == 1


def test_a_panic_in_a_property_setter_is_an_error_of_that_call_only(embedder: Embedder) -> None:
    acc = embedder.start().Acc()
    with pytest.raises(PanicError, match="total must be finite"):
        acc.total = float("inf")
    acc.total = 3
    assert acc.total == 3.0


def test_ten_thousand_failing_getters_leak_nothing(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    shelf = rust.Shelf(rust.Fragile(1))
    panic_of(lambda: shelf.item)
    handles, before = one_embedder.instance.live_handles, one_embedder.stack_pointer
    for _ in range(10_000):
        try:
            shelf.item  # noqa: B018 - reading it is the test
        except PanicError:
            continue
    size = one_embedder.instance.memory_size
    assert (one_embedder.instance.live_handles, one_embedder.stack_pointer) == (handles, before)
    assert size < 4 << 20


def test_a_panic_while_a_host_exception_is_handled_keeps_it_as_context(embedder: Embedder) -> None:
    rust = embedder.start()
    embedder.thrower = raiser(KeyError("host"))
    try:
        rust.call_thrower()
    except KeyError as first:
        assert panic_of(rust.boom).__context__ is first
