"""What a Python program sends to a worker and gets from it."""

from __future__ import annotations

import builtins
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Final

from unpoison.web import URL
from unpoison.workers.messages import Headers, HttpRequest, HttpResponse, Payload, discard, read_all
from unpoison.workers.sockets import SocketEnd

MAX_BYTES: Final = 1 << 30
"""Bytes of one body that is read as a whole."""

Given = str | bytes | AsyncIterable[bytes] | None
HeadersGiven = Mapping[str, str] | Iterable[tuple[str, str]] | None


class ResponseHeaders(Mapping[str, str]):
    """Headers by their names in any case; several of one name are joined with ", "."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Headers) -> None:
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        found = self.get_all(name)
        if not found:
            raise KeyError(name)
        return ", ".join(found)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs})

    def get_all(self, name: str) -> list[str]:
        """Give each value of a name, in order: `set-cookie` may come several times."""
        wanted = name.lower()
        return [value for key, value in self._pairs if key == wanted]

    def __repr__(self) -> str:
        return f"ResponseHeaders({self._pairs!r})"


class Response:
    """An answer of a worker. The body can be read once: whole, or chunk by chunk.

    `web_socket` is this side's end when the worker accepted one (status 101).
    """

    __slots__ = ("_body", "_read", "headers", "status", "status_text", "web_socket")

    def __init__(self, answer: HttpResponse) -> None:
        self.status: int = answer.status
        self.status_text: str = answer.status_text
        self.headers = ResponseHeaders(answer.headers)
        self.web_socket: SocketEnd | None = answer.web_socket
        self._body: Payload = answer.body
        self._read: builtins.bytes | None = None

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status <= 299

    async def bytes(self) -> builtins.bytes:
        """Give the body. It may be asked for again."""
        if self._read is None:
            body, self._body = self._body, None
            self._read = await read_all(body, MAX_BYTES)
        return self._read

    async def text(self) -> str:
        """Give the body as text; what is no UTF-8 becomes U+FFFD."""
        return (await self.bytes()).decode(errors="replace")

    async def json(self) -> Any:
        """Give what the body says in JSON. Raises ValueError when it is none."""
        return json.loads(await self.bytes())

    async def __aiter__(self) -> AsyncIterator[builtins.bytes]:
        """Give the chunks of the body as they come. Who leaves early calls `aclose`."""
        body = self._body
        if body is None or isinstance(body, bytes):
            self._body = None
            if body:
                yield body
            return
        async for chunk in body:
            yield chunk
        self._body = None

    async def aclose(self) -> None:
        """Drop what is left of the body: the worker's stream is cancelled."""
        body, self._body = self._body, None
        await discard(body)

    def __repr__(self) -> str:
        return f"<unpoison.workers.Response {self.status}>"


def make_request(
    url: str, method: str, headers: HeadersGiven, body: Given, as_json: Any = None
) -> HttpRequest:
    """Make a request of what a caller gave. Raises ValueError for a URL that is none."""
    try:
        address = URL(url)
    except Exception as error:
        raise ValueError(f"{url!r} is no absolute URL, such as http://worker/path") from error
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    fields = [(name.lower(), value) for name, value in pairs]
    data, media = _payload(body, as_json)
    names = {name for name, _ in fields}
    if media is not None and "content-type" not in names:
        fields.append(("content-type", media))
    if "host" not in names:
        fields.append(("host", address.host))
    return HttpRequest(method.upper(), address.href, fields, data)


def _payload(body: Given, as_json: Any) -> tuple[Payload, str | None]:
    if as_json is not None:
        if body is not None:
            raise ValueError("give either body or json")
        return json.dumps(as_json).encode(), "application/json"
    if isinstance(body, str):
        return body.encode(), "text/plain;charset=UTF-8"
    if body is None or isinstance(body, bytes | bytearray | memoryview):
        return (None if body is None else bytes(body)), None
    return aiter(body), None
