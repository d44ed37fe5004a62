"""The default reader of a ReadableStream. Streams standard 4.3, 4.4."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.promises import Deferred, Promise, mark_handled, rejected
from unpoison.web.readable_stream import CLOSED, ERRORED, READABLE, ReadableStream, ReadRequest

RELEASED: Final = "The reader was released"


class GenericReader(js.JsObject):
    """What both kinds of readers have. Streams 4.3.3, 4.9.4."""

    __slots__ = ("closed_deferred", "realm", "requests", "stream")

    kind = "default"

    def __init__(self, realm: js.Realm, stream: ReadableStream) -> None:
        super().__init__()
        if stream.locked:
            raise js.TypeError("ReadableStream is locked")
        self.realm = realm
        self.stream: ReadableStream | None = stream
        self.requests: deque[Any] = deque()
        stream.reader = self
        if stream.state == READABLE:
            self.closed_deferred = Deferred(realm)
        elif stream.state == CLOSED:
            self.closed_deferred = Deferred.done(realm)
        else:
            self.closed_deferred = Deferred.failed(realm, stream.stored_error)

    @property
    def closed(self) -> Promise:
        """A promise that is fulfilled when the stream closes."""
        return self.closed_deferred.promise

    def cancel(self, reason: object = None) -> Promise:
        """Cancel the stream; rejected when the reader was released."""
        if self.stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        return self.stream.cancel_now(reason)

    def release_lock(self) -> None:
        """Let another reader have the stream; requests that wait are rejected."""
        stream = self.stream
        if stream is None:
            return
        problem = js.TypeError(RELEASED)
        if stream.state != READABLE:
            self.closed_deferred = Deferred(self.realm)
        self.closed_deferred.reject(problem)
        mark_handled(self.closed_deferred.promise)
        stream.controller.release_steps()
        stream.reader = None
        self.stream = None
        self._fail_requests(js.TypeError(RELEASED))

    def failed_now(self, reason: object) -> None:
        """The stream failed. Streams 4.9.5, ReadableStreamError."""
        self.closed_deferred.reject(reason)
        mark_handled(self.closed_deferred.promise)
        self._fail_requests(reason)

    def _fail_requests(self, reason: object) -> None:
        requests, self.requests = self.requests, deque()
        for request in requests:
            request.fail(reason)


class ReadableStreamDefaultReader(GenericReader):
    """Reads chunk by chunk. Streams 4.4."""

    __slots__ = ()

    def read(self) -> Promise:
        """Give a promise of `{value, done}`."""
        if self.stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        request = PromiseRequest(self.realm)
        self.read_into(request)
        return request.deferred.promise

    def read_into(self, request: ReadRequest) -> None:
        """Be ReadableStreamDefaultReaderRead. Streams 4.9.4."""
        stream = self.stream
        assert stream is not None
        stream.disturbed = True
        if stream.state == CLOSED:
            request.close()
        elif stream.state == ERRORED:
            request.fail(stream.stored_error)
        else:
            stream.controller.pull_steps(request)

    def closed_now(self) -> None:
        """The stream closed. Streams 4.9.5, ReadableStreamClose."""
        self.closed_deferred.resolve(None)
        requests, self.requests = self.requests, deque()
        for request in requests:
            request.close()

    def cancelled(self) -> None:
        """The stream is cancelled: requests that wait were closed with it."""


class PromiseRequest:
    """A read request that settles a promise of `{value, done}`."""

    __slots__ = ("deferred",)

    def __init__(self, realm: js.Realm) -> None:
        self.deferred = Deferred(realm)

    def chunk(self, value: object) -> None:
        """See ReadRequest."""
        self.deferred.resolve(js.iterator_result(value, done=False))

    def close(self) -> None:
        """See ReadRequest."""
        self.deferred.resolve(js.iterator_result(None, done=True))

    def fail(self, reason: object) -> None:
        """See ReadRequest."""
        self.deferred.reject(reason)


def _construct(realm: js.Realm, stream: object) -> ReadableStreamDefaultReader:
    if not isinstance(stream, ReadableStream):
        raise js.TypeError("The stream argument must be a ReadableStream")
    return ReadableStreamDefaultReader(realm, stream)


DEFAULT_READER: Final = interface(
    ReadableStreamDefaultReader,
    operations=("cancel", "read", "releaseLock"),
    attributes=("closed",),
    construct=_construct,
)
