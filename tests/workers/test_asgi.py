"""Exchanges of real clients with the ASGI application, over a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.workers.served import Chunks, Seen, ask, content, echo, get, served, status, until
from unpoison.workers.asgi import Application
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.observers import REQUEST_ID, Outcome
from unpoison.workers.server import Server, run

Scenario = Callable[[Server, httpx.AsyncClient], Awaitable[None]]


def drive(handler: Any, scenario: Scenario, **options: Any) -> None:
    async def main() -> None:
        async with (
            served(handler, **options) as server,
            httpx.AsyncClient(base_url=server.url, timeout=5) as client,
        ):
            await scenario(server, client)

    run(main())


def answer(response: HttpResponse) -> Any:
    async def handler(request: HttpRequest) -> HttpResponse:
        return response

    return handler


# What a handler is given


def test_the_url_is_made_of_the_host_field_and_keeps_escapes_and_query() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(
            server,
            b"GET /a%2Fb/%C3%A4?x=%20&y HTTP/1.1\r\nHost: shop.example:81\r\n"
            b"X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
        )
        first = content(reply).splitlines()[0]
        assert first == "GET http://shop.example:81/a%2Fb/%C3%A4?x=%20&y"

    drive(echo, scenario)


def test_the_authority_of_an_absolute_target_replaces_the_host_field() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(
            server,
            b"GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
        assert content(reply).splitlines()[:2] == ["GET http://b:81/x?y", "host: b:81"]

    drive(echo, scenario)


@pytest.mark.parametrize("target", ["/", "/?", "/a?", "/a?b", "/??"])
def test_an_empty_query_is_not_none(target: str) -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, get(target))
        assert content(reply).splitlines()[0] == f"GET http://a{target}"

    drive(echo, scenario)


def test_http_1_0_without_a_host_field_has_the_servers_address() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, b"GET /x HTTP/1.0\r\n\r\n")
        assert content(reply).splitlines()[0] == f"GET {server.url}/x"

    drive(echo, scenario)


def test_field_names_are_lower_case_and_repeated_fields_stay_apart() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, get("/", "X-One: 1", "x-one: \xe4"))
        assert "x-one: 1\nx-one: \xe4\n" in content(reply)

    drive(echo, scenario)


def test_a_small_body_arrives_as_bytes_and_none_as_none() -> None:
    # Measured on workerd: a length of 0 is a body, and only no length at all is none.
    bodies: list[object] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        bodies.append(request.body)
        return HttpResponse(200)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        await client.get("/")
        await client.post("/", content=b"abc")
        await client.post("/", content=b"")
        assert bodies == [None, b"abc", b""]

    drive(handler, scenario)


def test_a_small_body_is_complete_before_the_handler_is_called() -> None:
    called = []

    async def handler(request: HttpRequest) -> HttpResponse:
        called.append(request.body)
        return HttpResponse(200)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
        await asyncio.sleep(0.1)
        assert called == []
        writer.write(b"def")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert called == [b"abcdef"]
        writer.close()

    drive(handler, scenario)


def test_a_chunked_body_is_streamed_and_its_trailers_are_no_fields() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(
            server,
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            b"\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n",
        )
        assert content(reply).endswith("\n\nabcde")
        assert "x-trailer" not in content(reply)

    drive(echo, scenario)


def test_a_request_has_an_id_that_its_tasks_inherit() -> None:
    ids: list[str | None] = []

    async def note() -> None:
        ids.append(REQUEST_ID.get())

    async def handler(request: HttpRequest) -> HttpResponse:
        await asyncio.gather(note(), note())
        return HttpResponse(200)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        await client.get("/")
        await client.get("/")
        assert ids[0] is not None
        assert ids[0] == ids[1] != ids[2] == ids[3]

    drive(handler, scenario)


# What a client is given


def test_repeated_set_cookie_fields_stay_apart() -> None:
    response = HttpResponse(200, [("set-cookie", "a=1"), ("set-cookie", "b=2")], b"x")

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/")
        assert reply.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert reply.headers["content-length"] == "1"

    drive(answer(response), scenario)


def test_fields_of_the_connection_are_the_servers_and_a_known_length_is_the_true_one() -> None:
    fields = [("connection", "close"), ("transfer-encoding", "gzip"), ("content-length", "7")]

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        for _ in range(2):
            reply = await client.get("/")
            assert reply.content == b"four"
            assert reply.headers["content-length"] == "4"
            assert "transfer-encoding" not in reply.headers
            assert "connection" not in reply.headers

    drive(answer(HttpResponse(200, fields, b"four")), scenario)


def test_a_streamed_body_arrives_chunk_by_chunk() -> None:
    step = asyncio.Event()

    async def body() -> Any:
        yield b"one"
        await step.wait()
        yield b""
        yield b"two"

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], body())

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/") as reply:
            assert reply.headers["transfer-encoding"] == "chunked"
            chunks = reply.aiter_raw()
            assert await anext(chunks) == b"one"
            step.set()
            assert await anext(chunks) == b"two"

    drive(handler, scenario)


def test_http_1_0_gets_a_streamed_body_without_chunks() -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, b"GET / HTTP/1.0\r\n\r\n")
        assert content(reply) == "onetwo"
        assert b"transfer-encoding" not in reply

    drive(answer(HttpResponse(200, [], Chunks([b"one", b"two"]))), scenario)


def test_a_streamed_body_of_known_length_has_it() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], Chunks([b"one", b"two"]), length=6)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/")
        assert reply.headers["content-length"] == "6"
        assert reply.content == b"onetwo"

    drive(handler, scenario)


@pytest.mark.parametrize("declared", ["5", "7", "x"])
def test_a_length_that_only_the_worker_declares_of_a_stream_is_not_sent(declared: str) -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [("content-length", declared)], Chunks([b"one", b"two"]))

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/")
        assert reply.headers["transfer-encoding"] == "chunked"
        assert reply.content == b"onetwo"

    drive(handler, scenario)


@pytest.mark.parametrize("length", [5, 7])
def test_a_body_of_another_length_than_known_breaks_the_connection(length: int) -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], Chunks([b"one", b"two"]), length=length)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")

    drive(handler, scenario)


def test_a_workers_date_and_server_are_kept_and_a_date_is_added_only_without() -> None:
    fields = [("date", "then"), ("server", "mine")]

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/")
        assert reply.headers.get_list("date") == ["then"]
        assert reply.headers.get_list("server") == ["mine"]

    drive(answer(HttpResponse(200, fields, b"x")), scenario)


@pytest.mark.parametrize(("declared", "sent"), [("7", b"7"), ("x", b"4"), (None, b"4")])
def test_head_has_the_length_that_the_worker_declares_or_that_of_the_body(
    declared: str | None, sent: bytes
) -> None:
    fields = [] if declared is None else [("content-length", declared)]

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, get().replace(b"GET", b"HEAD"))
        assert b"content-length: " + sent + b"\r\n" in reply

    drive(answer(HttpResponse(200, fields, b"four")), scenario)


def test_a_body_that_fails_in_the_middle_is_never_taken_for_a_whole_one() -> None:
    async def body() -> Any:
        yield b"one"
        raise RuntimeError("the instance died")

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], body())

    seen = Seen()

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")
        assert seen.closed[0].outcome is Outcome.FAILED
        assert "the instance died" in str(seen.closed[0].error)

    drive(handler, scenario, observer=seen)


@pytest.mark.parametrize("body", [b"four", Chunks([b"four"])], ids=["bytes", "stream"])
def test_head_gets_fields_and_no_body(body: Any) -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, get().replace(b"GET", b"HEAD"))
        assert status(reply) == 200
        assert reply.endswith(b"\r\n\r\n")
        assert (b"content-length: 4" in reply) == isinstance(body, bytes)
        assert isinstance(body, bytes) or body.closed

    drive(answer(HttpResponse(200, [], body)), scenario)


@pytest.mark.parametrize("code", [204, 304])
def test_a_status_without_content_gets_none_and_no_length(code: int) -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await ask(server, get())
        assert status(reply) == code
        assert reply.endswith(b"\r\n\r\n")
        assert b"content-length" not in reply
        assert b"transfer-encoding" not in reply

    drive(answer(HttpResponse(code, [("content-length", "3")], b"abc")), scenario)


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(200, [("x", "a\r\nset-cookie: b")]),
        HttpResponse(200, [("a b", "c")]),
        HttpResponse(200, [("x", "\u20ac")]),
        HttpResponse(101),
        HttpResponse(999),
    ],
    ids=["split", "name", "not latin-1", "101", "999"],
)
def test_a_response_that_http_cannot_carry_is_500(response: HttpResponse) -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/")
        assert reply.status_code == 500
        assert reply.text == "Internal Server Error\n"
        assert "set-cookie" not in reply.headers

    drive(answer(response), scenario)


def test_a_handler_that_raises_is_500_with_the_id_and_the_next_request_is_served() -> None:
    seen = Seen()

    async def handler(request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/bad"):
            raise RuntimeError("secret")
        return HttpResponse(200, [], b"good")

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reply = await client.get("/bad")
        assert (reply.status_code, reply.text) == (500, "Internal Server Error\n")
        assert reply.headers["x-request-id"] == seen.closed[0].id
        assert seen.closed[0].outcome is Outcome.FAILED
        assert (await client.get("/")).text == "good"

    drive(handler, scenario, observer=seen)


# Clients that leave, and backpressure


def test_a_handler_is_cancelled_when_its_client_leaves() -> None:
    seen = Seen()
    state: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        state.append("called")
        try:
            await asyncio.Event().wait()
        finally:
            state.append("cancelled")
        raise AssertionError

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(get())
        await until(lambda: state == ["called"])
        writer.close()
        await until(lambda: seen.closed)
        assert state == ["called", "cancelled"]
        assert seen.closed[0].outcome is Outcome.CLIENT_LEFT

    drive(handler, scenario, observer=seen)


@pytest.mark.parametrize("body", [b"", b"abc"], ids=["no body", "unread body"])
def test_a_body_is_closed_when_its_client_leaves(body: bytes) -> None:
    seen = Seen()
    chunks = Chunks([b"x"], waits=True)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"3\r\nabc\r\n" if body else get())  # fmt: skip
        await reader.readuntil(b"\r\n\r\n")
        if body:
            chunks.waits, chunks.endless = False, True
        writer.transport.abort()
        await until(lambda: chunks.closed)
        await until(lambda: seen.closed)
        assert seen.closed[0].outcome is Outcome.CLIENT_LEFT

    async def handler(request: HttpRequest) -> HttpResponse:
        if body:
            chunks.endless = True
        return HttpResponse(200, [], chunks)

    drive(handler, scenario, observer=seen)


def test_a_reader_of_a_body_hears_that_its_client_left() -> None:
    heard: list[BaseException] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        async def read() -> None:
            assert not isinstance(request.body, bytes | None)
            try:
                async for _ in request.body:
                    pass
            except ConnectionError as error:
                heard.append(error)

        await asyncio.gather(asyncio.ensure_future(read()), asyncio.Event().wait())
        raise AssertionError

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
        await asyncio.sleep(0.1)
        writer.close()
        await until(lambda: heard)

    drive(handler, scenario)


def test_a_body_flows_only_as_fast_as_its_client_reads() -> None:
    chunks = Chunks([b"x" * 65536], endless=True)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(get())
        await asyncio.sleep(0.5)
        sent = chunks.sent
        await asyncio.sleep(0.3)
        assert 0 < chunks.sent == sent < 200
        writer.transport.abort()
        await until(lambda: chunks.closed)

    drive(answer(HttpResponse(200, [], chunks)), scenario)


def test_a_client_writes_only_as_fast_as_the_handler_reads() -> None:
    read = asyncio.Event()

    async def handler(request: HttpRequest) -> HttpResponse:
        await read.wait()
        return await echo(request)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        size = 64 << 20
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                     b"Content-Length: %d\r\n\r\n" % size)  # fmt: skip
        written = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    await writer.drain()
                    writer.write(b"x" * 65536)
                    written += 65536
        assert written < size / 2
        read.set()
        writer.write(b"x" * (size - written))
        reply = await reader.read()
        assert len(reply) > size

    drive(handler, scenario)


def test_two_directions_stream_at_once() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], request.body)

    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"3\r\none\r\n")
        await reader.readuntil(b"\r\n3\r\none\r\n")
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
        await reader.readuntil(b"3\r\ntwo\r\n0\r\n\r\n")
        writer.close()

    drive(handler, scenario)


# Limits


@pytest.mark.parametrize(
    ("request_bytes", "code"),
    [
        (get("/" + "x" * 101), 414),
        (get("/", *(f"x{i}: 1" for i in range(40))), 431),
        (get("/", "x: " + "y" * 1000), 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 201\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n"
         + b"x" * 255 + b"\r\n", 413),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        (get().replace(b"Host: a", b"Host: a/b"), 400),
        (get().replace(b"Host: a", b"Host: a:99999"), 400),
        (get("*"), 400),
    ],
    ids=["url", "fields", "headers", "length", "chunked", "no host", "hosts", "host", "port", "*"],
)  # fmt: skip
def test_what_is_over_a_limit_is_refused_and_closed(request_bytes: bytes, code: int) -> None:
    async def scenario(server: Server, client: httpx.AsyncClient) -> None:
        assert status(await ask(server, request_bytes)) == code
        assert (await client.get("/")).status_code == 200

    limits = {"url": 100, "headers": 900, "header_count": 30, "body": 200, "buffered_body": 100}
    drive(echo, scenario, **limits)


# Other servers


def test_lifespan_events_run_the_hooks() -> None:
    calls: list[str] = []

    async def start() -> None:
        calls.append("start")

    async def stop() -> None:
        calls.append("stop")

    async def main() -> list[str]:
        application = Application(echo, on_start=start, on_stop=stop)
        events = asyncio.Queue[dict[str, Any]]()
        for kind in ("lifespan.startup", "lifespan.shutdown"):
            events.put_nowait({"type": kind})
        sent: list[str] = []

        async def send(event: Any) -> None:
            sent.append(event["type"])

        await application({"type": "lifespan"}, events.get, send)
        return sent

    assert asyncio.run(main()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert calls == ["start", "stop"]


def test_a_start_that_fails_is_told_to_the_server() -> None:
    async def start() -> None:
        raise RuntimeError("no module")

    async def main() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "lifespan.startup"}

        async def send(event: Any) -> None:
            sent.append(event)

        await Application(echo, on_start=start)({"type": "lifespan"}, receive, send)
        return sent

    assert asyncio.run(main()) == [{"type": "lifespan.startup.failed", "message": "no module"}]


def test_any_asgi_client_can_call_it() -> None:
    async def main() -> None:
        transport = httpx.ASGITransport(app=Application(echo))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://w") as client:
            reply = await client.post("/a%20b?c", content=b"body")
            assert reply.text.startswith("POST http://w/a%20b?c\n")
            assert reply.text.endswith("\n\nbody")

    asyncio.run(main())
