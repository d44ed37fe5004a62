"""Pairs of WebSocket ends: what one sends, the other hears. Pure: no loop, no clock, no guest.

States are those of the WebSockets standard (9.3.2). A listener is called from inside the other
end's `send` or `close`; what it sends in answer waits until it returns, so two ends that answer
each other never nest. A listener must not raise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

MAX_QUEUED_BYTES: Final = 32 << 20
"""What waits for an end that nobody accepted; the platform's limit for one message."""

MAX_QUEUED_MESSAGES: Final = 32_768

ABNORMAL: Final = 1006
"""The code that stands for a lost connection; it is never sent. RFC 6455 7.4.1."""

Data = str | bytes


class SocketState(Enum):
    """The ready state of an end; the values are the standard's."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3


class SocketOverflow(Exception):  # noqa: N818 - given to listeners, never raised
    """More was sent to an end that nobody accepted than may wait."""


class SocketListener(Protocol):
    """Who hears what arrives at an end. It must not raise."""

    def message(self, data: Data) -> None:
        """Hear a text or binary message."""

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        """Hear that the other end closed (None: without a code), or was lost: 1006, not clean.

        After a clean one, answer with `close`, as the closing handshake wants it.
        """

    def failed(self, error: Exception) -> None:
        """Hear why the connection is lost; `closed` follows."""


class SocketEnd:
    """One end. Made by `socket_pair`."""

    __slots__ = ("_inbox", "_line", "_listener", "_on_closed", "_queued", "_received_close",
                 "_sent_close", "peer", "state")  # fmt: skip

    peer: SocketEnd

    def __init__(self, line: _Line) -> None:
        self.state = SocketState.CONNECTING
        self._line = line
        self._listener: SocketListener | None = None
        self._inbox: deque[Callable[[SocketListener], None]] = deque()
        self._queued = 0
        self._sent_close = self._received_close = False
        self._on_closed: list[Callable[[], object]] = []

    @property
    def accepted(self) -> bool:
        """Whether somebody listens."""
        return self._listener is not None

    def accept(self, listener: SocketListener) -> None:
        """Listen from now on; what was sent before is delivered first, in order.

        A second listener takes the place of the first.
        """
        self._listener = listener
        if self.state is SocketState.CONNECTING:
            self.state = SocketState.OPEN
        inbox, self._inbox, self._queued = self._inbox, deque(), 0
        for event in inbox:
            self._line.post(self, event)
        self._line.deliver()

    def send(self, data: Data) -> None:
        """Send a message to the other end; nothing happens once this end closed or was lost."""
        self._send(data, lambda listener: listener.message(data))

    def answer(self, data: Data) -> None:
        """As `send`, of a listener that answers by itself: one that does so too must not answer
        again, or both would for ever. It hears of it by `answered`, if it has that."""
        self._send(data, lambda listener: getattr(listener, "answered", listener.message)(data))

    def _send(self, data: Data, event: Callable[[SocketListener], None]) -> None:
        if self._sent_close or self.state is SocketState.CLOSED:
            return
        self.peer._hear_message(data, event)
        self._line.deliver()

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Start the closing handshake, or answer the other end's; a second time is nothing."""
        if self._sent_close or self.state is SocketState.CLOSED:
            return
        self._sent_close = True
        self._settle()
        self.peer._hear_close(code, reason)
        self._line.deliver()

    def abort(self, error: Exception | None = None, reason: str = "") -> None:
        """Lose the connection: the other end hears 1006, after `failed` when there is an error."""
        if self.state is SocketState.CLOSED:
            return
        self._inbox.clear()
        self._become_closed()
        self.peer._lose(error, reason)
        self._line.deliver()

    def when_closed(self, callback: Callable[[], object]) -> None:
        """Call once, when this end is closed or lost; it must not raise."""
        if self.state is SocketState.CLOSED:
            callback()
        else:
            self._on_closed.append(callback)

    def _become_closed(self) -> None:
        self.state = SocketState.CLOSED
        callbacks, self._on_closed = self._on_closed, []
        for callback in callbacks:
            callback()

    def _settle(self) -> None:
        if self._sent_close and self._received_close:
            self._become_closed()
        else:
            self.state = SocketState.CLOSING

    def _hear_message(self, data: Data, event: Callable[[SocketListener], None]) -> None:
        if self._received_close or self._sent_close or self.state is SocketState.CLOSED:
            return
        if self._listener is None:
            self._queued += len(data)
            if self._queued > MAX_QUEUED_BYTES or len(self._inbox) >= MAX_QUEUED_MESSAGES:
                self._overflow()
                return
        self._post(event)

    def _hear_close(self, code: int | None, reason: str) -> None:
        if self.state is SocketState.CLOSED:
            return
        self._received_close = True
        if self._listener is not None or self._sent_close:
            self._settle()
        self._post(lambda listener: listener.closed(code, reason, True))

    def _lose(self, error: Exception | None, reason: str = "") -> None:
        if self.state is SocketState.CLOSED:
            return
        self._become_closed()
        if self._received_close:
            return  # a connection is closed once: the close that was heard is how
        if error is not None:
            self._post(lambda listener: listener.failed(error))
        self._post(lambda listener: listener.closed(ABNORMAL, reason, False))

    def _overflow(self) -> None:
        waiting = len(self._inbox)
        self._inbox.clear()
        error = SocketOverflow(f"{waiting + 1} messages wait for a WebSocket that nobody accepted")
        self.peer._lose(error)
        self._lose(error)

    def _post(self, event: Callable[[SocketListener], None]) -> None:
        if self._listener is None:
            self._inbox.append(event)
        else:
            self._line.post(self, event)

    def _hear(self, event: Callable[[SocketListener], None]) -> None:
        assert self._listener is not None
        event(self._listener)


class _Line:
    """What both ends share: the events that are to be delivered, one after another."""

    __slots__ = ("_delivering", "_events")

    def __init__(self) -> None:
        self._events: deque[tuple[SocketEnd, Callable[[SocketListener], None]]] = deque()
        self._delivering = False

    def post(self, end: SocketEnd, event: Callable[[SocketListener], None]) -> None:
        """Queue an event of an end that has a listener."""
        self._events.append((end, event))

    def deliver(self) -> None:
        """Deliver everything, unless a caller further out does so already."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._events:
                end, event = self._events.popleft()
                end._hear(event)
        finally:
            self._delivering = False


def socket_pair() -> tuple[SocketEnd, SocketEnd]:
    """Give two ends that are connected to each other."""
    line = _Line()
    first, second = SocketEnd(line), SocketEnd(line)
    first.peer, second.peer = second, first
    return first, second
