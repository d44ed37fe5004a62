"""Content codings: a Worker sees bodies decoded, and what leaves it is coded as its header says.

`encodeBody: "manual"` says that a body is coded already. workerd, api/http.c++, `encodeBody`;
RFC 9110 8.4.1.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final, Protocol

from unpoison import js
from unpoison.workers.messages import Headers, Payload, discard

CHUNK: Final = 1 << 16
"""Bytes that come of one step of decoding: a small input may stand for a very large output."""

_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class _Coder(Protocol):
    def step(self, data: bytes) -> Iterator[bytes]: ...

    def end(self) -> bytes: ...


class _Encoder:
    """Compresses; every step gives all that came so far, so that nobody waits for it."""

    def __init__(self, coding: str) -> None:
        self._codec = zlib.compressobj(wbits=_WINDOW[coding])

    def step(self, data: bytes) -> Iterator[bytes]:
        if data:
            yield self._codec.compress(data) + self._codec.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._codec.flush()


class _Decoder:
    """Decompresses. Raises js.TypeError for what is malformed or ends too early."""

    def __init__(self, coding: str) -> None:
        self._codec = zlib.decompressobj(wbits=_WINDOW[coding])

    def step(self, data: bytes) -> Iterator[bytes]:
        while data and not self._codec.eof:
            try:
                part = self._codec.decompress(data, CHUNK)
            except zlib.error as error:
                raise js.TypeError(f"the coded body is malformed: {error}") from None
            data = self._codec.unconsumed_tail
            if part:
                yield part

    def end(self) -> bytes:
        if not self._codec.eof:
            raise js.TypeError("the coded body ends too early")
        return b""


def coding_of(headers: Headers) -> str | None:
    """Give the coding that a header says, None for none. Raises js.TypeError for an unknown one."""
    coding = _named_coding(headers)
    if coding is not None and coding not in _WINDOW:
        raise js.TypeError(
            f"content-encoding: {coding} is not supported; give the coded bytes with"
            ' encodeBody: "manual"'
        )
    return coding


def encoded(headers: Headers, body: Payload, coding: str) -> tuple[Headers, Payload]:
    """Give headers and body as they leave, in a coding that `coding_of` gave."""
    if body is None:
        return headers, body
    kept = [pair for pair in headers if pair[0] != "content-length"]
    return kept, _coded(body, _Encoder(coding))


def decoded(headers: Headers, body: Payload) -> Payload:
    """Give a body as a guest sees it; one with a coding that is not supported stays as it is."""
    coding = _named_coding(headers)
    if body is None or coding not in _WINDOW:
        return body
    return _Coded(_once(body) if isinstance(body, bytes) else body, _Decoder(coding))


def _named_coding(headers: Headers) -> str | None:
    text = ", ".join([value for name, value in headers if name == "content-encoding"])
    coding = text.strip().lower()
    return None if coding in ("", "identity") else coding


def _coded(body: bytes | AsyncIterator[bytes], coder: _Encoder) -> Payload:
    if isinstance(body, bytes):
        return b"".join(coder.step(body)) + coder.end()
    return _Coded(body, coder)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


class _Coded:
    """The chunks of a body, coded or decoded."""

    def __init__(self, chunks: AsyncIterator[bytes], coder: _Coder) -> None:
        self._chunks = chunks
        self._coder = coder
        self._parts: Iterator[bytes] = iter(())
        self._over = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self._next()
        except js.TypeError:
            await self.aclose()
            raise

    async def _next(self) -> bytes:
        while not self._over:
            part = next(self._parts, None)
            if part is not None:
                return part
            chunk = await anext(self._chunks, None)
            if chunk is not None:
                self._parts = self._coder.step(chunk)
                continue
            self._over = True
            rest = self._coder.end()
            if rest:
                return rest
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """See messages.Payload."""
        self._over = True
        await discard(self._chunks)
