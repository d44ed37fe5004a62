"""An ASGI 3 application over one port: `Handler`, a coroutine from `HttpRequest` to `HttpResponse`.

Each exchange is one task. When the client leaves, what the task awaits (the handler, or the next
chunk of the body) is cancelled, and the body is closed. A request's bytes reach the handler only as
fast as it reads them, a response's bytes leave only as fast as the client takes them.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from itertools import count

from unpoison.workers.asgi_replies import BadReply, ReplyBroken, refusal_response, send_reply
from unpoison.workers.asgi_requests import (
    ClientLeft,
    Incoming,
    Receive,
    Refusal,
    Scope,
    Send,
    declared_length,
    make_request,
)
from unpoison.workers.asgi_sockets import (
    CLOSING_EXTENSION,
    Bridge,
    Bridges,
    Handshake,
    refuse_upgrade,
)
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.messages import HttpRequest, HttpResponse, Payload, discard
from unpoison.workers.observers import REQUEST_ID, Exchange, Observer, Outcome

LOGGER = logging.getLogger("unpoison.workers.http")

Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]
"""Answers a request. It is cancelled when the client leaves before it returned."""

Hook = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Do nothing."""


class Application:
    """An ASGI application; `on_start` and `on_stop` are run by the server's lifespan events."""

    def __init__(
        self,
        handler: Handler,
        *,
        limits: HttpLimits | None = None,
        observer: Observer | None = None,
        on_start: Hook = _nothing,
        on_stop: Hook = _nothing,
        on_hurry: Callable[[], object] = lambda: None,
    ) -> None:
        self.limits = limits or HttpLimits()
        self.observer = observer or Observer()
        self._handler = handler
        self._on_start = on_start
        self._on_stop = on_stop
        self._on_hurry = on_hurry
        self._bridges = Bridges()
        self._prefix = secrets.token_hex(4)
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope: an exchange, a WebSocket, or the lifespan of the server."""
        if scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_web_socket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._serve_lifespan(receive, send)
        else:
            raise ValueError(f"ASGI scope {scope['type']!r}: http, websocket, lifespan are served")

    async def start(self) -> None:
        """Run `on_start`; servers without lifespan events call it themselves."""
        await self._on_start()

    async def stop(self) -> None:
        """Close every WebSocket with 1001 and run `on_stop`."""
        self.close_web_sockets()
        await self._on_stop()

    def hurry(self) -> None:
        """Make a running `stop` wait for nothing any longer, by `on_hurry`."""
        self._on_hurry()

    def close_web_sockets(self) -> None:
        """Close every WebSocket with 1001: the server goes away. RFC 6455 7.4.1."""
        self._bridges.close()

    async def web_sockets_closed(self, seconds: float) -> None:
        """Wait until no WebSocket is open, up to some seconds."""
        await self._bridges.wait(seconds)

    async def _serve_lifespan(self, receive: Receive, send: Send) -> None:
        hooks = {"lifespan.startup": self.start, "lifespan.shutdown": self.stop}
        while True:
            kind = (await receive())["type"]
            try:
                await hooks[kind]()
            except Exception as error:  # noqa: BLE001 - ASGI wants every failure told as an event
                await send({"type": f"{kind}.failed", "message": str(error)})
                return
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._open(scope)
        task = asyncio.current_task()
        assert task is not None
        incoming = Incoming(receive, self.limits.body, task)
        try:
            await self._answer(scope, incoming, send, exchange)
        except asyncio.CancelledError:
            if not incoming.left:
                exchange.outcome = Outcome.FAILED
                raise
            task.uncancel()
            exchange.outcome = Outcome.CLIENT_LEFT
        except ClientLeft:
            exchange.outcome = Outcome.CLIENT_LEFT
        except ReplyBroken as error:
            self._fail(exchange, error)
            raise
        finally:
            incoming.stop()
            self._close(exchange)

    async def _answer(
        self, scope: Scope, incoming: Incoming, send: Send, exchange: Exchange
    ) -> None:
        try:
            request = make_request(scope, self.limits)
            exchange.url = request.url
            request.body = await self._body(scope, request, incoming)
        except Refusal as refusal:
            exchange.outcome = Outcome.REFUSED
            await send_reply(refusal_response(refusal), send, exchange, close=True)
            return
        response = await self._ask(request, exchange)
        exchange.received = incoming.received
        if incoming.too_large:
            await discard(response.body)
            exchange.outcome = Outcome.REFUSED
            late = Refusal(413, f"a request body may have {self.limits.body} bytes")
            await send_reply(refusal_response(late), send, exchange, close=True)
            return
        await self._reply(response, send, exchange)
        exchange.received = incoming.received

    async def _reply(self, response: HttpResponse, send: Send, exchange: Exchange) -> None:
        try:
            await send_reply(response, send, exchange)
        except BadReply as error:
            self._fail(exchange, error)
            await send_reply(_failure(exchange), send, exchange)

    async def _body(self, scope: Scope, request: HttpRequest, incoming: Incoming) -> Payload:
        length = declared_length(scope, request, self.limits)
        if length is None or length > self.limits.buffered_body:
            return incoming
        body = await incoming.read_all() if length else _empty_body(request)
        incoming.watch()
        return body

    async def _ask(self, request: HttpRequest, exchange: Exchange) -> HttpResponse:
        """Give the handler's response; 500 when it raised."""
        try:
            response = await self._handler(request)
        except ClientLeft:
            raise
        except Exception as error:  # noqa: BLE001 - the border of one request: nothing may pass it
            self._fail(exchange, error)
            return _failure(exchange)
        if exchange.outcome is Outcome.OPEN:
            exchange.outcome = Outcome.COMPLETE
        if response.web_socket is not None and not exchange.web_socket:
            response.web_socket.abort()
            self._fail(exchange, BadReply("a WebSocket in answer to no WebSocket request"))
            return _failure(exchange)
        return response

    async def _serve_web_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._open(scope)
        exchange.web_socket = True
        handshake = Handshake(receive)
        try:
            await receive()  # websocket.connect
            try:
                request = make_request(scope, self.limits)
            except Refusal as refusal:
                exchange.outcome = Outcome.REFUSED
                await refuse_upgrade(refusal_response(refusal), scope, send, exchange, self.limits)
                return
            exchange.url = request.url
            response = await handshake.until(self._ask(request, exchange))
            await self._bridge(response, scope, handshake.receive, send, exchange)
        except OSError:
            # Ours, or the server's for a client that it lost.
            exchange.outcome = Outcome.CLIENT_LEFT
        finally:
            handshake.stop()
            self._close(exchange)

    async def _bridge(
        self, response: HttpResponse, scope: Scope, receive: Receive, send: Send, exchange: Exchange
    ) -> None:
        try:
            if response.web_socket is None:
                await refuse_upgrade(response, scope, send, exchange, self.limits)
                return
            answers = CLOSING_EXTENSION in (scope.get("extensions") or {})
            bridge = Bridge(
                response.web_socket, receive, send, exchange, self.limits, answers=answers
            )
            with self._bridges.keep(bridge):
                await bridge.run(response)
        except BadReply as error:
            self._fail(exchange, error)
            await refuse_upgrade(_failure(exchange), scope, send, exchange, self.limits)

    def _open(self, scope: Scope) -> Exchange:
        client = scope.get("client") or ("", 0)
        number = f"{self._prefix}-{next(self._numbers):x}"
        REQUEST_ID.set(number)
        exchange = Exchange(number, scope.get("method", "GET"), "", client[0], time.time())
        exchange.seconds = -time.monotonic()
        self.observer.exchange_opened(exchange)
        return exchange

    def _close(self, exchange: Exchange) -> None:
        exchange.seconds += time.monotonic()
        self.observer.exchange_closed(exchange)

    def _fail(self, exchange: Exchange, error: Exception) -> None:
        exchange.outcome = Outcome.FAILED
        exchange.error = error
        # A reply that HTTP cannot carry is the Worker's doing: our frames say nothing about it.
        trace = None if isinstance(error, BadReply | ReplyBroken) else error
        LOGGER.error("%s %s failed: %s", exchange.method, exchange.url, error, exc_info=trace)


def _empty_body(request: HttpRequest) -> bytes | None:
    """A declared length of 0 is an empty body, and none declared is no body, as on the platform."""
    return b"" if any(name == "content-length" for name, _ in request.headers) else None


def _failure(exchange: Exchange) -> HttpResponse:
    fields = [("content-type", "text/plain; charset=utf-8"), ("x-request-id", exchange.id)]
    return HttpResponse(500, fields, b"Internal Server Error\n")
