"""uvicorn's HTTP/1.1 connections, with what they leave to a proxy in front.

llhttp (through httptools) parses; it refuses every ambiguous message framing that we know of. Added
here: limits on headers, on time and on connections; trailers kept out of the headers; an authority
in the request target; HTTP/1.0 without chunks; and the word to the application that its client
left. `Config(http=Connection, ws=WebSocketConnection)`, `ServerState` and the two base classes
are what is used of uvicorn; its version is pinned to a minor one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from unpoison.workers.asgi_replies import RawHeaders, ReplyBroken, WholeReply
from unpoison.workers.asgi_requests import EMPTY_QUERY, ClientLeft
from unpoison.workers.cork import LARGEST_COPY, Cork
from unpoison.workers.hub import Hub, Swept
from unpoison.workers.slow_clients import Outflow, Patience

LOGGER = logging.getLogger("unpoison.workers.http")

LINGER_SECONDS: Final = 2.0
"""How long a client may go on sending after an answer that closes its connection."""

LARGEST_LEFTOVER: Final = 256 << 10
"""Bytes of a request body that are read and dropped after its answer, to keep a connection."""


class Connection(Swept, HttpToolsProtocol):
    """One connection that speaks HTTP/1.1."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(server_state, Hub)
        self.hub = server_state
        self.limits = server_state.limits
        self._running: RequestResponseCycle | None = None
        self._refusal: tuple[HTTPStatus, str] | None = None
        self._refused = self._lingers = False
        self._in_head = self._in_body = False
        self._head_size = self._leftover = 0
        self._callbacks = self._unparsed = 0
        self._waited = 0.0
        self._inflow = Patience(self.limits.stall_seconds, self.limits.slowest_rate)
        self._outflow = Outflow(self.limits.stall_seconds, self.limits.slowest_rate)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it when there are too many."""
        super().connection_made(transport)
        self._cork = Cork(transport, self.loop)
        if len(self.connections) > self.limits.connections:
            self.hub.refused += 1
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every exchange of this connection, not only the last, that the client left."""
        self._disconnect()
        self.pipeline.clear()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def _disconnect(self) -> None:
        """Tell the exchange that is under way that nothing comes and goes any more."""
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Parse bytes of the client."""
        if self._refused:
            return
        self._unset_keepalive_if_required()
        self._inflow.earn(len(data))
        callbacks = self._callbacks
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(*(self._refusal or (HTTPStatus.BAD_REQUEST, "this is not HTTP/1.1")))
        else:
            self._count_unparsed(0 if self._callbacks != callbacks else len(data))

    def _count_unparsed(self, size: int) -> None:
        # A field, chunk extension or trailer that never ends reaches no callback.
        self._unparsed = self._unparsed + size if size else 0
        if self._unparsed > self.limits.headers:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")

    def _upgrade(self, rest: bytes) -> None:
        if self._should_upgrade():
            if self._is_running():
                self._refuse(HTTPStatus.BAD_REQUEST, "an upgrade behind a pipelined request")
            else:
                self.handle_websocket_upgrade()
        elif rest:
            # An upgrade that we do not offer is an ordinary request; others may follow it.
            self.data_received(rest)

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self._callbacks += 1
        self._in_head = True
        self._head_size = self._leftover = 0
        self._waited = 0.0

    def on_url(self, url: bytes) -> None:
        """Take a part of the request target."""
        self.url += url
        self._callbacks += 1
        if len(self.url) > self.limits.url:
            self._stop(HTTPStatus.REQUEST_URI_TOO_LONG, "the request target is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field; a trailer counts and is dropped. RFC 9110 6.5.1."""
        self._callbacks += 1
        self._head_size += len(name) + len(value)
        limits = self.limits
        if self._head_size > limits.headers or len(self.headers) >= limits.header_count:
            self._stop(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the exchange."""
        self._callbacks += 1
        self._inflow.renew()
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            self._stop(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "only HTTP/1.1 is served here")
        if self.url[:1] != b"/":
            self._take_authority()
        if b"#" in self.url:
            self._stop(HTTPStatus.BAD_REQUEST, "a request target has no fragment")
        # httptools takes every upgrade for one that happens, and the body for what comes after it:
        # for us, who refuse the upgrade, that would be another request.
        if self.parser.should_upgrade() and self._has_body():
            self._stop(HTTPStatus.BAD_REQUEST, "an upgrade with a body")
        if self.url.endswith(b"?"):
            self.scope["extensions"] = {EMPTY_QUERY: {}}
        if self._is_plain():
            self._begin_exchange()
        else:
            super().on_headers_complete()
        # Not before: until now the exchange is the one before this request.
        self._in_head, self._in_body = False, True

    def _is_plain(self) -> bool:
        """Tell whether a request is of the usual kind."""
        if self.parser.should_upgrade() or self.limit_concurrency is not None or self.root_path:
            return False
        return self.url[:1] == b"/" and self.parser.get_http_version() == "1.1"

    def _begin_exchange(self) -> None:
        """Do what uvicorn's `on_headers_complete` does, for a plain request."""
        path, _, query = self.url.partition(b"?")
        text = path.decode("ascii")
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"] = unquote(text) if "%" in text else text
        scope["raw_path"], scope["query_string"] = path, query
        existing = self.cycle
        self.cycle = RequestResponseCycle(
            scope, self.transport, self.flow, self.logger, self.access_logger, self.access_log,
            self.server_state.default_headers, asyncio.Event(), self.expect_100_continue,
            self.parser.should_keep_alive(), self.on_response_complete,
        )  # fmt: skip
        if existing is None or existing.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self.headers
        )

    def _take_authority(self) -> None:
        """Prefer the authority of a target in absolute form to the Host field. RFC 9112 3.2.2."""
        parsed = httptools.parse_url(self.url)
        if not parsed.schema or not parsed.host:
            return
        authority = parsed.host if parsed.port is None else b"%s:%d" % (parsed.host, parsed.port)
        others = [field for field in self.headers if field[0] != b"host"]
        self.headers[:] = [(b"host", authority), *others]

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; behind its answer, drop it."""
        self._callbacks += 1
        if self.cycle is not None and self.cycle.response_complete:
            self._leftover += len(body)
            if self._leftover > LARGEST_LEFTOVER:
                self.transport.close()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Mark the request as complete."""
        self._callbacks += 1
        self._in_body = False
        if self.cycle is not None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request; a pipelined one begins now.

        As uvicorn's, without a timer for every request: the sweep closes idle connections.
        """
        self._waited = 0.0
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def sweep(self, seconds: float) -> None:
        """Drop a client that keeps this connection without using it."""
        if self._outflow.is_stalled(self.transport.get_write_buffer_size(), seconds):
            self.transport.abort()
        elif self._lingers:
            self._waited += seconds
            if self._waited > LINGER_SECONDS:
                self.transport.close()
        elif self._in_head:
            self._wait(seconds, self.limits.head_seconds)
        elif self._in_body and not self.flow.read_paused:
            if self._inflow.spend(seconds):
                self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        elif self._running is None:
            self._wait(seconds, self.limits.keep_alive_seconds)
        elif not self._is_running():
            self._waited += seconds
            if self._waited > self.limits.keep_alive_seconds:
                self.transport.close()

    def _wait(self, seconds: float, most: float) -> None:
        self._waited += seconds
        if self._waited > most:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "no request came in time")

    def _is_running(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _stop(self, status: HTTPStatus, reason: str) -> None:
        """Leave the parser from inside a callback."""
        self._refusal = (status, reason)
        raise httptools.HttpParserError(reason)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        """Answer what is not a request, unless an answer is on its way, and close."""
        self._refused = True
        running = self._running if self._is_running() else None
        broken = self.cycle if self._in_body else None
        if self.pipeline and self.pipeline[0][0] is broken:
            self.pipeline.popleft()
        if running is not None and running is not broken:
            # What cannot be parsed came behind good requests: those are still answered.
            last = self.pipeline[0][0] if self.pipeline else running
            last.keep_alive = False
        elif running is not None and running.response_started:
            self.transport.abort()
        else:
            LOGGER.info("refused %s: %d, %s", self.client, status, reason)
            self.transport.write(_refusal(status, reason, self.hub.date))
            self._linger()

    def _linger(self) -> None:
        """Close, and let the client read the answer first: it may be in the middle of a request.

        A socket that is closed with unread input resets the connection, and the answer with it.
        RFC 9112 9.6.
        """
        self._disconnect()
        self._refused = True
        self._lingers = True
        self._waited = 0.0
        self.flow.resume_reading()
        self.transport.write_eof()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        cycle.transport = self._cork
        super()._start_asgi_task(cycle, self._guarded(cycle, app))

    def _guarded(self, cycle: RequestResponseCycle, app: ASGI3Application) -> ASGI3Application:
        """Run the application with a `send` that tells when the client left."""

        async def run(scope: Any, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, _Reply(self, cycle))
            except ReplyBroken:
                # Only a connection that ends early tells a client that its answer is not whole.
                cycle.disconnected = True
                self.transport.abort()
            except asyncio.CancelledError:
                # The server stops and waits no longer; the task ends here either way.
                self._cut(cycle)

        return run

    def _cut(self, cycle: RequestResponseCycle) -> None:
        """End an exchange that the server does not wait for."""
        cycle.disconnected = True
        if not cycle.response_started and not self.transport.is_closing():
            status = HTTPStatus.SERVICE_UNAVAILABLE
            self.transport.write(_refusal(status, "the server is stopping", self.hub.date))
        self.transport.close()

    async def _send(self, cycle: RequestResponseCycle, event: Any) -> None:
        self._check_open(cycle)
        if event["type"] == "http.response.start":
            self._start_reply(cycle, event)
        else:
            self._outflow.queued(len(event["body"]))
            if cycle.chunked_encoding is False and cycle.scope["http_version"] == "1.0":
                self._plain_chunk(cycle, event)
        if self._ends_early(cycle, event):
            cycle.keep_alive = True
            await cycle.send(event)
            self._linger()
        else:
            await cycle.send(event)

    def _check_open(self, cycle: RequestResponseCycle) -> None:
        # A transport that closes takes everything at once: a body that is always ready would
        # never let the loop tell us that the connection is lost.
        if cycle.disconnected or self.transport.is_closing():
            cycle.disconnected = True  # or uvicorn complains of an answer that is missing
            raise ClientLeft("the client left before the response was complete")

    def send_whole(
        self, cycle: RequestResponseCycle, status: int, headers: RawHeaders, body: bytes
    ) -> bool:
        """Write a response at once, when nothing about it is unusual; False when it must be sent by
        events. The headers were checked; the last one is the content-length, if there is one.

        Raises ClientLeft.
        """
        self._check_open(cycle)
        scope = cycle.scope
        if not cycle.keep_alive or cycle.response_started or self.flow.write_paused:
            return False
        if scope["http_version"] != "1.1" or scope["method"] == "HEAD":
            return False
        if not headers or headers[-1][0] != b"content-length":
            return False
        self._write_whole(STATUS_LINE[status] + self._head(headers), body)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True

    def send_chunk(self, cycle: RequestResponseCycle, body: bytes) -> bool:
        """Write a chunk of a response that has no other framing; False when that takes an event.

        Raises ClientLeft.
        """
        self._check_open(cycle)
        if not cycle.chunked_encoding or cycle.scope["method"] == "HEAD":
            return False
        if self.flow.write_paused or not cycle.keep_alive:
            return False
        self._outflow.queued(len(body))
        self._cork.write(b"%x\r\n%b\r\n" % (len(body), body))
        return True

    def _head(self, headers: RawHeaders) -> bytes:
        lines = [self.hub.date_line]
        for field in headers:
            if field[0] == b"date":
                lines[0] = b""  # theirs
            lines.append(b"%b: %b\r\n" % field)
        lines.append(b"\r\n")
        return b"".join(lines)

    def _write_whole(self, head: bytes, body: bytes) -> None:
        self._outflow.queued(len(body))
        if len(body) <= LARGEST_COPY:
            self.transport.write(head + body)
        else:
            self.transport.writelines([head, body])

    def _ends_early(self, cycle: RequestResponseCycle, event: Any) -> bool:
        """Tell whether an answer closes the connection in the middle of its request's body."""
        closes = not cycle.keep_alive and not event.get("more_body", False)
        return closes and self._in_body and cycle is self.cycle and cycle.response_started

    def _start_reply(self, cycle: RequestResponseCycle, event: Any) -> None:
        names = {name for name, _ in event["headers"]}
        if b"date" not in names:
            event["headers"] = [(b"date", self.hub.date), *event["headers"]]
        if cycle.scope["http_version"] == "1.0" and b"content-length" not in names:
            # HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
            cycle.chunked_encoding = False
        self._cork.hold()

    def _plain_chunk(self, cycle: RequestResponseCycle, event: Any) -> None:
        if cycle.response_started and cycle.expected_content_length == 0:
            cycle.expected_content_length = len(event["body"])


class _Reply(WholeReply):
    """The `send` of one exchange, which can also take a whole response at once."""

    __slots__ = ("_connection", "_cycle")

    def __init__(self, connection: Connection, cycle: RequestResponseCycle) -> None:
        self._connection = connection
        self._cycle = cycle

    def __call__(self, event: Any) -> Coroutine[Any, Any, None]:
        """Send an event."""
        return self._connection._send(self._cycle, event)

    def whole(self, status: int, headers: RawHeaders, body: bytes) -> bool:
        """See asgi_replies.WholeReply."""
        return self._connection.send_whole(self._cycle, status, headers, body)

    def chunk(self, body: bytes) -> bool:
        """See asgi_replies.WholeReply."""
        return self._connection.send_chunk(self._cycle, body)


def _refusal(status: HTTPStatus, reason: str, date: bytes) -> bytes:
    body = f"{reason}\n".encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ndate: {date.decode()}\r\n"
        "content-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
