"""ASGI scope and events -> `HttpRequest`; what is refused before a Worker is asked.

ASGI specification, "HTTP & WebSocket ASGI Message Format"; RFC 9110, RFC 9112.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from itertools import chain
from typing import Any, Final
from urllib.parse import quote

import ada_url

from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.messages import Headers, HttpRequest

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

VERSIONS: Final = frozenset({"1.0", "1.1", "2", "3"})
AUTHORITY: Final = re.compile(r"[A-Za-z0-9.\-_~!$&'()*+,;=:%\[\]]+\Z")
DIGITS: Final = re.compile(r"[0-9]{1,18}\Z")
FRAMING_FIELDS: Final = frozenset({"content-length", "transfer-encoding"})
EMPTY_QUERY: Final = "unpoison.empty_query"
"""An extension of our own server's scopes: the target ends in `?`, which ASGI has no place for."""
PATH_CHARACTERS: Final = "/!$&'()*+,;=:@"
WEB_SCHEMES: Final[Mapping[str, str]] = {"ws": "http", "wss": "https"}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A request that is answered without asking a Worker: `.status` and a short `.reason`."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{status}: {reason}")


class BodyTooLarge(ValueError):  # noqa: N818 - named for the status 413
    """A request body of more bytes than may be; whoever reads it gets this."""


class ClientLeft(ConnectionResetError):  # noqa: N818 - an event of the client's
    """The client closed its connection before the exchange was complete."""


def make_request(scope: Scope, limits: HttpLimits) -> HttpRequest:
    """Give the request of a scope, without its body. Raises Refusal.

    The URL is made of the `Host` field, as the platform does; what a proxy says of the original
    URL is not believed here (a server that does so sets the scope's scheme).
    """
    if scope["http_version"] not in VERSIONS:
        raise Refusal(505, f"HTTP version {scope['http_version']} is not supported")
    headers = _headers(scope["headers"], limits)
    url = _url(scope, _host(scope, headers), limits)
    return HttpRequest(scope.get("method", "GET"), url, headers)


def declared_length(scope: Scope, request: HttpRequest, limits: HttpLimits) -> int | None:
    """Give the length of the body that is to come; None when it is not declared. Raises Refusal."""
    framing = [field for field in request.headers if field[0] in FRAMING_FIELDS]
    if not framing:
        return None if scope["http_version"] in ("2", "3") else 0
    names = {name for name, _ in framing}
    if "transfer-encoding" in names:
        if len(names) > 1 or scope["http_version"] == "1.0":
            raise Refusal(400, "Transfer-Encoding with Content-Length or in HTTP/1.0")
        return None
    (_, value), *others = framing
    if others or not DIGITS.match(value):
        raise Refusal(400, "Content-Length is not one number")
    if int(value) > limits.body:
        raise Refusal(413, f"a request body may have {limits.body} bytes")
    return int(value)


def _headers(raw: list[tuple[bytes, bytes]], limits: HttpLimits) -> Headers:
    if len(raw) > limits.header_count:
        raise Refusal(431, f"a request may have {limits.header_count} header fields")
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
    if sum(map(len, chain.from_iterable(headers))) > limits.headers:
        raise Refusal(431, f"the header fields of a request may have {limits.headers} bytes")
    return headers


def _host(scope: Scope, headers: Headers) -> str:
    hosts = [value for name, value in headers if name == "host"]
    if len(hosts) > 1:
        raise Refusal(400, "more than one Host field")
    if hosts:
        return hosts[0]
    if scope["http_version"] != "1.0":
        raise Refusal(400, "no Host field")
    address, port = scope.get("server") or ("localhost", None)
    host = f"[{address}]" if ":" in address else address
    return host if port is None else f"{host}:{port}"


def _url(scope: Scope, host: str, limits: HttpLimits) -> str:
    path, query = _target(scope)
    if len(path) + len(query) > limits.url:
        raise Refusal(414, f"a request target may have {limits.url} bytes")
    scheme = WEB_SCHEMES.get(scope["scheme"], scope["scheme"])
    origin = f"{scheme}://{host}"
    if not path.startswith("/") or not _is_origin(origin, host):
        raise Refusal(400, "the request target or the Host field is not part of a URL")
    has_query = query or EMPTY_QUERY in (scope.get("extensions") or ())
    return f"{origin}{path}?{query}" if has_query else f"{origin}{path}"


@lru_cache(maxsize=256)
def _is_origin(origin: str, host: str) -> bool:
    # After a good origin the URL parser refuses no path and no query. URL standard 4.4.
    return AUTHORITY.match(host) is not None and ada_url.check_url(f"{origin}/")


def _target(scope: Scope) -> tuple[str, str]:
    # Only `raw_path` keeps escapes as the client wrote them; it is optional in ASGI.
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else quote(scope["path"], safe=PATH_CHARACTERS)
    return path, scope["query_string"].decode("latin-1")


class Incoming:
    """What the client sends after the headers: the body in chunks, and that it left.

    Only one party may wait for ASGI events at a time: the reader of the body while there is one,
    afterwards `watch`. `task` serves the exchange: it is cancelled when the client leaves.
    """

    __slots__ = ("_closed", "_complete", "_limit", "_reading", "_receive", "_start", "_stopped",
                 "_task", "_watcher", "left", "received", "too_large")  # fmt: skip

    def __init__(self, receive: Receive, limit: int, task: asyncio.Task[None]) -> None:
        self.received = 0
        self.left = False
        self.too_large = False
        self._receive = receive
        self._limit = limit
        self._task = task
        self._complete = False
        self._closed = False
        self._reading = False
        self._stopped = False
        self._start: asyncio.Handle | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def read_all(self) -> bytes:
        """Give the whole body. Raises ClientLeft, BodyTooLarge."""
        chunks = [await self._next()]
        while not self._complete:
            chunks.append(await self._next())
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def __aiter__(self) -> Incoming:
        return self

    async def __anext__(self) -> bytes:
        while not (self._complete or self._closed):
            if self._stopped:
                raise ClientLeft("the exchange is over, and the body was not read to its end")
            chunk = await self._read()
            if chunk:
                return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Say that nobody reads on: what still comes is dropped, up to the limit of a body."""
        self._closed = True
        if not self._reading and not self._stopped:
            self.watch()

    def watch(self) -> None:
        """Wait in the background for the client to leave; call it when the body is complete."""
        # A handler that answers without waiting for anything never pays for the task.
        if self._start is None:
            self._start = asyncio.get_running_loop().call_soon(self._watch)

    def stop(self) -> None:
        """Watch no longer: the exchange is over, whoever still reads the body gets ClientLeft."""
        self._stopped = True
        if self._start is not None:
            self._start.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    def _watch(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while True:
                await self._next()
        except ClientLeft:
            self._leave()
        except BodyTooLarge:
            return

    def _leave(self) -> None:
        # Once, and not when the exchange is over: its task may have gone on to something else.
        if not self._stopped:
            self._stopped = True
            self._task.cancel()

    async def _read(self) -> bytes:
        self._reading = True
        try:
            return await self._next()
        except ClientLeft:
            self._leave()
            raise
        finally:
            self._reading = False
            if (self._complete or self._closed) and not self._stopped:
                self.watch()

    async def _next(self) -> bytes:
        event = await self._receive()
        if event["type"] != "http.request":
            self.left = True
            raise ClientLeft("the client left before the request was answered")
        chunk: bytes = event.get("body", b"")
        self.received += len(chunk)
        self._complete = not event.get("more_body", False)
        if self.received > self._limit:
            self.too_large = True
            raise BodyTooLarge(f"a request body may have {self._limit} bytes")
        return chunk
