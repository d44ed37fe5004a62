"""Rust structs in Python: dropped exactly once, and never from a finaliser."""

from __future__ import annotations

import gc
import sys
import threading
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, in_thread
from unpoison import AbortError, BorrowError, StaleHandleError, TerminatedError, js


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    reports: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", reports.append)
    return reports


# --- the three ways to drop ---


def test_free_drops_at_once_and_once(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()
    assert rust.live_accs() == 1
    acc.free()
    assert rust.live_accs() == 0
    acc.free()
    assert rust.live_accs() == 0


def test_with_drops_at_the_end_of_the_block(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with rust.Acc() as acc:
        acc.push(1.0)
        assert rust.live_accs() == 1
    assert rust.live_accs() == 0


def test_with_drops_when_the_block_fails(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(KeyError), rust.Acc():
        raise KeyError
    assert rust.live_accs() == 0


def test_with_lets_the_block_free_or_move_it(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with rust.Acc() as first, rust.Acc() as second:
        first.free()
        second.finish()
    assert rust.live_accs() == 0


def test_a_collected_object_is_dropped_by_the_next_entry_first_of_all(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()
    del entered[:]
    del acc
    gc.collect()
    assert entered == []  # the finaliser only takes a note
    assert rust.live_accs() == 0
    assert len(entered) == 2
    assert "acc_free" in entered[0]


def test_a_collected_object_is_dropped_by_close(any_embedder: Embedder, entered: list[str]) -> None:
    rust = any_embedder.start()
    accs = [rust.Acc() for _ in range(3)]
    del entered[:]
    del accs
    gc.collect()
    any_embedder.instance.close()
    assert sum("acc_free" in name for name in entered) == 3


def test_a_freed_object_is_not_dropped_again_when_collected(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()
    acc.free()
    rust.Acc().finish()
    del acc
    gc.collect()
    del entered[:]
    rust.bump()
    assert len(entered) == 1


def test_an_object_that_keeps_itself_alive_by_a_cycle_is_dropped_once(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    box: list[Any] = [rust.Counted()]
    box.append(box)
    del box
    gc.collect()
    assert rust.drops() == 1
    gc.collect()
    assert rust.drops() == 1


def test_a_thousand_collected_objects_are_dropped_once_each(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    for _ in range(1000):
        rust.Counted()
    gc.collect()
    assert rust.drops() == 1000


def test_an_object_collected_in_another_thread_is_dropped_by_the_next_entry(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    box = [rust.Counted()]
    del entered[:]
    in_thread(box.clear)
    assert entered == []
    assert rust.drops() == 1


def test_objects_collected_while_calls_run_are_dropped_once_each(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    made: list[Any] = [rust.Counted() for _ in range(4000)]
    done = threading.Event()

    def collect() -> None:
        while made:
            made.pop()
        done.set()

    thread = threading.Thread(target=collect)
    thread.start()
    while not done.is_set():
        rust.bump()
    thread.join()
    assert rust.drops() == 4000


def test_an_object_collected_inside_a_call_is_dropped_by_the_next_entry(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    box = [rust.Counted()]
    seen: list[int] = []

    def reenter(n: int) -> int:
        box.clear()
        gc.collect()
        seen.append(rust.drops())
        return n

    any_embedder.reenter = reenter
    rust.call_back(1)
    assert seen == [1]
    assert rust.drops() == 2  # the guard of call_back


# --- a destructor that fails ---


def test_a_panic_in_a_queued_drop_is_reported_and_ends_the_instance(
    embedder: Embedder, unraisable: list[Any]
) -> None:
    rust = embedder.start()
    rust.Fragile(2)
    gc.collect()
    with pytest.raises(TerminatedError) as caught:
        rust.bump()
    cause = caught.value.__cause__
    assert isinstance(cause, AbortError)
    assert [report.exc_value for report in unraisable] == [cause]
    assert unraisable[0].err_msg == "a Rust destructor failed in a queued drop"


def test_an_abort_in_a_queued_drop_is_reported_and_ends_the_instance(
    any_embedder: Embedder, unraisable: list[Any], entered: list[str]
) -> None:
    rust = any_embedder.start()
    kept = [rust.Fatal(), rust.Counted()]
    while kept:
        kept.pop(0)
    del entered[:]
    with pytest.raises(TerminatedError):
        rust.bump()
    assert [type(report.exc_value) for report in unraisable] == [AbortError]
    # The other drop, and the call itself, never ran.
    assert ["fatal_free" in name for name in entered if name != "hook"] == [True]


def test_after_a_failed_queued_drop_a_renewing_instance_serves_the_next_call(
    any_embedder: Embedder, unraisable: list[Any]
) -> None:
    rust = any_embedder.start(recovery="reinit")
    rust.Fatal()
    gc.collect()
    with pytest.raises(TerminatedError):
        rust.bump()
    assert (rust.bump(), any_embedder.instance.generation) == (1, 2)
    assert len(unraisable) == 1


def test_a_failing_drop_in_close_is_reported_and_closes(
    any_embedder: Embedder, unraisable: list[Any]
) -> None:
    rust = any_embedder.start()
    rust.Fatal()
    gc.collect()
    any_embedder.instance.close()
    assert any_embedder.instance.state == "closed"
    assert len(unraisable) == 1


# --- use that cannot be ---


USES = {
    "method": lambda acc: acc.push(1.0),
    "getter": lambda acc: acc.total,
    "field getter": lambda acc: acc.pushes,
    "setter": lambda acc: setattr(acc, "total", 1.0),
    "field setter": lambda acc: setattr(acc, "label", "l"),
    "consuming method": lambda acc: acc.finish(),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("end", ["free", "finish"])
def test_use_after_free_or_move_raises_stale_handle_error(
    any_embedder: Embedder, use: str, end: str
) -> None:
    acc = any_embedder.start().Acc()
    getattr(acc, end)()
    with pytest.raises(StaleHandleError, match="was freed or moved into Rust"):
        USES[use](acc)
    assert any_embedder.instance.state == "live"


def test_a_moved_argument_cannot_be_used_again(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    first, second = rust.Acc.starting_at(1.0), rust.Acc.starting_at(2.0)
    merged = rust.merge(first, second)
    assert merged.total == 3.0
    for call in (lambda: first.total, lambda: rust.sum_of(merged, second), second.finish):
        with pytest.raises(StaleHandleError):
            call()
    first.free()
    assert rust.live_accs() == 1


def test_one_object_twice_in_a_consuming_call_is_refused_and_not_consumed(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    acc = rust.Acc.starting_at(2.0)
    with pytest.raises(BorrowError, match="given twice"):
        rust.merge(acc, acc)
    with pytest.raises(BorrowError, match="given twice"):
        acc.swallow(acc)
    assert acc.total == 2.0


def test_one_object_twice_in_a_reading_call_is_fine(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc.starting_at(2.0)
    assert rust.sum_of(acc, acc) == 4.0


def test_an_object_of_another_instance_is_refused(any_embedder: Embedder) -> None:
    other = any_embedder.module.instantiate(any_embedder.imports())
    rust = any_embedder.start()
    mine, theirs = rust.Acc(), other.exports.Acc()
    for call in (
        lambda: rust.sum_of(mine, theirs),
        lambda: rust.merge(theirs, mine),
        lambda: mine.swallow(theirs),
        lambda: rust.Acc.push(theirs, 1.0),
        lambda: rust.Acc.total.fget(theirs),
    ):
        with pytest.raises(StaleHandleError):
            call()
    assert (mine.total, theirs.total) == (0.0, 0.0)
    other.close()


def test_an_object_of_another_class_is_refused(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(TypeError, match="left must be a Acc, not Counted"):
        rust.sum_of(rust.Counted(), rust.Acc())
    with pytest.raises(TypeError, match="right must be a Acc, not NoneType"):
        rust.sum_of(rust.Acc(), None)


def test_an_object_whose_constructor_never_ran_drops_nothing(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    empty = rust.Acc.__new__(rust.Acc)
    with pytest.raises(StaleHandleError):
        empty.finish()
    assert repr(empty) == "<Acc freed or moved>"
    empty.free()
    del empty
    gc.collect()
    assert rust.bump() == 1


def test_a_failed_constructor_leaves_nothing_to_drop(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    with pytest.raises(TypeError):
        rust.Fragile("one")
    gc.collect()
    assert rust.bump() == 1


def test_a_constructor_called_again_on_an_object_drops_what_it_had(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    counted = rust.Counted()
    counted.__init__()
    gc.collect()
    del counted
    gc.collect()
    assert rust.drops() == 2


def test_free_while_borrowed_drops_when_the_borrow_ends(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc = rust.Acc()

    def reenter(n: int) -> int:
        with pytest.raises(BorrowError):
            acc.free()
        return n

    any_embedder.reenter = reenter
    acc.push_through(1)
    with pytest.raises(StaleHandleError):
        acc.push(1.0)


def test_a_collected_object_that_is_borrowed_waits_for_the_borrow(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    box = [rust.Acc()]

    def reenter(n: int) -> int:
        assert rust.live_accs() == 1
        return n

    any_embedder.reenter = reenter
    box[0].push_through(1)
    box.clear()
    assert rust.live_accs() == 0


# --- what it looks like ---


def test_repr_tells_the_state(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    acc, other = rust.Acc(), rust.Acc()
    assert repr(acc).startswith("<Acc at 0x")
    acc.free()
    assert repr(acc) == "<Acc freed or moved>"
    any_embedder.instance.reinit()
    assert repr(other) == "<Acc stale>"


def test_a_class_without_constructor_says_so(any_embedder: Embedder) -> None:
    rust = any_embedder.start()

    class Hidden(type(rust.Acc()).__base__):  # type: ignore[misc]
        __slots__ = ()

    with pytest.raises(TypeError, match="Hidden has no constructor"):
        Hidden()


def test_exports_show_their_names(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    assert "Acc" in repr(rust)
    assert "bump" in repr(rust)
    assert not any(name.startswith("_") for name in vars(rust))


# --- what a guest sees of its own objects ---


def test_a_guest_finds_the_address_of_its_object_as_in_the_glue(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    acc = rust.Acc()
    realm = one_embedder.instance._realm
    assert realm.get(acc, "__wbg_ptr") == acc._ptr
    assert [realm.get(acc, name) for name in ("_ptr", "_home", "__class__")] == [None] * 3
    acc.free()
    assert realm.get(acc, "__wbg_ptr") is None
    old = rust.Acc()
    one_embedder.instance.reinit()
    assert realm.get(old, "__wbg_ptr") is None


def test_the_global_object_is_the_guests(one_embedder: Embedder) -> None:
    one_embedder.start()
    url = js.construct(one_embedder.instance.global_object["URL"], "http://h/p?q")
    assert url.search == "?q"


def test_an_embedder_adds_names_to_the_global_object(one_embedder: Embedder) -> None:
    one_embedder.start(globals={"double": lambda realm, value: 2 * value})
    names = one_embedder.instance.global_object
    assert js.call(names["double"], 21) == 42
    assert one_embedder.instance.realm.global_object is names


def test_a_guest_that_calls_a_method_with_too_much_is_not_refused(
    any_embedder: Embedder,
) -> None:
    """As in JavaScript: a stream's `cancel(reason)` may be a Rust method without parameters."""
    acc = any_embedder.start().Acc()
    js.call_method(acc, "push", 1.5, "more", None)
    assert acc.total == 1.5
    with pytest.raises(TypeError):
        acc.push(1.5, "more")  # Python's own calls are checked
