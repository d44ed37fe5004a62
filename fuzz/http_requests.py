"""Law: any bytes are the same requests however they are cut, and to h11 too, or are refused."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any

import h11
from uvicorn.config import Config

from fuzz._wasm import main
from unpoison.workers.asgi import Application
from unpoison.workers.connections import Connection
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.hub import Hub
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.web_socket_connection import WebSocketConnection

Request = tuple[str, str, bytes]

LINES = (
    b"GET / HTTP/1.1", b"POST /a?b HTTP/1.1", b"HEAD /%20 HTTP/1.1", b"PUT * HTTP/1.0",
    b"GET http://b/c HTTP/1.1", b"OPTIONS * HTTP/1.1", b"GET /\xff HTTP/1.1", b"get / http/1.1",
    b"DELETE /x HTTP/1.0", b"GET  / HTTP/1.1", b"GET / HTTP/1.1 ", b"POST / HTTP/2.0", b"",
)  # fmt: skip
FIELDS = (
    b"Host: a", b"Host: a", b"Host: a", b"Host: b:1", b"Connection: close", b"X: y", b"X : y",
    b"Connection: keep-alive", b"Expect: 100-continue", b" folded", b"X:", b"X: \xe4", b"X: \0",
    b"Upgrade: h2c", b"Connection: upgrade", b"Upgrade: websocket", b"nocolon", b": empty",
)  # fmt: skip
FRAMINGS = (
    (), (), (b"Content-Length: 3",), (b"Content-Length: 3",), (b"Transfer-Encoding: chunked",),
    (b"Transfer-Encoding: chunked",), (b"Content-Length: 3", b"Transfer-Encoding: chunked"),
    (b"Content-Length: 3", b"Content-Length: 4"), (b"Content-Length: 3, 3",),
    (b"Content-Length: +3",), (b"Transfer-Encoding: identity",), (b"Content-Length: 0",),
    (b"Transfer-Encoding: gzip, chunked",), (b"Transfer-Encoding:\tchunked\t",),
    (b"Transfer-Encoding: chunked, chunked",), (b"Content-Length: 03",), (b"Content-Length: ",),
)  # fmt: skip
BODIES = (
    b"", b"", b"abc", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n",
    b"1;x=y\r\na\r\n2\r\nbc\r\n0\r\nT: u\r\n\r\n", b"0\r\n\r\n", b"03\r\nabc\r\n00\r\n\r\n",
    b"3\nabc\n0\n\n", b"0x3\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n",
    b"ffffffffffffffffff\r\n",
)  # fmt: skip
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
SPICE = (b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0", b":", b"\x0b", b"\x85", b"0", b"\xff", b",")


class Transport(asyncio.Transport):
    """Keeps what is written; closed for good once it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        if not self.closed:
            self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def write_eof(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"sockname": ("h", 1), "peername": ("p", 2)}.get(name, default)

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Take no notice: the law writes everything at once."""

    resume_reading = pause_reading

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.closed = True  # a WebSocket from here on


def some_bytes(rng: random.Random) -> bytes:
    made = b""
    for _ in range(rng.randrange(1, 4)):
        fields = [*rng.choices(FIELDS, k=rng.randrange(4)), *rng.choice(FRAMINGS)]
        if rng.random() < 0.8:
            fields.append(b"Host: a")
        rng.shuffle(fields)
        made += b"\r\n".join([rng.choice(LINES), *fields, b"", rng.choice(BODIES)])
    for _ in range(rng.choice((0, 0, 1, 3))):
        place = rng.randrange(len(made) + 1)
        made = made[:place] + rng.choice(SPICE) + made[place + rng.randrange(2) :]
    return made


def cut(data: bytes, rng: random.Random) -> list[bytes]:
    places = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


async def ours(chunks: list[bytes]) -> tuple[list[Request], bytes]:
    """Give the requests that reach a handler with their whole bodies, and all that is written."""
    seen: list[Request] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        body = await read_all(request.body, 1000)
        seen.append((request.method, request.url, body))
        return HttpResponse(200, [], b"ok")

    application = Application(handler)
    config = Config(application, http=Connection, ws=WebSocketConnection, interface="asgi3",
                    log_config=None, proxy_headers=False, date_header=False)  # fmt: skip
    config.load()
    transport = Transport()
    connection = Connection(config, Hub(HttpLimits()), {})
    connection.connection_made(transport)
    for chunk in chunks:
        if chunk and not transport.closed:
            connection.data_received(chunk)
        for _ in range(12):
            await asyncio.sleep(0)
    connection.connection_lost(None)
    for _ in range(5):
        await asyncio.sleep(0)
    return seen, bytes(transport.written)


def theirs(data: bytes) -> tuple[list[Request], bool]:
    """Give the requests that h11 reads, and whether it then refuses what follows."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    seen: list[Request] = []
    head: h11.Request | None = None
    body = b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                seen.append((head.method.decode(), head.target.decode("latin-1"), body))
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is h11.MUST_CLOSE:
                    return seen, True
                connection.start_next_cycle()
            else:
                return seen, False
    except h11.RemoteProtocolError:
        return seen, True


def replies(data: bytes, methods: list[str]) -> list[int]:
    """Give the statuses of what was written for some methods; h11 must read all of it."""
    statuses: list[int] = []
    for method in methods:
        connection = h11.Connection(h11.CLIENT)
        connection.send(h11.Request(method=method, target="/", headers=[("host", "a")]))
        connection.send(h11.EndOfMessage())
        connection.receive_data(data)
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            assert event is not h11.NEED_DATA, data
            if isinstance(event, h11.Response):
                statuses.append(event.status_code)
        data = connection.trailing_data[0]
    data = data.removeprefix(CONTINUE)
    if data:
        # Refused before a handler was asked: without content, if it was a HEAD.
        last, _, content = data.partition(b"\r\n\r\n")
        statuses += replies(data, ["GET" if content else "HEAD"])
        assert statuses[-1] != 200, last
    return statuses


def path(request: Request) -> Request:
    method, url, body = request
    return method, url.split("://", 1)[-1].partition("/")[2], body


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = some_bytes(rng)
    logging.disable(logging.CRITICAL)
    whole, written = asyncio.run(ours([data]))
    pieces, written_in_pieces = asyncio.run(ours(cut(data, rng)))
    logging.disable(logging.NOTSET)
    assert whole == pieces, (data, whole, pieces)
    for each in (written, written_in_pieces):
        statuses = replies(each, [method for method, _, _ in whole])
        assert statuses[: len(whole)] == [200] * len(whole), (data, each)
        assert all(400 <= status < 500 or status == 505 for status in statuses[len(whole) :])
    expected, refused = theirs(data)
    same = [path(mine) == path(other) for mine, other in zip(whole, expected, strict=False)]
    assert all(same), (data, whole, expected)
    assert refused or len(whole) <= len(expected), (data, whole, expected)


if __name__ == "__main__":
    main(check)
