"""A generation that ended leaves its store to the next, which finds all as in a new one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import unpoison
from tests.runtime.conftest import Embedder, raiser
from unpoison import AbortError, StaleHandleError
from unpoison.engine import Memory, Store
from unpoison.runtime.generation import Vessel
from unpoison.runtime.guest_memory import GuestPages

PAGE = 1 << 16


@pytest.fixture
def once(any_embedder: Embedder) -> Embedder:
    """An embedder whose program was seen to begin anew in a memory of before."""
    any_embedder.start(recovery="reinit")
    die(any_embedder)
    any_embedder.instance.exports.bump()
    assert any_embedder.instance._supervisor.program.reuse.holds
    return any_embedder


def die(embedder: Embedder) -> None:
    with pytest.raises(AbortError):
        embedder.instance.exports.abort_now()


def store_of(embedder: Embedder) -> Store:
    return embedder.instance._supervisor.home.store


def test_the_next_generation_has_the_store_of_the_one_before(once: Embedder) -> None:
    rust = once.start(recovery="reinit")
    store = store_of(once)
    for generation in range(1, 30):
        assert once.instance.generation == generation
        assert store_of(once) is store
        assert rust.greet("ada") == "Hello, ada!"
        rust.Acc().push(2.0)
        assert rust.bump() == 1
        die(once)
        rust.starts()


def test_a_live_generation_leaves_it_too(once: Embedder) -> None:
    rust = once.start()
    store = store_of(once)
    for _ in range(3):
        assert rust.bump() == 1
        once.instance.reinit()
    assert store_of(once) is store


def test_its_memory_is_that_of_a_new_instance(once: Embedder) -> None:
    wanted = once.module.instantiate(once.imports())
    rust = once.start(recovery="reinit")
    rust.greet("y" * (3 << 20))
    die(once)
    once.instance.reinit()
    assert once.instance.memory_size == wanted.memory_size
    assert once.instance.dump_memory() == wanted.dump_memory()
    for instance in (wanted, once.instance):
        assert instance.exports.greet("z" * 200_000).endswith("z!")
        assert instance.exports.bump() == 1
    assert once.instance.memory_size == wanted.memory_size
    assert once.instance.dump_memory() == wanted.dump_memory()
    wanted.close()


def test_what_was_there_before_is_stale(once: Embedder) -> None:
    rust = once.start(recovery="reinit")
    acc, closure = rust.Acc(), rust.adder(1)
    die(once)
    once.instance.reinit()
    with pytest.raises(StaleHandleError):
        acc.push(1.0)
    with pytest.raises(StaleHandleError):
        closure(1)
    del acc, closure
    gc.collect()
    assert rust.bump() == 1


def test_a_dead_instance_has_no_memory(once: Embedder) -> None:
    rust = once.start()
    rust.greet("x" * (1 << 20))
    die(once)
    assert once.instance.memory_size == 0
    assert once.instance.dump_memory() == b""
    with pytest.raises(unpoison.TerminatedError):
        rust.bump()


def test_the_memory_of_a_dead_instance_takes_no_room(
    once: Embedder, resident: Callable[[], int]
) -> None:
    rust = once.start()
    before = resident()
    with pytest.raises(AbortError):
        once.reenter = raiser_of_abort(once, 64 << 20)
        rust.call_back(1)
    assert resident() - before < 16 << 20


def raiser_of_abort(embedder: Embedder, size: int) -> Callable[[int], object]:
    """Give an import that lets the guest take much memory and then abort."""

    def reenter(n: int) -> object:
        embedder.instance.exports.greet("x" * size)
        return embedder.instance.exports.abort_now()

    return reenter


def test_a_limit_holds_for_each_generation_alone(once: Embedder) -> None:
    limit = 40 << 20
    rust = once.start(recovery="reinit", limits=unpoison.Limits(memory=limit))
    store = store_of(once)
    for _ in range(6):
        assert len(rust.greet("x" * (8 << 20))) > 8 << 20
        with pytest.raises(AbortError):
            rust.greet("x" * limit)
    rust.bump()
    assert store_of(once) is store


def test_closing_a_dead_instance_closes_its_store(once: Embedder) -> None:
    once.start()
    store = store_of(once)
    die(once)
    assert not store.closed
    once.instance.close()
    assert store.closed


def test_a_collected_dead_instance_leaves_no_store(once: Embedder) -> None:
    once.start()
    store = weakref.ref(store_of(once))
    die(once)
    once.instance = None  # type: ignore[assignment]
    gc.collect()
    assert store() is None


def test_a_deadline_ends_with_its_generation(once: Embedder) -> None:
    rust = once.start(recovery="reinit")
    store = store_of(once)
    with once.instance.deadline(30):
        die(once)
        rust.bump()
        assert store_of(once) is not store
        assert not store_of(once).has_deadline


def test_a_closed_store_that_an_interrupt_left_is_never_used(once: Embedder) -> None:
    rust = once.start(recovery="reinit")
    die(once)
    vessels = once.instance._supervisor._vessels
    resting = vessels._resting
    assert resting is not None
    resting.store.close()
    assert rust.bump() == 1
    assert store_of(once) is not resting.store
    vessels.take_back(resting, is_due=True)
    assert vessels._resting is None


def test_an_interrupt_while_another_store_is_made_never_leads_back_to_the_old_one(
    once: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rust = once.start(recovery="reinit")
    die(once)
    vessels = once.instance._supervisor._vessels
    old = vessels._resting
    assert old is not None
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Vessel, "begin_anew", lambda _: False)
        patched.setattr(Store, "close", raiser(KeyboardInterrupt()))
        rust.bump()
    assert rust.bump() == 1
    assert store_of(once) is not old.store


def test_where_pages_cannot_be_dropped_a_new_store_is_made(
    once: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rust = once.start(recovery="reinit")
    store = store_of(once)
    monkeypatch.setattr(Memory, "drop_pages", lambda _: False)
    die(once)
    assert rust.bump() == 1
    assert store.closed
    assert store_of(once) is not store


def test_a_memory_that_is_not_as_new_is_seen_once_and_never_used(
    any_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_embedder.start(recovery="reinit")
    reuse = any_embedder.instance._supervisor.program.reuse
    reuse.holds = None
    try:
        monkeypatch.setattr(Memory, "drop_pages", lambda _: True)  # and drops nothing
        for _ in range(3):
            store = store_of(any_embedder)
            any_embedder.instance.exports.greet("dirt")
            die(any_embedder)
            assert any_embedder.instance.exports.bump() == 1
            assert store.closed
            assert reuse.holds is False
    finally:
        reuse.holds = None


def test_a_renewal_that_fails_leaves_the_next_one_to_try(once: Embedder) -> None:
    rust = once.start(recovery="reinit")
    die(once)
    once.thrower = raiser(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        rust.call_thrower()
    assert rust.bump() == 1


def test_views_of_the_memory_of_before_show_nothing(once: Embedder) -> None:
    once.start(recovery="reinit")
    supervisor: Any = once.instance._supervisor
    old = GuestPages(supervisor.home, supervisor)
    assert old.view()
    die(once)
    once.instance.reinit()
    assert old.view() is None
    assert old.grow(1) is None
    new = GuestPages(supervisor.home, supervisor)
    before = once.instance.memory_size // PAGE
    assert new.grow(2) == before
    assert once.instance.memory_size == (before + 2) * PAGE
