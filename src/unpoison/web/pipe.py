"""ReadableStreamPipeTo: from a stream to a sink, ends and errors included. Streams 4.9.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js
from unpoison.web.abort import AbortSignal
from unpoison.web.promises import Deferred, Promise, mark_handled, resolved, upon
from unpoison.web.readable_readers import ReadableStreamDefaultReader
from unpoison.web.readable_stream import CLOSED, ERRORED, ReadableStream
from unpoison.web.writable_stream import CLOSED as SINK_CLOSED
from unpoison.web.writable_stream import ERRORED as SINK_ERRORED
from unpoison.web.writable_stream import WRITABLE, WritableStream
from unpoison.web.writable_writer import WritableStreamDefaultWriter

Action = Callable[[], Promise]


class Pipe:
    """One pipe under way."""

    def __init__(
        self,
        source: ReadableStream,
        sink: WritableStream,
        *,
        prevent_close: bool,
        prevent_abort: bool,
        prevent_cancel: bool,
        signal: AbortSignal | None,
    ) -> None:
        self._realm = source.realm
        self._source, self._sink = source, sink
        self._prevents = (prevent_close, prevent_abort, prevent_cancel)
        self._reader = ReadableStreamDefaultReader(source.realm, source)
        self._writer = WritableStreamDefaultWriter(source.realm, sink)
        source.disturbed = True
        self._shutting_down = False
        self._last_write: Promise = resolved(source.realm)
        self._done = Deferred(source.realm)
        self._signal = signal
        if signal is not None:
            if signal.aborted:
                self._aborted()
                return
            signal.add_algorithm(self._aborted)
        self._watch()
        self._step(None)

    @property
    def promise(self) -> Promise:
        """The promise that `pipeTo` gives."""
        return self._done.promise

    def _aborted(self) -> None:
        assert self._signal is not None
        reason = self._signal.reason
        _, prevent_abort, prevent_cancel = self._prevents

        def act() -> Promise:
            actions: list[Promise] = []
            if not prevent_abort and self._sink.state == WRITABLE:
                actions.append(self._sink.abort_now(reason))
            if not prevent_cancel and self._source.state == "readable":
                actions.append(self._source.cancel_now(reason))
            return js.promise_all(self._realm.promises, actions)

        self._shut_down(act, (reason,))

    def _watch(self) -> None:
        """React to either end that fails or closes; what has happened already counts first."""
        prevent_close, prevent_abort, prevent_cancel = self._prevents
        source, sink = self._source, self._sink

        def source_failed(reason: object) -> None:
            act = None if prevent_abort else lambda: sink.abort_now(source.stored_error)
            self._shut_down(act, (source.stored_error,))

        def sink_failed(reason: object) -> None:
            act = None if prevent_cancel else lambda: source.cancel_now(sink.stored_error)
            self._shut_down(act, (sink.stored_error,))

        def source_closed(_: object) -> None:
            act = None if prevent_close else self._writer.close_with_error_propagation
            self._shut_down(act, None)

        self._when(source.state == ERRORED, self._reader.closed, None, source_failed)
        self._when(sink.state == SINK_ERRORED, self._writer.closed, None, sink_failed)
        self._when(source.state == CLOSED, self._reader.closed, source_closed, None)
        if sink.is_closing or sink.state == SINK_CLOSED:
            problem = js.TypeError("The destination is closing or closed")
            act = None if prevent_cancel else lambda: source.cancel_now(problem)
            self._shut_down(act, (problem,))

    @staticmethod
    def _when(now: bool, promise: Promise, fulfilled: Any, failed: Any) -> None:
        if now:
            (fulfilled or failed)(None)
        else:
            upon(promise, fulfilled, failed)

    def _step(self, _: object) -> None:
        """Read one chunk when the sink has room, write it, go on."""
        if self._shutting_down:
            return
        if self._writer.stream is not None and self._writer_has_room():
            self._reader.read_into(_PipeRequest(self))
        else:
            upon(self._writer.ready, self._step)

    def _writer_has_room(self) -> bool:
        room = self._writer.desired_size
        return room is not js.null and room > 0  # type: ignore[operator]

    def took(self, chunk: object) -> None:
        """Write a chunk that was read: also while shutting down, for it left the source."""
        self._last_write = self._writer.write(chunk)
        mark_handled(self._last_write)
        self._step(None)

    def _shut_down(self, action: Action | None, error: tuple[object] | None) -> None:
        """Be "shutdown", with an action or without."""
        if self._shutting_down:
            return
        self._shutting_down = True
        if self._sink.state == WRITABLE and not self._sink.is_closing:
            self._after_writes(lambda: self._act(action, error))
        else:
            self._act(action, error)

    def _after_writes(self, go_on: Callable[[], object]) -> None:
        last = self._last_write

        def again(_: object) -> None:
            if last is self._last_write:
                go_on()
            else:  # a chunk that was being read came meanwhile
                self._after_writes(go_on)

        upon(last, again, again)

    def _act(self, action: Action | None, error: tuple[object] | None) -> None:
        if action is None:
            self._finish(error)
            return
        upon(action(), lambda _: self._finish(error), lambda reason: self._finish((reason,)))

    def _finish(self, error: tuple[object] | None) -> None:
        self._writer.release_lock()
        self._reader.release_lock()
        if self._signal is not None:
            self._signal.remove_algorithm(self._aborted)
        if error is None:
            self._done.resolve(None)
        else:
            self._done.reject(error[0])


class _PipeRequest:
    """A read for the pipe. The chunk waits for a microtask, so that the read settles first."""

    __slots__ = ("_pipe",)

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def chunk(self, value: object) -> None:
        """See ReadRequest."""
        self._pipe._realm.promises.jobs.enqueue(lambda: self._pipe.took(value))

    def close(self) -> None:
        """See ReadRequest: the closed promise tells the pipe."""

    def fail(self, reason: object) -> None:
        """See ReadRequest: the closed promise tells the pipe."""
