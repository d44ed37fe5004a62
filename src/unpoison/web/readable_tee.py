"""Two streams from one: ReadableStreamDefaultTee. Streams standard 4.9.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js
from unpoison.web.promises import Deferred, Promise, resolved, upon
from unpoison.web.readable_controller import ReadableStreamDefaultController
from unpoison.web.readable_pulling import Source
from unpoison.web.readable_readers import ReadableStreamDefaultReader
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.underlying import nothing

Clone = Callable[[object], object]


class Tee:
    """The shared end of the two branches; `clone` makes the second branch's chunks."""

    def __init__(self, stream: ReadableStream, clone: Clone | None = None) -> None:
        self._realm = stream.realm
        self._stream = stream
        self._clone = clone
        self._reader = ReadableStreamDefaultReader(stream.realm, stream)
        self._reading = self._read_again = False
        self._cancelled = [False, False]
        self._reasons: list[object] = [None, None]
        self._cancel = Deferred(stream.realm)
        self.branches = tuple(self._make_branch(place) for place in (0, 1))
        for branch in self.branches:
            branch.controller.start()  # type: ignore[attr-defined]
        upon(self._reader.closed, None, self._fail)

    def _make_branch(self, place: int) -> ReadableStream:
        branch = ReadableStream(self._realm)
        source = Source(nothing, self._pull, lambda reason: self._cancel_branch(place, reason))
        ReadableStreamDefaultController(branch, source, 1, lambda chunk: 1)
        return branch

    @property
    def _controllers(self) -> list[Any]:
        return [branch.controller for branch in self.branches]

    def _fail(self, reason: object) -> None:
        for controller in self._controllers:
            controller.fail_if_readable(reason)
        if not all(self._cancelled):
            self._cancel.resolve(None)

    def _pull(self, _: object) -> Promise:
        if self._reading:
            self._read_again = True
        else:
            self._reading = True
            self._reader.read_into(_TeeRequest(self))
        return resolved(self._realm)

    def _cancel_branch(self, place: int, reason: object) -> Promise:
        self._cancelled[place] = True
        self._reasons[place] = reason
        if all(self._cancelled):
            self._cancel.resolve(self._stream.cancel_now(js.Array(self._reasons)))
        return self._cancel.promise

    def took(self, chunk: object) -> None:
        """Give a chunk to both branches."""
        self._read_again = False
        chunks = [chunk, chunk]
        if self._clone is not None and not self._cancelled[1]:
            try:
                chunks[1] = self._clone(chunk)
            except Exception as error:  # noqa: BLE001 - a chunk that cannot be cloned fails both
                self._fail_by(js.from_exception(error))
                return
        for place, controller in enumerate(self._controllers):
            if not self._cancelled[place] and controller.can_close_or_enqueue:
                controller.enqueue(chunks[place])
        self._reading = False
        if self._read_again:
            self._pull(None)

    def _fail_by(self, reason: object) -> None:
        for controller in self._controllers:
            controller.fail_if_readable(reason)
        self._cancel.resolve(self._stream.cancel_now(reason))

    def ended(self) -> None:
        """Close both branches."""
        self._reading = False
        for place, controller in enumerate(self._controllers):
            if not self._cancelled[place]:
                controller.close_now()
        if not all(self._cancelled):
            self._cancel.resolve(None)

    def failed(self) -> None:
        """The read failed; the closed promise tells the branches."""
        self._reading = False


class _TeeRequest:
    """A read for both branches. What it does waits for a microtask, as in the standard."""

    __slots__ = ("_tee",)

    def __init__(self, tee: Tee) -> None:
        self._tee = tee

    def chunk(self, value: object) -> None:
        """See ReadRequest."""
        self._tee._realm.promises.jobs.enqueue(lambda: self._tee.took(value))

    def close(self) -> None:
        """See ReadRequest."""
        self._tee.ended()

    def fail(self, reason: object) -> None:
        """See ReadRequest."""
        self._tee.failed()
