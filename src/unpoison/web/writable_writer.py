"""The writer of a WritableStream. Streams standard 5.3."""

from __future__ import annotations

from typing import Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.promises import Deferred, Promise, mark_handled, rejected, resolved
from unpoison.web.writable_stream import CLOSED, ERRORED, ERRORING, WRITABLE, WritableStream

RELEASED: Final = "The writer was released"


class WritableStreamDefaultWriter(js.JsObject):
    """Writes chunk by chunk; `ready` says when the sink wants more."""

    __slots__ = ("closed_deferred", "ready_deferred", "realm", "stream")

    def __init__(self, realm: js.Realm, stream: WritableStream) -> None:
        super().__init__()
        if stream.locked:
            raise js.TypeError("WritableStream is locked")
        self.realm = realm
        self.stream: WritableStream | None = stream
        stream.writer = self
        state = stream.state
        self.ready_deferred = Deferred.done(realm)
        self.closed_deferred = Deferred(realm)
        if state == WRITABLE:
            if not stream.is_closing and stream.backpressure:
                self.ready_deferred = Deferred(realm)
        elif state == CLOSED:
            self.closed_deferred = Deferred.done(realm)
        else:
            self.ready_deferred = Deferred.failed(realm, stream.stored_error)
            if state == ERRORED:
                self.closed_deferred = Deferred.failed(realm, stream.stored_error)

    @property
    def closed(self) -> Promise:
        """A promise that is fulfilled when the stream is closed."""
        return self.closed_deferred.promise

    @property
    def ready(self) -> Promise:
        """A promise that is fulfilled while there is room."""
        return self.ready_deferred.promise

    @property
    def desired_size(self) -> object:
        """How much the queue would take; null for a failed stream. Raises js.TypeError."""
        if self.stream is None:
            raise js.TypeError(RELEASED)
        if self.stream.state in (ERRORED, ERRORING):
            return js.null
        room = 0.0 if self.stream.state == CLOSED else self.stream.controller.room  # type: ignore[attr-defined]
        return js.number_to_python(float(room))

    def abort(self, reason: object = None) -> Promise:
        """Abort the stream."""
        if self.stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        return self.stream.abort_now(reason)

    def close(self) -> Promise:
        """Close the stream after what is queued."""
        if self.stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        if self.stream.is_closing:
            return rejected(self.realm, js.TypeError("Cannot close an already-closing stream"))
        return self.stream.close_now()

    def write(self, chunk: object = None) -> Promise:
        """Queue a chunk; the promise is fulfilled when the sink took it. Streams 5.5.4."""
        stream = self.stream
        if stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        controller = stream.controller
        size = controller.size_of(chunk)  # type: ignore[attr-defined]
        if self.stream is not stream:  # the size function released it
            return rejected(self.realm, js.TypeError(RELEASED))
        if stream.state == ERRORED or (stream.state == ERRORING and not stream.is_closing):
            return rejected(self.realm, stream.stored_error)
        if stream.is_closing or stream.state == CLOSED:
            return rejected(self.realm, js.TypeError("The stream is closing or closed"))
        promise = stream.add_write_request()
        controller.write(chunk, size)  # type: ignore[attr-defined]
        return promise

    def release_lock(self) -> None:
        """Let another writer have the stream. Streams 5.5.4."""
        if self.stream is None:
            return
        problem = js.TypeError(RELEASED)
        self.reject_ready(problem)
        self._reject_closed(problem)
        self.stream.writer = None
        self.stream = None

    def close_with_error_propagation(self) -> Promise:
        """Be WritableStreamDefaultWriterCloseWithErrorPropagation: for a pipe."""
        stream = self.stream
        assert stream is not None
        if stream.is_closing or stream.state == CLOSED:
            return resolved(self.realm)
        if stream.state == ERRORED:
            return rejected(self.realm, stream.stored_error)
        return self.close()

    def reject_ready(self, reason: object) -> None:
        """Be WritableStreamDefaultWriterEnsureReadyPromiseRejected."""
        if not self.ready_deferred.pending:
            self.ready_deferred = Deferred(self.realm)
        self.ready_deferred.reject(reason)
        mark_handled(self.ready_deferred.promise)

    def _reject_closed(self, reason: object) -> None:
        if not self.closed_deferred.pending:
            self.closed_deferred = Deferred(self.realm)
        self.closed_deferred.reject(reason)
        mark_handled(self.closed_deferred.promise)


def _construct(realm: js.Realm, stream: object) -> WritableStreamDefaultWriter:
    if not isinstance(stream, WritableStream):
        raise js.TypeError("The stream argument must be a WritableStream")
    return WritableStreamDefaultWriter(realm, stream)


WRITER: Final = interface(
    WritableStreamDefaultWriter,
    operations=("abort", "close", "releaseLock", "write"),
    attributes=("closed", "desiredSize", "ready"),
    construct=_construct,
)
