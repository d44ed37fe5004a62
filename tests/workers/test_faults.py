"""Every way to fail at every place where a worker's code runs: an answer at once, and it goes on.

`tests/crates/faults` fails as the query says, in handlers, streams, `waitUntil`, spawned tasks,
objects, their constructors, critical sections and alarms.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.workers.shop import CANCELED
from unpoison.errors import AbortError, PanicError
from unpoison.runtime import Limits, Module
from unpoison.workers.clock import ManualClock
from unpoison.workers.config_reading import read_config
from unpoison.workers.failures import HungError
from unpoison.workers.observers import Incident, Observer
from unpoison.workers.worker import Worker

CRATE = Path(__file__).resolve().parents[1] / "crates" / "faults"
LIMITS = Limits(memory=16 << 20, cpu=0.5)  # a collection of all garbage may fall into a call
SECONDS = 20.0
ABORTS = {
    "abort": "unreachable",
    "process-abort": "unreachable",
    "exit": "unreachable",
    "loop": "CPU limit",
    "spin-alloc": "CPU limit",
    "recurse": "stack overflow",
    "oom": "memory limit",
    "wild": "out of bounds",
    "null-call": "indirect call",
}
PANICS = {
    "panic": "faults panic",
    "any": "No panic message available",
    "empty": "",
    "drop": "panic in drop",
    "drop-twice": "panic in drop",
    "resume": "resumed",
    "index": "index out of bounds: the len is 0 but the index is 3",
    "borrow": "RefCell already borrowed",
    "capacity": "capacity overflow",
    "instant": "time not implemented on this platform",
}
THROWS = {"throw": "Error: thrown by rust", "throw-val": "7"}
MODES = pytest.mark.parametrize("isolation", ["exclusive", "shared"])


@cache
def module() -> Module:
    """Read the module once for all tests."""
    return Module.read(CRATE / "faults.legacy.wasm")


def make(isolation: str = "exclusive", **options: Any) -> Worker:
    options = {"limits": LIMITS, "isolation": isolation, **options}
    return Worker.of(read_config(CRATE), module(), **options)


async def get(worker: Worker, path: str) -> tuple[int, str]:
    """Ask, and fail after a while: nothing here may hang."""
    async with asyncio.timeout(SECONDS):
        response = await worker.fetch(f"http://faults{path}")
        return response.status, await response.text()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


class Ear(Observer):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Incident, str]] = []

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        self.heard.append((kind, where))


@MODES
@pytest.mark.parametrize("route", ["now", "after"])
def test_a_request_that_fails_says_how_and_the_next_is_answered(isolation: str, route: str) -> None:
    async def test() -> None:
        async with make(isolation) as worker:
            for how, message in PANICS.items():
                assert await get(worker, f"/{route}?how={how}") == (500, f"PanicError: {message}")
            for how, message in {**ABORTS, **THROWS}.items():
                status, text = await get(worker, f"/{route}?how={how}")
                assert (status, CANCELED in text) == (500, True)
                assert text.endswith(f"({message})")
            assert await get(worker, "/random") == (200, "true")

    run(test())


@MODES
@pytest.mark.parametrize("how", ["panic", "drop", "abort", "loop", "oom", "recurse"])
def test_a_failure_in_an_object_is_its_callers_error_and_the_object_goes_on(
    isolation: str, how: str
) -> None:
    async def test() -> None:
        async with make(isolation) as worker:
            for route in ("do", "after", "write-do"):
                assert (await get(worker, f"/o/x/{route}?how={how}"))[0] == 500
            # What was written and not synced when the object died is undone.
            kept = "2" if how in PANICS else "1"
            assert (await get(worker, "/o/x/count"))[1].endswith(f" {kept}")

    run(test())


@pytest.mark.parametrize("how", ["panic", "abort", "loop", "throw"])
def test_an_object_that_cannot_be_made_fails_its_caller_once_and_at_once(how: str) -> None:
    async def test() -> None:
        async with make() as worker:
            for place in ("ctor", "block"):
                for _ in range(2):
                    assert (await get(worker, f"/o/{place}-{how}/count"))[0] == 500
            assert await get(worker, "/o/block-nothing/count") == (200, "1 0")

    run(test())


def test_what_an_object_runs_before_its_first_event_runs_once_for_a_call() -> None:
    async def test() -> None:
        ear = Ear()
        async with make(observer=ear) as worker:
            assert (await get(worker, "/o/block-abort/count"))[0] == 500
        assert [kind for kind, _ in ear.heard] == [Incident.ABORT]

    run(test())


def test_a_transaction_that_nothing_can_end_resets_the_object_at_once() -> None:
    async def test() -> None:
        async with make() as worker:
            assert (await get(worker, "/o/x/count")) == (200, "1 0")
            assert (await get(worker, "/o/x/tx?how=throw"))[0] == 500
            assert await get(worker, "/o/x/count") == (200, "1 0")  # made anew, and undone

    run(test())


@MODES
def test_what_nobody_waits_for_is_one_line_of_the_log(
    isolation: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        contexts: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: contexts.append(context)
        )
        ear = Ear()
        async with make(isolation, observer=ear) as worker:
            for how in ("panic", "throw", "abort"):
                assert await get(worker, f"/spawn?how={how}") == (200, "answered")
            await asyncio.sleep(0)
        assert contexts == []
        assert [kind for kind, _ in ear.heard] == [Incident.PANIC, Incident.ABORT]

    with caplog.at_level(logging.ERROR, "unpoison.workers"):
        run(test())
    told = [record for record in caplog.records if "no promise" in record.message]
    assert [record.message.rpartition(": ")[2] for record in told] == [
        "faults panic",
        "thrown by rust",
    ]
    assert not any(record.exc_info for record in told)


@MODES
@pytest.mark.parametrize("how", ["panic", "abort", "loop"])
def test_a_stream_that_fails_fails_its_reader(isolation: str, how: str) -> None:
    async def test() -> None:
        async with make(isolation) as worker:
            for route in ("/stream", "/stream-first", "/o/x/stream"):
                with pytest.raises(Exception, match=f"{how}|limit|unreachable"):
                    await get(worker, f"{route}?how={how}")
            assert (await get(worker, "/o/x/count"))[0] == 200

    run(test())


@MODES
def test_a_scheduled_event_raises_what_its_handler_does(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation) as worker:
            for how, kind in (
                ("panic", PanicError), ("abort", AbortError), ("loop", AbortError),
                ("throw", HungError),
            ):  # fmt: skip
                with pytest.raises(kind):
                    await worker.scheduled(how)
            await worker.scheduled("wait abort")  # in waitUntil: nobody's but the log's
            assert (await get(worker, "/count"))[0] == 200

    run(test())


@pytest.mark.parametrize("how", ["panic", "abort", "loop", "throw"])
def test_an_alarm_that_fails_is_tried_again(how: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            assert await get(worker, f"/o/x/alarm?how={how}") == (200, "set")
            await clock.advance(40)
            assert await get(worker, "/o/x/tries") == (200, "Some(3) false")

    run(test())


def test_what_nothing_can_answer_is_told_at_once() -> None:
    async def test() -> None:
        async with make() as worker:
            for path in ("/pending", "/pending-timer"):  # of an object: test_hangs
                status, _ = await get(worker, path)
                assert status == 500

    run(test())
