"""HTTP messages as neutral values: all that crosses between guests, the HTTP server and tests.

Nothing of a guest's realm is in them. Fetch standard 2.2.5, 2.2.6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from unpoison.workers.sockets import SocketEnd

Headers = list[tuple[str, str]]
"""Names in lower case, in order; one entry for each `set-cookie`. Values are Latin-1 text."""

Payload = bytes | AsyncIterator[bytes] | None
"""A body: known bytes, chunks as they come, or none.

An iterator has `aclose()`: who stops reading early (the client left) awaits it, and the producer's
stream is cancelled.
"""


@dataclass(slots=True)
class HttpRequest:
    """A request: `url` is absolute; `cf` is what the platform knows of the client, if anything."""

    method: str
    url: str
    headers: Headers = field(default_factory=list)
    body: Payload = None
    cf: Mapping[str, Any] | None = None


@dataclass(slots=True)
class HttpResponse:
    """A response; `status` is 101 exactly when `web_socket` is given.

    `length` is that of a body in chunks whose source keeps to it, such as a FixedLengthStream.
    """

    status: int
    headers: Headers = field(default_factory=list)
    body: Payload = None
    status_text: str = ""
    web_socket: SocketEnd | None = None
    length: int | None = None


async def read_all(body: Payload, limit: int) -> bytes:
    """Give all bytes of a body, up to `limit`. Raises ValueError when there are more."""
    if body is None:
        return b""
    chunks, size = [], 0
    if isinstance(body, bytes):
        chunks, size = [body], len(body)
    else:
        async for chunk in body:
            size += len(chunk)
            if size > limit:
                break
            chunks.append(chunk)
    if size > limit:
        await discard(body)
        raise ValueError(f"a body of more than {limit} bytes")
    return b"".join(chunks)


async def discard(body: Payload) -> None:
    """Say that nobody reads a body any more."""
    close = getattr(body, "aclose", None)
    if close is not None:
        await close()


def lose(answer: object) -> None:
    """Lose the WebSocket of an answer that comes too late, if it is one with a WebSocket."""
    if isinstance(answer, HttpResponse) and answer.web_socket is not None:
        answer.web_socket.abort()


async def drop(response: HttpResponse) -> None:
    """Say that nobody takes an answer: its body is closed, its WebSocket is lost."""
    lose(response)
    await discard(response.body)
