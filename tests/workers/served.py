"""Handlers in Python, a real server on loopback, and a client that writes raw bytes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from unpoison.workers.asgi import Application, Handler
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.observers import Exchange, Observer
from unpoison.workers.server import Server, serving


@dataclass
class Seen(Observer):
    """Keeps every exchange that ended."""

    closed: list[Exchange] = field(default_factory=list)

    def exchange_closed(self, exchange: Exchange) -> None:
        self.closed.append(exchange)


@dataclass
class Chunks:
    """A body of given chunks, an endless one, or one that waits for ever after them."""

    chunks: list[bytes]
    endless: bool = False
    waits: bool = False
    sent: int = 0
    closed: bool = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self.sent < len(self.chunks) or self.endless:
            self.sent += 1
            return self.chunks[(self.sent - 1) % len(self.chunks)]
        if self.waits:
            await asyncio.Event().wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


async def echo(request: HttpRequest) -> HttpResponse:
    """Answer with method, URL, fields and body of the request, one a line."""
    body = await read_all(request.body, 1 << 30)
    fields = "".join(f"{name}: {value}\n" for name, value in request.headers)
    text = f"{request.method} {request.url}\n{fields}\n".encode() + body
    return HttpResponse(200, [("content-type", "text/plain")], text)


@contextlib.asynccontextmanager
async def served(
    handler: Handler, *, grace: float = 5.0, observer: Observer | None = None, **limits: float
) -> AsyncIterator[Server]:
    """Serve a handler on a free port of 127.0.0.1, with some limits changed."""
    chosen = HttpLimits(**limits)  # type: ignore[arg-type]
    application = Application(handler, limits=chosen, observer=observer)
    async with serving(application, host="127.0.0.1", grace=grace) as server:
        yield server


async def ask(server: Server, data: bytes, seconds: float = 5.0) -> bytes:
    """Write bytes, half-close nothing, and give all that comes until the server closes.

    The connection must be closed in time: a request that wants it says `connection: close`.
    """
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(data)
        return await asyncio.wait_for(reader.read(), seconds)
    finally:
        writer.close()


def get(path: str = "/", *fields: str) -> bytes:
    """Give a GET request that asks to close."""
    lines = [f"GET {path} HTTP/1.1", "Host: a", "Connection: close", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def status(answer: bytes) -> int:
    """Give the status of the first answer."""
    return int(answer.split(b" ", 2)[1])


def content(answer: bytes) -> str:
    """Give the body of an answer of a declared length."""
    return answer.split(b"\r\n\r\n", 1)[1].decode()


async def until(condition: object, seconds: float = 5.0) -> None:
    """Let the loop run until a condition (a callable) holds."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
