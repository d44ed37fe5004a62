"""When writes are committed, when they are durable, and what waits for that."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.clock import ManualClock, SystemClock
from unpoison.workers.durability import FLUSH_SECONDS, Durability


class Bench:
    """One object's stored side; `events` is what happened around it, in order."""

    def __init__(self, path: Path, clock: Any = None) -> None:
        self.path = path
        self.events: list[object] = []
        self.executor = ThreadPoolExecutor(1)
        self.stored = self.open(clock)

    def open(self, clock: Any = None) -> Durability:
        return Durability(
            self.path,
            clock or SystemClock(),
            uses_sql=True,
            executor=self.executor,
            flush_index=self.flush_index,
            on_alarm=lambda time: self.events.append(("alarm", time)),
            on_broken=lambda error: self.events.append("broken"),
        )

    async def flush_index(self) -> None:
        self.events.append("index")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "a.sqlite")
    yield made
    made.executor.shutdown()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_writes_of_one_turn_are_one_commit_at_the_next(bench: Bench) -> None:
    async def test() -> None:
        stored = bench.stored
        assert stored.is_settled
        stored.storage.put("a", b"1")
        stored.storage.put("b", b"2")
        assert stored.output.committed == 1
        assert stored.database.has_writes
        await asyncio.sleep(0)
        assert not stored.database.has_writes
        await stored.wait()
        assert stored.is_settled

    run(test())


def test_who_waits_gets_on_when_what_was_written_before_is_durable(bench: Bench) -> None:
    async def test() -> None:
        stored = bench.stored
        stored.storage.put("a", b"1")
        left = asyncio.ensure_future(stored.wait())
        await asyncio.sleep(0)
        assert not left.done()
        await left
        assert stored.database.is_durable
        await stored.wait()  # nothing was written since

    run(test())


def test_the_index_is_made_durable_before_the_object(bench: Bench) -> None:
    async def test() -> None:
        bench.stored.storage.set_alarm(5_000.0, 1_000.0)
        await asyncio.sleep(0)
        await bench.stored.wait()
        assert bench.events[:2] == [("alarm", 5000), "index"]

    run(test())


def test_what_is_rolled_back_holds_nobody(bench: Bench) -> None:
    async def test() -> None:
        stored = bench.stored
        stored.storage.put("a", b"1")
        stored.rollback()
        await stored.wait()
        assert stored.storage.get("a") is None

    run(test())


def test_a_transaction_that_is_rolled_back_holds_nobody(bench: Bench) -> None:
    async def test() -> None:
        stored = bench.stored
        stored.storage.put("a", b"1")
        transaction = stored.storage.begin()
        stored.storage.put("a", b"2")
        await asyncio.sleep(0)
        transaction.rollback()
        await stored.wait()
        assert stored.storage.get("a") == b"1"

    run(test())


def test_closing_keeps_what_was_written(bench: Bench) -> None:
    async def test() -> None:
        bench.stored.storage.put("a", b"1")
        await bench.stored.close()
        again = bench.open()
        assert again.storage.get("a") == b"1"
        await again.close()

    run(test())


def test_a_database_that_breaks_lets_nothing_out_and_is_told_once(bench: Bench) -> None:
    async def test() -> None:
        stored = bench.stored
        stored.storage.put("a", b"1")
        left = asyncio.ensure_future(stored.wait())
        await asyncio.sleep(0)
        stored.database.break_with("the disk is full")
        with pytest.raises(StorageError, match="the disk is full"):
            await left
        with pytest.raises(StorageError):
            stored.storage.put("b", b"2")
        assert bench.events.count("broken") == 1

    run(test())


def test_a_flush_that_takes_too_long_breaks_it(tmp_path: Path) -> None:
    async def test() -> None:
        clock = ManualClock()
        bench = Bench(tmp_path / "a.sqlite", clock)
        gate = asyncio.Event()

        async def never() -> None:
            await gate.wait()

        bench.stored._flush_index = never
        bench.stored.storage.put("a", b"1")
        left = asyncio.ensure_future(bench.stored.wait())
        for _ in range(3):
            await asyncio.sleep(0)
        clock._passed += FLUSH_SECONDS  # `advance` would wait for the flush, which is outside
        for _, _, alarm in list(clock._due):
            alarm.ring()
        with pytest.raises(StorageError, match="exceeded timeout"):
            await left
        assert FLUSH_SECONDS == 30.0
        gate.set()

    run(test())


def test_a_file_whose_last_flush_fails_is_closed_and_can_be_opened_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(covered: int) -> None:
        raise OSError(28, "No space left on device")

    async def test() -> None:
        bench.stored.storage.put("a", b"1")
        await bench.stored.wait()
        bench.stored.storage.put("b", b"2")
        monkeypatch.setattr(bench.stored.database._log, "_sync", fail)
        with pytest.raises(StorageError, match="No space left"):
            await bench.stored.close()
        again = bench.open()
        assert again.storage.get("a") == b"1"
        await again.close()

    run(test())


def test_an_alarm_that_the_index_refuses_breaks_the_commit_and_nobody_waits_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(time: int | None) -> None:
        raise js.Error("too much")

    async def test() -> None:
        monkeypatch.setattr(bench.stored.storage.alarm, "_on_alarm", refuse)
        bench.stored.storage.set_alarm(5000, 0)
        async with asyncio.timeout(5):
            with pytest.raises(StorageError, match="too much"):
                await bench.stored.wait()
        await bench.stored.close()

    run(test())
