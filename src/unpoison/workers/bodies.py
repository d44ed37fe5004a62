"""Bodies between a guest and the outside: bytes stay bytes, streams are read as they are asked for.

Fetch standard 2.2.4; Streams standard 4.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from unpoison import js
from unpoison.web import Body, ReadableStream, Source, buffer_of, host_of, make_readable
from unpoison.workers.messages import Payload, discard
from unpoison.workers.outside import OpenGates, Outside, Promise, promise_of

USED = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice."  # noqa: E501
"""What workerd says; workerd, api/http.c++."""


def payload_of(body: Body | None) -> Payload:
    """Give what a guest's body has, which counts as reading it. Raises js.TypeError for a used one.

    A stream is read chunk by chunk, when the next one is asked for. Its errors are the guest's:
    js.Error, ThrownValue, PanicError, AbortError.
    """
    if body is None:
        return None
    if body.unusable:
        raise js.TypeError(USED)
    data = body.take()
    return GuestBody(body.realm, body.stream) if data is None else data


def body_for(realm: js.Realm, payload: Payload) -> Body | None:
    """Give a guest's body of bytes or chunks of the outside; None for none."""
    if payload is None:
        return None
    if isinstance(payload, bytes):
        return Body(realm, payload)
    return Body(realm, _stream_of(realm, payload))


class GuestBody:
    """The chunks of a guest's stream, for the outside. `aclose` cancels the stream."""

    def __init__(self, realm: js.Realm, stream: ReadableStream) -> None:
        self._outside = realm.part(Outside)
        self._host = host_of(realm)
        self._reader: Any = js.call_method(stream, "getReader")
        self._over = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        try:
            result = await self._outside.settled(self._asked())
            chunk = self._chunk_of(result)
            gates = self._outside.gates
            if type(gates) is not OpenGates:  # which have nothing to wait for
                await gates.before_effect()
        except Exception:
            self._over = True
            raise
        return chunk

    def _chunk_of(self, result: Any) -> bytes:
        """Give what was read; StopAsyncIteration at the end."""
        if result["done"]:
            self._reader.release_lock()
            raise StopAsyncIteration
        data = js.bytes_of(result["value"])
        if data is None:
            problem = js.TypeError("a chunk of a body must be an ArrayBuffer or a view of one")
            self._cancel(problem)
            raise problem
        return data

    def _asked(self) -> Promise:
        """Ask for a chunk, and run what the guest does then, as a macrotask of it."""
        asked = _Asked(self._reader)
        self._host.enter(asked.ask)
        return asked.promise()

    async def aclose(self) -> None:
        """Tell the guest that nobody reads the rest; it is not waited for what it does."""
        if not self._over:
            self._over = True
            self._cancel(js.Error("the client disconnected", name="AbortError"))

    def _cancel(self, reason: js.Error) -> None:
        self._reader.cancel(reason).subscribe(_note_only)


class _Asked:
    """One read, as soon as may be."""

    __slots__ = ("_error", "_promise", "_reader")

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._promise: Promise | None = None
        self._error: BaseException | None = None

    def ask(self) -> None:
        """Read, if nobody did."""
        if self._promise is not None or self._error is not None:
            return
        try:
            self._promise = self._reader.read()
        except Exception as error:  # noqa: BLE001 - of the guest; who asked gets it
            self._error = error

    def promise(self) -> Promise:
        """Give what was read; read now where another thread was in the guest, or this one."""
        if self._promise is None:
            self.ask()
        if self._error is not None:
            raise self._error
        assert self._promise is not None
        return self._promise


def _stream_of(realm: js.Realm, chunks: AsyncIterator[bytes]) -> ReadableStream:
    """Give a guest's stream of chunks, each asked for when the guest reads."""

    def pull(controller: Any) -> Promise:
        def came(chunk: bytes | None) -> None:
            if chunk is None:
                controller.close_now()
            else:
                controller.enqueue(js.Uint8Array(buffer_of(chunk)))

        return promise_of(realm, lambda: _next(chunks), came, is_effect=False)

    def cancel(reason: object) -> Promise:
        return promise_of(realm, lambda: discard(chunks), lambda _: None, is_effect=False)

    return make_readable(realm, Source(lambda _: None, pull, cancel), 0)


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _note_only(promise: js.Promise) -> None:
    """Be the subscriber that only marks a promise as handled."""
