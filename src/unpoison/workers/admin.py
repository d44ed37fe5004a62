"""The second port: metrics, health and the status page. One `Handler`, given to a second server."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from unpoison.workers.messages import Headers, HttpRequest, HttpResponse
from unpoison.workers.metrics import Metrics
from unpoison.workers.status_board import StatusBoard
from unpoison.workers.status_page import render_page

TEXT: Final = "text/plain; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"

SAFE_FIELDS: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("x-content-type-options", "nosniff"),
)


def _well() -> None:
    """Find nothing wrong."""


async def _nothing() -> None:
    """Have nothing to find out."""


@dataclass(frozen=True)
class Admin:
    """Answers /metrics, /health and /; a part that is not given is 404.

    `health` gives what is wrong, or None: /health is 200 or 503. `measure` finds out what takes a
    while, before the metrics are given. `hosts` are names under which the
    port may be asked, besides IP addresses and localhost: a web page could otherwise read it
    through a name of its own that leads here (DNS rebinding).
    """

    name: str
    metrics: Metrics | None = None
    board: StatusBoard | None = None
    health: Callable[[], str | None] = _well
    measure: Callable[[], Awaitable[None]] = _nothing
    hosts: Collection[str] = field(default=())

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        url = urlsplit(request.url)
        if not self._is_known(url.hostname or ""):
            return _answer(403, TEXT, f"{url.hostname} is not a name of this port\n")
        if request.method not in ("GET", "HEAD"):
            return _answer(405, TEXT, "GET and HEAD are possible\n", ("allow", "GET, HEAD"))
        if url.path == "/health":
            return self._health()
        if url.path == "/metrics" and self.metrics is not None:
            await self.measure()
            kind, body = self.metrics.render()
            return _answer(200, kind, body)
        if url.path == "/" and self.board is not None:
            return _answer(200, HTML, render_page(self.board, self.name))
        return _answer(404, TEXT, "here are /metrics, /health and /\n")

    def _health(self) -> HttpResponse:
        wrong = self.health()
        return _answer(200, TEXT, "ok\n") if wrong is None else _answer(503, TEXT, f"{wrong}\n")

    def _is_known(self, host: str) -> bool:
        if host == "localhost" or host in self.hosts:
            return True
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True


def _answer(status: int, kind: str, body: str | bytes, *fields: tuple[str, str]) -> HttpResponse:
    headers: Headers = [("content-type", kind), *SAFE_FIELDS, *fields]
    return HttpResponse(status, headers, body.encode() if isinstance(body, str) else body)
