"""HTTP/1.1 on the wire: ambiguous messages refused, order kept, slow clients dropped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.workers.served import Chunks, Seen, ask, content, echo, get, served, status, until
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.observers import Outcome
from unpoison.workers.server import Server, run

POST = b"POST /x HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def drive(handler: Any, scenario: Callable[[Server], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with served(handler, **options) as server:
            await scenario(server)

    run(main())


# RFC 9112 2.2, 5, 6: what two parsers may read in two ways is refused, and the connection closed


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(data, id=name)
        for name, data in {
            "length and coding": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\n",
            "coding and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
            b"0\r\n\r\n",
            "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "equal lengths": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            "list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
            "signed length": POST + b"Content-Length: +5\r\n\r\nhello",
            "hex length": POST + b"Content-Length: 0x5\r\n\r\nhello",
            "negative length": POST + b"Content-Length: -5\r\n\r\nhello",
            "huge length": POST + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
            "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "not chunked": POST + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
            "chunked not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            "two codings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"
            b"\r\n0\r\n\r\n",
            "coding with a tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
            "coding in 1.0": b"POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\n",
            "space before colon": b"GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n"
            b"\r\n",
            "folded field": b"GET /x HTTP/1.1\r\nHost: a\r\nFoo: b\r\n c\r\n\r\n",
            "folded first field": b"GET /x HTTP/1.1\r\n Host: a\r\n\r\n",
            "bare LF": b"GET /x HTTP/1.1\nHost: a\n\n",
            "bare CR": b"GET /x HTTP/1.1\r\nHost: a\rFoo: b\r\n\r\n",
            "NUL in a value": b"GET /x HTTP/1.1\r\nHost: a\r\nFoo: b\0c\r\n\r\n",
            "empty name": b"GET /x HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
            "no colon": b"GET /x HTTP/1.1\r\nHost: a\r\nfoo\r\n\r\n",
            "bad method": b"G{T /x HTTP/1.1\r\nHost: a\r\n\r\n",
            "version 1.9": b"GET /x HTTP/1.9\r\nHost: a\r\n\r\n",
            "spaces in the target": b"GET /x y HTTP/1.1\r\nHost: a\r\n\r\n",
            "fragment": b"GET /x#y HTTP/1.1\r\nHost: a\r\n\r\n",
            "no target": b"GET  HTTP/1.1\r\nHost: a\r\n\r\n",
            "tunnel": b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
            "upgrade with a length": POST + b"Connection: upgrade\r\nUpgrade: h2c\r\n"
            b"Content-Length: 5\r\n\r\n",
            "upgrade with a coding": POST + b"Connection: upgrade\r\nUpgrade: h2c\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n",
            "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "bad chunk size": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
            "signed chunk size": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
            "spaced chunk size": CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n",
            "chunk size overflow": CHUNKED + b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
            "LF after a chunk": CHUNKED + b"5\nhello\n0\n\n",
            "chunk too long": CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n",
            "CR in an extension": CHUNKED + b"5;a\rb\r\nhello\r\n0\r\n\r\n",
        }.items()
    ],
)
def test_an_ambiguous_request_is_answered_400_and_nothing_behind_it(request_bytes: bytes) -> None:
    urls: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        urls.append(request.url)
        return await echo(request)

    async def scenario(server: Server) -> None:
        reply = await ask(server, request_bytes + get("/smuggled"))
        assert status(reply) == 400
        assert reply.count(b"HTTP/1.1 ") == 1
        assert all("smuggled" not in url for url in urls)

    drive(handler, scenario)


@pytest.mark.parametrize("version", [b" HTTP/2.0", b" HTTP/0.9", b""])
def test_another_version_in_a_request_line_is_505(version: bytes) -> None:
    async def scenario(server: Server) -> None:
        assert status(await ask(server, b"GET /" + version + b"\r\nHost: a\r\n\r\n")) == 505

    drive(echo, scenario)


# Connections


def test_a_connection_serves_one_request_after_another() -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        for number in range(3):
            writer.write(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"\r\ndate: " in head
            body = await reader.readuntil(b"\n\n")
            assert body.startswith(b"GET http://a/%d\n" % number)
        writer.close()

    drive(echo, scenario)


def test_pipelined_requests_are_answered_in_order() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/slow"):
            await asyncio.sleep(0.1)
        return HttpResponse(200, [], request.url.encode())

    async def scenario(server: Server) -> None:
        slow = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
        reply = await ask(server, slow + slow + get("/last"))
        assert [reply.count(b"http://a/slow"), reply.count(b"http://a/last")] == [2, 1]
        assert reply.endswith(b"/last")

    drive(handler, scenario)


def test_a_running_exchange_hears_that_its_client_left_when_others_wait_behind_it() -> None:
    seen = Seen()
    chunks = Chunks([b"x" * 1000], endless=True)

    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        await reader.readexactly(5000)
        writer.transport.abort()
        await until(lambda: seen.closed)
        assert chunks.closed
        assert seen.closed[0].outcome is Outcome.CLIENT_LEFT

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], chunks)

    drive(handler, scenario, observer=seen)


@pytest.mark.parametrize(
    "behind", [b"\0garbage\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", b"GET /#x HTTP/1.1\r\n\r\n"]
)
def test_garbage_behind_a_running_request_does_not_disturb_its_answer(behind: bytes) -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0.1)
        return HttpResponse(200, [], b"good")

    async def scenario(server: Server) -> None:
        reply = await ask(server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + behind)
        assert status(reply) == 200
        assert content(reply) == "good"

    drive(handler, scenario)


def test_a_body_that_turns_into_garbage_cancels_its_exchange() -> None:
    seen = Seen()

    async def scenario(server: Server) -> None:
        reply = await ask(server, CHUNKED + b"5\r\nhello\r\nzz\r\n")
        assert status(reply) == 400
        await until(lambda: seen.closed)
        assert seen.closed[0].outcome is not Outcome.COMPLETE

    drive(echo, scenario, observer=seen)


def test_an_upgrade_to_something_else_is_an_ordinary_request() -> None:
    async def scenario(server: Server) -> None:
        upgrade = b"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
        reply = await ask(server, upgrade + get("/2"))
        assert reply.count(b"HTTP/1.1 200") == 2
        assert b"GET http://a/2\n" in reply

    drive(echo, scenario)


def test_expect_100_is_answered_when_the_body_is_read() -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hi")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()

    drive(echo, scenario)


def test_a_long_body_behind_its_answer_ends_the_connection() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], b"no need of it")

    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(POST + b"Content-Length: 50000000\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(5):
                while True:
                    writer.write(b"x" * 65536)
                    await writer.drain()
                    await asyncio.sleep(0)

    drive(handler, scenario)


# Limits


@pytest.mark.parametrize(
    ("start", "filler"),
    [
        (b"GET /", b"y"),
        (b"GET / HTTP/1.1\r\nx", b"y"),
        (b"GET / HTTP/1.1\r\nx: ", b"y"),
        (b"\r\n", b"\r\n"),
        (CHUNKED + b"5;", b"y"),
        (CHUNKED + b"0\r\nx: ", b"y"),
        (CHUNKED + b"0\r\n", b"x: y\r\n"),
    ],
    ids=["target", "name", "value", "empty lines", "extension", "trailer", "trailers"],
)
def test_what_never_ends_is_refused_and_not_kept(start: bytes, filler: bytes) -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(start)
        reading = asyncio.ensure_future(reader.read())
        written = 0
        while not reading.done() and written < 100_000:
            writer.write(filler * 100)
            written += len(filler) * 100
            await asyncio.sleep(0.005)
        assert written < 100_000
        # The answer may be lost: a client that still writes is told by a reset.
        with contextlib.suppress(ConnectionError):
            reply = await reading
            assert not reply or status(reply) in (414, 431)
        writer.close()

    drive(echo, scenario, headers=10_000, url=10_000)


def test_a_client_in_the_middle_of_a_body_can_read_why_it_was_refused() -> None:
    async def scenario(server: Server) -> None:
        for head in (POST + b"Content-Length: 9000000\r\n\r\n",
                     CHUNKED + b"895440\r\n", CHUNKED + b"3\r\nabcd"):  # fmt: skip
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(head + b"x" * 9_000_000)
            assert (await reader.readline()).split()[1] in (b"413", b"400")
            assert b"connection: close" in await reader.read()
            writer.close()

    drive(echo, scenario, body=1000)


def test_one_connection_too_many_is_503() -> None:
    async def scenario(server: Server) -> None:
        first = await asyncio.open_connection(server.host, server.port)
        second = await asyncio.open_connection(server.host, server.port)
        await until(lambda: server.connections == 2)
        assert status(await ask(server, get())) == 503
        first[1].close()
        await until(lambda: server.connections == 1)
        assert status(await ask(server, get())) == 200
        second[1].close()

    drive(echo, scenario, connections=2)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\r\n", id="empty line"),
        pytest.param(b"GET / HT", id="request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n", id="head"),
        pytest.param(POST + b"Content-Length: 9\r\n\r\nab", id="small body"),
        pytest.param(POST + b"Content-Length: 99999\r\n\r\nab", id="long body"),
        pytest.param(CHUNKED + b"2\r\nab\r\n", id="chunks"),
    ],
)
def test_a_client_that_stops_in_the_middle_is_dropped(start: bytes) -> None:
    seen = Seen()

    async def scenario(server: Server) -> None:
        reply = await ask(server, start, seconds=8)
        assert status(reply) == 408
        await until(lambda: server.connections == 0)

    limits = {"head_seconds": 1.0, "keep_alive_seconds": 1.0, "stall_seconds": 1.0}
    drive(echo, scenario, observer=seen, **limits)
    assert all(exchange.outcome is not Outcome.COMPLETE for exchange in seen.closed)


@pytest.mark.parametrize("behind", [b"", b"\r\n"], ids=["nothing", "an empty line"])
def test_a_connection_without_another_request_is_closed_in_silence(behind: bytes) -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\n\n")
        await asyncio.sleep(0.1)
        writer.write(behind)
        assert await asyncio.wait_for(reader.read(), 8) == b""
        await until(lambda: server.connections == 0)
        writer.close()

    drive(echo, scenario, keep_alive_seconds=1.0)


def test_a_client_that_trickles_a_body_is_dropped() -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(POST + b"Content-Length: 9999\r\n\r\n")

        async def trickle() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.05)

        task = asyncio.ensure_future(trickle())
        assert status(await asyncio.wait_for(reader.read(), 8)) == 408
        await until(lambda: server.connections == 0, 8)
        task.cancel()
        writer.close()

    drive(echo, scenario, stall_seconds=1.0)


def test_a_client_that_does_not_read_is_dropped() -> None:
    seen = Seen()
    chunks = Chunks([b"x" * 65536], endless=True)

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], chunks)

    async def scenario(server: Server) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(get())
        await until(lambda: seen.closed, 8)
        assert chunks.closed
        assert server.connections == 0
        writer.close()

    drive(handler, scenario, observer=seen, stall_seconds=1.0)


def test_a_client_that_does_not_read_a_known_body_is_dropped_too() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], b"x" * 30_000_000)

    async def scenario(server: Server) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(get())
        await until(lambda: server.connections == 1)
        await until(lambda: server.connections == 0, 8)
        writer.close()

    drive(handler, scenario, stall_seconds=1.0)


def test_a_slow_handler_is_waited_for() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(2.5)
        return HttpResponse(200, [], b"late")

    async def scenario(server: Server) -> None:
        assert content(await ask(server, get())) == "late"

    drive(handler, scenario, head_seconds=1.0, keep_alive_seconds=1.0, stall_seconds=1.0)
