"""A worker as a test or a server uses it: requests, failures, and what goes on after them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workers.shop import CANCELED, FOLDER, config, get, make, module
from unpoison import PanicError
from unpoison.errors import AbortError, AbortReason, ConfigError, LinkError, StorageError
from unpoison.runtime import Limits
from unpoison.workers.blueprints import Blueprint, make_workers
from unpoison.workers.clock import ManualClock
from unpoison.workers.config import Config, ObjectBinding, ServiceBinding
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.failures import ObjectError
from unpoison.workers.messages import HttpRequest
from unpoison.workers.observers import Incident, Observer
from unpoison.workers.program import Program
from unpoison.workers.worker import Worker

MODES = ("exclusive", "shared")


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


class Ear(Observer):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.incidents: list[tuple[Incident, str]] = []
        self.renewals = 0

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        self.incidents.append((kind, str(error)))

    def renewed(self, where: str, seconds: float) -> None:
        self.renewals += 1


# --- requests ---


@pytest.mark.parametrize("isolation", MODES)
@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/", 200, "shop"),
        ("/hello/ada", 200, "Hello, ada!"),
        ("/started", 200, "true"),
        ("/url?a=1", 200, '/url Some("a=1")'),
        ("/status/418", 418, "status 418"),
        ("/empty", 204, ""),
        ("/var/GREETING", 200, "Good day"),
        ("/object-var", 200, '{"from":8,"to":18,"days":["Monday","Friday"]}'),
        ("/error", 500, "this route gives an error"),
        ("/nothing-here", 404, "Not Found"),
        ("/slow?ms=1", 200, "waited 1 ms"),
        ("/stream?ms=1", 200, "chunk 0\nchunk 1\nchunk 2\nchunk 3\nchunk 4\n"),
        ("/service", 200, "200: Hello, service!"),
    ],
)
def test_a_route_is_answered(isolation: str, path: str, status: int, text: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await get(worker, path) == (status, text)

    run(test())


def test_what_a_request_has_arrives_and_what_an_answer_has_comes_back() -> None:
    async def test() -> None:
        async with make() as worker:
            answer = await worker.fetch(
                "http://shop/json", method="POST", json={"item": "tea", "price": 2.5, "count": 2}
            )
            assert await answer.json() == {"item": "tea", "count": 2, "total": 5.0}
            answer = await worker.fetch("http://shop/headers", headers={"X-One": "1"})
            assert await answer.json() == {"x-one": "1"}
            assert answer.headers["X-List"] == "one, two"
            assert answer.headers.get_all("set-cookie") == ["basket=1; Path=/", "visit=2; Path=/"]
            answer = await worker.fetch("http://shop/echo", method="POST", body=b"\x00\xff")
            assert (answer.status, await answer.bytes()) == (201, b"\x00\xff")
            answer = await worker.fetch("http://shop/redirect")
            assert (answer.status, answer.headers["location"]) == (
                302,
                "http://shop.example/hello/redirect",
            )

    run(test())


def test_a_body_may_come_in_chunks() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            await asyncio.sleep(0)
            yield b"abc"

    async def test() -> None:
        async with make() as worker:
            answer = await worker.fetch("http://shop/echo", method="POST", body=chunks())
            assert await answer.bytes() == b"abcabcabc"

    run(test())


def test_a_url_that_is_none_is_refused_before_anything_runs() -> None:
    async def test() -> None:
        async with make() as worker:
            with pytest.raises(ValueError, match="'/hello' is no absolute URL"):
                await worker.fetch("/hello")

    run(test())


# --- failures ---


@pytest.mark.parametrize("isolation", MODES)
@pytest.mark.parametrize("route", ["/panic", "/panic/after"])
def test_a_panic_costs_its_request_and_nothing_else(isolation: str, route: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await get(worker, "/hits") == (200, "1")
            assert await get(worker, route) == (500, "PanicError: the shop panics")
            assert await get(worker, "/hits") == (200, "3")  # statics are kept

    run(test())


@pytest.mark.parametrize("isolation", MODES)
@pytest.mark.parametrize("route", ["/abort", "/abort/after", "/recurse", "/oom"])
def test_an_abort_costs_its_request_and_the_state_of_its_instance(
    isolation: str, route: str
) -> None:
    async def test() -> None:
        ear = Ear()
        async with make(isolation=isolation, observer=ear) as worker:
            assert await get(worker, "/hits") == (200, "1")
            status, text = await get(worker, route)
            assert status == 500
            assert CANCELED in text
            assert await get(worker, "/hits") == (200, "1")
            assert [kind for kind, _ in ear.incidents] == [Incident.ABORT]
            assert ear.renewals == 1

    run(test())


@pytest.mark.parametrize("isolation", MODES)
def test_an_error_of_the_host_through_an_import_without_catch_costs_its_request(
    isolation: str,
) -> None:
    async def test() -> None:
        ear = Ear()
        async with make(isolation=isolation, observer=ear) as worker:
            assert await get(worker, "/hits") == (200, "1")
            status, text = await get(worker, "/throw")
            assert (status, CANCELED in text) == (500, True)
            assert await get(worker, "/hits") == (200, "3")
            assert ear.incidents == []

    run(test())


def test_an_abort_fails_nobody_else_in_exclusive_mode() -> None:
    async def test() -> None:
        async with make(max_instances=64) as worker:
            slow = [asyncio.ensure_future(get(worker, "/slow?ms=30")) for _ in range(30)]
            await asyncio.sleep(0.005)
            failed = await asyncio.gather(
                *(get(worker, path) for path in ("/abort", "/panic", "/recurse", "/throw"))
            )
            assert [status for status, _ in failed] == [500] * 4
            assert {status for status, _ in await asyncio.gather(*slow)} == {200}

    run(test())


def test_an_abort_answers_everybody_in_flight_at_once_in_shared_mode() -> None:
    async def test() -> None:
        async with make(isolation="shared") as worker:
            slow = [asyncio.ensure_future(get(worker, "/slow?ms=60000")) for _ in range(10)]
            await asyncio.sleep(0.005)
            status, _ = await get(worker, "/abort")
            assert status == 500
            async with asyncio.timeout(5):
                answers = await asyncio.gather(*slow)
            assert {status for status, _ in answers} == {500}
            assert all(CANCELED in text for _, text in answers)
            assert await get(worker, "/slow?ms=1") == (200, "waited 1 ms")

    run(test())


def test_no_timer_of_a_dead_instance_runs_in_the_new_one() -> None:
    async def test() -> None:
        clock = ManualClock()
        ear = Ear()
        async with make(isolation="shared", clock=clock, observer=ear) as worker:
            slow = asyncio.ensure_future(get(worker, "/slow?ms=50"))
            await clock.advance(0.01)
            assert (await get(worker, "/abort"))[0] == 500
            assert (await slow)[0] == 500
            await clock.advance(1.0)
            assert await get(worker, "/hits") == (200, "1")
            assert [kind for kind, _ in ear.incidents] == [Incident.ABORT]

    run(test())


def test_a_body_that_nobody_reads_gives_its_instance_back() -> None:
    async def test() -> None:
        async with make(max_instances=1) as worker:
            answer = await worker.fetch("http://shop/stream?ms=1&chunks=1000")
            async for chunk in answer:
                assert chunk == b"chunk 0\n"
                break
            await answer.aclose()
            async with asyncio.timeout(5):
                assert await get(worker, "/left-early") == (200, "1")

    run(test())


def test_who_leaves_while_waiting_does_not_take_the_instance_away() -> None:
    async def test() -> None:
        async with make(max_instances=1) as worker:
            waiting = asyncio.ensure_future(get(worker, "/slow?ms=20"))
            await asyncio.sleep(0.005)
            waiting.cancel()
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")

    run(test())


# --- load ---


def test_beyond_the_most_instances_requests_wait_and_then_are_refused() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(max_instances=1, clock=clock) as worker:
            first = asyncio.ensure_future(get(worker, "/slow?ms=30000"))
            second = asyncio.ensure_future(get(worker, "/hello/ada"))
            await clock.advance(11.0)
            status, text = await second
            assert (status, "all 1 instances were busy" in text) == (503, True)
            await clock.advance(30.0)
            assert (await first)[0] == 200

    run(test())


def test_a_worker_that_always_aborts_is_given_pauses_and_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock) as worker:
            with caplog.at_level(logging.CRITICAL):
                statuses = [(await get(worker, "/abort"))[0] for _ in range(70)]
            assert statuses[:64] == [500] * 64
            assert set(statuses[64:]) == {503}
            await clock.advance(1.0)
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")
            assert (await get(worker, "/abort"))[0] == 500

    run(test())


# --- events ---


def test_closing_lets_what_is_under_way_finish() -> None:
    async def test() -> None:
        worker = make()
        slow = asyncio.ensure_future(get(worker, "/slow?ms=20"))
        await asyncio.sleep(0.005)
        await worker.close()
        assert await slow == (200, "waited 20 ms")
        assert (await get(worker, "/"))[0] == 503

    run(test())


def test_a_scheduled_event_raises_what_its_handler_raises() -> None:
    async def test() -> None:
        bare = Config(name="bare", folder=FOLDER)
        async with Worker.of(bare, module()) as worker:
            with pytest.raises(PanicError, match="the binding STORE"):
                await worker.scheduled("*/5 * * * *")

    run(test())


# --- making one ---


def test_a_worker_is_made_from_its_configuration() -> None:
    async def test() -> None:
        path = FOLDER / "wrangler.toml"
        worker = Worker.from_config(path, module=FOLDER / "shop.legacy.wasm")
        async with worker:
            assert worker.name == "shop"
            answer = await worker.fetch("http://w/hello/ada")
            assert (answer.status, await answer.text()) == (200, "Hello, ada!")

    run(test())


def test_a_module_that_is_no_worker_is_refused(tmp_path: Path) -> None:
    counter = FOLDER.parent / "counter" / "counter.legacy.wasm"
    with pytest.raises(ConfigError, match="exports no handler"):
        Worker.of(Config(name="x", folder=tmp_path), counter)


def test_a_binding_to_a_worker_that_is_not_here_is_told_and_refused_when_it_is_used() -> None:
    async def test() -> None:
        service = ServiceBinding("SELF", "mailer")
        objects = ObjectBinding("COUNTER", "Counter", "depot")
        wrong = replace(config(), services=(service,), objects=(objects,))
        async with Worker.of(wrong, module()) as worker:
            told = "of the worker {}, which is not here; its use is refused"
            assert list(worker.missing()) == [
                f"SELF is {told.format('mailer')}",
                f"COUNTER is {told.format('depot')}",
            ]
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")
            for route, binding in (("/service", "SELF"), ("/do/ada/inc", "COUNTER")):
                status, text = await get(worker, route)
                assert (status, f"the binding {binding} names the worker" in text) == (500, True)

    run(test())


def test_workers_may_name_each_other() -> None:
    async def test() -> None:
        names = {"left": "right", "right": "left"}
        left, right = (
            replace(config(), name=name, services=(ServiceBinding("SELF", other),))
            for name, other in names.items()
        )
        blueprints = [Blueprint(left, module()), Blueprint(right, module())]
        workers = make_workers(blueprints)
        for worker in workers:
            assert list(worker.missing()) == []
            assert await get(worker, "/service") == (200, "200: Hello, service!")
        for worker in workers:
            await worker.close()

    run(test())


@pytest.mark.parametrize(
    ("date", "name", "message"),
    [
        ("2026-01-01", "Error", "PanicError: the shop panics"),
        ("2026-05-01", "PanicError", "the shop panics"),
    ],
)
def test_an_error_of_a_service_keeps_its_name_since_a_date(
    date: str, name: str, message: str
) -> None:
    # As workerd tells a JavaScript worker that calls the shop.
    async def test() -> None:
        async with Worker.of(replace(config(), compatibility_date=date), module()) as worker:
            service = worker.neighbours.service(ServiceBinding("SELF", "shop"))
            with pytest.raises(ObjectError) as caught:
                await service.fetch(HttpRequest("GET", "http://shop/panic"))
            told = caught.value
            assert (told.name, told.message, told.remote) == (name, message, True)
            with pytest.raises(ObjectError, match=CANCELED):
                await service.fetch(HttpRequest("GET", "http://shop/abort"))

    run(test())


def test_a_class_that_a_neighbour_does_not_have_is_refused_when_it_is_used() -> None:
    async def test() -> None:
        objects = ObjectBinding("COUNTER", "Till", "depot")
        depot = Worker.of(replace(config(), name="depot", services=()), module())
        wrong = replace(config(), services=(), objects=(objects,))
        async with depot, Worker.of(wrong, module(), services=[depot]) as worker:
            status, text = await get(worker, "/do/ada/inc")
            assert (status, "the module of depot does not export" in text) == (500, True)

    run(test())


def test_a_class_that_the_module_does_not_export_is_refused(tmp_path: Path) -> None:
    wrong = Config(name="x", folder=tmp_path, objects=(ObjectBinding("COUNTER", "Till"),))
    with pytest.raises(ConfigError, match="class Till, which the module of x does not export"):
        Worker.of(wrong, module())


def test_an_isolation_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="isolation"):
        Worker.of(config(), module(), isolation="none")  # type: ignore[arg-type]


# --- limits ---


@pytest.mark.parametrize("isolation", MODES)
@pytest.mark.parametrize("route", ["/loop", "/loop/after"])
def test_an_endless_loop_is_stopped_by_the_limit_of_cpu_time(isolation: str, route: str) -> None:
    async def test() -> None:
        limits = Limits(memory=64 << 20, cpu=0.05)
        async with make(isolation=isolation, limits=limits) as worker:
            status, text = await get(worker, route)
            assert (status, CANCELED in text, "(CPU limit)" in text) == (500, True, True)
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")

    run(test())


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_a_worker_is_told_when_its_limit_of_cpu_time_is_near(isolation: str) -> None:
    # worker 0.8.7, src/signal.rs; workerd registers too, and tells where it has a limit.
    async def test() -> None:
        async with make(isolation=isolation, limits=Limits(cpu=0.4)) as worker:
            for _ in range(2):
                assert await get(worker, "/signals") == (200, "true")
                assert await get(worker, "/near") == (200, "true")
            assert (await get(worker, "/loop"))[0] == 500
            assert await get(worker, "/signals") == (200, "true")
            assert await get(worker, "/near") == (200, "true")

    asyncio.run(test())


def test_the_limit_of_cpu_time_is_for_each_event() -> None:
    async def test() -> None:
        async with make(max_instances=1, limits=Limits(cpu=0.2)) as worker:
            for _ in range(500):
                assert (await get(worker, "/hello/ada"))[0] == 200

    run(test())


def test_the_configuration_says_the_limit_of_cpu_time() -> None:
    worker = make()
    assert worker.program.limits == Limits(memory=128 << 20, cpu=1.0)


# --- instances ---


def test_imports_that_nobody_knows_are_told_when_the_worker_is_made() -> None:
    counter = FOLDER.parent / "counter" / "counter.legacy.wasm"
    objects = (ObjectBinding("ACC", "Acc"),)
    with pytest.raises(LinkError, match="thrower"):
        Worker.of(Config(name="x", folder=FOLDER, objects=objects), counter)


def test_an_instance_that_has_grown_too_large_starts_afresh_between_two_requests() -> None:
    async def test() -> None:
        limits = Limits(memory=3 << 20)
        async with make(max_instances=1, limits=limits) as worker:
            assert await get(worker, "/hits") == (200, "1")
            answer = await worker.fetch("http://shop/echo", method="POST", body=bytes(1 << 20))
            assert len(await answer.bytes()) == 1 << 20
            assert await get(worker, "/hits") == (200, "1")

    run(test())


def test_a_worker_that_dies_at_its_start_is_tried_again_with_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures = [AbortError("at start", AbortReason.UNREACHABLE) for _ in range(2)]
    instantiate = Program.instantiate

    def fail_first(program: Program, *arguments: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        return instantiate(program, *arguments, **options)

    monkeypatch.setattr(Program, "instantiate", fail_first)

    async def test() -> None:
        clock = ManualClock()
        ear = Ear()
        async with make(clock=clock, observer=ear) as worker:
            status, text = await get(worker, "/")
            assert (status, "keeps dying" in text) == (503, True)
            assert worker.trouble is not None
            await clock.advance(0.11)
            status, text = await get(worker, "/")
            assert (status, "cannot be started" in text) == (503, True)
            await clock.advance(0.21)
            assert await get(worker, "/") == (200, "shop")
            assert worker.trouble is None
            assert [kind for kind, _ in ear.incidents] == [Incident.START_FAILED] * 2

    run(test())


def test_the_population_is_counted() -> None:
    async def test() -> None:
        async with make() as worker:
            slow = asyncio.ensure_future(get(worker, "/slow?ms=50"))
            await get(worker, "/do/a/alarm?in=100000")
            await worker.measure()
            counted = worker.population()
            assert counted.instances_live == 3
            assert (counted.objects_live, counted.alarms_pending) == (1, 1)
            assert counted.memory > 3 << 20
            assert counted.storage > 0
            await slow

    run(test())


def test_closing_twice_is_closing_once() -> None:
    async def test() -> None:
        worker = make()
        await get(worker, "/do/a/inc")
        await get(worker, "/kv/key", method="PUT", body="value")
        slow = asyncio.ensure_future(get(worker, "/slow?ms=50"))
        await asyncio.sleep(0.01)
        first = asyncio.ensure_future(worker.close())
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(worker.close(), worker.close())
        assert (await slow)[0] == 200
        await worker.close()
        assert (await get(worker, "/"))[0] == 503

    run(test())


def test_stored_data_is_closed_while_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        worker = make()
        await get(worker, "/do/a/alarm?in=100000")
        await get(worker, "/kv/key", method="PUT", body="value")
        threads: set[int] = set()
        close = ObjectDatabase.close

        def noted(database: ObjectDatabase) -> None:
            threads.add(threading.get_ident())
            close(database)

        monkeypatch.setattr(ObjectDatabase, "close", noted)
        await worker.close()
        assert threads
        assert threading.get_ident() not in threads

    run(test())


def test_clients_that_leave_keep_no_instance_for_ever() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(clock=clock, max_instances=2) as worker:
            asked = [asyncio.ensure_future(get(worker, "/slow?ms=100000000")) for _ in range(2)]
            await clock.advance(0.1)
            for each in asked:
                each.cancel()
            await clock.advance(31.0)
            assert worker.population().instances_idle == 2
            assert await get(worker, "/") == (200, "shop")

    run(test())


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("keeps", [True, False])
def test_workers_have_the_namespaces_with_the_same_id_in_common(
    tmp_path: Path, keeps: bool, is_open: bool
) -> None:
    async def test() -> None:
        state = tmp_path if keeps else None
        others = [
            Worker.of(replace(config(), name=name, services=()), module(), state=state)
            for name in ("one", "two")
        ]
        if is_open:
            await get(others[0], "/kv/key", method="PUT", body="early")
        worker = make(services=others, state=state)
        await get(worker, "/kv/key", method="PUT", body="value")
        for each in (*others, worker):
            assert await get(each, "/kv/key") == (200, "value")
        await worker.close()
        assert await get(others[1], "/kv/key") == (200, "value")
        for each in others:
            await each.close()

    run(test())


def test_a_worker_whose_data_cannot_be_opened_leaves_nothing_behind(tmp_path: Path) -> None:
    async def test() -> None:
        async with make(state=tmp_path) as worker:
            await get(worker, "/do/a/alarm?in=100000")
            late = make(state=tmp_path)
            with pytest.raises(StorageError, match="locked"):
                async with late:
                    pass
            assert late.population().instances_live == 0

    run(test())
