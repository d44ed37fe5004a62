"""The default controller of a ReadableStream: its queue, and when it asks for more. Streams 4.6."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.promises import Promise, resolved, upon
from unpoison.web.queuing import SizeAlgorithm, SizedQueue
from unpoison.web.readable_stream import CLOSED, ERRORED, READABLE, ReadableStream, ReadRequest


@dataclass(frozen=True, slots=True)
class Source:
    """Where the chunks come from: `start` may raise, the other two give promises."""

    start: Callable[[object], object]
    pull: Callable[[object], Promise]
    cancel: Callable[[object], Promise]


class ReadableStreamDefaultController(js.JsObject):
    """What a source uses to fill its stream."""

    __slots__ = (
        "_close_requested",
        "_high_water_mark",
        "_pull_again",
        "_pulling",
        "_queue",
        "_size",
        "_source",
        "_started",
        "realm",
        "stream",
    )

    is_bytes = False

    def __init__(
        self, stream: ReadableStream, source: Source, high_water_mark: float, size: SizeAlgorithm
    ) -> None:
        super().__init__()
        self.stream, self.realm = stream, stream.realm
        self._queue = SizedQueue()
        self._high_water_mark = high_water_mark
        self._size: SizeAlgorithm | None = size
        self._source: Source | None = source
        self._started = self._pulling = self._pull_again = self._close_requested = False
        stream.controller = self

    def start(self) -> None:
        """Be SetUpReadableStreamDefaultController. Raises what the source's `start` raises."""
        assert self._source is not None
        result = resolved(self.realm, self._source.start(self))
        upon(result, self._begin, self.fail_if_readable)

    def _begin(self, _: object) -> None:
        self._started = True
        self._pull_if_needed()

    @property
    def desired_size(self) -> object:
        """How much the queue would take: null when the stream failed."""
        if self.stream.state == ERRORED:
            return js.null
        return js.number_to_python(float(self._room()))

    def _room(self) -> float:
        return 0.0 if self.stream.state == CLOSED else self._high_water_mark - self._queue.total

    def close(self) -> None:
        """Say that there is nothing more; what is queued can be read still.

        Raises js.TypeError when the stream is closed, closing or failed.
        """
        if not self.can_close_or_enqueue:
            raise js.TypeError("Invalid state: Controller is already closed")
        self.close_now()

    def close_now(self) -> None:
        """Be ReadableStreamDefaultControllerClose."""
        if not self.can_close_or_enqueue:
            return
        self._close_requested = True
        if not self._queue:
            self._forget_source()
            self.stream.close()

    def enqueue(self, chunk: object = None) -> None:
        """Give a chunk to who waits, or queue it.

        Raises js.TypeError when the stream takes none any more, and what the size function raises.
        """
        if not self.can_close_or_enqueue:
            raise js.TypeError("Invalid state: Controller is already closed")
        if self.stream.locked and self.stream.waiting:
            self.stream.fulfill(chunk)
        else:
            try:
                self._queue.put(chunk, 1 if self._size is None else self._size(chunk))
            except Exception as error:
                self.fail_if_readable(js.from_exception(error))
                raise
        self._pull_if_needed()

    def error(self, reason: object = None) -> None:
        """Make the stream fail: what is queued is lost."""
        self.fail_if_readable(reason)

    def fail_if_readable(self, reason: object) -> None:
        """Be ReadableStreamDefaultControllerError."""
        if self.stream.state == READABLE:
            self._queue.clear()
            self._forget_source()
            self.stream.fail(reason)

    @property
    def can_close_or_enqueue(self) -> bool:
        """Whether the stream takes more."""
        return not self._close_requested and self.stream.state == READABLE

    @property
    def has_backpressure(self) -> bool:
        """Whether the queue is full. Streams 4.9.3."""
        return not self._should_pull()

    def cancel_steps(self, reason: object) -> Promise:
        """See Controller."""
        self._queue.clear()
        result = resolved(self.realm) if self._source is None else self._source.cancel(reason)
        self._forget_source()
        return result

    def pull_steps(self, request: ReadRequest) -> None:
        """See Controller."""
        if not self._queue:
            self.stream.reader.requests.append(request)
            self._pull_if_needed()
            return
        chunk = self._queue.take()
        if self._close_requested and not self._queue:
            self._forget_source()
            self.stream.close()
        else:
            self._pull_if_needed()
        request.chunk(chunk)

    def release_steps(self) -> None:
        """See Controller: nothing."""

    def _forget_source(self) -> None:
        # It may hold much, and is never asked again.
        self._source = None
        self._size = None

    def _pull_if_needed(self) -> None:
        """Be ReadableStreamDefaultControllerCallPullIfNeeded."""
        if not self._should_pull():
            return
        if self._pulling:
            self._pull_again = True
            return
        self._pulling = True
        assert self._source is not None
        upon(self._source.pull(self), self._pulled, self.fail_if_readable)

    def _pulled(self, _: object) -> None:
        self._pulling = False
        if self._pull_again:
            self._pull_again = False
            self._pull_if_needed()

    def _should_pull(self) -> bool:
        if not self.can_close_or_enqueue or not self._started:
            return False
        return bool(self.stream.locked and self.stream.waiting) or self._room() > 0


DEFAULT_CONTROLLER: Final = interface(
    ReadableStreamDefaultController,
    operations=("close", "enqueue", "error"),
    attributes=("desiredSize",),
)
