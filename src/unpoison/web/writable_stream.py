"""WritableStream: a sink behind a queue, with one producer at a time. Streams standard 5.

The operations are the standard's abstract operations of those names, in the same order.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from unpoison import js
from unpoison.web.promises import Deferred, Promise, mark_handled, rejected, resolved, upon

WRITABLE, ERRORING, ERRORED, CLOSED = "writable", "erroring", "errored", "closed"


class SinkController(Protocol):
    """What a stream needs of its controller."""

    started: bool

    def abort_steps(self, reason: object) -> Promise:
        """Tell the sink of an abort."""

    def error_steps(self) -> None:
        """Drop the queue."""

    def close_queue(self) -> None:
        """Queue the end."""

    def signal_abort(self, reason: object) -> None:
        """Abort the signal that the sink was given."""


class _Abort:
    """An abort that waits for what is in flight."""

    __slots__ = ("deferred", "reason", "was_erroring")

    def __init__(self, deferred: Deferred, reason: object, was_erroring: bool) -> None:
        self.deferred, self.reason, self.was_erroring = deferred, reason, was_erroring


class WritableStream(js.JsObject):
    """A stream to write to."""

    __slots__ = (
        "backpressure",
        "close_request",
        "controller",
        "in_flight_close",
        "in_flight_write",
        "pending_abort",
        "realm",
        "state",
        "stored_error",
        "write_requests",
        "writer",
    )

    controller: SinkController

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.realm = realm
        self.state = WRITABLE
        self.stored_error: object = None
        self.writer: Any = None
        self.in_flight_write: Deferred | None = None
        self.close_request: Deferred | None = None
        self.in_flight_close: Deferred | None = None
        self.pending_abort: _Abort | None = None
        self.write_requests: deque[Deferred] = deque()
        self.backpressure = False

    @property
    def locked(self) -> bool:
        """Whether a writer has it."""
        return self.writer is not None

    def abort(self, reason: object = None) -> Promise:
        """Fail the stream and tell the sink; rejected when the stream is locked."""
        if self.locked:
            return rejected(self.realm, js.TypeError("Cannot abort a locked stream"))
        return self.abort_now(reason)

    def close(self) -> Promise:
        """Close after what is queued; rejected when locked or closing."""
        if self.locked:
            return rejected(self.realm, js.TypeError("Cannot close a locked stream"))
        if self.is_closing:
            return rejected(self.realm, js.TypeError("Cannot close an already-closing stream"))
        return self.close_now()

    def abort_now(self, reason: object) -> Promise:
        """Be WritableStreamAbort. Streams 5.5.2."""
        if self.state in (CLOSED, ERRORED):
            return resolved(self.realm)
        self.controller.signal_abort(reason)
        if self.state in (CLOSED, ERRORED):  # a listener of the signal did it
            return resolved(self.realm)
        if self.pending_abort is not None:
            return self.pending_abort.deferred.promise
        was_erroring = self.state == ERRORING
        deferred = Deferred(self.realm)
        self.pending_abort = _Abort(deferred, None if was_erroring else reason, was_erroring)
        if not was_erroring:
            self.start_erroring(reason)
        return deferred.promise

    def close_now(self) -> Promise:
        """Be WritableStreamClose."""
        if self.state in (CLOSED, ERRORED):
            problem = js.TypeError(f"The stream is {self.state} and cannot be closed")
            return rejected(self.realm, problem)
        self.close_request = deferred = Deferred(self.realm)
        if self.writer is not None and self.backpressure and self.state == WRITABLE:
            self.writer.ready_deferred.resolve(None)
        self.controller.close_queue()
        return deferred.promise

    @property
    def is_closing(self) -> bool:
        """Whether the end is queued or in flight."""
        return self.close_request is not None or self.in_flight_close is not None

    def add_write_request(self) -> Promise:
        """Be WritableStreamAddWriteRequest."""
        deferred = Deferred(self.realm)
        self.write_requests.append(deferred)
        return deferred.promise

    def deal_with_rejection(self, reason: object) -> None:
        """Be WritableStreamDealWithRejection. Streams 5.5.3."""
        if self.state == WRITABLE:
            self.start_erroring(reason)
        else:
            self.finish_erroring()

    def start_erroring(self, reason: object) -> None:
        """Be WritableStreamStartErroring."""
        self.state, self.stored_error = ERRORING, reason
        if self.writer is not None:
            self.writer.reject_ready(reason)
        if not self._has_operation_in_flight and self.controller.started:
            self.finish_erroring()

    def finish_erroring(self) -> None:
        """Be WritableStreamFinishErroring."""
        self.state = ERRORED
        self.controller.error_steps()
        requests, self.write_requests = self.write_requests, deque()
        for request in requests:
            request.reject(self.stored_error)
        abort, self.pending_abort = self.pending_abort, None
        if abort is None:
            self._reject_closed()
        elif abort.was_erroring:
            abort.deferred.reject(self.stored_error)
            self._reject_closed()
        else:
            self._run_abort(abort)

    def _run_abort(self, abort: _Abort) -> None:
        def done(_: object) -> None:
            abort.deferred.resolve(None)
            self._reject_closed()

        def failed(reason: object) -> None:
            abort.deferred.reject(reason)
            self._reject_closed()

        upon(self.controller.abort_steps(abort.reason), done, failed)

    @property
    def _has_operation_in_flight(self) -> bool:
        return self.in_flight_write is not None or self.in_flight_close is not None

    def finish_write(self) -> None:
        """Be WritableStreamFinishInFlightWrite."""
        assert self.in_flight_write is not None
        self.in_flight_write.resolve(None)
        self.in_flight_write = None

    def fail_write(self, reason: object) -> None:
        """Be WritableStreamFinishInFlightWriteWithError."""
        assert self.in_flight_write is not None
        self.in_flight_write.reject(reason)
        self.in_flight_write = None
        self.deal_with_rejection(reason)

    def finish_close(self) -> None:
        """Be WritableStreamFinishInFlightClose."""
        assert self.in_flight_close is not None
        self.in_flight_close.resolve(None)
        self.in_flight_close = None
        if self.state == ERRORING:
            self.stored_error = None
            if self.pending_abort is not None:
                self.pending_abort.deferred.resolve(None)
                self.pending_abort = None
        self.state = CLOSED
        if self.writer is not None:
            self.writer.closed_deferred.resolve(None)

    def fail_close(self, reason: object) -> None:
        """Be WritableStreamFinishInFlightCloseWithError."""
        assert self.in_flight_close is not None
        self.in_flight_close.reject(reason)
        self.in_flight_close = None
        if self.pending_abort is not None:
            self.pending_abort.deferred.reject(reason)
            self.pending_abort = None
        self.deal_with_rejection(reason)

    def _reject_closed(self) -> None:
        """Be WritableStreamRejectCloseAndClosedPromiseIfNeeded."""
        if self.close_request is not None:
            self.close_request.reject(self.stored_error)
            self.close_request = None
        if self.writer is not None:
            self.writer.closed_deferred.reject(self.stored_error)
            mark_handled(self.writer.closed_deferred.promise)

    def update_backpressure(self, backpressure: bool) -> None:
        """Be WritableStreamUpdateBackpressure."""
        if self.writer is not None and backpressure != self.backpressure:
            if backpressure:
                self.writer.ready_deferred = Deferred(self.realm)
            else:
                self.writer.ready_deferred.resolve(None)
        self.backpressure = backpressure

    def __repr__(self) -> str:
        return f"<js WritableStream {self.state}{', locked' if self.locked else ''}>"
