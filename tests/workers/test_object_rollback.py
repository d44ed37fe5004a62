"""Durable Objects that go on after an abort: `object_recovery="rollback"`."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from tests.workers.shop import CANCELED, get, make
from tests.workers.test_objects import ask, open_socket, run
from unpoison.errors import AbortError
from unpoison.runtime import Limits
from unpoison.workers.clock import ManualClock
from unpoison.workers.observers import Incident, Observer
from unpoison.workers.worker import Worker

builds = pytest.mark.parametrize("variant", ["legacy", "abort"])


def kept(variant: str = "legacy", **options: Any) -> Worker:
    return make(variant, object_recovery="rollback", **options)


async def count(worker: Worker) -> int:
    """How many requests the object remembers, this one included; it stores none of them."""
    return int((await ask(worker, "mem")).rpartition(" ")[2])


@builds
@pytest.mark.parametrize("kind", ["abort", "recurse", "oom", "loop"])
def test_an_abort_has_no_effect_on_the_object(variant: str, kind: str) -> None:
    async def test() -> None:
        async with kept(variant, limits=Limits(cpu=0.5, memory=32 << 20)) as worker:
            assert [await count(worker), await count(worker)] == [1, 2]
            async with asyncio.timeout(10):
                status, text = await get(worker, f"/do/a/{kind}")
            assert (status, CANCELED in text) == (500, True)
            assert await count(worker) == 3
            assert await ask(worker, "inc") == "1"

    run(test())


def test_who_observes_hears_that_it_was_undone() -> None:
    heard: list[tuple[Incident, str, str]] = []

    class Ear(Observer):
        def incident(self, kind: Incident, error: BaseException, where: str) -> None:
            assert isinstance(error, AbortError)
            heard.append((kind, error.reason.value, where))

    async def test() -> None:
        async with kept(observer=Ear()) as worker:
            await count(worker)
            assert (await get(worker, "/do/a/abort"))[0] == 500

    run(test())
    assert heard == [(Incident.UNDONE, "unreachable", "shop")]


def test_without_it_the_object_is_made_anew() -> None:
    async def test() -> None:
        async with make() as worker:
            assert await count(worker) == 1
            assert (await get(worker, "/do/a/abort"))[0] == 500
            assert await count(worker) == 1

    run(test())


def test_a_panic_that_cannot_unwind_is_undone_and_one_that_can_is_not() -> None:
    async def test() -> None:
        for variant, after in (("abort", 2), ("legacy", 3)):
            async with kept(variant) as worker:
                assert await count(worker) == 1
                assert (await get(worker, "/do/a/panic"))[0] == 500
                assert await count(worker) == after

    run(test())


@builds
def test_what_was_not_committed_is_undone_with_the_memory_that_wrote_it(variant: str) -> None:
    async def test() -> None:
        async with kept(variant) as worker:
            assert await ask(worker, "inc") == "1"
            assert await count(worker) == 2
            assert (await get(worker, "/do/a/put-then?fail=abort"))[0] == 500
            assert await ask(worker, "get") == "1"
            assert await count(worker) == 4

    run(test())


@builds
def test_events_in_flight_fail_at_once_and_are_undone_too(variant: str) -> None:
    async def test() -> None:
        async with kept(variant) as worker:
            assert await count(worker) == 1
            sleeping = asyncio.ensure_future(get(worker, "/do/a/sleep?ms=60000"))
            await asyncio.sleep(0.05)
            assert (await get(worker, "/do/a/abort"))[0] == 500
            async with asyncio.timeout(5):
                assert (await sleeping)[0] == 500
            assert await count(worker) == 2

    run(test())


@builds
def test_an_object_that_has_answered_since_it_was_idle_is_made_anew(variant: str) -> None:
    async def test() -> None:
        async with kept(variant) as worker:
            sleeping = asyncio.ensure_future(get(worker, "/do/a/sleep?ms=60000"))
            await asyncio.sleep(0.05)
            assert await count(worker) == 2
            assert (await get(worker, "/do/a/abort"))[0] == 500
            async with asyncio.timeout(5):
                assert (await sleeping)[0] == 500
            assert await count(worker) == 1

    run(test())


def test_the_log_says_which_of_both_it_was(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with kept() as worker:
            assert await count(worker) == 1
            assert (await get(worker, "/do/a/abort"))[0] == 500
            assert "an abort (unreachable) was undone" in caplog.text
            caplog.clear()
            sleeping = asyncio.ensure_future(get(worker, "/do/a/sleep?ms=60000"))
            await asyncio.sleep(0.05)
            await count(worker)
            assert (await get(worker, "/do/a/abort"))[0] == 500
            await sleeping
            assert "was undone" not in caplog.text
            assert "made anew" in caplog.text

    run(test())


def test_a_socket_stays_open_and_the_object_remembers() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with kept(clock=clock) as worker:
            end, ear = await open_socket(worker, "ada")
            for said in ("mem", "abort", "mem"):
                end.send(said)
                await clock.settle()
            assert ear.said == ["ada: unstored_count 2", "ada: unstored_count 3"]
            assert ear.end is None

    run(test())


@builds
@pytest.mark.parametrize("seed", range(6))
def test_any_events_are_as_if_those_that_abort_were_never_made(variant: str, seed: int) -> None:
    async def test() -> None:
        chosen = random.Random(seed)
        made = stored = 0
        async with kept(variant) as worker:
            for _ in range(60):
                path = chosen.choice(["mem", "inc", "abort", "recurse", "put-then?fail=abort"])
                status, text = await get(worker, f"/do/a/{path}")
                if path in ("mem", "inc"):
                    made += 1
                    stored += path == "inc"
                    said = f"unstored_count: {made}" if path == "mem" else str(stored)
                    assert (status, text) == (200, said)
                else:
                    assert (status, CANCELED in text) == (500, True)
            assert await ask(worker, "get") == str(stored)

    run(test())


def test_many_aborts_leave_nothing_behind() -> None:
    async def test() -> None:
        async with kept() as worker:
            assert await count(worker) == 1
            for _ in range(300):
                assert (await get(worker, "/do/a/put-then?fail=abort"))[0] == 500
            assert await count(worker) == 2

    run(test())


def test_it_needs_an_instance_of_its_own() -> None:
    with pytest.raises(ValueError, match='needs isolation="exclusive"'):
        kept(isolation="shared")


def test_another_word_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="object_recovery must be one of"):
        make(object_recovery="checkpoint")
