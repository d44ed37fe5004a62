"""Clients that come, stop and leave at random: of none of them anything is left."""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.workers.served import Chunks, served, until
from unpoison.workers.hub import Swept
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.observers import Exchange, Observer, Outcome
from unpoison.workers.server import Server, run
from unpoison.workers.sockets import socket_pair

CLIENTS = 150
AT_ONCE = 25

HEADS = (
    b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /fail HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000,
    b"POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000,
    b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\0\r\n\r\n",
)


def count_handles() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class Book(Observer):
    def __init__(self) -> None:
        self.open = 0
        self.outcomes: Counter[Outcome] = Counter()

    def exchange_opened(self, exchange: Exchange) -> None:
        self.open += 1

    def exchange_closed(self, exchange: Exchange) -> None:
        self.open -= 1
        self.outcomes[exchange.outcome] += 1


class Echo:
    def __init__(self) -> None:
        self.client, self.end = socket_pair()
        self.end.accept(self)

    def message(self, data: str | bytes) -> None:
        self.end.send(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.end.close(code, reason)

    def failed(self, error: Exception) -> None:
        """A `closed` follows."""


class Worker:
    def __init__(self) -> None:
        self.bodies: list[Chunks] = []

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        route = request.url.rsplit("/", 1)[1]
        if route == "slow":
            await asyncio.sleep(0.05)
        if route == "fail":
            raise RuntimeError
        if route == "read":
            return HttpResponse(200, [], await read_all(request.body, 1 << 20))
        if route == "socket":
            return HttpResponse(101, web_socket=Echo().client)
        if route in ("stream", "endless"):
            self.bodies.append(Chunks([b"x" * 5000] * 5, endless=route == "endless"))
            return HttpResponse(200, [], self.bodies[-1])
        return HttpResponse(200, [], b"hello")


async def client(server: Server, rng: random.Random) -> None:
    """Send some requests or a part of one, read a little or all, and leave in some way."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    data = b"".join(rng.choices(HEADS, k=rng.choice((1, 1, 1, 3))))
    writer.write(data[: rng.randrange(len(data))] if rng.random() < 0.4 else data)
    try:
        async with asyncio.timeout(rng.choice((0.0, 0.01, 0.1))):
            await reader.read(rng.choice((1, 100, 100_000)))
    except (TimeoutError, ConnectionError):
        pass
    if rng.random() < 0.5:
        writer.transport.abort()
    else:
        writer.close()


async def socket_client(server: Server, rng: random.Random) -> None:
    client = await connect(
        f"{server.url}/socket".replace("http", "ws"), ping_interval=None, open_timeout=None
    )
    try:
        for _ in range(rng.randrange(4)):
            await client.send("x" * rng.randrange(10_000))
            if rng.random() < 0.7:
                await client.recv()
        if rng.random() < 0.5:
            await client.close()
    except ConnectionClosed:
        pass
    client.transport.abort()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_left_of_clients_that_leave_at_random(seed: int) -> None:
    book, worker = Book(), Worker()

    async def main() -> None:
        rng = random.Random(seed)
        gate = asyncio.Semaphore(AT_ONCE)

        async def visit(server: Server) -> None:
            async with gate:
                await (socket_client if rng.random() < 0.2 else client)(server, rng)

        async with served(worker, observer=book) as server:
            tasks = asyncio.all_tasks()
            handles = count_handles()
            async with asyncio.TaskGroup() as group:
                for _ in range(CLIENTS):
                    group.create_task(visit(server))
            await until(lambda: book.open == 0 and server.connections == 0, 20)
            await until(lambda: asyncio.all_tasks() == tasks)
            await until(lambda: count_handles() <= handles)
            gc.collect()
            alive = [each for each in gc.get_objects()
                     if isinstance(each, Swept)]  # fmt: skip
            assert len(alive) <= 1  # the one of the last event, in a frame of the loop

    run(main())
    assert all(body.closed for body in worker.bodies)
    assert {Outcome.COMPLETE, Outcome.CLIENT_LEFT} <= set(book.outcomes)
    assert Outcome.OPEN not in book.outcomes
