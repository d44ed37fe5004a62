"""One life of an object: who comes in when, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers.guests import make_guest
from unpoison import js
from unpoison.errors import AbortError, AbortReason
from unpoison.web import host_of
from unpoison.workers.clock import ManualClock
from unpoison.workers.durability import Durability
from unpoison.workers.failures import CANCELED, ObjectError
from unpoison.workers.hibernation import Hibernation
from unpoison.workers.ids import IdSpace
from unpoison.workers.life import TOO_LONG, Life


class Bench:
    """A life in a realm without a module; `log` is what its turns did, in order."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.realm = make_guest()
        self.log: list[object] = []
        self.ends: list[ObjectError | None] = []
        self.executor = ThreadPoolExecutor(1)
        self.stored = Durability(
            folder / "a.sqlite",
            self.clock,
            uses_sql=True,
            executor=self.executor,
            flush_index=self._nothing,
            on_alarm=self.log.append,
            on_broken=self.log.append,
        )
        self.life = Life(
            IdSpace("shop-Counter").from_name("a"),
            self.stored,
            Hibernation(self, self.clock.time),  # type: ignore[arg-type]
            self.clock,
            keeps_alarm=False,
            on_end=lambda life, error: self.ends.append(error),
            on_rest=lambda: self.log.append("rest"),
        )
        self.when_idle: list[Callable[[], object]] = []
        guest: Any = SimpleNamespace(
            realm=self.realm,
            host=host_of(self.realm),
            instance=SimpleNamespace(realm=self.realm, is_idle=True),
            generation=1,
            is_live=True,
            rolls_back=False,
            mourners=set(),
            settled=self._settled,
            outside=SimpleNamespace(settled=self._settled),
            when_idle=self.when_idle.append,
            forget_idle=self._forget,
            begin_event=lambda: self.log.append("budget"),
        )
        self.guest = guest
        self.life.take(guest)

    async def _nothing(self) -> None: ...

    def _forget(self, callback: Callable[[], object]) -> None:
        if callback in self.when_idle:
            self.when_idle.remove(callback)

    async def _settled(self, promise: js.Promise[Any], **options: Any) -> Any:
        return await promise

    async def event(self, name: str, begin: Callable[[], object] = lambda: None) -> None:
        """Come in, note the name, and begin something in that turn."""
        lock = await self.life.admit()
        self.log.append(name)
        self.life.turn(lock, begin)

    def block(self, *, resets: bool = True) -> Any:
        """Begin a critical section in this turn; give what ends it, and its promise."""
        made = js.with_resolvers(self.realm.promises)

        def run() -> js.Promise[Any]:
            self.log.append("section")
            return made.promise

        promise = self.life.block_concurrency_while(run, resets=resets)
        promise.subscribe(lambda settled: self.log.append(settled.state.value))
        return made


def run(folder: Path, test: Callable[[Bench], Any]) -> None:
    async def main() -> None:
        bench = Bench(folder)
        await test(bench)
        await bench.stored.close()
        bench.executor.shutdown()

    asyncio.run(main())


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_events_come_in_in_the_order_of_their_calls(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await asyncio.gather(*(bench.event(name) for name in "abc"))
        assert bench.log == ["a", "b", "c"]

    run(tmp_path, test)


def test_a_section_keeps_all_others_out_until_it_ends(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        sections: list[Any] = []
        await bench.event("first", lambda: sections.append(bench.block()))
        late = asyncio.ensure_future(bench.event("late"))
        await settle()
        assert bench.log == ["first", "section"]
        sections[0].resolve(1)
        await late
        assert bench.log == ["first", "section", "fulfilled", "late"]

    run(tmp_path, test)


def test_an_operation_of_the_section_ends_in_it_and_one_of_before_waits(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        sections: list[Any] = []
        inside: list[Any] = []
        made = js.with_resolvers(bench.realm.promises)

        def run_section() -> js.Promise[Any]:
            inside.append(bench.life.admission())
            return made.promise

        before: list[Any] = []

        def begin() -> None:
            before.append(bench.life.admission())
            sections.append(bench.life.block_concurrency_while(run_section, resets=True))

        await bench.event("first", begin)
        await settle()
        outer = asyncio.ensure_future(before[0]())
        (await inside[0]())()
        await settle()
        assert not outer.done()
        made.resolve(None)
        await settle()
        (await outer)()

    run(tmp_path, test)


@pytest.mark.parametrize("resets", [True, False])
def test_a_section_that_fails_resets_the_object_or_only_itself(
    tmp_path: Path, resets: bool
) -> None:
    async def test(bench: Bench) -> None:
        sections: list[Any] = []
        await bench.event("first", lambda: sections.append(bench.block(resets=resets)))
        await settle()
        sections[0].reject(js.Error("no"))
        await settle()
        if not resets:
            assert bench.log[-1] == "rejected"
            assert bench.ends == []
            return
        (error,) = bench.ends
        assert error is not None
        assert (error.is_reset, error.message) == (True, "Error: no")
        with pytest.raises(ObjectError, match="no"):
            await bench.life.admit()

    run(tmp_path, test)


@pytest.mark.parametrize("resets", [True, False])
def test_a_section_that_nothing_can_end_any_more_resets_the_object_at_once(
    tmp_path: Path, resets: bool
) -> None:
    async def test(bench: Bench) -> None:
        await bench.event("first", lambda: bench.block(resets=resets) and None)
        await settle()
        bench.when_idle.pop()()
        (error,) = bench.ends
        assert error is not None
        assert (error.is_reset, error.message) == (True, CANCELED)

    run(tmp_path, test)


def test_a_section_that_ends_waits_for_no_hang_any_more(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        sections: list[Any] = []
        await bench.event("first", lambda: sections.append(bench.block()))
        await settle()
        assert len(bench.when_idle) == 1
        sections[0].resolve(None)
        assert bench.when_idle == []

    run(tmp_path, test)


def test_a_life_has_begun_with_the_first_event_that_came_in(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        assert not bench.life.is_begun
        await bench.event("first")
        assert bench.life.is_begun

    run(tmp_path, test)


def test_a_section_that_takes_too_long_resets_the_object(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.event("first", bench.block)
        await settle()
        await bench.clock.advance(30.0)
        (error,) = bench.ends
        assert error is not None
        assert (error.message, error.overloaded) == (TOO_LONG, True)

    run(tmp_path, test)


def test_the_death_of_its_guest_ends_it_and_fails_who_waits(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.event("first", bench.block)
        waiting = asyncio.ensure_future(bench.life.admit())
        await settle()
        death = AbortError("died", AbortReason.UNREACHABLE)
        for mourn in list(bench.guest.mourners):
            mourn(death)
        with pytest.raises(ObjectError) as caught:
            await waiting
        assert caught.value.is_reset
        assert len(bench.ends) == 1
        bench.life.end()
        assert len(bench.ends) == 1

    run(tmp_path, test)


def test_an_effect_waits_for_the_writes_before_it(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.life.storage.put("a", b"1")
        bench.life.after_writes(lambda: bench.log.append("effect"))
        await asyncio.sleep(0)
        assert bench.log == []
        await bench.life.before_effect()
        assert bench.log == ["effect"]

    run(tmp_path, test)


def test_no_effect_leaves_a_life_that_has_ended(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.life.storage.put("a", b"1")
        bench.life.after_writes(lambda: bench.log.append("effect"))
        bench.life.end(ObjectError("reset", is_reset=True))
        with pytest.raises(ObjectError, match="reset"):
            await bench.life.before_effect()
        assert bench.log == []

    run(tmp_path, test)


def test_an_event_has_cpu_time_of_its_own_and_what_it_leaves_behind_has_none(
    tmp_path: Path,
) -> None:
    # Else a guest that calls state.waitUntil() in each turn would never reach its limit.
    async def test(bench: Bench) -> None:
        bench.life.begin().close()
        assert bench.log == ["budget", "rest"]
        bench.life.wait_until(js.resolve(bench.realm.promises, 1))
        await settle()
        assert bench.log == ["budget", "rest", "rest"]

    run(tmp_path, test)


# --- going back ---


def undone() -> AbortError:
    return AbortError("Rust aborted", AbortReason.UNREACHABLE, rolled_back=True)


class Spans:
    """The spans that a life begins in its guest; `may_undo` is what the last one says."""

    def __init__(self, bench: Bench) -> None:
        self.begun = 0
        self.may_undo: Callable[[], bool] = lambda: False
        bench.guest.rolls_back = True
        bench.guest.is_at_rest = True
        bench.guest.begin_span = self._begin

    def _begin(self, may_undo: Callable[[], bool]) -> None:
        self.begun += 1
        self.may_undo = may_undo


async def come_in(bench: Bench) -> Any:
    lock = await bench.life.admit()
    visit = bench.life.begin()
    bench.life.turn(lock, lambda: None)
    return visit


def test_an_event_of_an_object_at_rest_can_be_undone_until_something_is_let_out(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        spans = Spans(bench)
        visit = await come_in(bench)
        assert (spans.begun, spans.may_undo()) == (1, True)
        await bench.life.before_effect()
        assert not spans.may_undo()
        visit.close()
        (await come_in(bench)).close()
        assert (spans.begun, spans.may_undo()) == (2, True)

    asyncio.run(test())


def test_what_was_committed_is_not_undone(tmp_path: Path) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        spans = Spans(bench)
        await come_in(bench)
        bench.life.storage.put("a", b"1")
        assert spans.may_undo()
        await asyncio.sleep(0)  # the commit
        assert not spans.may_undo()
        await bench.stored.close()

    asyncio.run(test())


def test_no_state_is_gone_back_to_that_has_a_write_that_is_not_committed(tmp_path: Path) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        spans = Spans(bench)
        bench.life.storage.put("a", b"1")
        (await come_in(bench)).close()
        assert spans.begun == 0
        await bench.life.sync()
        (await come_in(bench)).close()
        assert spans.begun == 1
        await bench.stored.close()

    asyncio.run(test())


def test_an_event_beside_another_begins_no_state_of_its_own(tmp_path: Path) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        spans = Spans(bench)
        await come_in(bench)
        await come_in(bench)
        assert spans.begun == 1

    asyncio.run(test())


def test_who_goes_back_loses_its_critical_sections_and_what_waits_comes_again(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        Spans(bench)
        await bench.event("begins", bench.block)
        waiting = asyncio.ensure_future(bench.life.admit())
        await asyncio.sleep(0)
        for mourner in list(bench.guest.mourners):
            mourner(undone())
        with pytest.raises(ObjectError, match=CANCELED) as caught:
            await waiting
        assert not caught.value.is_reset
        await bench.event("again")
        await bench.clock.advance(60.0)
        assert (bench.life.is_over, bench.ends) == (False, [])

    asyncio.run(test())


def test_what_was_to_go_out_never_does_when_it_is_undone(tmp_path: Path) -> None:
    async def test() -> None:
        bench = Bench(tmp_path)
        Spans(bench)
        await come_in(bench)
        bench.life.storage.put("a", b"1")
        bench.life.after_writes(lambda: bench.log.append("sent"))
        leaving = asyncio.ensure_future(bench.life.before_effect())
        await asyncio.sleep(0)
        for mourner in list(bench.guest.mourners):
            mourner(undone())
        with pytest.raises(ObjectError, match=CANCELED):
            await leaving
        await bench.stored.wait()
        assert "sent" not in bench.log
        await bench.stored.close()

    asyncio.run(test())
