"""`HttpResponse` -> ASGI events: which fields and bodies may go out, and streaming.

RFC 9110 6.4.1, 8.6, 15.3.5, 15.4.5; RFC 9112 6.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final

from unpoison.workers.asgi_requests import DIGITS, ClientLeft, Event, Refusal, Send
from unpoison.workers.messages import HttpResponse, Payload, discard
from unpoison.workers.observers import Exchange

CONNECTION_FIELDS: Final = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
     "upgrade"}
)  # fmt: skip
"""Fields of one connection; the server sets them, whatever a Worker says. RFC 9110 7.6.1."""

NULL_BODY_STATUSES: Final = frozenset({204, 205, 304})
"""A response of these has no body. Fetch standard 2.2.3 (101 and 103 are no final responses)."""

BYTES_PER_TURN: Final = 256 << 10
"""Bytes of a body that is always ready, to a client that always reads, until others have a turn."""

FIELD_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
FIELD_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*\Z")

RawHeaders = list[tuple[bytes, bytes]]


class WholeReply:
    """A `send` of our own server, which needs no events for a response of known bytes."""

    __slots__ = ()

    def whole(self, status: int, headers: RawHeaders, body: bytes) -> bool:
        """Send it; False, with nothing sent, when it must be sent by events. Raises ClientLeft.

        The names and values of the headers are checked; a content-length is the last of them.
        """
        raise NotImplementedError

    def chunk(self, body: bytes) -> bool:
        """Send a part of a body that is not its last; False, with nothing sent, when it must be
        sent by an event. Raises ClientLeft.
        """
        raise NotImplementedError


class ReplyBroken(Exception):  # noqa: N818 - what happened to the reply
    """A reply that began and cannot be completed: the server must close the connection."""


class BadReply(ValueError):  # noqa: N818 - named as `Refusal` is
    """A Worker's response that HTTP cannot carry."""


def refusal_response(refusal: Refusal) -> HttpResponse:
    """Give the answer to a request that was refused; the connection closes after it."""
    text = f"{refusal.reason}\n".encode()
    fields = [("content-type", "text/plain; charset=utf-8")]
    return HttpResponse(refusal.status, fields, text)


async def send_reply(
    response: HttpResponse, send: Send, exchange: Exchange, close: bool = False
) -> None:
    """Send a response, with the fields that its body and the method allow.

    `close` asks the server to close the connection afterwards. Raises BadReply before anything
    was sent; ReplyBroken when the body fails later; ClientLeft. The body is closed in any case.
    """
    try:
        body = _body(response, exchange)
        headers = _headers(response, body, exchange)
        if close:
            headers.append((b"connection", b"close"))
        exchange.status = response.status
        start = {"type": "http.response.start", "status": response.status, "headers": headers}
        if body is None or isinstance(body, bytes):
            known = body or b""
            if close or not _send_whole(send, response.status, headers, known):
                await _send(send, start, {"type": "http.response.body", "body": known})
            exchange.sent += len(known)
        else:
            await _send(send, start)
            await _stream(body, response.length, send, exchange)
    finally:
        if response.body is not None and not isinstance(response.body, bytes):
            await discard(response.body)


def raw_headers(response: HttpResponse, dropped: frozenset[str] = CONNECTION_FIELDS) -> RawHeaders:
    """Give the fields of a response as bytes, without those `dropped`. Raises BadReply."""
    raw = []
    for name, value in response.headers:
        lower = _field_name(name)
        if lower is None or not FIELD_VALUE.match(value):
            raise BadReply(f"the response header {name!r} has a name or value that HTTP forbids")
        if lower not in dropped:
            raw.append((lower.encode("latin-1"), value.encode("latin-1")))
    return raw


@lru_cache(maxsize=256)
def _field_name(name: str) -> str | None:
    """Give a name in lower case, None for what is none."""
    return name.lower() if FIELD_NAME.match(name) else None


def _body(response: HttpResponse, exchange: Exchange) -> Payload:
    """Give what goes out as the body; None when the method or the status allows none."""
    if not 200 <= response.status <= 599:
        raise BadReply(f"a response has the status {response.status}; 200 to 599 are possible")
    if exchange.method == "HEAD" or response.status in NULL_BODY_STATUSES:
        return None
    return b"" if response.body is None else response.body


def _headers(response: HttpResponse, body: Payload, exchange: Exchange) -> RawHeaders:
    raw = raw_headers(response)
    declared = [value for name, value in raw if name == b"content-length"]
    length = _length(response, body, exchange, declared)
    if declared:
        raw = [field for field in raw if field[0] != b"content-length"]
    if length is not None:
        raw.append((b"content-length", b"%d" % length))
    return raw


def _length(
    response: HttpResponse, body: Payload, exchange: Exchange, declared: list[bytes]
) -> int | None:
    """Give the content-length that may go out.

    What a Worker declares of a stream is not believed, as on the platform: it is often the length
    of a body that the Worker has changed since. It counts where no body goes out.
    """
    if isinstance(body, bytes):
        return len(body)
    if body is not None:
        return response.length
    if exchange.method == "HEAD" and response.status not in NULL_BODY_STATUSES:
        if len(declared) == 1 and DIGITS.match(declared[0].decode("latin-1")):
            return int(declared[0])
        return len(response.body) if isinstance(response.body, bytes) else response.length
    # 205 must say that there is nothing, 204 must not say anything. RFC 9110 15.3.5, 15.3.6.
    return 0 if response.status == 205 else None


async def _stream(
    body: AsyncIterator[bytes], length: int | None, send: Send, exchange: Exchange
) -> None:
    turn = 0
    try:
        async for chunk in body:
            exchange.sent += len(chunk)
            if length is not None and exchange.sent > length:
                raise ReplyBroken(f"the body is longer than its content-length of {length} bytes")
            if chunk and not (isinstance(send, WholeReply) and send.chunk(chunk)):
                event = {"type": "http.response.body", "body": chunk, "more_body": True}
                await _send(send, event)
            turn += len(chunk)
            if turn >= BYTES_PER_TURN:
                turn = 0
                await asyncio.sleep(0)
    except (ReplyBroken, ClientLeft):
        raise
    except Exception as error:
        raise ReplyBroken(f"the body failed after {exchange.sent} bytes: {error}") from error
    if length is not None and exchange.sent != length:
        raise ReplyBroken(f"the body ended after {exchange.sent} of {length} bytes")
    await _send(send, {"type": "http.response.body", "body": b""})


def _send_whole(send: Send, status: int, headers: RawHeaders, body: bytes) -> bool:
    """Send a response of known bytes in one step, where the server has one; tell whether it did."""
    return isinstance(send, WholeReply) and send.whole(status, headers, body)


async def _send(send: Send, *events: Event) -> None:
    try:
        for event in events:
            await send(event)
    except ClientLeft:
        raise
    except OSError as error:
        # ASGI spec version 2.4: a server tells so that the client left.
        raise ClientLeft("the client left before the response was complete") from error
