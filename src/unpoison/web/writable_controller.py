"""The controller of a WritableStream: its queue, and the sink that takes it. Streams 5.4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from unpoison import js
from unpoison.web.abort import AbortSignal
from unpoison.web.idl import interface
from unpoison.web.promises import Promise, resolved, upon
from unpoison.web.queuing import SizeAlgorithm, SizedQueue
from unpoison.web.writable_stream import ERRORING, WRITABLE, WritableStream

_CLOSE: Final = object()


@dataclass(frozen=True, slots=True)
class Sink:
    """Where the chunks go: `start` may raise, the others give promises."""

    start: Callable[[object], object]
    write: Callable[[object, object], Promise]
    close: Callable[[], Promise]
    abort: Callable[[object], Promise]


class WritableStreamDefaultController(js.JsObject):
    """What a sink uses to fail its stream, and to hear of an abort."""

    __slots__ = ("_high_water_mark", "_queue", "_sink", "_size", "realm", "signal", "started",
                 "stream")  # fmt: skip

    def __init__(
        self, stream: WritableStream, sink: Sink, high_water_mark: float, size: SizeAlgorithm
    ) -> None:
        super().__init__()
        self.stream, self.realm = stream, stream.realm
        self.signal = AbortSignal(stream.realm)
        self.started = False
        self._queue = SizedQueue()
        self._high_water_mark = high_water_mark
        self._size: SizeAlgorithm | None = size
        self._sink: Sink | None = sink
        stream.controller = self
        stream.update_backpressure(self._is_full)

    def start(self) -> None:
        """Be SetUpWritableStreamDefaultController. Raises what the sink's `start` raises."""
        assert self._sink is not None
        upon(resolved(self.realm, self._sink.start(self)), self._begin, self._fail_start)

    def _begin(self, _: object) -> None:
        self.started = True
        self._advance()

    def _fail_start(self, reason: object) -> None:
        self.started = True
        self.stream.deal_with_rejection(reason)

    def error(self, reason: object = None) -> None:
        """Make the stream fail; nothing when it has failed or closed."""
        if self.stream.state == WRITABLE:
            self.fail(reason)

    def fail(self, reason: object) -> None:
        """Be WritableStreamDefaultControllerError."""
        self._forget_sink()
        self.stream.start_erroring(reason)

    @property
    def room(self) -> float:
        """How much the queue would take."""
        return self._high_water_mark - self._queue.total

    @property
    def _is_full(self) -> bool:
        return self.room <= 0

    def size_of(self, chunk: object) -> object:
        """Be WritableStreamDefaultControllerGetChunkSize: a size function that raises fails."""
        if self._size is None:
            return 1
        try:
            return self._size(chunk)
        except Exception as error:  # noqa: BLE001 - it fails the stream instead
            self.error(js.from_exception(error))
            return 1

    def write(self, chunk: object, size: object) -> None:
        """Be WritableStreamDefaultControllerWrite."""
        try:
            self._queue.put((chunk,), size)
        except Exception as error:  # noqa: BLE001 - a bad size fails the stream
            self.error(js.from_exception(error))
            return
        if not self.stream.is_closing and self.stream.state == WRITABLE:
            self.stream.update_backpressure(self._is_full)
        self._advance()

    def close_queue(self) -> None:
        """See SinkController."""
        self._queue.put(_CLOSE, 0)
        self._advance()

    def abort_steps(self, reason: object) -> Promise:
        """See SinkController."""
        result = resolved(self.realm) if self._sink is None else self._sink.abort(reason)
        self._forget_sink()
        return result

    def error_steps(self) -> None:
        """See SinkController."""
        self._queue.clear()

    def signal_abort(self, reason: object) -> None:
        """See SinkController."""
        self.signal.abort(reason)

    def _forget_sink(self) -> None:
        self._sink = None
        self._size = None

    def _advance(self) -> None:
        """Be WritableStreamDefaultControllerAdvanceQueueIfNeeded."""
        stream = self.stream
        if not self.started or stream.in_flight_write is not None:
            return
        if stream.state == ERRORING:
            stream.finish_erroring()
        elif self._queue and self._queue.first() is _CLOSE:
            self._process_close()
        elif self._queue:
            self._process_write(self._queue.first()[0])  # type: ignore[index]

    def _process_close(self) -> None:
        stream = self.stream
        stream.in_flight_close, stream.close_request = stream.close_request, None
        self._queue.take()
        assert self._sink is not None
        done = self._sink.close()
        self._forget_sink()
        upon(done, lambda _: stream.finish_close(), stream.fail_close)

    def _process_write(self, chunk: object) -> None:
        stream = self.stream
        stream.in_flight_write = stream.write_requests.popleft()
        assert self._sink is not None
        upon(self._sink.write(chunk, self), self._wrote, self._failed)

    def _wrote(self, _: object) -> None:
        stream = self.stream
        stream.finish_write()
        state = stream.state
        self._queue.take()
        if not stream.is_closing and state == WRITABLE:
            stream.update_backpressure(self._is_full)
        self._advance()

    def _failed(self, reason: object) -> None:
        if self.stream.state == WRITABLE:
            self._forget_sink()
        self.stream.fail_write(reason)


WRITABLE_CONTROLLER: Final = interface(
    WritableStreamDefaultController, operations=("error",), attributes=("signal",)
)
