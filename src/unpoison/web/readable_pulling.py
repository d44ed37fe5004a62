"""What both controllers of readable streams share: the source, and when it is asked for more.

Streams standard 4.6.4 and 4.7.4; the two kinds differ in their queues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unpoison import js
from unpoison.web.promises import Promise, resolved, upon
from unpoison.web.readable_stream import CLOSED, ERRORED, READABLE, ReadableStream


@dataclass(frozen=True, slots=True)
class Source:
    """Where the chunks come from: `start` may raise, the other two give promises."""

    start: Callable[[object], object]
    pull: Callable[[object], Promise]
    cancel: Callable[[object], Promise]


class PullingController(js.JsObject):
    """A controller that asks its source for more while there is room or somebody waits."""

    __slots__ = (
        "_close_requested", "_high_water_mark", "_pull_again", "_pulling", "_source", "_started",
        "realm", "stream",
    )  # fmt: skip

    def __init__(self, stream: ReadableStream, source: Source, high_water_mark: float) -> None:
        super().__init__()
        self.stream, self.realm = stream, stream.realm
        self._high_water_mark = high_water_mark
        self._source: Source | None = source
        self._started = self._pulling = self._pull_again = self._close_requested = False

    def start(self) -> None:
        """Be SetUp...Controller. Raises what the source's `start` raises."""
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
        return 0.0 if self.stream.state == CLOSED else self._high_water_mark - self._queued()

    def close(self) -> None:
        """Say that there is nothing more; what is queued can be read still.

        Raises js.TypeError when the stream is closed, closing or failed.
        """
        self._check_open()
        self.close_now()

    def _check_open(self) -> None:
        if not self.can_close_or_enqueue:
            raise js.TypeError("Invalid state: Controller is already closed")

    def error(self, reason: object = None) -> None:
        """Make the stream fail: what is queued is lost."""
        self.fail_if_readable(reason)

    def fail_if_readable(self, reason: object) -> None:
        """Be ...ControllerError."""
        if self.stream.state == READABLE:
            self._clear()
            self._forget_source()
            self.stream.fail(reason)

    @property
    def can_close_or_enqueue(self) -> bool:
        """Whether the stream takes more."""
        return not self._close_requested and self.stream.state == READABLE

    def cancel_steps(self, reason: object) -> Promise:
        """See Controller."""
        self._clear()
        result = resolved(self.realm) if self._source is None else self._source.cancel(reason)
        self._forget_source()
        return result

    def _forget_source(self) -> None:
        # It may hold much, and is never asked again.
        self._source = None

    def _pull_if_needed(self) -> None:
        """Be ...ControllerCallPullIfNeeded."""
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
        stream = self.stream
        if self._close_requested or not self._started or stream.state != READABLE:
            return False
        reader = stream.reader
        return (reader is not None and len(reader.requests) > 0) or self._room() > 0

    def close_now(self) -> None:
        """Be ...ControllerClose; nothing when the stream takes no more."""
        raise NotImplementedError

    def _queued(self) -> float:
        """Give the size of what is queued."""
        raise NotImplementedError

    def _clear(self) -> None:
        """Forget what is queued."""
        raise NotImplementedError
