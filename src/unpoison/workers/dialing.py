"""WebSockets that a guest opens to other servers, by a fetch with `Upgrade: websocket`.

Workers docs, "WebSockets"; RFC 6455 4.1. The server must be one that the guest may fetch from, and
the connection is made to the address that was checked. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from unpoison import js, web
from unpoison.workers.asgi_requests import ClientLeft, Event
from unpoison.workers.asgi_sockets import NO_STATUS, NORMAL, Bridge
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.messages import HttpResponse
from unpoison.workers.observers import Exchange
from unpoison.workers.sockets import ABNORMAL, MAX_QUEUED_BYTES, socket_pair

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

OWN_FIELDS: Final = frozenset({
    "connection", "content-length", "host", "sec-websocket-accept", "sec-websocket-extensions",
    "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version", "transfer-encoding",
    "upgrade",
})  # fmt: skip
"""Fields that the handshake writes itself."""


async def dial(fetcher: web.Fetcher, request: web.Request) -> HttpResponse:
    """Open a WebSocket to the URL of a request; a server that declines gives its own answer.

    Raises js.TypeError for what is not allowed, or fails.
    """
    if not isinstance(fetcher, web.Fetch):
        raise js.TypeError("fetch failed: what answers fetch here opens no WebSockets")
    from websockets.exceptions import InvalidHandshake, InvalidStatus

    url = web.URL(request.url.partition("#")[0])
    fetcher.check(url.href)
    try:
        connection = await _connect(fetcher, url, request)
    except InvalidStatus as error:
        declined = error.response
        return HttpResponse(declined.status_code, _fields(declined.headers), bytes(declined.body))
    except (InvalidHandshake, OSError, TimeoutError, ValueError) as error:
        raise js.TypeError("fetch failed", cause=error) from error
    return _joined(connection, url.href)


async def _connect(fetcher: web.Fetch, url: web.URL, request: web.Request) -> ClientConnection:
    from websockets.asyncio.client import connect
    from websockets.typing import Subprotocol

    class Connect(connect):
        """Follows no redirect: where it leads to was not checked."""

        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    is_secure = url.protocol == "https:"
    host = url.hostname.strip("[]")
    port = int(url.port or (443 if is_secure else 80))
    addresses = await fetcher.look_up(host, port)
    offered = request.headers.get("sec-websocket-protocol") or ""
    protocols = [Subprotocol(name) for each in offered.split(",") if (name := each.strip())]
    secure: dict[str, Any] = (
        {"ssl": fetcher.tls(), "server_hostname": host} if is_secure else {"ssl": None}
    )
    return await Connect(
        "ws" + url.href.removeprefix("http"),
        host=addresses[0],
        port=port,
        subprotocols=protocols or None,
        additional_headers=[pair for pair in request.headers.raw if pair[0] not in OWN_FIELDS],
        user_agent_header=None,
        compression=None,
        proxy=None,
        open_timeout=fetcher.timeout,
        ping_interval=None,
        max_size=MAX_QUEUED_BYTES,
        **secure,
    )


def _joined(connection: ClientConnection, url: str) -> HttpResponse:
    """Give the answer with the guest's end, and carry messages until one side is gone."""
    ours, guests = socket_pair()
    remote = _Remote(connection)
    exchange = Exchange("", "GET", url, "", time.time(), web_socket=True)
    bridge = _Bridge(ours, remote.receive, remote.send, exchange, HttpLimits())
    remote.carrying = asyncio.ensure_future(remote.carry(bridge))
    response = connection.response
    fields = [] if response is None else _fields(response.headers)
    return HttpResponse(101, fields, web_socket=guests)


def _fields(headers: Any) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers.raw_items()]


class _Bridge(Bridge):
    """Carries a guest's WebSocket to another server, whose own close the guest is to hear."""

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        """Close the other server's end; its answer comes back as its close."""
        if was_clean:
            self._post_close(NORMAL if code is None or code == NO_STATUS else code, reason)
        else:
            super().closed(code, reason, was_clean)


class _Remote:
    """The other server, as a Bridge sees its client: ASGI's events."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.carrying: asyncio.Task[None] | None = None

    async def carry(self, bridge: Bridge) -> None:
        """Run a bridge. What ends it, the guest has heard."""
        try:
            with suppress(ClientLeft, OSError):
                await bridge.run(HttpResponse(101))
        finally:
            self._connection.transport.abort()

    async def receive(self) -> Event:
        """Give the next message, or how the other server closed."""
        from websockets.exceptions import ConnectionClosed

        try:
            data = await self._connection.recv()
        except ConnectionClosed as error:
            if error.rcvd is None:
                return {"type": "websocket.disconnect", "code": ABNORMAL}
            closed = error.rcvd
            return {"type": "websocket.disconnect", "code": closed.code, "reason": closed.reason}
        return {"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data}

    async def send(self, event: Any) -> None:
        """Send what the guest says. Raises OSError when the other server is gone."""
        from websockets.exceptions import ConnectionClosed

        if event["type"] == "websocket.close":
            await self._connection.close(event["code"], event["reason"])
            await asyncio.get_running_loop().create_future()  # `receive` tells of its answer
        elif event["type"] == "websocket.send":
            data = event.get("text")
            try:
                await self._connection.send(event["bytes"] if data is None else data)
            except ConnectionClosed as error:
                raise ConnectionResetError("the other server is gone") from error
