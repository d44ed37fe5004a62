"""The controller of byte streams: it fills buffers that readers bring. Streams standard 4.7, 4.9.5.

A buffer that is handed over is detached where it came from, as in the standard; what is queued is
kept as bytes.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import buffer_of
from unpoison.web.idl import enforced_range, interface
from unpoison.web.readable_pulling import PullingController, Source
from unpoison.web.readable_stream import CLOSED, ReadableStream, ReadRequest

DEFAULT, BYOB, NONE = "default", "byob", "none"


class PullInto:
    """A buffer to be filled: for a reader of that kind, or for nobody any more."""

    __slots__ = ("buffer", "filled", "kind", "least", "length", "make", "offset", "size")

    def __init__(
        self, buffer: js.ArrayBuffer, offset: int, length: int, least: int, make: Any, kind: str
    ) -> None:
        self.buffer, self.offset, self.length, self.least = buffer, offset, length, least
        self.make, self.kind = make, kind
        self.size = make.element.size if issubclass(make, js.TypedArray) else 1
        self.filled = 0

    def fill(self, data: bytes) -> None:
        """Copy bytes behind those that are there."""
        self.buffer.write(self.offset + self.filled, data)
        self.filled += len(data)

    def view(self) -> Any:
        """Give what was filled, in the class of the view that was brought; its buffer moves."""
        moved = moved_buffer(self.buffer)
        return self.make(moved, self.offset, self.filled // self.size)


def moved_buffer(buffer: Any) -> js.ArrayBuffer:
    """Give a buffer of the same bytes and detach the old one. Raises js.TypeError."""
    if not isinstance(buffer, js.ArrayBuffer) or buffer.detached:
        raise js.TypeError("the buffer is detached, or cannot be transferred")
    data = buffer.to_bytes()
    buffer.detach()
    return buffer_of(data)


class ReadableByteStreamController(PullingController):
    """What a source of bytes uses to fill its stream, and the buffers of its readers."""

    __slots__ = ("_auto_size", "_pending", "_queue", "_request", "_total")

    is_bytes = True

    def __init__(
        self, stream: ReadableStream, source: Source, high_water_mark: float, auto_size: int | None
    ) -> None:
        super().__init__(stream, source, high_water_mark)
        self._queue: deque[bytes] = deque()
        self._total = 0
        self._pending: deque[PullInto] = deque()
        self._request: ReadableStreamBYOBRequest | None = None
        self._auto_size = auto_size
        stream.controller = self

    @property
    def byob_request(self) -> object:
        """What the source may fill directly; null when no reader brought a buffer."""
        if self._request is None and self._pending:
            first = self._pending[0]
            place, rest = first.offset + first.filled, first.length - first.filled
            self._request = ReadableStreamBYOBRequest(
                self, js.Uint8Array(first.buffer, place, rest)
            )
        return js.null if self._request is None else self._request

    def close_now(self) -> None:
        """Be ReadableByteStreamControllerClose."""
        if not self.can_close_or_enqueue:
            return
        if self._total:
            self._close_requested = True
            return
        if self._pending and self._pending[0].filled % self._pending[0].size:
            problem = js.TypeError("Insufficient bytes to fill elements in the given buffer")
            self.fail_if_readable(problem)
            raise problem
        self._forget_source()
        self.stream.close()

    def enqueue(self, chunk: object) -> None:
        """Give bytes: a typed array or DataView, whose buffer is detached. Raises js.TypeError."""
        data = _view_bytes(chunk)
        if not data:
            raise js.TypeError("chunk must have a non-zero byteLength")
        self._check_open()
        moved_buffer(js.get(chunk, "buffer"))
        self._take_back_request()
        if self._pending and self._pending[0].kind == NONE:
            self._queue_rest(self._pending.popleft())
        reader = self.stream.reader
        if reader is None or reader.kind == BYOB:
            self._append(data)
            if reader is not None:
                self._fill_pending()
        else:
            self._give_default(data)
        self._pull_if_needed()

    def _give_default(self, data: bytes) -> None:
        while self._total and self.stream.waiting:
            self.stream.fulfill(self._take_chunk())
        if not self.stream.waiting:
            self._append(data)
            return
        if self._pending:
            self._pending.popleft()
        self.stream.fulfill(js.Uint8Array(buffer_of(data)))

    def pull_steps(self, request: ReadRequest) -> None:
        """See Controller."""
        if self._total:
            request.chunk(self._take_chunk())
            return
        if self._auto_size is not None:
            made = js.ArrayBuffer(self._auto_size)
            self._pending.append(PullInto(made, 0, self._auto_size, 1, js.Uint8Array, DEFAULT))
        self.stream.reader.requests.append(request)
        self._pull_if_needed()

    def release_steps(self) -> None:
        """See Controller."""
        if self._pending:
            first = self._pending[0]
            first.kind = NONE
            self._pending = deque([first])

    def pull_into(self, view: Any, least: int, request: ReadRequest) -> None:
        """Be ReadableByteStreamControllerPullInto: fill a view that a reader brought."""
        try:
            made = _descriptor(view, least)
        except js.TypeError as error:
            request.fail(error)
            return
        if self._pending:
            self._pending.append(made)
            self.stream.reader.requests.append(request)
        elif self.stream.state == CLOSED:
            request.close_with(made.view())  # type: ignore[attr-defined]
        elif self._total and self._fill(made):
            view = made.view()
            self._after_take()
            request.chunk(view)
        elif self._close_requested:
            problem = js.TypeError("Insufficient bytes to fill elements in the given buffer")
            self.fail_if_readable(problem)
            request.fail(problem)
        else:
            self._pending.append(made)
            self.stream.reader.requests.append(request)
            self._pull_if_needed()

    def respond(self, count: int) -> None:
        """Be ReadableByteStreamControllerRespond: the source has filled so many bytes."""
        first = self._pending[0]
        if self.stream.state == CLOSED:
            if count:
                raise js.TypeError(
                    "bytesWritten must be 0 when calling respond() on a closed stream"
                )
        elif not count:
            raise js.TypeError("bytesWritten must be greater than 0 on a readable stream")
        elif first.filled + count > first.length:
            raise js.RangeError("bytesWritten out of range")
        first.buffer = moved_buffer(first.buffer)
        self._respond(count)

    def respond_with(self, view: Any) -> None:
        """Be ReadableByteStreamControllerRespondWithNewView."""
        first = self._pending[0]
        size, offset = js.get(view, "byteLength"), js.get(view, "byteOffset")
        if (self.stream.state == CLOSED) != (size == 0):
            raise js.TypeError("the view's length must be 0 on a closed stream, and only there")
        if first.offset + first.filled != offset or first.filled + size > first.length:
            raise js.RangeError("the region of the view is not that of the request")
        buffer = js.get(view, "buffer")
        if len(buffer) != len(first.buffer):
            raise js.RangeError("the buffer of the view has another length than the request's")
        first.buffer = moved_buffer(buffer)
        self._respond(size)

    def _respond(self, count: int) -> None:
        self._take_back_request()
        if self.stream.state == CLOSED:
            self._respond_closed()
        else:
            self._respond_readable(self._pending[0], count)
        self._pull_if_needed()

    def _respond_closed(self) -> None:
        if self._pending[0].kind == NONE:
            self._pending.popleft()
        reader = self.stream.reader
        if reader is not None and reader.kind == BYOB:
            for _ in range(len(reader.requests)):
                self._commit(self._pending.popleft())

    def _respond_readable(self, first: PullInto, count: int) -> None:
        first.filled += count
        if first.kind == NONE:
            self._queue_rest(self._pending.popleft())
            self._fill_pending()
            return
        if first.filled < first.least:
            return
        self._pending.popleft()
        rest = first.filled % first.size
        if rest:
            end = first.offset + first.filled
            self._append(first.buffer.read(end - rest, rest))
            first.filled -= rest
        self._commit(first)
        self._fill_pending()

    def _fill_pending(self) -> None:
        """Be ReadableByteStreamControllerProcessPullIntoDescriptorsUsingQueue."""
        filled = []
        while self._pending and self._total and self._fill(self._pending[0]):
            filled.append(self._pending.popleft())
        for each in filled:
            self._commit(each)

    def _fill(self, into: PullInto) -> bool:
        """Copy from the queue; whether the reader can have it now."""
        self._take_back_request()
        count = min(self._total, into.length - into.filled)
        aligned = (into.filled + count) - (into.filled + count) % into.size
        ready = aligned >= into.least
        if ready:
            count = aligned - into.filled
        into.fill(self._take(count))
        return ready

    def _commit(self, into: PullInto) -> None:
        done = self.stream.state == CLOSED
        view = into.view()
        request = self.stream.reader.requests.popleft()
        if not done:
            request.chunk(view)
        elif into.kind == DEFAULT:
            request.close()
        else:
            request.close_with(view)

    def _queue_rest(self, into: PullInto) -> None:
        if into.filled:
            self._append(into.buffer.read(into.offset, into.filled))

    def _append(self, data: bytes) -> None:
        self._queue.append(data)
        self._total += len(data)

    def _take(self, count: int) -> bytes:
        parts = []
        self._total -= count
        while count:
            head = self._queue.popleft()
            if len(head) > count:
                self._queue.appendleft(head[count:])
                head = head[:count]
            parts.append(head)
            count -= len(head)
        return b"".join(parts)

    def _take_chunk(self) -> Any:
        data = self._queue.popleft()
        self._total -= len(data)
        self._after_take()
        return js.Uint8Array(buffer_of(data))

    def _after_take(self) -> None:
        """Be ReadableByteStreamControllerHandleQueueDrain."""
        if not self._total and self._close_requested:
            self._forget_source()
            self.stream.close()
        else:
            self._pull_if_needed()

    def _take_back_request(self) -> None:
        if self._request is not None:
            self._request.end()
            self._request = None

    def _queued(self) -> float:
        return self._total

    def _clear(self) -> None:
        self._take_back_request()
        self._pending.clear()
        self._queue.clear()
        self._total = 0


class ReadableStreamBYOBRequest(js.JsObject):
    """A buffer of a reader that the source may fill. Streams 4.8."""

    __slots__ = ("_controller", "_view")

    def __init__(self, controller: ReadableByteStreamController, view: js.Uint8Array) -> None:
        super().__init__()
        self._controller: ReadableByteStreamController | None = controller
        self._view: Any = view

    def end(self) -> None:
        """Say that it was answered, or is not wanted any more."""
        self._controller, self._view = None, js.null

    @property
    def view(self) -> object:
        """The part of the buffer that is free; null after the answer."""
        return self._view

    def respond(self, count: object) -> None:
        """Say how many bytes were filled. Raises js.TypeError, js.RangeError."""
        number = enforced_range(count, js.MAX_SAFE_INTEGER, "bytesWritten")
        self._open().respond(number)

    def respond_with_new_view(self, view: object) -> None:
        """Give a view of the same region of a buffer that was transferred."""
        _view_bytes(view)
        self._open().respond_with(view)

    def _open(self) -> ReadableByteStreamController:
        if self._controller is None:
            raise js.TypeError("Invalid BYOB Request")
        return self._controller


def _descriptor(view: Any, least: int) -> PullInto:
    """Take the buffer of a view. Raises js.TypeError when it cannot be taken."""
    # The place is read first: a view whose buffer was taken has none.
    offset, length = js.get(view, "byteOffset"), js.get(view, "byteLength")
    make = js.DataView if isinstance(view, js.DataView) else _class_of(view)
    into = PullInto(moved_buffer(js.get(view, "buffer")), offset, length, 0, make, BYOB)
    into.least = least * into.size
    return into


def _class_of(view: Any) -> Any:
    return getattr(js, js.class_tag(view))


def _view_bytes(view: object) -> bytes:
    data = None if isinstance(view, js.ArrayBuffer | js.SharedArrayBuffer) else js.bytes_of(view)
    if data is None:
        raise js.TypeError("the chunk must be an ArrayBufferView")
    return data


BYTE_CONTROLLER: Final = interface(
    ReadableByteStreamController,
    operations=("close", "enqueue", "error"),
    attributes=("byobRequest", "desiredSize"),
)
BYOB_REQUEST: Final = interface(
    ReadableStreamBYOBRequest,
    operations=("respond", "respondWithNewView"),
    attributes=("view",),
)
