"""A worker behind HTTP: as an ASGI application, while it is replaced, and what is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.workers.served import until
from tests.workers.shop import FOLDER, make, module
from unpoison.errors import ConfigError, StorageError
from unpoison.workers.clock import ManualClock
from unpoison.workers.config import Config
from unpoison.workers.config_reading import config_for
from unpoison.workers.hosting import Host, asgi
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.observers import Outcome
from unpoison.workers.server import serving
from unpoison.workers.worker import Worker

Event = dict[str, Any]


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


class Lifespan:
    """Sends the lifespan events as a server does; keeps what the application says."""

    def __init__(self, application: Any) -> None:
        self.said: list[Event] = []
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._spoken = asyncio.Event()
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._task = asyncio.ensure_future(application(scope, self._events.get, self._send))

    async def send(self, kind: str) -> Event:
        """Send one event and give the answer to it."""
        self._spoken.clear()
        await self._events.put({"type": f"lifespan.{kind}"})
        await self._spoken.wait()
        return self.said[-1]

    async def _send(self, event: Event) -> None:
        self.said.append(event)
        self._spoken.set()


@asynccontextmanager
async def client_of(application: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Run an application's lifespan and give a client of it, without any server."""
    lifespan = Lifespan(application)
    assert await lifespan.send("startup") == {"type": "lifespan.startup.complete"}
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client
    assert await lifespan.send("shutdown") == {"type": "lifespan.shutdown.complete"}


async def ask(hosted: Host, path: str, host: str = "shop") -> tuple[int, str]:
    """Give the status and the text of an answer of the host's application."""
    transport = httpx.ASGITransport(app=hosted.application)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        answer = await client.get(path, timeout=30)
        return answer.status_code, answer.text


async def ask_admin(hosted: Host, path: str) -> tuple[int, str]:
    """Give the status and the text of an answer for operators."""
    answer: HttpResponse = await hosted.admin(HttpRequest("GET", f"http://localhost{path}", []))
    assert isinstance(answer.body, bytes)
    return answer.status, answer.body.decode()


# --- asgi() ---


def test_a_worker_is_an_asgi_application(tmp_path: Path) -> None:
    async def test() -> None:
        application = asgi(
            FOLDER / "wrangler.toml", module=FOLDER / "shop.legacy.wasm", state=tmp_path
        )
        async with client_of(application) as client:
            answer = await client.get("/hello/ada")
            assert (answer.status_code, answer.text) == (200, "Hello, ada!")
            answer = await client.post("/json", json={"item": "tea", "price": 2.5, "count": 2})
            assert answer.json() == {"item": "tea", "count": 2, "total": 5.0}
            answer = await client.get("/headers", headers={"x-one": "1"})
            assert answer.headers.get_list("set-cookie") == ["basket=1; Path=/", "visit=2; Path=/"]
            answer = await client.get("/panic")
            assert (answer.status_code, answer.text) == (500, "PanicError: the shop panics")
            assert (await client.get("/do/a/inc")).text == "1"
        async with client_of(
            asgi(FOLDER / "wrangler.toml", module=FOLDER / "shop.legacy.wasm", state=tmp_path)
        ) as client:
            assert (await client.get("/do/a/inc")).text == "2"

    run(test())


def test_a_start_that_fails_is_told_to_the_server(tmp_path: Path) -> None:
    async def test() -> None:
        index = tmp_path / "do" / "shop-Counter" / "metadata.sqlite"
        index.parent.mkdir(parents=True)
        index.write_text("this is no database" * 100)
        application = asgi(FOLDER, module=FOLDER / "shop.legacy.wasm", state=tmp_path)
        said = await Lifespan(application).send("startup")
        assert said["type"] == "lifespan.startup.failed"
        assert "metadata.sqlite" in said["message"]

    run(test())


def test_a_configuration_that_is_wrong_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no wrangler"):
        asgi(tmp_path)


# --- what is told of it ---


def test_the_population_is_counted() -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(observer=hosted.observers)]
        assert (await ask(hosted, "/do/a/inc"))[0] == 200
        population = hosted.board.population()
        assert (population.instances_live, population.objects_live) == (2, 1)
        assert population.instances_idle == 1
        assert population.memory > 1 << 20
        status, text = await ask_admin(hosted, "/metrics")
        assert (status, "unpoison_objects_live 1.0" in text) == (200, True)
        assert "unpoison_storage_bytes 0.0" not in text
        await hosted.application.stop()

    run(test())


def test_health_tells_what_is_wrong() -> None:
    async def test() -> None:
        hosted = Host("shop")
        assert await ask_admin(hosted, "/health") == (503, "there is no worker yet\n")
        hosted.workers = [make()]
        assert await ask_admin(hosted, "/health") == (200, "ok\n")
        for _ in range(70):
            assert (await ask(hosted, "/abort"))[0] in (500, 503)
        assert await ask_admin(hosted, "/health") == (
            503,
            "shop keeps dying; it is given a pause\n",
        )
        await hosted.application.stop()

    run(test())


def test_without_a_worker_the_answer_is_503_with_the_reason() -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.absence = "the crate does not compile"
        assert await ask(hosted, "/") == (503, "the crate does not compile\n")

    run(test())


# --- replacement ---


def test_what_is_stored_is_kept_and_requests_meanwhile_wait(tmp_path: Path) -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(state=tmp_path)]
        await hosted.application.start()
        assert await ask(hosted, "/do/a/inc") == (200, "1")
        slow = asyncio.ensure_future(ask(hosted, "/slow?ms=300"))
        await asyncio.sleep(0.05)
        replacing = asyncio.ensure_future(hosted.replace([make(state=tmp_path)]))
        await asyncio.sleep(0)
        waiting = [asyncio.ensure_future(ask(hosted, "/do/a/inc")) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert not replacing.done()
        assert not any(task.done() for task in waiting)
        assert await slow == (200, "waited 300 ms")
        await replacing
        answers = await asyncio.gather(*waiting)
        assert sorted(answers) == [(200, str(count)) for count in range(2, 7)]
        await hosted.application.stop()

    run(test())


def test_who_does_not_finish_in_time_goes_on_without_stored_data(tmp_path: Path) -> None:
    async def test() -> None:
        clock = ManualClock()
        hosted = Host("shop")
        hosted.workers = [make(state=tmp_path, clock=clock)]
        await hosted.application.start()
        assert await ask(hosted, "/kv/late") == (404, "no such key")
        assert await ask(hosted, "/later/late") == (200, "answered")
        slow = asyncio.ensure_future(ask(hosted, "/slow?ms=200"))
        await clock.settle()
        await hosted.replace([make(state=tmp_path)], grace=0.0)
        await clock.advance(0.2)
        assert await slow == (200, "waited 200 ms")
        assert await ask(hosted, "/kv/late") == (404, "no such key")
        await hosted.application.stop()

    run(test())


def test_new_workers_whose_data_cannot_be_opened_are_reported(tmp_path: Path) -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make()]
        await hosted.application.start()
        index = tmp_path / "do" / "shop-Counter" / "metadata.sqlite"
        index.parent.mkdir(parents=True)
        index.write_text("this is no database" * 100)
        with pytest.raises(StorageError):
            await hosted.replace([make(state=tmp_path)])
        status, text = await ask(hosted, "/")
        assert (status, text.startswith("the worker cannot be started: ")) == (503, True)
        await hosted.replace([make()])
        assert await ask(hosted, "/hello/ada") == (200, "Hello, ada!")
        await hosted.application.stop()

    run(test())


@pytest.mark.parametrize("path", ["/ws", "/do/room/ws?name=ada"])
def test_web_sockets_are_closed_for_a_replacement_and_new_ones_are_taken(
    tmp_path: Path, path: str
) -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(state=tmp_path)]
        async with serving(hosted.application, host="127.0.0.1") as server:
            url = server.url.replace("http", "ws") + path
            async with connect(url) as old:
                await old.send("one")
                assert str(await old.recv()).endswith("one")
                await hosted.replace([make(state=tmp_path)])
                with pytest.raises(ConnectionClosed):
                    await old.recv()
                assert old.close_code == 1001
            async with connect(url) as new:
                await new.send("two")
                assert str(await new.recv()).endswith("two")

    run(test())


# --- a stop ---


def test_a_stop_waits_for_wait_until_unless_it_is_hurried(tmp_path: Path) -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(state=tmp_path)]
        assert await ask(hosted, "/later/key") == (200, "answered")
        await hosted.application.stop()
        hosted.workers = [make(state=tmp_path)]
        assert await ask(hosted, "/kv/key") == (200, "written later")
        slow = asyncio.ensure_future(ask(hosted, "/slow?ms=3000"))
        await asyncio.sleep(0.05)
        stopping = asyncio.ensure_future(hosted.application.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        hosted.application.hurry()
        async with asyncio.timeout(2):
            await stopping
        slow.cancel()

    run(test())


def test_a_worker_that_cannot_be_closed_keeps_no_other_open(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        hosted = Host("shop")
        first, second = make(), make()
        hosted.workers = [first, second]

        async def fail() -> None:
            raise OSError("the folder is not empty")

        monkeypatch.setattr(first._provisions, "close", fail)
        await hosted.application.stop()
        assert second.trouble == f"{second.name} is shutting down"
        assert "could not be closed" in caplog.text

    run(test())


def test_new_workers_are_closed_when_the_replacement_is_cancelled() -> None:
    async def test() -> None:
        hosted = Host("shop")
        clock = ManualClock()
        old, new = make(clock=clock), make()
        hosted.workers = [old]
        slow = asyncio.ensure_future(hosted._handle(HttpRequest("GET", "http://shop/slow?ms=50")))
        await asyncio.sleep(0)
        replacing = asyncio.ensure_future(hosted.replace([new], grace=60.0))
        await asyncio.sleep(0.01)
        replacing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await replacing
        assert new.population().instances_live == 0
        assert old.trouble == f"{old.name} is shutting down"
        await clock.advance(1.0)
        assert (await slow).status == 200

    run(test())


def test_a_stop_during_a_replacement_leaves_no_worker_behind(tmp_path: Path) -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(state=tmp_path)]
        await hosted.application.start()
        slow = asyncio.ensure_future(ask(hosted, "/slow?ms=200"))
        await asyncio.sleep(0.05)
        new = make(state=tmp_path)
        replacing = asyncio.ensure_future(hosted.replace([new]))
        await asyncio.sleep(0)
        await hosted.application.stop()
        assert replacing.done()
        assert (await slow)[0] == 200
        assert new.trouble == "shop is shutting down"
        assert hosted.worker is None

    run(test())


# --- a developer's host ---


@pytest.mark.parametrize("path", ["/cdn-cgi/handler/scheduled", "/__scheduled"])
def test_a_scheduled_event_is_sent_over_http_to_a_developers_host_only(path: str) -> None:
    async def test() -> None:
        hosted = Host("shop", develops=True)
        hosted.workers = [make()]
        cron = "*/5 * * * *"
        query = "?cron=*/5+*+*+*+*&time=1700000000000"
        assert await ask(hosted, path + query) == (200, "ok")
        assert await ask(hosted, "/kv/cron") == (200, f"{cron} at 1700000000000")
        assert (await ask(hosted, f"{path}?time=soon"))[0] == 400
        await hosted.application.stop()
        plain = Host("shop")
        plain.workers = [make()]
        assert (await ask(plain, path))[0] == 404
        await plain.application.stop()

    run(test())


def test_a_scheduled_event_that_fails_is_an_exception() -> None:
    async def test() -> None:
        hosted = Host("shop", develops=True)
        hosted.workers = [Worker.of(Config("shop", FOLDER), module())]  # without its KV namespace
        assert await ask(hosted, "/cdn-cgi/handler/scheduled") == (500, "exception")
        await hosted.application.stop()

    run(test())


# --- config_for ---


def test_a_target_is_a_folder_a_configuration_or_a_module(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_text('name = "w"\n[env.e.vars]\nA = "1"\n')
    copy = tmp_path / "m.wasm"
    assert config_for(tmp_path)[0].name == "w"
    assert config_for(tmp_path / "wrangler.toml", "e")[0].vars == {"A": "1"}
    config, given = config_for(copy)
    assert (config.name, given) == ("w", copy)


def test_a_module_alone_has_a_configuration_of_nothing(tmp_path: Path) -> None:
    config, given = config_for(tmp_path / "alone.wasm")
    assert config == Config(name="alone", folder=tmp_path)
    assert given == tmp_path / "alone.wasm"
    with pytest.raises(ConfigError):
        config_for(tmp_path / "alone.wasm", "staging")


def test_a_module_alone_is_a_worker() -> None:
    async def test() -> None:
        config, _ = config_for(Path("/nowhere/alone.wasm"))
        async with Worker.of(config, module()) as worker:
            assert (await worker.fetch("http://w/hello/ada")).status == 200

    run(test())


def test_exchanges_are_seen_as_they_end() -> None:
    async def test() -> None:
        hosted = Host("shop")
        hosted.workers = [make(observer=hosted.observers)]
        await ask(hosted, "/hello/ada")
        await until(lambda: hosted.board.served[Outcome.COMPLETE] == 1)
        assert hosted.board.exchanges[-1].url == "http://shop/hello/ada"
        await hosted.application.stop()

    run(test())
