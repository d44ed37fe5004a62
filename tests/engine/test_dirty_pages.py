"""A memory that goes back to what it held: each strategy like a plain copy."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unpoison.engine import Engine, Memory, Slots, Store
from unpoison.engine.dirty_pages import (
    HOT_BYTES,
    SMALL,
    STRATEGIES,
    Checkpointer,
    Heat,
    WrittenPages,
    make_checkpointer,
    reason_to_copy_all,
)
from unpoison.engine.page_scan import COPIERS, MakeCopier, PageScan
from unpoison.wasm import ExternKind, Limits, MemoryType, Module

PAGE = 1 << 16
ENGINE = Engine()


Kind = Callable[[Memory], Checkpointer]

KINDS: dict[str, Kind] = {"copy": STRATEGIES["copy"]}
for number, form in enumerate(COPIERS):
    KINDS[f"pagemap {number}"] = partial(WrittenPages, make_copier=form)
    KINDS[f"pagemap {number} with huge pages"] = partial(WrittenPages, make_copier=form, small=PAGE)


def here(make: Kind) -> bool:
    """Tell whether a strategy works on this system."""
    _, memory = make_memory()
    try:
        make(memory).close()
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


WORKING = {name: make for name, make in KINDS.items() if here(make)}
each = pytest.mark.parametrize("make", WORKING.values(), ids=list(WORKING))
WRITES = st.lists(
    st.tuples(st.integers(0, 4 * PAGE - 8), st.binary(min_size=1, max_size=8)), max_size=6
)
ACTIONS = ["commit", "commit on top", "roll back", "roll back to base", "shrink"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), WRITES),
        st.tuples(st.just("grow"), st.integers(0, 2)),
        st.tuples(st.sampled_from(ACTIONS), st.none()),
    ),
    max_size=20,
)


def test_there_is_a_strategy_that_works_everywhere() -> None:
    assert list(STRATEGIES)[-1] == "copy"
    assert "copy" in WORKING
    assert "pagemap" in STRATEGIES


@each
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_it_does_what_a_plain_copy_does(make: Kind, steps: list[tuple[str, object]]) -> None:
    store, memory = make_memory()
    keeper = make(memory)
    size = memory.size()
    keeper.commit(size)
    base = kept = memory.read(0, size)
    for name, given_ in steps:
        if name == "write":
            for place, data in given_:  # type: ignore[attr-defined]
                if place + len(data) <= size:
                    memory.write(place, data)
        elif name == "grow":
            memory.grow(int(given_))  # type: ignore[call-overload]
            size = memory.size()
        elif name.startswith("roll back"):
            to_base = name == "roll back to base"
            keeper.roll_back(to_base=to_base)
            kept = base if to_base else kept
            size = len(kept)
            assert memory.read(0, size) == kept
            assert not any(memory.read(size, memory.size() - size))
        else:
            if name == "shrink" and size > PAGE:
                size -= PAGE
                memory.clear_above(size)
            keeper.commit(size, on_top=name == "commit on top")
            kept = memory.read(0, size)
            base = base if name == "commit on top" else kept
    keeper.close()
    store.close()


@each
def test_it_goes_back_more_than_once(make: Kind) -> None:
    _store, memory = make_memory()
    keeper = make(memory)
    keeper.commit(memory.size())
    before = memory.read(0, memory.size())
    for number in range(5):
        memory.write(number * 5000, b"changed")
        keeper.roll_back()
        assert memory.read(0, memory.size()) == before
    keeper.close()


@each
def test_a_large_memory_with_far_pages(make: Kind) -> None:
    _store, memory = make_memory(2000)
    keeper = make(memory)
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
def test_closing_it_frees_what_it_has(make: Kind) -> None:
    _store, memory = make_memory()
    files = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(20):
        keeper = make(memory)
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
    assert reason_to_copy_all() == "[Errno 1] Operation not permitted"
    with pytest.raises(OSError, match="not permitted"):
        make_checkpointer(memory, strategy="pagemap")


needs_pagemap = pytest.mark.skipif(len(WORKING) == 1, reason="Linux 6.7 has PAGEMAP_SCAN")


def copied(keeper: WrittenPages, memory: Memory) -> list[int]:
    """Give the pages of the system, by number, that a commit would copy."""
    assert keeper._watch is not None
    return [
        page
        for start, length in keeper._watch.runs(memory.size())
        for page in range((start - memory.base) >> 12, (start + length - memory.base) >> 12)
    ]


@needs_pagemap
def test_the_best_strategy_needs_no_reason() -> None:
    _, memory = make_memory()
    assert reason_to_copy_all() is None
    assert make_checkpointer(memory).strategy == "pagemap"


@needs_pagemap
def test_only_what_was_written_is_copied() -> None:
    _store, memory = make_memory(200)
    keeper = WrittenPages(memory)
    keeper.commit(memory.size())
    memory.write(5 * PAGE, b"x")
    memory.write(77 * PAGE, b"x")
    assert copied(keeper, memory) == [80, 1232]
    keeper.close()


@needs_pagemap
def test_pages_that_calls_write_again_and_again_stay_unwatched() -> None:
    _store, memory = make_memory()
    keeper = WrittenPages(memory)
    keeper.commit(memory.size())
    for _ in range(3):
        memory.write(5 * 4096, b"x")
        keeper.commit(memory.size())
        assert copied(keeper, memory) == [5]
    for _ in range(HOT_BYTES // 4096):
        keeper.commit(memory.size())
    assert copied(keeper, memory) == []
    keeper.close()


@needs_pagemap
def test_pages_that_one_call_wrote_are_soon_watched_again() -> None:
    _store, memory = make_memory(200)
    keeper = WrittenPages(memory)
    size = memory.size()
    keeper.commit(size)
    memory.write(0, b"x")
    keeper.commit(size)
    memory.write(0, b"x" * size)
    keeper.commit(size)
    keeper.commit(size)
    assert copied(keeper, memory) == []
    keeper.close()


def test_heat_is_over_when_a_later_call_writes_much_more() -> None:
    heat = Heat()
    heat.note(40_960)
    heat.note(81_920)
    assert not heat.is_over()
    heat.note(10 * 81_920)
    assert heat.is_over()
    heat.begin()
    assert not heat.is_over()


@needs_pagemap
def test_a_large_memory_takes_no_room_before_it_is_used() -> None:
    _store, memory = make_memory(4 * SMALL // PAGE)
    keeper = WrittenPages(memory)
    before = resident()
    keeper.commit(memory.size())
    keeper.commit(memory.size())
    assert resident() - before < 1 << 20
    memory.write(3 * SMALL, b"old")
    keeper.commit(memory.size())
    memory.write(3 * SMALL, b"new")
    keeper.roll_back()
    assert memory.read(3 * SMALL, 3) == b"old"
    keeper.close()


@each
def test_what_the_system_writes_for_a_call_is_undone_too(make: Kind) -> None:
    _store, memory = make_memory()
    keeper = make(memory)
    memory.write(8000, b"before")
    keeper.commit(memory.size())
    reader, writer = os.pipe()
    os.write(writer, b"kernel")
    with memory.piece(8000, 6) as piece:
        assert os.readv(reader, [piece]) == 6
    keeper.roll_back()
    assert memory.read(8000, 6) == b"before"
    os.close(reader)
    os.close(writer)
    keeper.close()


@each
def test_instances_in_many_threads_do_not_see_each_other(make: Kind) -> None:
    def work(seed: int) -> bool:
        rng = random.Random(seed)
        _store, memory = make_memory(20)
        keeper = make(memory)
        size = memory.size()
        keeper.commit(size)
        kept = memory.read(0, size)
        for _ in range(50):
            memory.write(rng.randrange(size - 8), rng.randbytes(8))
            if rng.random() < 0.5:
                keeper.roll_back()
                if memory.read(0, size) != kept:
                    return False
            else:
                keeper.commit(size)
                kept = memory.read(0, size)
        keeper.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))


@each
@pytest.mark.parametrize("pages", [2, 4 * SMALL // PAGE])
def test_data_of_the_module_that_was_never_used_is_gone_back_to(make: Kind, pages: int) -> None:
    _store, memory = make_memory(pages)
    keeper = make(memory)
    keeper.commit(memory.size())
    memory.write(100, bytes(21))
    keeper.roll_back()
    assert memory.read(100, 21) == b"the module's own data"
    keeper.close()


def resident() -> int:
    """Give the bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@needs_pagemap
def test_an_interrupt_of_a_commit_loses_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    _store, memory = make_memory()
    keeper = make_checkpointer(memory)
    keeper.commit(memory.size())
    memory.write(9, b"kept")

    def interrupted(scan: PageScan, *_: object, **__: object) -> int:
        for _run in scan._scan(protect=True):  # watched anew, and never copied
            pass
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PageScan, "copy", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keeper.commit(memory.size())
    keeper.commit(memory.size(), on_top=True)
    memory.write(9, b"lost")
    keeper.roll_back()
    assert memory.read(9, 4) == b"kept"
    keeper.roll_back(to_base=True)
    assert memory.read(9, 4) == bytes(4)
    keeper.close()


def known(keeper: WrittenPages, memory: Memory) -> list[tuple[int, int]] | None:
    """Give what the last commit knows of the pages that the next would copy."""
    assert keeper._watch is not None
    return keeper._watch._copier.known(memory.base + memory.size(), memory.size())


@needs_pagemap
@pytest.mark.parametrize("form", COPIERS)
def test_what_writes_the_pages_of_before_needs_no_look(form: MakeCopier) -> None:
    _store, memory = make_memory()
    keeper = WrittenPages(memory, form)
    size = memory.size()
    keeper.commit(size)
    memory.write(5 * 4096, b"x")
    for _ in range(100):  # a page fault of anybody's in this process is a reason to look
        keeper.commit(size)
        memory.write(5 * 4096, b"y")
        if known(keeper, memory) == [(memory.base + 5 * 4096, 4096)]:
            break
    else:
        pytest.fail("it looks each time")
    memory.write(7 * 4096, b"z")
    assert known(keeper, memory) is None
    keeper.commit(size)
    memory.write(7 * 4096, b"?")
    memory.write(5 * 4096, b"?")
    keeper.roll_back()
    assert memory.read(5 * 4096, 1) + memory.read(7 * 4096, 1) == b"yz"
    keeper.close()


@each
def test_what_another_thread_writes_is_seen(make: Kind) -> None:
    _store, memory = make_memory()
    keeper = make(memory)
    size = memory.size()
    keeper.commit(size)
    with ThreadPoolExecutor(1) as pool:
        for page in range(0, size, 4096):
            keeper.commit(size)  # twice: the second has no page fault of its own
            keeper.commit(size)
            pool.submit(memory.write, page, b"kept").result()
            keeper.commit(size)
            memory.write(page, b"lost")
            keeper.roll_back()
            assert memory.read(page, 4) == b"kept"
    keeper.close()


@each
def test_many_runs_of_pages_that_are_written_again_and_again(make: Kind) -> None:
    _store, memory = make_memory(40)
    keeper = make(memory)
    places = range(0, memory.size(), 2 * 4096)  # more runs than are remembered
    for number in range(3):
        for place in places:
            memory.write(place, bytes([number]))
        keeper.commit(memory.size())
    for place in places:
        memory.write(place, b"x")
    keeper.roll_back()
    assert all(memory.read(place, 1) == b"\2" for place in places)
    keeper.close()


@needs_pagemap
def test_a_range_that_is_not_watched_is_an_error_of_the_system() -> None:
    _store, memory = make_memory()
    base, size = memory.base, memory.size()
    pagemap = os.open("/proc/self/pagemap", os.O_RDONLY)
    for make_copier in COPIERS:
        copier = make_copier(pagemap, base, base + size)
        with pytest.raises(OSError, match="not permitted"):
            copier.copy(base + size, size, base, base, True)
    os.close(pagemap)


@needs_pagemap
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
