"""Fetch over HTTP with httpx: what a guest may ask is a list of the embedder's. Fetch 4.

Rules that hold at every hop, redirects included: the URL's origin is allowed, and, unless the
embedder says otherwise, no address that a name stands for is this machine's or a private one. The
addresses are looked up here and the connection is made to what was looked at, so that a second
answer of the name server changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from unpoison import js
from unpoison.web.async_sources import source_of_iterable
from unpoison.web.body import Body
from unpoison.web.buffers import buffer_of
from unpoison.web.headers import Headers
from unpoison.web.redirects import Asking, Content
from unpoison.web.request import Request
from unpoison.web.response import NULL_BODY, Response
from unpoison.web.streams import make_readable
from unpoison.web.url import URL

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx

_HOP: Final = frozenset({"connection", "content-length", "host", "keep-alive", "te", "trailer",
                         "transfer-encoding", "upgrade"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetch:
    """Answers a guest's `fetch` over HTTP; give it as `load(..., fetch=Fetch(allow=[...]))`.

    `allow` lists origins (`https://api.example.com`); `"*"` alone allows every one. With
    `allow_private` names may stand for this machine and for private networks. `timeout` is in
    seconds per step, `max_bytes` bounds the body of a response. Needs httpx: the extra
    `unpoison[fetch]`. Raises js.TypeError for what is not allowed or fails, as a guest expects.
    """

    allow: Sequence[str] = ()
    allow_private: bool = False
    timeout: float = 30.0
    max_bytes: int = 1 << 29
    _origins: frozenset[str] = field(init=False)
    _tls: list[ssl.SSLContext] = field(init=False, default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.allow, str):
            raise TypeError('allow must be a sequence of origins, such as ["https://example.com"]')
        origins = frozenset(each if each == "*" else _origin(each) for each in self.allow)
        object.__setattr__(self, "_origins", origins)

    async def __call__(self, request: Request) -> Response:
        """Answer one request; its body is read while it is sent."""
        content = await _content_of(request)
        transport = _make_transport(self)
        try:
            return await _Exchange(self, request, transport, content).run()
        except BaseException:
            await transport.aclose()
            raise

    def tls(self) -> ssl.SSLContext:
        """Give the settings of TLS: reading the certificates takes longer than a request."""
        import httpx

        if not self._tls:
            self._tls.append(httpx.create_ssl_context())
        return self._tls[0]

    async def look_up(self, host: str, port: int) -> list[str]:
        """Give the addresses of a name. Raises js.TypeError when there is none, or one that is not
        allowed."""
        addresses = await _look_up(host, port)
        if not self.allow_private:
            check_public(host, addresses)
        return addresses

    def check(self, url: str) -> None:
        """Raise js.TypeError for a URL whose origin is not allowed."""
        if URL(url).protocol not in ("http:", "https:"):
            raise js.TypeError(f"fetch failed: {URL(url).protocol} URLs are not supported")
        if "*" not in self._origins and URL(url).origin not in self._origins:
            raise js.TypeError(f"fetch failed: {URL(url).origin} is not in Fetch(allow=...)")


def _origin(text: str) -> str:
    try:
        url = URL(text)
    except js.TypeError as error:
        raise ValueError(f"allow: {text!r} is no origin, such as https://example.com") from error
    if url.origin == "null" or url.pathname not in ("", "/") or url.search or url.username:
        raise ValueError(f"allow: {text!r} is no origin, such as https://example.com")
    return url.origin


async def _content_of(request: Request) -> Content:
    body = request.content
    if body is None:
        return None
    if body.unusable:
        raise js.TypeError("fetch failed: the body was read already")
    if body.data is not None:
        return await body.read()  # type: ignore[no-any-return]
    return _chunks(body)


async def _chunks(body: Body) -> AsyncIterator[bytes]:
    async for chunk in body.stream:
        data = js.bytes_of(chunk)
        if data is None:
            raise js.TypeError("fetch failed: a chunk of the body is no Uint8Array")
        yield data


class _Exchange:
    """One request with its redirects. Fetch 4.4."""

    def __init__(
        self,
        policy: Fetch,
        request: Request,
        transport: httpx.AsyncBaseTransport,
        content: Content,
    ) -> None:
        self._policy = policy
        self._request = request
        self._transport = transport
        self._asking = Asking(
            request.method,
            [request.url.partition("#")[0]],
            [pair for pair in request.headers.raw if pair[0] not in _HOP],
            content,
            request.redirect,
        )

    async def run(self) -> Response:
        """Ask, follow redirects as the request says, and give the response."""
        while True:
            answer = await self._ask()
            try:
                again = self._asking.redirected(answer.status_code, answer.headers.get("location"))
            except js.TypeError:
                await answer.aclose()
                raise
            if not again:
                return await self._respond(answer)
            await answer.aclose()

    async def _ask(self) -> httpx.Response:
        import httpx

        url = self._asking.url
        self._policy.check(url)
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._policy.timeout)
        asked = httpx.Request(
            self._asking.method, url, headers=self._asking.headers, content=self._asking.content,
            extensions={"timeout": limits},
        )  # fmt: skip
        asked.headers.setdefault("accept", "*/*")
        asked.headers.setdefault("accept-encoding", "gzip, deflate")
        try:
            answer = await self._transport.handle_async_request(asked)
        except (httpx.HTTPError, OSError) as error:
            raise js.TypeError("fetch failed", cause=error) from error
        answer.request = asked
        return answer

    async def _respond(self, answer: httpx.Response) -> Response:
        realm = self._request.realm
        raw = answer.headers.raw
        pairs = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in raw]
        body = None
        if answer.status_code in NULL_BODY or self._asking.method == "HEAD":
            await answer.aclose()
            await self._transport.aclose()
        else:
            chunks = _limited(answer, self._transport, self._policy.max_bytes)
            body = Body(realm, make_readable(realm, source_of_iterable(realm, chunks), 0))
        return Response(
            realm,
            body,
            status=answer.status_code,
            status_text=answer.reason_phrase,
            headers=Headers(pairs, immutable=True),
            type_="basic",
            urls=tuple(self._asking.urls),
        )


async def _limited(
    answer: httpx.Response, transport: httpx.AsyncBaseTransport, most: int
) -> AsyncIterator[Any]:
    import httpx

    size = 0
    try:
        async for data in answer.aiter_bytes():
            size += len(data)
            if size > most:
                raise js.TypeError(f"fetch failed: the response has more than {most} bytes")
            yield js.Uint8Array(buffer_of(data))
    except (httpx.HTTPError, OSError) as error:
        raise js.TypeError("terminated", cause=error) from error
    finally:
        await answer.aclose()
        await transport.aclose()


def _make_transport(policy: Fetch) -> httpx.AsyncBaseTransport:
    try:
        import httpcore
        import httpx
    except ImportError as error:
        raise js.TypeError(
            "fetch needs httpx: pip install 'unpoison[fetch]'", cause=error
        ) from error

    class Transport(httpx.AsyncHTTPTransport):
        """httpx's transport, on connections that are checked."""

        def __init__(self) -> None:
            super().__init__(verify=policy.tls())
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=policy.tls(), network_backend=_make_backend(policy)
            )

    return Transport()


def _make_backend(policy: Fetch) -> httpcore.AsyncNetworkBackend:
    import httpcore

    class Backend(httpcore.AnyIOBackend):
        """Connects to addresses that were looked up and checked here."""

        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            addresses = await policy.look_up(host, port)
            return await super().connect_tcp(
                addresses[0], port, timeout, local_address, socket_options
            )

    return Backend()


async def _look_up(host: str, port: int) -> list[str]:
    import anyio

    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise js.TypeError(f"fetch failed: {host} cannot be found", cause=error) from error
    return [str(address[4][0]) for address in found]


def check_public(host: str, addresses: Iterable[str]) -> None:
    """Raise js.TypeError when a name stands for an address that is not of the public Internet."""
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        if not (mapped or address).is_global or address.is_multicast:
            raise js.TypeError(
                f"fetch failed: {host} is at {text}, which is no public address; "
                "Fetch(allow_private=True) allows it"
            )
