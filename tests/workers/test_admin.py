"""The port of metrics, health and the status page."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.workers.served import Seen, served
from unpoison.errors import AbortError, AbortReason, PanicError
from unpoison.workers.admin import Admin
from unpoison.workers.asgi import Application
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.metrics import Metrics
from unpoison.workers.observers import REQUEST_ID, Exchange, Incident, Observers, Population
from unpoison.workers.status_board import KEPT_EXCHANGES, LONGEST_LINE, StatusBoard
from unpoison.workers.status_page import render_page


def asked(admin: Admin, path: str, method: str = "GET", host: str = "127.0.0.1") -> httpx.Response:
    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app=Application(admin))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:9") as client:
            return await client.request(method, path)

    return asyncio.run(main())


def test_health_is_ok_or_what_is_wrong() -> None:
    wrong: list[str | None] = [None, "shop cannot start"]
    admin = Admin("shop", health=lambda: wrong.pop(0))
    well, ill = asked(admin, "/health"), asked(admin, "/health")
    assert (well.status_code, well.text) == (200, "ok\n")
    assert (ill.status_code, ill.text) == (503, "shop cannot start\n")


def test_metrics_are_in_the_text_format() -> None:
    reply = asked(Admin("shop", metrics=Metrics()), "/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "unpoison_instances_live 0.0" in reply.text


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [("/metrics", "GET", 404), ("/", "GET", 404), ("/x", "GET", 404), ("/health", "POST", 405)],
)
def test_what_is_not_here(path: str, method: str, code: int) -> None:
    assert asked(Admin("shop"), path, method).status_code == code


@pytest.mark.parametrize(
    ("host", "code"),
    [("localhost", 200), ("[::1]", 200), ("10.0.0.1", 200), ("ops.example", 200), ("evil", 403)],
)
def test_only_known_names_are_answered(host: str, code: int) -> None:
    admin = Admin("shop", hosts=("ops.example",))
    assert asked(admin, "/health", host=host).status_code == code


def test_a_server_tells_its_observers_and_the_page_shows_it() -> None:
    board, metrics, seen = StatusBoard(), Metrics(), Seen()

    async def handler(request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/bad"):
            raise RuntimeError
        return HttpResponse(200, [], b"x")

    async def main() -> tuple[str, str]:
        async with (
            served(handler, observer=Observers([board, metrics, seen])) as server,
            served(Admin("shop", metrics, board)) as admin,
            httpx.AsyncClient() as client,
        ):
            await client.get(f"{server.url}/a?<b>")
            await client.get(f"{server.url}/bad")
            page = await client.get(f"{admin.url}/")
            assert page.headers["content-security-policy"].startswith("default-src 'none'")
            return page.text, (await client.get(f"{admin.url}/metrics")).text

    page, scrape = asyncio.run(main())
    assert "/a?%3Cb%3E" in page
    assert "requests served <b>2</b> · failed <b>1</b>" in page
    assert seen.closed[1].id in page
    assert 'unpoison_requests_total{method="GET",outcome="failed",status="500"} 1.0' in scrape


# The board and its page


def exchange(number: int) -> Exchange:
    return Exchange(f"r{number}", "GET", f"http://w/{number}", "1.2.3.4", 0.0, status=200)


def test_the_board_keeps_the_last_and_counts_all() -> None:
    board = StatusBoard()
    for number in range(KEPT_EXCHANGES + 10):
        board.exchange_opened(exchange(number))
        board.exchange_closed(exchange(number))
    assert len(board.exchanges) == KEPT_EXCHANGES
    assert board.exchanges[-1].id == f"r{KEPT_EXCHANGES + 9}"
    assert sum(board.served.values()) == KEPT_EXCHANGES + 10
    assert board.under_way == 0


def test_the_board_keeps_no_error_of_an_exchange_alive() -> None:
    board = StatusBoard()
    failed = exchange(1)
    failed.error = RuntimeError()
    board.exchange_opened(failed)
    board.exchange_closed(failed)
    assert board.exchanges[0].error is None
    assert failed.error is not None


def test_the_page_shows_aborts_with_their_frames_newest_first() -> None:
    board = StatusBoard()
    token = REQUEST_ID.set("r7")
    error = AbortError("unreachable", AbortReason.UNREACHABLE, ["shop::abort", "<T>::fetch"])
    board.incident(Incident.PANIC, PanicError("first"), "shop")
    board.incident(Incident.ABORT, error, "Counter")
    REQUEST_ID.reset(token)
    page = render_page(board, "shop")
    assert page.index("abort (unreachable)") < page.index("first")
    assert "unreachable\n  at shop::abort\n  at &lt;T&gt;::fetch" in page
    assert page.count("r7") == 2
    assert "panics <b>1</b> · aborts <b>1</b> · aborts undone <b>0</b>" in page


def test_the_page_escapes_what_others_wrote() -> None:
    evil = "<script>alert(1)</script>\"'"
    board = StatusBoard()
    board.console("info", evil)
    board.incident(Incident.PANIC, PanicError(evil), evil)
    closed: Any = exchange(1)
    closed.method, closed.url = evil, evil
    board.exchange_closed(closed)
    page = render_page(board, evil)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 7


def test_a_long_console_text_is_cut() -> None:
    board = StatusBoard()
    board.console("info", "x" * 1_000_000)
    assert len(board.lines[0].text) == LONGEST_LINE


def test_the_page_shows_the_population() -> None:
    board = StatusBoard(lambda: Population(instances_live=4, instances_idle=3, objects_live=2))
    page = render_page(board, "shop")
    assert "instances <b>4 (3 idle)</b>" in page
    assert "objects <b>2 (0 evicted)</b>" in page
