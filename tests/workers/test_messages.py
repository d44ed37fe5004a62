"""HTTP messages as neutral values."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from unpoison.workers.messages import HttpRequest, discard, read_all


class Chunks:
    """A body that tells whether it was closed early."""

    def __init__(self, *chunks: bytes) -> None:
        self.closed = False
        self._chunks = list(chunks)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._chunks:
            raise StopAsyncIteration
        return self._chunks.pop(0)

    async def aclose(self) -> None:
        self.closed = True


def test_each_request_has_headers_of_its_own() -> None:
    first, second = HttpRequest("GET", "http://w/"), HttpRequest("GET", "http://w/")
    first.headers.append(("a", "1"))
    assert second.headers == []


@pytest.mark.parametrize(
    ("body", "expected"), [(None, b""), (b"abc", b"abc"), (Chunks(b"a", b"", b"bc"), b"abc")]
)
def test_read_all_joins_what_a_body_has(body: bytes | Chunks | None, expected: bytes) -> None:
    assert asyncio.run(read_all(body, 3)) == expected


@pytest.mark.parametrize("body", [b"abcd", Chunks(b"ab", b"cd", b"ef")])
def test_read_all_stops_a_body_that_is_too_long(body: bytes | Chunks) -> None:
    with pytest.raises(ValueError, match="more than 3 bytes"):
        asyncio.run(read_all(body, 3))
    if isinstance(body, Chunks):
        assert body.closed


def test_a_body_that_nobody_reads_is_closed() -> None:
    chunks = Chunks(b"a")
    asyncio.run(discard(chunks))
    asyncio.run(discard(b"a"))
    asyncio.run(discard(None))
    assert chunks.closed
