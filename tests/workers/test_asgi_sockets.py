"""WebSockets of a real client library, joined to the ends that handlers answer with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.workers.served import Seen, ask, get, served, status, until
from unpoison.workers.asgi_sockets import LOST
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.observers import Outcome
from unpoison.workers.server import Server
from unpoison.workers.sockets import SocketEnd, socket_pair

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@dataclass
class Worker:
    """A handler that accepts WebSockets, keeps what arrives, and may answer it."""

    answers: bool = False
    heard: list[Any] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    request: HttpRequest | None = None
    end: SocketEnd | None = None

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        client, self.end = socket_pair()
        self.request = request
        self.end.accept(self)
        return HttpResponse(101, self.fields, web_socket=client)

    def message(self, data: str | bytes) -> None:
        self.heard.append(data)
        if self.answers:
            assert self.end is not None
            self.end.send(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.heard.append((code, reason, was_clean))
        assert self.end is not None
        self.end.close(code, reason)

    def failed(self, error: Exception) -> None:
        self.heard.append(error)


def drive(handler: Any, scenario: Callable[[Server], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with served(handler, **options) as server:
            await scenario(server)

    asyncio.run(main())


def address(server: Server) -> str:
    return server.url.replace("http", "ws", 1) + "/room?x=1"


def test_text_and_binary_messages_go_both_ways_in_order() -> None:
    worker = Worker(answers=True)
    sent: list[str | bytes] = ["a", b"\0\xff", "\u20ac\U0001f600", "", b"", "x" * 1_000_000]

    async def scenario(server: Server) -> None:
        async with connect(address(server), max_size=None) as client:
            for message in sent:
                await client.send(message)
            assert [await client.recv() for _ in sent] == sent
        assert worker.heard[: len(sent)] == sent

    drive(worker, scenario)


def test_the_handshake_is_an_http_request_with_all_fields() -> None:
    worker = Worker(fields=[("x-room", "1"), ("sec-websocket-protocol", "chat")])

    async def scenario(server: Server) -> None:
        protocols: Any = ["soup", "chat"]
        async with connect(address(server), subprotocols=protocols) as client:
            assert client.subprotocol == "chat"
            assert client.response is not None
            assert client.response.headers["x-room"] == "1"
        assert worker.request is not None
        assert worker.request.method == "GET"
        assert worker.request.url == f"{server.url}/room?x=1"
        fields = dict(worker.request.headers)
        assert fields["upgrade"].lower() == "websocket"
        assert "soup, chat" in fields["sec-websocket-protocol"]

    drive(worker, scenario)


def test_messages_sent_before_the_handshake_was_accepted_arrive_first() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        client, end = socket_pair()
        end.send("early")
        asyncio.get_running_loop().call_later(0.05, end.send, "late")
        return HttpResponse(101, web_socket=client)

    async def scenario(server: Server) -> None:
        async with connect(address(server)) as client:
            assert [await client.recv(), await client.recv()] == ["early", "late"]

    drive(handler, scenario)


def test_a_client_that_closes_is_heard_with_code_and_reason() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        await client.close(4001, "bye")
        await until(lambda: worker.heard)
        assert worker.heard == [(4001, "bye", True)]
        assert client.close_code == 4001

    drive(worker, scenario)


@dataclass
class Answering(Worker):
    """Answers a close with a code and a reason of its own, after some seconds, or never."""

    after: float | None = 0.0

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.heard.append((code, reason, was_clean))
        if self.after is not None and self.end is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self.after, self.end.close, 4100, "and you")


@pytest.mark.parametrize("after", [0.0, 0.1])
def test_a_worker_answers_a_close_with_its_own_code_and_reason(after: float) -> None:
    seen = Seen()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        await client.close(4001, "bye")
        received = client.protocol.close_rcvd
        assert received is not None
        assert (received.code, received.reason) == (4100, "and you")
        await until(lambda: seen.closed)
        assert seen.closed[0].outcome is Outcome.COMPLETE

    drive(Answering(after=after), scenario, observer=seen)


def test_a_close_that_the_worker_never_answers_is_answered_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("unpoison.workers.asgi_sockets.ANSWER_SECONDS", 0.2)
    worker = Answering(after=None)
    seen = Seen()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        await client.close(4001, "bye")
        assert worker.heard == [(4001, "bye", True)]
        assert client.close_code == 4001
        await until(lambda: seen.closed and server.connections == 0)

    drive(worker, scenario, observer=seen)


def test_a_client_that_closes_and_is_gone_before_the_answer_leaves_nothing() -> None:
    seen = Seen()

    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x88\x80\0\0\0\0")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        await until(lambda: seen.closed and server.connections == 0)

    drive(Answering(after=0.3), scenario, observer=seen)


def test_a_stop_does_not_wait_for_a_worker_that_never_answers_a_close() -> None:
    async def main() -> float:
        async with served(Answering(after=None)) as server:
            client = await connect(address(server), close_timeout=0.1)
            await client.close()
            started = asyncio.get_running_loop().time()
        return asyncio.get_running_loop().time() - started

    assert asyncio.run(main()) < 4


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x02he", 1002),
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),
        (b"\xc1\x82\0\0\0\0he", 1002),
        (b"\x83\x81\0\0\0\0x", 1002),
        (b"\x80\x81\0\0\0\0x", 1002),
        (b"\x89\xfe\0\x7e\0\0\0\0" + b"x" * 126, 1002),
        (b"\x88\x81\0\0\0\0x", 1002),
        (b"\x88\x82\0\0\0\0\x03\xed", 1002),
    ],
    ids=["unmasked", "UTF-8", "reserved bit", "opcode", "continuation", "ping", "close", "1005"],
)
def test_a_client_that_breaks_the_protocol_is_told_and_lost(
    frame: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame)
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer[0] == 0x88
        assert int.from_bytes(answer[2:4]) == code
        await until(lambda: len(worker.heard) == 2)
        assert str(code) in str(worker.heard[0])
        assert worker.heard[1] == (1006, LOST, False)
        writer.close()

    drive(worker, scenario)
    assert not caplog.records


def test_a_client_that_is_lost_is_heard_as_1006() -> None:
    worker = Worker()
    seen = Seen()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        client.transport.abort()
        await until(lambda: seen.closed)
        assert worker.heard == [(1006, LOST, False)]
        assert seen.closed[0].outcome is Outcome.CLIENT_LEFT

    drive(worker, scenario, observer=seen)


@pytest.mark.parametrize(
    ("code", "reason", "code_heard", "reason_heard"),
    [
        (1000, "", 1000, ""),
        (None, "", 1005, ""),
        (3999, "so long", 3999, "so long"),
        (1006, "", 1011, ""),
        (70_000, "", 1011, ""),
        (4000, "\u20ac" * 100, 4000, "\u20ac" * 41),
    ],
)
def test_a_worker_that_closes_is_heard_by_the_client(
    code: int | None, reason: str, code_heard: int, reason_heard: str
) -> None:
    worker = Worker()
    seen = Seen()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        assert worker.end is not None
        worker.end.send("last")
        worker.end.close(code, reason)
        assert await client.recv() == "last"
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (code_heard, reason_heard)
        await until(lambda: seen.closed)
        assert seen.closed[0].outcome is Outcome.COMPLETE

    drive(worker, scenario, observer=seen)


def test_a_worker_whose_end_is_lost_closes_the_client_with_1011() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        assert worker.end is not None
        worker.end.abort(RuntimeError("the instance died"))
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1011

    drive(worker, scenario)


def test_a_message_over_the_limit_closes_with_1009() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        await client.send("x" * 1001)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1009
        await until(lambda: len(worker.heard) == 2)
        assert "1009" in str(worker.heard[0])
        assert worker.heard[1] == (1006, LOST, False)

    drive(worker, scenario, web_socket_message=1000)


def test_a_message_in_fragments_over_the_limit_closes_with_1009() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        client = await connect(address(server))
        await client.send(["x" * 400] * 3)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1009

    drive(worker, scenario, web_socket_message=1000)


def test_a_flood_of_pings_whose_answers_nobody_reads_is_held_back() -> None:
    async def scenario(server: Server) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port, limit=1000)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        pings = (b"\x89\xfd\0\0\0\0" + b"x" * 125) * 500
        written = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                while written < 100_000_000:
                    writer.write(pings)
                    written += len(pings)
                    await asyncio.wait_for(writer.drain(), 0.5)
        assert written < 50_000_000
        pongs = 0
        async with asyncio.timeout(20):
            while pongs < written // 131 * 127:
                pongs += len(await reader.read(1 << 20))
        writer.close()

    drive(Worker(), scenario)


def test_a_client_that_does_not_read_loses_its_socket() -> None:
    worker = Worker()
    seen = Seen()

    async def scenario(server: Server) -> None:
        client = await connect(address(server), max_queue=1)
        assert worker.end is not None
        for _ in range(200):
            worker.end.send(b"x" * 100_000)
            await asyncio.sleep(0)
        await until(lambda: worker.heard)
        assert isinstance(worker.heard[0], OverflowError)
        assert worker.heard[1:] == [(1006, "", False)]
        await until(lambda: seen.closed, 8)
        client.transport.abort()

    drive(worker, scenario, observer=seen, web_socket_backlog=1_000_000, stall_seconds=1.0)


def test_a_handshake_may_be_answered_with_an_ordinary_response() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(403, [("x-why", "secret")], b"not you")

    async def scenario(server: Server) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(server))
        response = refused.value.response
        assert (response.status_code, response.body) == (403, b"not you")
        assert response.headers["x-why"] == "secret"

    drive(handler, scenario)


def test_a_handler_that_raises_answers_the_handshake_with_500() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("secret")

    async def scenario(server: Server) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(server))
        assert refused.value.response.status_code == 500
        assert refused.value.response.body == b"Internal Server Error\n"

    drive(handler, scenario)


def test_a_web_socket_in_answer_to_an_ordinary_request_is_500_and_lost() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        assert status(await ask(server, get())) == 500
        assert worker.heard == [(1006, "", False)]

    drive(worker, scenario)


def test_a_handshake_of_another_version_is_refused() -> None:
    worker = Worker()

    async def scenario(server: Server) -> None:
        fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]  # fmt: skip
        request = get("/", *fields).replace(b"Connection: close\r\n", b"")
        assert 400 <= status(await ask(server, request)) < 500
        assert worker.request is None

    drive(worker, scenario)


def test_a_handshake_behind_a_running_request_is_not_mixed_with_its_answer() -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0.1)
        return HttpResponse(200, [], b"first")

    async def scenario(server: Server) -> None:
        fields = ["Upgrade: websocket", "Sec-WebSocket-Version: 13",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]  # fmt: skip
        upgrade = get("/", *fields).replace(b"Connection: close", b"Connection: Upgrade")
        reply = await ask(server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + upgrade)
        assert reply.count(b"HTTP/1.1 ") == 1
        assert reply.endswith(b"first")

    drive(handler, scenario)


def test_who_leaves_before_the_handshake_is_answered_is_waited_for_no_more() -> None:
    cancelled = asyncio.Event()
    entered = asyncio.Event()

    async def handler(request: HttpRequest) -> HttpResponse:
        entered.set()
        try:
            return await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    seen = Seen()

    async def scenario(server: Server) -> None:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(HANDSHAKE)
        async with asyncio.timeout(5):
            await entered.wait()
            writer.transport.abort()
            await cancelled.wait()
            await until(lambda: bool(seen.closed))
        assert [each.outcome for each in seen.closed] == [Outcome.CLIENT_LEFT]

    drive(handler, scenario, observer=seen)
