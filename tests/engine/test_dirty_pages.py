"""A memory that goes back to what it held: each strategy like a plain copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unpoison.engine import Engine, Memory, Slots, Store
from unpoison.engine.dirty_pages import (
    STRATEGIES,
    Shadow,
    WrittenPages,
    make_checkpointer,
)
from unpoison.engine.page_scan import PageScan
from unpoison.wasm import ExternKind, Limits, MemoryType, Module

PAGE = 1 << 16
ENGINE = Engine()


def here(strategy: str) -> bool:
    """Tell whether a strategy works on this system."""
    _, memory = make_memory()
    try:
        STRATEGIES[strategy](memory).close()
    except OSError:
        return False
    return True


def make_memory(pages: int = 2) -> tuple[Store, Memory]:
    module = Module()
    module.add_memory(MemoryType(Limits(pages)))
    module.add_data(0, 100, b"the module's own data")
    module.add_export("memory", ExternKind.MEMORY, 0)
    store = Store(ENGINE, Slots(1))
    return store, store.instantiate(ENGINE.compile(module.emit())).memory("memory")


WORKING = [strategy for strategy in STRATEGIES if here(strategy)]
each = pytest.mark.parametrize("strategy", WORKING)
WRITES = st.lists(
    st.tuples(st.integers(0, 4 * PAGE - 8), st.binary(min_size=1, max_size=8)), max_size=6
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), WRITES),
        st.tuples(st.just("grow"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["commit", "roll back", "shrink"]), st.none()),
    ),
    max_size=20,
)


def test_there_is_a_strategy_that_works_everywhere() -> None:
    assert list(STRATEGIES)[-1] == "copy"
    assert "copy" in WORKING


@each
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_it_does_what_a_plain_copy_does(strategy: str, steps: list[tuple[str, object]]) -> None:
    store, memory = make_memory()
    keeper = make_checkpointer(memory, strategy=strategy)
    size = memory.size()
    keeper.commit(size)
    kept = memory.read(0, size)
    for name, given_ in steps:
        if name == "write":
            for place, data in given_:  # type: ignore[attr-defined]
                if place + len(data) <= size:
                    memory.write(place, data)
        elif name == "grow":
            memory.grow(int(given_))  # type: ignore[call-overload]
            size = memory.size()
        elif name == "commit":
            keeper.commit(size)
            kept = memory.read(0, size)
        elif name == "shrink" and size > PAGE:
            size -= PAGE
            memory.clear_above(size)
            keeper.commit(size)
            kept = memory.read(0, size)
        elif name == "roll back":
            keeper.roll_back()
            size = len(kept)
            assert memory.read(0, size) == kept
            assert not any(memory.read(size, memory.size() - size))
    keeper.close()
    store.close()


@each
def test_it_goes_back_more_than_once(strategy: str) -> None:
    _store, memory = make_memory()
    keeper = make_checkpointer(memory, strategy=strategy)
    keeper.commit(memory.size())
    before = memory.read(0, memory.size())
    for number in range(5):
        memory.write(number * 5000, b"changed")
        keeper.roll_back()
        assert memory.read(0, memory.size()) == before
    keeper.close()


@each
def test_a_large_memory_with_far_pages(strategy: str) -> None:
    _store, memory = make_memory(2000)
    keeper = make_checkpointer(memory, strategy=strategy)
    places = range(0, memory.size(), memory.size() // 300)  # more runs than one look gives
    for place in places:
        memory.write(place, b"old")
    keeper.commit(memory.size())
    for place in places:
        memory.write(place, b"new")
    keeper.roll_back()
    assert all(memory.read(place, 3) == b"old" for place in places)
    keeper.close()


@each
def test_closing_it_frees_what_it_has(strategy: str) -> None:
    _store, memory = make_memory()
    files = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(20):
        keeper = make_checkpointer(memory, strategy=strategy)
        keeper.commit(memory.size())
        keeper.close()
    if files:
        assert len(list(Path("/proc/self/fd").iterdir())) == files


def test_a_strategy_that_there_is_not() -> None:
    _, memory = make_memory()
    with pytest.raises(ValueError, match="strategy must be one of pagemap, copy, not 'magic'"):
        make_checkpointer(memory, strategy="magic")


def test_the_next_strategy_serves_where_one_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> PageScan:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("unpoison.engine.dirty_pages.PageScan", fail)
    _, memory = make_memory()
    assert make_checkpointer(memory).strategy == "copy"
    with pytest.raises(OSError, match="not permitted"):
        make_checkpointer(memory, strategy="pagemap")


needs_pagemap = pytest.mark.skipif("pagemap" not in WORKING, reason="Linux 6.7 has PAGEMAP_SCAN")


@needs_pagemap
def test_only_what_was_written_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    _store, memory = make_memory(500)
    keeper = make_checkpointer(memory)
    assert keeper.strategy == "pagemap"
    keeper.commit(memory.size())
    keeper.commit(memory.size())
    memory.write(5 * PAGE, b"x")
    memory.write(77 * PAGE, b"x")
    assert isinstance(keeper, WrittenPages)
    runs = keeper._runs(memory.size(), forget=False)
    assert runs == [(memory.base + place * PAGE, 4096) for place in (5, 77)]
    keeper.close()


@needs_pagemap
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_goes_on_with_whole_copies() -> None:
    _store, memory = make_memory()
    keeper = make_checkpointer(memory)
    keeper.commit(memory.size())
    memory.write(9, b"parent")
    child = os.fork()
    if not child:
        try:
            memory.write(5000, b"child")
            keeper.roll_back()
            is_good = memory.read(5000, 5) == bytes(5) and memory.read(9, 6) == bytes(6)
            keeper.commit(memory.size())
            memory.write(5000, b"child")
            keeper.roll_back()
            os._exit(0 if is_good and memory.read(5000, 5) == bytes(5) else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    keeper.roll_back()
    assert memory.read(9, 6) == bytes(6)
    keeper.close()


def test_a_shadow_keeps_what_it_has_when_it_grows() -> None:
    import ctypes

    shadow = Shadow()
    ctypes.memmove(shadow.address, b"kept", 4)
    shadow.reserve(10 * PAGE)
    assert ctypes.string_at(shadow.address, 4) == b"kept"
    shadow.close()


def test_no_room_is_said_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    shadow = Shadow()
    monkeypatch.setattr("unpoison.engine.dirty_pages.mmap.mmap", full)
    with pytest.raises(OSError, match="Cannot allocate"):
        shadow.reserve(1 << 30)
