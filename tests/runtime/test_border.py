"""What a hostile guest hands over: pointers, lengths and handles are checked, one clear end each.

The guest is made hostile from an import: it changes what the guest is about to hand over.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.runtime.conftest import Embedder
from unpoison import AbortError, AbortReason, TerminatedError, UnpoisonError
from unpoison.bindgen import HANDLE_BATCH, Import
from unpoison.runtime.border import Border
from unpoison.runtime.in_flight import InFlight


def host_number(embedder: Embedder, name: str) -> int:
    """Give the number of the host function of an import, by the end of its name."""
    hosts = embedder.instance._supervisor.program.plan.hosts
    return next(
        number
        for number, host in enumerate(hosts)
        if isinstance(host, Import) and host.name.endswith(name)
    )


def hand_over(embedder: Embedder, name: str, *words: int) -> None:
    """Let the guest call an import with these u32 arguments instead of its own, once."""
    supervisor = embedder.instance._supervisor
    number = host_number(embedder, name)
    handler = supervisor.handlers[number]

    def hostile() -> None:
        supervisor.handlers[number] = handler
        for place, word in enumerate(words):
            supervisor.mail.u32[2 * place] = word
        handler()

    supervisor.handlers[number] = hostile


def assert_ends(embedder: Embedder, call: Callable[[], object], text: str) -> None:
    with pytest.raises(AbortError, match=text) as caught:
        call()
    assert caught.value.reason is AbortReason.OUT_OF_BOUNDS
    assert embedder.instance.state == "dead"
    assert embedder.lock_is_free()
    with pytest.raises(TerminatedError):
        embedder.instance.exports.bump()
    embedder.instance.reinit()
    assert embedder.instance.exports.bump() == 1


@pytest.mark.parametrize(
    ("pointer", "length"),
    [(0xFFFF_FFFF, 1), (0, 0xFFFF_FFFF), (0x7FFF_FFFF, 0x7FFF_FFFF), (0xFFFF_FFFF, 0xFFFF_FFFF)],
)
def test_a_string_outside_of_the_memory_ends_the_instance(
    any_embedder: Embedder, pointer: int, length: int
) -> None:
    rust = any_embedder.start()
    hand_over(any_embedder, "log", pointer, length)
    assert_ends(any_embedder, lambda: rust.log("text"), "the guest handed over a bad string")


def test_a_string_that_is_not_utf_8_ends_the_instance(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    home = any_embedder.instance._supervisor.home
    place = home.stack_top - 8
    home.memory.write(place, b"\xff\xfe")
    hand_over(any_embedder, "log", place, 2)
    assert_ends(any_embedder, lambda: rust.log("text"), "the guest handed over a bad string")


def test_an_empty_string_at_any_place_inside_is_fine(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    hand_over(any_embedder, "log", 1, 0)
    rust.log("text")
    assert any_embedder.printed == [""]


@pytest.mark.parametrize("handle", [1, 500, 1022, 1 << 20, 0xFFFF_FFFF])
def test_a_handle_that_names_nothing_ends_the_instance(any_embedder: Embedder, handle: int) -> None:
    rust = any_embedder.start()
    hand_over(any_embedder, "call", handle)
    assert_ends(any_embedder, lambda: rust.call_function(len, "x"), f"handle {handle}")


@pytest.mark.parametrize("handle", [0, 1024, 1025, 1026, 1027])
def test_a_constant_where_a_function_is_due_is_an_error_of_the_call(
    any_embedder: Embedder, handle: int
) -> None:
    rust = any_embedder.start()
    hand_over(any_embedder, "call", handle)
    with pytest.raises(Exception, match=r"Cannot read|not a function"):
        rust.call_function(len, "x")
    assert any_embedder.instance.state == "live"


@pytest.mark.parametrize("handle", [0xFFFF_FFFF, 1 << 24, 7])
def test_a_handle_that_cannot_be_freed_ends_the_instance(
    any_embedder: Embedder, handle: int
) -> None:
    # `throw_val` hands over an owned handle, which the host frees.
    rust = any_embedder.start()
    hand_over(any_embedder, "rethrow", handle)
    with pytest.raises(AbortError):
        rust.throw_value(5)
    assert any_embedder.instance.state == "dead"


def test_a_handle_that_is_freed_twice_gives_undefined_at_worst(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    border = Border(any_embedder.instance._supervisor, ())
    handle = border.own({"a": 1})
    assert border.take(handle) == {"a": 1}
    assert border.peek(handle) is None
    with suppress(UnpoisonError):
        border.drop_handle(handle)
        rust.echo({"b": 2})
        rust.echo({"c": 3})
    assert any_embedder.lock_is_free()


def test_a_host_that_keeps_the_handles_itself_sees_a_double_free(
    one_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As for modules built without the feature reference-types: contract facts 4.1.
    one_embedder.start()
    monkeypatch.setattr("unpoison.runtime.border.HANDLE_BATCH", 0)
    border = Border(one_embedder.instance._supervisor, ())
    border._keeps_handles = False
    handle = border.own("value")
    assert border.take(handle) == "value"
    with pytest.raises(AbortError, match=f"handle {handle} to be freed"):
        border.drop_handle(handle)


def test_a_host_that_keeps_the_handles_itself_has_an_end_of_them(
    one_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_embedder.start()
    monkeypatch.setattr("unpoison.runtime.handles.MAX_HANDLES", 0)
    border = Border(one_embedder.instance._supervisor, ())
    border._keeps_handles = False
    with pytest.raises(AbortError, match="more handles than there are"):
        border.own("value")


def test_every_import_survives_any_arguments(any_embedder: Embedder) -> None:
    """Whatever the guest hands over, one of our errors comes out and the lock is free."""
    patterns = [(0, 0), (1, 1), (0xFFFF_FFFF,) * 4, (1024,) * 4, (1 << 20,) * 4, (7, 1 << 31)]
    calls: dict[str, Callable[[Any], object]] = {
        "log": lambda rust: rust.log("text"),
        "risky": lambda rust: rust.risky_parts(1),
        "call": lambda rust: rust.call_function(len, "x"),
        "rethrow": lambda rust: rust.throw_value({}),
        "throw": lambda rust: rust.throw_text("t"),
        "apply": lambda rust: rust.call_apply(1, 2),
        "error": lambda rust: (rust.install_panic_hook(), rust.boom()),
    }
    for name, call in calls.items():
        for words in patterns:
            rust = any_embedder.start()
            with suppress(UnpoisonError, TypeError):
                hand_over(any_embedder, name, *words)
                call(rust)
            assert any_embedder.lock_is_free(), (name, words)
            any_embedder.instance.reinit()
            assert rust.bump() == 1


def test_a_result_that_points_outside_of_the_memory_ends_the_instance(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    number = next(n for n, e in enumerate(supervisor._entries) if e.name.startswith("greet"))
    rust.greet("x")
    call = supervisor.calls[number]

    def hostile() -> object:
        result = call()
        supervisor.slots.u32[0] = 0xFFFF_FFF0
        return result

    supervisor.calls[number] = hostile
    assert_ends(any_embedder, lambda: rust.greet("x"), "the guest handed over a bad string")


def test_texts_of_every_length_cross(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    for length in (*range(140), 1000):
        for text in ("x" * length, "é" * (length // 2), "\U0001f980" * (length // 4)):
            assert rust.greet(text) == f"Hello, {text}!"


def test_a_malloc_that_gives_a_wild_pointer_ends_the_instance(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    entries = supervisor._entries
    number = next(n for n, e in enumerate(entries) if e.name == "__wbindgen_malloc")
    rust.greet("x")
    call = supervisor.calls[number]

    def hostile() -> object:
        result = call()
        supervisor.slots.u32[0] = 0xFFFF_FFF0
        return result

    supervisor.calls[number] = hostile
    text = "a long text" * 20
    assert_ends(any_embedder, lambda: rust.greet(text), "are not inside the guest's memory")


def test_an_allocator_that_gives_a_fixed_handle_ends_the_instance(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    entries = supervisor._entries
    number = next(n for n, e in enumerate(entries) if e.name == "__externref_table_alloc")
    rust.echo({})
    call = supervisor.calls[number]

    def hostile() -> object:
        result = call()
        supervisor.slots.u32[0] = 1024
        return result

    supervisor.calls[number] = hostile
    supervisor.home.handles.free.clear()
    assert_ends(any_embedder, lambda: rust.echo({}), "handle 1024 as a free one")


def test_handles_are_allocated_and_freed_without_a_call_of_the_guest_for_each(
    any_embedder: Embedder,
) -> None:
    any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    border, handles = Border(supervisor, ()), supervisor.home.handles
    first = [border.own(number) for number in range(5 * HANDLE_BATCH)]
    assert len(set(first)) == len(first)
    assert [border.take(handle) for handle in first] == list(range(5 * HANDLE_BATCH))
    assert len(handles.free) <= 2 * HANDLE_BATCH
    assert handles.live() == 0
    size = len(handles.values)
    for number in range(5 * HANDLE_BATCH):
        border.own(number)
    assert len(handles.values) == size


def test_an_exception_ticket_that_was_never_given_ends_the_instance(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor

    def thrower() -> None:
        supervisor._in_flight.clear()
        raise KeyError

    any_embedder.thrower = thrower

    class Forgetful(InFlight):
        def put(self, error: BaseException) -> int:
            ticket = super().put(error)
            self.clear()
            return ticket

    supervisor._in_flight = Forgetful()
    assert_ends(any_embedder, rust.call_thrower, "which was never thrown")


def test_a_value_that_is_no_scalar_value_is_no_char(one_embedder: Embedder) -> None:
    one_embedder.start()
    border = Border(one_embedder.instance._supervisor, ())
    assert border.to_char(0x10FFFF) == "\U0010ffff"
    with pytest.raises(AbortError, match="the char 0xd800"):
        border.to_char(0xD800)


def test_corruption_seen_in_an_import_ends_the_outer_frames_too(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    home = any_embedder.instance._supervisor.home

    def risky(n: int) -> int:
        hand_over(any_embedder, "log", 0xFFFF_FFFF, 5)
        with pytest.raises(AbortError):
            rust.log("text")
        return n

    any_embedder.risky = risky
    with pytest.raises(AbortError, match="a bad string"):
        rust.call_back_caught(1)
    assert home.vessel is None


def test_a_terminated_word_that_the_guest_wrote_itself_ends_the_instance(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    address = supervisor.program.interface.terminated_word
    assert address is not None
    supervisor.home.memory.write(address, b"\1\0\0\0")
    with pytest.raises(AbortError, match="the module declared itself terminated"):
        rust.bump()
    with pytest.raises(TerminatedError):
        rust.bump()
