"""Durable Objects in a worker: calls, storage, gates, alarms, sockets, and how they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workers.shop import CANCELED, config, get, make, module
from unpoison.workers import socket_handlers
from unpoison.workers.clock import ManualClock
from unpoison.workers.messages import HttpRequest
from unpoison.workers.sockets import Data, SocketEnd
from unpoison.workers.worker import Worker

both_modes = pytest.mark.parametrize("isolation", ["exclusive", "shared"])


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


async def ask(worker: Worker, path: str) -> str:
    """Ask the object `a` and give the text of an answer that is no failure."""
    status, text = await get(worker, f"/do/a/{path}")
    assert status == 200, text
    return text


class Ear:
    """Hears one socket."""

    def __init__(self, end: SocketEnd) -> None:
        self.said: list[Data] = []
        self.end: tuple[int | None, str, bool] | None = None
        end.accept(self)

    def message(self, data: Data) -> None:
        self.said.append(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.end = (code, reason, was_clean)

    def failed(self, error: Exception) -> None:
        self.said.append(str(error))


async def until(ear: Ear, count: int) -> list[Data]:
    async with asyncio.timeout(5):
        while len(ear.said) < count:
            await asyncio.sleep(0.002)
    return ear.said


# --- calls and storage ---


@both_modes
@pytest.mark.parametrize(
    ("paths", "answers"),
    [
        (["inc", "inc", "get", "mem"], ["1", "2", "2", "unstored_count: 4"]),
        (["tx", "tx?fail=1", "get"], ["done: 1 1", "the transaction fails: 1 1", "0"]),
        (["sql?text=one", "sql?text=two"], ["Integer(1) 1", "Integer(2) 1"]),
        (["put?key=b&value=1", "put?key=a&value=2", "list"], ["kept", "kept", "a b"]),
        (["inc", "wipe", "get", "list"], ["1", "wiped", "0", ""]),
        (["block", "get"], ["1", "1"]),
        (["call?to=other", "call?to=other"], ["1 1", "2 2"]),
    ],
)
def test_an_object_keeps_what_it_is_told(
    isolation: str, paths: list[str], answers: list[str]
) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            given = [await ask(worker, path) for path in paths]
            assert all(answer in text for answer, text in zip(answers, given, strict=True)), given

    run(test())


@both_modes
def test_objects_of_different_names_have_nothing_in_common(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert (await get(worker, "/do/a/inc"))[1] == "1"
            assert (await get(worker, "/do/b/inc"))[1] == "1"
            assert (await get(worker, "/do/a/inc"))[1] == "2"

    run(test())


def test_an_id_is_the_one_that_workerd_makes() -> None:
    async def test() -> None:
        async with make() as worker:
            known = "9f74ffecada7f12eecd4fb93f40bac8d9e190a0cd11d14f770f000571a8a7b3b"
            assert await get(worker, "/id-of/a") == (200, known)
            assert await ask(worker, "id") == f'{known} Some("a")'
            status, text = await get(worker, "/unique")
            assert (status, text.split()[1:]) == (200, ["true", "1"])
            status, text = await get(worker, f"/id/{'0' * 64}/inc")
            assert status == 500
            assert "not valid for this namespace" in text

    run(test())


def test_many_requests_at_once_are_each_counted_once() -> None:
    async def test() -> None:
        async with make(max_instances=4) as worker:
            answers = await asyncio.gather(*(get(worker, "/do/a/inc") for _ in range(40)))
            assert sorted(int(text) for _, text in answers) == list(range(1, 41))

    run(test())


def test_events_interleave_at_awaits() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            slow = asyncio.ensure_future(ask(worker, "sleep?ms=100"))
            await clock.advance(0.05)
            assert await ask(worker, "inc") == "1"
            await clock.advance(0.1)
            assert await slow == "slept, count 1"

    run(test())


def test_nothing_comes_in_while_concurrency_is_blocked() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            blocked = asyncio.ensure_future(ask(worker, "block?ms=100"))
            await clock.advance(0.05)
            other = asyncio.ensure_future(ask(worker, "inc"))
            await clock.advance(0.04)
            assert not other.done()
            await clock.advance(0.1)
            assert (await blocked, await other) == ("1", "2")

    run(test())


@both_modes
def test_blocking_for_too_long_resets_the_object_and_its_caller_is_told_at_once(
    isolation: str,
) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock, isolation=isolation) as worker:
            assert await ask(worker, "mem") == "unstored_count: 1"
            blocked = asyncio.ensure_future(get(worker, "/do/a/block?ms=60000"))
            await clock.advance(31.0)
            assert blocked.done()
            status, text = await blocked
            assert (status, "waited for too long" in text) == (500, True)
            assert await ask(worker, "mem") == "unstored_count: 1"

    run(test())


# --- failures ---


@pytest.mark.parametrize(
    ("date", "flags", "text"),
    [
        ("2026-04-20", (), "Error: PanicError: the shop panics"),
        ("2026-04-21", (), "PanicError: the shop panics"),
        ("2026-04-21", ("legacy_error_serialization",), "Error: PanicError: the shop panics"),
        ("2026-01-01", ("enhanced_error_serialization",), "PanicError: the shop panics"),
    ],
)
def test_an_error_keeps_its_name_on_the_way_to_the_caller_since_a_date(
    date: str, flags: tuple[str, ...], text: str
) -> None:
    async def test() -> None:
        dated = replace(config(), compatibility_date=date, compatibility_flags=flags)
        async with Worker.of(dated, module()) as worker:
            assert await get(worker, "/do/a/panic") == (500, text)

    run(test())


@both_modes
def test_a_panic_fails_its_call_and_keeps_the_object(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await ask(worker, "mem") == "unstored_count: 1"
            status, text = await get(worker, "/do/a/panic")
            assert (status, text) == (500, "Error: PanicError: the shop panics")
            assert await ask(worker, "mem") == "unstored_count: 3"

    run(test())


@both_modes
@pytest.mark.parametrize("kind", ["abort", "recurse", "oom"])
def test_an_abort_answers_its_caller_at_once_and_keeps_what_is_stored(
    isolation: str, kind: str
) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await ask(worker, "inc") == "1"
            async with asyncio.timeout(10):
                status, text = await get(worker, f"/do/a/{kind}")
            assert (status, CANCELED in text) == (500, True)
            assert await ask(worker, "mem") == "unstored_count: 1"
            assert await ask(worker, "get") == "1"

    run(test())


@both_modes
def test_what_was_not_committed_before_an_abort_is_rolled_back(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await ask(worker, "inc") == "1"
            assert (await get(worker, "/do/a/put-then?fail=abort"))[0] == 500
            assert await ask(worker, "get") == "1"
            assert (await get(worker, "/do/a/put-then?fail=panic"))[0] == 500
            assert await ask(worker, "get") == "2"  # a panic unwinds; its effects stay

    run(test())


def test_an_abort_in_an_object_fails_nobody_else_in_exclusive_mode() -> None:
    async def test() -> None:
        async with make(max_instances=64) as worker:
            others = [
                asyncio.ensure_future(get(worker, path))
                for path in ["/do/b/sleep?ms=50", "/do/c/sleep?ms=50", "/slow?ms=50"]
            ]
            await asyncio.sleep(0.02)
            assert (await get(worker, "/do/a/abort"))[0] == 500
            assert {status for status, _ in await asyncio.gather(*others)} == {200}

    run(test())


def test_events_in_flight_in_an_object_that_aborts_are_answered_at_once() -> None:
    async def test() -> None:
        async with make() as worker:
            sleeping = asyncio.ensure_future(get(worker, "/do/a/sleep?ms=60000"))
            await asyncio.sleep(0.05)
            assert (await get(worker, "/do/a/abort"))[0] == 500
            async with asyncio.timeout(5):
                assert (await sleeping)[0] == 500

    run(test())


# --- alarms ---


@both_modes
def test_an_alarm_rings_once_at_its_time(isolation: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(isolation=isolation, clock=clock) as worker:
            assert await ask(worker, "alarm?in=1000") == "true"
            await clock.advance(0.9)
            assert await ask(worker, "alarmed") == "0 0 true"
            await clock.advance(0.2)
            assert await ask(worker, "alarmed") == "1 1 false"
            await clock.advance(100.0)
            assert await ask(worker, "alarmed") == "1 1 false"

    run(test())


def test_an_alarm_that_panics_is_tried_again_with_growing_pauses() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            await ask(worker, "alarm?in=1000&fail=2")
            await clock.advance(1.1)
            assert await ask(worker, "alarmed") == "0 1 true"
            await clock.advance(2.6)
            assert await ask(worker, "alarmed") == "0 2 true"
            await clock.advance(5.1)
            assert await ask(worker, "alarmed") == "1 3 false"

    run(test())


def test_an_alarm_that_always_fails_is_dropped_after_its_retries() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            await ask(worker, "alarm?in=1000&fail=100")
            await clock.advance(3600.0)
            assert await ask(worker, "alarmed") == "0 7 false"

    run(test())


def test_an_alarm_that_is_deleted_when_it_is_due_does_not_run() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            await ask(worker, "alarm?in=1000")
            objects = worker.objects["Counter"]
            id_ = objects.ids.from_name("a")
            objects._note(id_, int(clock.time() * 1000))
            objects._ring()
            objects._note(id_, None)
            await asyncio.gather(*objects._tasks)
            assert await ask(worker, "alarmed") == "0 0 true"

    run(test())


# --- life ---


@both_modes
def test_an_idle_object_is_evicted_and_comes_back_with_what_is_stored(isolation: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(isolation=isolation, clock=clock) as worker:
            await ask(worker, "inc")
            assert worker.objects["Counter"].live == 1
            await clock.advance(9.0)
            assert await ask(worker, "mem") == "unstored_count: 2"
            await clock.advance(11.0)
            assert worker.objects["Counter"].live == 0
            assert await ask(worker, "mem") == "unstored_count: 1"
            assert await ask(worker, "get") == "1"

    run(test())


def test_what_is_stored_and_alarms_survive_a_restart(tmp_path: Path) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock, state=tmp_path) as worker:
            await ask(worker, "inc")
            await ask(worker, "alarm?in=5000")
            await get(worker, "/kv/key", method="PUT", body="value")
        later = ManualClock(clock.time() + 60)
        async with make(clock=later, state=tmp_path) as worker:
            await later.advance(0.1)
            assert await ask(worker, "alarmed") == "1 1 false"
            assert await ask(worker, "get") == "1"
            assert await get(worker, "/kv/key") == (200, "value")

    run(test())


def test_an_alarm_that_a_stop_cuts_off_is_no_failure_and_rings_after_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "unpoison.workers")

    async def test() -> None:
        async with make(state=tmp_path) as worker:
            await ask(worker, "alarm?in=100")
            blocking = asyncio.ensure_future(worker.fetch("http://shop/do/a/block?ms=5000"))
            await asyncio.sleep(0.4)  # it is due, and waits for its turn
            await worker.close(0.0)
            await asyncio.wait([blocking])
        told = [each for each in caplog.records if "the alarm failed" in each.getMessage()]
        assert [each.levelname for each in told] == ["INFO"]
        async with make(state=tmp_path) as worker:
            await asyncio.sleep(0.2)
            assert await ask(worker, "alarmed") == "1 1 false"

    run(test())


def test_the_object_that_is_idle_for_longest_makes_room_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            monkeypatch.setattr(worker._guests.objects, "_most", 2)
            for name in ("a", "b"):
                assert (await get(worker, f"/do/{name}/inc"))[1] == "1"
                await clock.advance(1.0)
            assert (await get(worker, "/do/c/inc"))[1] == "1"
            assert worker.objects["Counter"].live == 2
            assert (await get(worker, "/do/b/mem"))[1] == "unstored_count: 2"
            assert (await get(worker, "/do/a/mem"))[1] == "unstored_count: 1"
            assert (await get(worker, "/do/a/get"))[1] == "1"

    run(test())


def open_files(folder: Path) -> int:
    """Count the objects of which this process has the file open."""
    links = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(each.readlink())
    names = {path.name for path in links if path.is_relative_to(folder)}
    return sum(name.endswith(".sqlite") and name != "metadata.sqlite" for name in names)


def test_no_more_files_are_open_than_objects_are_in_instances(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with make(state=tmp_path) as worker:
            for number in range(6):
                assert (await get(worker, f"/do/{number}/inc"))[1] == "1"
        clock = ManualClock()
        async with make(state=tmp_path, clock=clock) as worker:
            monkeypatch.setattr(worker._guests.objects, "_most", 2)
            asked = [asyncio.ensure_future(get(worker, f"/do/{each}/inc")) for each in range(4)]
            async with asyncio.timeout(5):
                while not any(each.done() for each in asked):
                    await asyncio.sleep(0.001)
                    assert open_files(tmp_path) <= 3  # one may be on its way out
                for each in asked:
                    assert (await each)[1] == "2"
            await clock.settle()
            assert open_files(tmp_path) <= 2

    run(test())


def test_who_leaves_interrupts_nothing_in_the_object() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            objects = worker.objects["Counter"]
            request = HttpRequest("GET", "http://shop/do/a/block?ms=100")
            call = asyncio.ensure_future(objects.fetch(objects.ids.from_name("a"), request))
            await clock.advance(0.05)
            call.cancel()
            await clock.advance(0.1)
            assert call.cancelled()
            assert await ask(worker, "get") == "1"
            await clock.advance(11.0)
            assert objects.live == 0

    run(test())


def test_an_event_that_nobody_waits_for_ends_after_a_while_and_its_object_is_evicted() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            objects = worker.objects["Counter"]
            request = HttpRequest("GET", "http://shop/do/a/sleep?ms=100000000")
            call = asyncio.ensure_future(objects.fetch(objects.ids.from_name("a"), request))
            await clock.advance(0.1)
            call.cancel()
            await clock.advance(29.0)
            assert objects.live == 1
            await clock.advance(90.0)
            assert objects.live == 0

    run(test())


def test_a_closed_object_begins_no_life_and_opens_no_file(tmp_path: Path) -> None:
    async def test() -> None:
        worker = make(state=tmp_path)
        end, ear = await open_socket(worker, "ada")
        assert await ask(worker, "inc") == "1"
        sleeping = asyncio.ensure_future(get(worker, "/do/a/sleep?ms=60000"))
        waiting = asyncio.ensure_future(get(worker, "/do/a/block?ms=60000"))
        await asyncio.sleep(0.05)
        late = asyncio.ensure_future(get(worker, "/do/a/inc"))
        await asyncio.sleep(0)
        await worker.close(0.0)
        end.close(*ear.end[:2])  # type: ignore[index]
        async with asyncio.timeout(5):
            answers = await asyncio.gather(sleeping, waiting, late)
        assert {status for status, _ in answers} == {500}
        await asyncio.sleep(0.02)
        assert open_files(tmp_path) == 0
        assert worker.objects["Counter"].live == 0
        async with make(state=tmp_path) as other:
            assert await ask(other, "inc") == "2"

    run(test())


# --- sockets ---


async def open_socket(worker: Worker, name: str) -> tuple[SocketEnd, Ear]:
    headers = {"upgrade": "websocket"}
    answer = await worker.fetch(f"http://shop/do/a/ws?name={name}", headers=headers)
    assert answer.status == 101
    assert answer.web_socket is not None
    return answer.web_socket, Ear(answer.web_socket)


@both_modes
def test_a_socket_is_heard_by_the_object_s_handlers(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            end, ear = await open_socket(worker, "ada")
            end.send("hello")
            end.send(b"\x01\x02")
            end.send("ping")
            assert await until(ear, 3) == ["pong", "ada: hello", b"\x01\x02"]
            assert await ask(worker, "sockets?tag=ada") == "1 1 ada"
            end.send("close")
            async with asyncio.timeout(5):
                while ear.end is None:
                    await asyncio.sleep(0.002)
            assert ear.end == (4001, "as asked", True)

    run(test())


def test_a_socket_stays_open_over_an_eviction_and_an_abort() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            end, ear = await open_socket(worker, "ada")
            end.send("mem")
            await clock.settle()
            await clock.advance(20.0)
            assert worker.objects["Counter"].live == 0
            end.send("mem")
            await clock.settle()
            assert ear.said == ["ada: unstored_count 2", "ada: unstored_count 1"]
            end.send("abort")
            await clock.settle()
            end.send("mem")
            await clock.settle()
            assert ear.said[2:] == ["ada: unstored_count 1"]
            assert ear.end is None

    run(test())


def test_closing_the_worker_closes_its_sockets() -> None:
    async def test() -> None:
        worker = make()
        _, ear = await open_socket(worker, "ada")
        await worker.close()
        assert ear.end == (1001, "", True)

    run(test())


def test_an_alarm_that_the_index_lost_is_found_when_its_object_is_next_used(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock, state=tmp_path) as worker:
            await ask(worker, "alarm?in=60000")
        for file in tmp_path.glob("do/*/metadata.sqlite*"):
            file.unlink()
        async with make(clock=clock, state=tmp_path) as worker:
            await clock.advance(1.0)
            assert await ask(worker, "alarmed") == "0 0 true"
            await clock.advance(60.0)
            assert await ask(worker, "alarmed") == "1 1 false"

    run(test())


def test_a_client_that_speaks_faster_than_the_object_hears_loses_its_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket_handlers, "MAX_QUEUED_BYTES", 10_000)

    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            end, ear = await open_socket(worker, "ada")
            blocked = asyncio.ensure_future(ask(worker, "block?ms=1000"))
            await clock.advance(0.1)
            for _ in range(20):
                end.send("x" * 100)
            assert ear.end == (1006, "", False)
            await clock.advance(2.0)
            assert await blocked == "1"

    run(test())


def test_a_socket_whose_client_left_before_the_answer_is_lost() -> None:
    async def test() -> None:
        async with make() as worker:
            assert await ask(worker, "sockets") == "0 0 "
            counting = asyncio.ensure_future(ask(worker, "inc"))
            opening = asyncio.ensure_future(worker.fetch("http://shop/do/a/ws?name=ada"))
            for _ in range(5):  # the socket is there, and waits for the count to be durable
                await asyncio.sleep(0)
            assert not opening.done()
            opening.cancel()
            assert await counting == "1"
            async with asyncio.timeout(5):
                while await ask(worker, "sockets") != "0 0 ":
                    await asyncio.sleep(0.002)

    run(test())
