"""A WebSocket of a client (ASGI events) joined to a `SocketEnd` (what a Worker answered with).

The end's messages wait here, bounded, while the client reads slowly; the client's messages are
taken one at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

from unpoison.workers.asgi_replies import CONNECTION_FIELDS, BadReply, raw_headers
from unpoison.workers.asgi_requests import ClientLeft, Event, Receive, Scope, Send
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.messages import HttpResponse, read_all
from unpoison.workers.observers import Exchange
from unpoison.workers.sockets import ABNORMAL, SocketEnd

T = TypeVar("T")

HANDSHAKE_FIELDS: Final = CONNECTION_FIELDS | {
    "content-length", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol",
}  # fmt: skip
"""Fields of a 101 that the server writes itself."""

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
NO_STATUS: Final = 1005
INTERNAL_ERROR: Final = 1011
LOST: Final = "WebSocket disconnected without sending Close frame."
"""What the platform says to a Worker whose client is lost."""

CLOSING_EXTENSION: Final = "unpoison.closing"
"""Of our own server: a `websocket.disconnect` of a client that closed may be answered with a
`websocket.close`; 1005 stands for a close frame without a code; `error` says what a client did."""

ANSWER_SECONDS: Final = 10.0
"""How long a Worker has to answer a client's close."""

UPGRADE_EXTENSION: Final = "websocket.http.response"

UNSENDABLE: Final = frozenset({1004, 1005, 1006, 1015})
"""Codes that no close frame may have. RFC 6455 7.4.1."""
LONGEST_REASON: Final = 123
"""Bytes of UTF-8 beside the code in a control frame. RFC 6455 5.5."""


class Handshake:
    """What comes of a client whose handshake is not answered yet."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._next: asyncio.Future[Event] | None = None

    async def until(self, answer: Coroutine[Any, Any, T]) -> T:
        """Give the answer. Raises ClientLeft when the client leaves before: it is cancelled."""
        coming = self._next = asyncio.ensure_future(self._receive())
        answering = asyncio.ensure_future(answer)
        try:
            await asyncio.wait({answering, coming}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and coming.result()["type"] == "websocket.disconnect":
                raise ClientLeft("the client left before its handshake was answered")
            return await answering
        finally:
            answering.cancel()

    async def receive(self) -> Event:
        """Give the next event of the client."""
        coming, self._next = self._next, None
        return await (self._receive() if coming is None else coming)

    def stop(self) -> None:
        """Wait for nothing any more."""
        if self._next is not None:
            self._next.cancel()


class Bridge:
    """Carries messages and closes both ways until one side is gone.

    It is the `SocketListener` of the Worker's end: what it hears goes to the client. `answers`
    says that the server has CLOSING_EXTENSION.
    """

    def __init__(
        self,
        end: SocketEnd,
        receive: Receive,
        send: Send,
        exchange: Exchange,
        limits: HttpLimits,
        *,
        answers: bool = False,
    ) -> None:
        self._end = end
        self._answers = answers
        self._receive = receive
        self._send = send
        self._exchange = exchange
        self._limit = limits.web_socket_backlog
        self._outbox: deque[Event] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._closing = self._client_closed = False

    async def run(self, response: HttpResponse) -> None:
        """Accept the handshake with a response's fields; return when the socket is closed.

        Raises BadReply before the handshake is accepted; OSError when the client is lost.
        """
        try:
            await self._send(_accept_event(response))
            self._exchange.status = 101
            self._end.accept(self)
            await self._carry()
        finally:
            self._end.abort(reason=LOST)

    async def _carry(self) -> None:
        reader = asyncio.ensure_future(self._read())
        writer = asyncio.ensure_future(self._write())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            if self._answers and reader.done() and reader.exception() is None:
                await asyncio.wait({writer}, timeout=ANSWER_SECONDS)
                self._post_close(*reader.result())
                await asyncio.wait({writer})
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.wait({reader, writer})
        for task in (reader, writer):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def message(self, data: str | bytes) -> None:
        """Send a message of the Worker to the client."""
        size = len(data)
        if self._waiting + size > self._limit:
            self._end.abort(OverflowError(f"{self._waiting} bytes wait for a client's WebSocket"))
            self._outbox.clear()
            self._post_close(INTERNAL_ERROR, "the client reads too slowly")
            return
        self._exchange.sent += size
        kind = "text" if isinstance(data, str) else "bytes"
        self._post({"type": "websocket.send", kind: data}, size)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        """Close the client's socket; a lost Worker is 1011 to it."""
        if not was_clean:
            self._post_close(INTERNAL_ERROR, "")
            return
        if code is None or code == NO_STATUS:
            self._post_close(NO_STATUS if self._answers else NORMAL, "")
        else:
            self._post_close(code, reason)
        self._end.close(code, reason)

    def failed(self, error: Exception) -> None:
        """Keep why the Worker's end was lost."""
        self._exchange.error = error

    def go_away(self) -> None:
        """Close both sides with 1001: the server stops."""
        self._post_close(GOING_AWAY, "")
        self._end.close(GOING_AWAY, "")

    def _post_close(self, code: int, reason: str) -> None:
        self._post({"type": "websocket.close", **_close_fields(code, reason)}, 0)
        self._closing = True

    def _post(self, event: Event, size: int) -> None:
        if not self._closing:
            self._waiting += size
            self._outbox.append(event)
            self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                event = self._outbox.popleft()
                try:
                    await self._send(event)
                except OSError:
                    if not self._client_closed:
                        # The reader is told too, with the code that the other end is to hear.
                        await asyncio.get_running_loop().create_future()
                    return
                if event["type"] == "websocket.close":
                    return
                self._waiting -= len(event.get("text") or event.get("bytes") or b"")

    async def _read(self) -> tuple[int, str]:
        """Hand on the client's messages; give the code and reason that it closed with."""
        while True:
            event = await self._receive()
            if event["type"] != "websocket.receive":
                return self._leave(event)
            data = event.get("text")
            data = event["bytes"] if data is None else data
            self._exchange.received += len(data)
            self._end.send(data)

    def _leave(self, event: Event) -> tuple[int, str]:
        code, reason = event.get("code", NO_STATUS), event.get("reason") or ""
        # A server that saw a close frame gives a reason, if only an empty one.
        lost = code == ABNORMAL or (code == NO_STATUS and "reason" not in event)
        if lost:
            error = event.get("error")
            self._end.abort(None if error is None else ProtocolFault(error), LOST)
            raise ClientLeft("the client's WebSocket was lost")
        self._client_closed = True
        self._closing = not self._answers
        self._end.close(None if code == NO_STATUS else code, reason)
        return code, reason


class ProtocolFault(Exception):  # noqa: N818 - given to listeners, never raised
    """A client broke the WebSocket protocol, or sent more than may be."""


class Bridges:
    """All WebSockets that are open."""

    def __init__(self) -> None:
        self._open: set[Bridge] = set()
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def keep(self, bridge: Bridge) -> Iterator[None]:
        """Count a bridge as open for as long as the block runs."""
        self._open.add(bridge)
        self._none.clear()
        try:
            yield
        finally:
            self._open.discard(bridge)
            if not self._open:
                self._none.set()

    def close(self) -> None:
        """Close every one with 1001."""
        for bridge in tuple(self._open):
            bridge.go_away()

    async def wait(self, seconds: float) -> None:
        """Wait until none is open, up to some seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)


async def refuse_upgrade(
    response: HttpResponse, scope: Scope, send: Send, exchange: Exchange, limits: HttpLimits
) -> None:
    """Answer a WebSocket handshake with an ordinary response.

    Raises BadReply for what cannot be sent. A server without ASGI's extension for it answers 403.
    """
    if UPGRADE_EXTENSION not in (scope.get("extensions") or {}):
        exchange.status = 403
        await send({"type": "websocket.close"})
        return
    if not 200 <= response.status <= 599:
        raise BadReply(f"a WebSocket request was answered with the status {response.status} and "
                       "no WebSocket")  # fmt: skip
    headers = raw_headers(response, CONNECTION_FIELDS | {"content-length"})
    try:
        body = await read_all(response.body, limits.refused_upgrade_body)
    except ValueError as error:
        raise BadReply(f"an answer to a WebSocket request has {error}") from error
    headers.append((b"content-length", b"%d" % len(body)))
    exchange.status = response.status
    await send({"type": "websocket.http.response.start", "status": response.status,
                "headers": headers})  # fmt: skip
    await send({"type": "websocket.http.response.body", "body": body})
    exchange.sent = len(body)


def _close_fields(code: int, reason: str) -> Event:
    """Give what a close frame can carry of a code and a reason."""
    if code == NO_STATUS:
        return {"code": NO_STATUS, "reason": ""}
    known = 1000 <= code <= 1014 or 3000 <= code <= 4999
    sendable = code if known and code not in UNSENDABLE else INTERNAL_ERROR
    short = reason.encode("utf-8", "replace")[:LONGEST_REASON].decode("utf-8", "ignore")
    return {"code": sendable, "reason": short}


def _accept_event(response: HttpResponse) -> Event:
    """Give the event for a 101; its protocol is the Worker's choice. Raises BadReply."""
    protocols = [value for name, value in response.headers if name == "sec-websocket-protocol"]
    return {
        "type": "websocket.accept",
        "subprotocol": protocols[0] if protocols else None,
        "headers": raw_headers(response, HANDSHAKE_FIELDS),
    }
