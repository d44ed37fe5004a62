"""WebSockets of a guest to other servers: real ones, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from tests.workers.shop import get, make
from unpoison import web
from unpoison.workers.worker import Worker

OPEN = web.Fetch(allow=["*"], allow_private=True)


async def echo(socket: ServerConnection) -> None:
    async for message in socket:
        await socket.send(f"{socket.request.path}: {message}")  # type: ignore[union-attr]


async def hang_up(socket: ServerConnection) -> None:
    await socket.close(4321, "not today")


async def vanish(socket: ServerConnection) -> None:
    socket.transport.abort()


def run(
    test: Callable[[Worker, str], Awaitable[None]],
    *,
    fetch: web.Fetch = OPEN,
    answer: Callable[[ServerConnection], Awaitable[None]] = echo,
    isolation: str = "exclusive",
    decline: Callable[[ServerConnection, Request], Response | None] | None = None,
) -> None:
    async def main() -> None:
        server: Server
        async with serve(answer, "127.0.0.1", 0, process_request=decline) as server:
            port = server.sockets[0].getsockname()[1]
            async with make(fetch=fetch, isolation=isolation) as worker:
                await test(worker, f"ws://127.0.0.1:{port}/room?x=1")

    asyncio.run(main())


async def dial(worker: Worker, url: str) -> tuple[int, str]:
    async with asyncio.timeout(20):
        return await get(worker, f"/dial?url={quote(url)}&say=hello")


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_messages_go_both_ways_and_the_close_is_answered(isolation: str) -> None:
    async def test(worker: Worker, url: str) -> None:
        assert await dial(worker, url) == (200, "/room?x=1: hello, 1000 done")

    run(test, isolation=isolation)


def test_a_server_that_closes_says_its_code_and_reason() -> None:
    async def test(worker: Worker, url: str) -> None:
        assert await dial(worker, url) == (200, "4321 not today")

    run(test, answer=hang_up)


def test_a_server_that_vanishes_is_1006() -> None:
    async def test(worker: Worker, url: str) -> None:
        lost = "1006 WebSocket disconnected without sending Close frame."
        assert await dial(worker, url) == (200, lost)

    run(test, answer=vanish)


def test_a_server_that_declines_gives_its_own_answer() -> None:
    def decline(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(HTTPStatus.FORBIDDEN, "members only")

    async def test(worker: Worker, url: str) -> None:
        status, text = await dial(worker, url)
        assert status == 500
        assert "server did not accept" in text

    run(test, decline=decline)


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    def redirect(socket: ServerConnection, request: Request) -> Response:
        seen.append(request.path)
        response = socket.respond(HTTPStatus.FOUND, "elsewhere")
        response.headers["Location"] = "/elsewhere"
        return response

    async def test(worker: Worker, url: str) -> None:
        assert (await dial(worker, url))[0] == 500
        assert seen == ["/room?x=1"]

    run(test, decline=redirect)


@pytest.mark.parametrize(
    ("fetch", "why"),
    [
        (web.Fetch(allow=["https://example.com"], allow_private=True), "is not in Fetch"),
        (web.Fetch(allow=["*"]), "no public address"),
    ],
)
def test_only_what_may_be_fetched_may_be_dialed(fetch: web.Fetch, why: str) -> None:
    async def test(worker: Worker, url: str) -> None:
        status, text = await dial(worker, url)
        assert status == 500
        assert why in text

    run(test, fetch=fetch)


def test_nothing_listens() -> None:
    async def test(worker: Worker, url: str) -> None:
        assert await dial(worker, "ws://127.0.0.1:9/") == (500, "TypeError: fetch failed")

    run(test)
