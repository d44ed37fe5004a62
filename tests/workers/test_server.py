"""A server starts, and stops without losing what is under way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.workers.served import Chunks, Seen, ask, content, echo, get, served, status, until
from tests.workers.test_asgi_sockets import Worker
from unpoison.errors import ServeError, ToolError
from unpoison.workers.asgi import Application
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.observers import Outcome
from unpoison.workers.server import Server, run, serve


def test_localhost_is_served_on_every_address_of_it() -> None:
    async def main() -> None:
        server = Server(Application(echo), host="localhost", port=0)
        await server.start()
        found = socket.getaddrinfo("localhost", server.port, type=socket.SOCK_STREAM)
        for *_, address in found:
            reader, writer = await asyncio.open_connection(address[0], address[1])
            writer.write(get())
            assert status(await reader.read()) == 200
            writer.close()
        await server.stop()

    asyncio.run(main())


def test_a_port_in_use_is_one_clear_error_and_nothing_was_started() -> None:
    started: list[bool] = []

    async def start() -> None:
        started.append(True)

    async def main() -> None:
        async with served(echo) as first:
            second = Server(Application(echo, on_start=start), host=first.host, port=first.port)
            with pytest.raises(ServeError, match=f"127.0.0.1:{first.port} is in use"):
                await second.start()
        assert started == []

    asyncio.run(main())


def test_a_host_that_is_no_address_is_one_clear_error() -> None:
    async def main() -> None:
        with pytest.raises(ServeError, match="no address for the host"):
            await Server(Application(echo), host="host.invalid", port=0).start()

    asyncio.run(main())


def test_an_application_that_cannot_start_frees_its_port() -> None:
    async def start() -> None:
        raise RuntimeError("no module")

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = Server(Application(echo, on_start=start), host="127.0.0.1", port=port)
        with pytest.raises(RuntimeError, match="no module"):
            await server.start()
        socket.create_server(("127.0.0.1", port)).close()

    asyncio.run(main())


def test_stopping_answers_what_is_under_way_and_takes_nothing_new() -> None:
    go = asyncio.Event()
    order: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        await go.wait()
        order.append("answered")
        return HttpResponse(200, [], b"whole")

    async def on_stop() -> None:
        order.append("stopped")

    async def main() -> None:
        server = Server(Application(handler, on_stop=on_stop), host="127.0.0.1", port=0)
        await server.start()
        asked = asyncio.ensure_future(ask(server, get().replace(b"Connection: close\r\n", b"")))
        idle = await asyncio.open_connection(server.host, server.port)
        await until(lambda: server.connections == 2)
        await asyncio.sleep(0.1)
        stopping = asyncio.ensure_future(server.stop(5))
        assert await idle[0].read() == b""
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(server.host, server.port)
        go.set()
        reply = await asked
        assert content(reply) == "whole"
        assert b"connection: close" in reply
        await stopping
        assert order == ["answered", "stopped"]
        assert server.connections == 0

    asyncio.run(main())


def test_what_takes_longer_than_the_grace_is_cancelled() -> None:
    seen = Seen()
    chunks = Chunks([b"x"], waits=True)

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], chunks)

    async def main() -> None:
        async with served(handler, grace=0.2, observer=seen) as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(get())
            await reader.readuntil(b"\r\n\r\n")
        assert chunks.closed
        assert seen.closed[0].outcome is Outcome.FAILED
        assert not (await reader.read()).endswith(b"0\r\n\r\n")
        writer.close()

    asyncio.run(main())


def test_a_request_that_is_cut_off_without_an_answer_gets_503(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> bytes:
        async with served(handler, grace=0.2) as server:
            asked = asyncio.ensure_future(ask(server, get()))
            await until(lambda: server.connections == 1)
        return await asked

    assert status(asyncio.run(main())) == 503
    assert not caplog.records


def test_stopping_closes_web_sockets_with_1001_on_both_sides() -> None:
    worker = Worker()

    async def main() -> None:
        async with served(worker) as server:
            client = await connect(server.url.replace("http", "ws"))
            waiting = asyncio.ensure_future(client.recv())
        with pytest.raises(ConnectionClosed):
            await waiting
        assert client.close_code == 1001
        assert worker.heard == [(1001, "", True)]

    asyncio.run(main())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_serving(number: signal.Signals) -> None:
    old = signal.getsignal(number)
    stopped: list[bool] = []

    async def on_stop() -> None:
        stopped.append(True)

    def ready(server: Server) -> None:
        os.kill(os.getpid(), number)

    run(serve(Application(echo, on_stop=on_stop), host="127.0.0.1", port=0, ready=ready))
    assert stopped == [True]
    assert signal.getsignal(number) is old


def test_a_second_signal_waits_for_nothing() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()
        raise AssertionError

    asked: list[asyncio.Task[bytes]] = []

    def ready(server: Server) -> None:
        asked.append(asyncio.ensure_future(ask(server, get())))
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, os.kill, os.getpid(), signal.SIGTERM)

    async def main() -> float:
        started = asyncio.get_running_loop().time()
        application = Application(handler)
        await serve(application, host="127.0.0.1", port=0, grace=60, ready=ready)
        asked[0].cancel()
        return asyncio.get_running_loop().time() - started

    assert run(main()) < 10


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn.config", None)

    async def main() -> None:
        with pytest.raises(ToolError, match=r"needs uvicorn.*'unpoison\[workers\]'") as failed:
            await Server(Application(echo), host="127.0.0.1", port=0).start()
        assert failed.value.missing

    asyncio.run(main())
