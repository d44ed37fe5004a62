"""The default controller of a ReadableStream: a queue of chunks. Streams standard 4.6."""

from __future__ import annotations

from typing import Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.queuing import SizeAlgorithm, SizedQueue
from unpoison.web.readable_pulling import PullingController, Source
from unpoison.web.readable_stream import READABLE, ReadableStream, ReadRequest


class ReadableStreamDefaultController(PullingController):
    """What a source uses to fill its stream."""

    __slots__ = ("_queue", "_size")

    is_bytes = False

    def __init__(
        self, stream: ReadableStream, source: Source, high_water_mark: float, size: SizeAlgorithm
    ) -> None:
        super().__init__(stream, source, high_water_mark)
        self._queue = SizedQueue()
        self._size: SizeAlgorithm | None = size
        stream.controller = self

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
        stream = self.stream
        if self._close_requested or stream.state != READABLE:
            self._check_open()
        if stream.reader is not None and stream.reader.requests:
            stream.fulfill(chunk)
        else:
            try:
                self._queue.put(chunk, 1 if self._size is None else self._size(chunk))
            except Exception as error:
                self.fail_if_readable(js.from_exception(error))
                raise
        self._pull_if_needed()

    @property
    def has_backpressure(self) -> bool:
        """Whether the queue is full. Streams 4.9.3."""
        return not self._should_pull()

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
        super()._forget_source()
        self._size = None

    def _queued(self) -> float:
        return self._queue.total

    def _clear(self) -> None:
        self._queue.clear()


DEFAULT_CONTROLLER: Final = interface(
    ReadableStreamDefaultController,
    operations=("close", "enqueue", "error"),
    attributes=("desiredSize",),
)
