"""ReadableStream: a queue of chunks with one consumer at a time. Streams standard 4.

Theory of operation. A stream is a state (readable, closed, errored) between two parties: its
controller, which holds the queue and asks the source for more, and the reader, if any, that has
locked it. Each operation here is the standard's abstract operation of that name, in the same order,
so that reactions run in the same jobs as on other hosts. A source is three functions that give
promises; `underlying.py` makes them of a guest's object, `async_sources.py` of iterables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol

from unpoison import js
from unpoison.web.promises import Promise, mark_handled, rejected, resolved, transformed

READABLE, CLOSED, ERRORED = "readable", "closed", "errored"


class ReadRequest(Protocol):
    """Somebody who waits for a chunk. Streams 4.3.2."""

    def chunk(self, value: object) -> None:
        """A chunk came."""

    def close(self) -> None:
        """There is none any more."""

    def fail(self, reason: object) -> None:
        """The stream failed."""


class Controller(Protocol):
    """What a stream needs of its controller. Streams 4.6.4, 4.7.4."""

    is_bytes: bool

    def cancel_steps(self, reason: object) -> Promise:
        """Drop the queue and tell the source."""

    def pull_steps(self, request: ReadRequest) -> None:
        """Give the request a chunk, now or later."""

    def release_steps(self) -> None:
        """The reader went."""


class Reader(Protocol):
    """What a stream needs of the reader that locked it."""

    def closed_now(self) -> None:
        """The stream closed."""

    def failed_now(self, reason: object) -> None:
        """The stream failed."""


class ReadableStream(js.JsObject):
    """A stream to read from. Python code may `async for` its chunks.

    `known` are the bytes that it gives to who reads it from the start, where that is known.
    """

    __slots__ = ("controller", "disturbed", "known", "reader", "realm", "state", "stored_error")

    controller: Controller

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.realm = realm
        self.state = READABLE
        self.reader: Any = None
        self.stored_error: object = None
        self.disturbed = False
        self.known: bytes | None = None

    @property
    def locked(self) -> bool:
        """Whether a reader has it."""
        return self.reader is not None

    def cancel(self, reason: object = None) -> Promise:
        """Tell the source that nobody wants the rest; rejected when the stream is locked."""
        if self.locked:
            return rejected(self.realm, js.TypeError("Cannot cancel a locked stream"))
        return self.cancel_now(reason)

    def cancel_now(self, reason: object) -> Promise:
        """Be ReadableStreamCancel. Streams 4.9.2."""
        self.disturbed = True
        if self.state == CLOSED:
            return resolved(self.realm)
        if self.state == ERRORED:
            return rejected(self.realm, self.stored_error)
        self.close()
        if self.reader is not None:
            self.reader.cancelled()
        source = self.controller.cancel_steps(reason)
        return transformed(source, lambda _: None)

    def close(self) -> None:
        """Be ReadableStreamClose."""
        self.state = CLOSED
        if self.reader is not None:
            self.reader.closed_now()

    def fail(self, reason: object) -> None:
        """Be ReadableStreamError."""
        self.state, self.stored_error = ERRORED, reason
        if self.reader is not None:
            self.reader.failed_now(reason)

    @property
    def waiting(self) -> int:
        """How many read requests wait for a chunk."""
        return 0 if self.reader is None else len(self.reader.requests)

    def fulfill(self, chunk: object, *, done: bool = False) -> None:
        """Give a chunk to the request that waits longest."""
        request = self.reader.requests.popleft()
        if done:
            request.close()
        else:
            request.chunk(chunk)

    def __aiter__(self) -> AsyncIterator[Any]:
        return _chunks(self)

    def __repr__(self) -> str:
        lock = ", locked" if self.locked else ""
        return f"<js ReadableStream {self.state}{lock}>"


async def _chunks(stream: ReadableStream) -> AsyncIterator[Any]:
    """Read to the end; leaving early cancels the stream, as `for await` does."""
    reader = js.call_method(stream, "getReader")
    finished = False
    try:
        while True:
            result = await reader.read()
            if js.get(result, "done"):
                finished = True
                return
            yield js.get(result, "value")
    except Exception:
        finished = True
        raise
    finally:
        if not finished:
            mark_handled(reader.cancel(None))
        reader.release_lock()
