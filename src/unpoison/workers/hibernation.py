"""The WebSockets of a Durable Object that stay open while the object is evicted.

Pure: who hears their events (and makes the object anew for it) is handed in. Workers docs, "Use
WebSockets", hibernation; limits: workerd, io/legacy-hibernation-manager.h.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from unpoison import js
from unpoison.workers.sockets import Data, SocketEnd, SocketState

MAX_SOCKETS: Final = 32_768
MAX_TAGS: Final = 10
MAX_TAG: Final = 256
MAX_ATTACHMENT: Final = 16_384
MAX_AUTO_RESPONSE: Final = 2_048


class HibernatingSocket:
    """One socket. `tags` never change; `attachment` is a serialized value of the guest.

    `answered_at` is when the auto-response was last sent, in seconds since 1970.
    """

    __slots__ = ("__weakref__", "_attachment", "answered_at", "end", "tags")

    def __init__(self, end: SocketEnd, tags: Sequence[str]) -> None:
        self.end = end
        self.tags = tuple(tags)
        self.answered_at: float | None = None
        self._attachment: bytes | None = None

    @property
    def attachment(self) -> bytes | None:
        """What the guest keeps with it; setting more than MAX_ATTACHMENT bytes raises js.Error."""
        return self._attachment

    @attachment.setter
    def attachment(self, data: bytes) -> None:
        if len(data) > MAX_ATTACHMENT:
            raise js.Error(
                "A WebSocket 'attachment' cannot be larger than"
                f" {MAX_ATTACHMENT} bytes. 'attachment' was {len(data)} bytes."
            )
        self._attachment = data


class HibernationListener(Protocol):
    """Who runs the handlers of the object. It must not raise."""

    def message(self, socket: HibernatingSocket, data: Data) -> None:
        """Hear a message: `webSocketMessage`."""

    def closed(
        self, socket: HibernatingSocket, code: int | None, reason: str, was_clean: bool
    ) -> None:
        """Hear a close: `webSocketClose`."""

    def failed(self, socket: HibernatingSocket, error: Exception) -> None:
        """Hear why a connection is lost: `webSocketError`; `closed` follows."""


class Hibernation:
    """The hibernating sockets of one object, in the order in which they were accepted.

    `now` gives seconds since 1970.
    """

    def __init__(self, listener: HibernationListener, now: Callable[[], float]) -> None:
        self._listener = listener
        self._now = now
        self._sockets: dict[HibernatingSocket, None] = {}
        self._auto_response: tuple[str, str] | None = None

    def __len__(self) -> int:
        return len(self._sockets)

    @property
    def auto_response(self) -> tuple[str, str] | None:
        """The request that is answered without the object, and the answer. Raises js.RangeError."""
        return self._auto_response

    @auto_response.setter
    def auto_response(self, pair: tuple[str, str] | None) -> None:
        for name, text in zip(("Request", "Response"), pair or (), strict=False):
            size = len(text.encode("utf-8", "surrogatepass"))
            if size > MAX_AUTO_RESPONSE:
                raise js.RangeError(
                    f"{name} cannot be larger than {MAX_AUTO_RESPONSE} bytes."
                    f" A {name.lower()} of size {size} was provided."
                )
        self._auto_response = pair

    def accept(self, end: SocketEnd, tags: Sequence[str] = ()) -> HibernatingSocket:
        """Take a socket. Raises js.Error for too many sockets or tags, or a tag that is too long.

        Equal tags count once.
        """
        distinct = tuple(dict.fromkeys(tags))
        if len(distinct) > MAX_TAGS:
            raise js.Error(f"a Hibernatable WebSocket cannot have more than {MAX_TAGS} tags")
        if any(len(tag) > MAX_TAG for tag in distinct):
            raise js.Error(f'"tag" length cannot exceed {MAX_TAG} characters')
        if len(self._sockets) >= MAX_SOCKETS:
            raise js.Error(
                f"only {MAX_SOCKETS} websockets can be accepted on a single Durable Object instance"
            )
        socket = HibernatingSocket(end, distinct)
        self._sockets[socket] = None
        end.accept(_Ear(self, socket))
        return socket

    def sockets(self, tag: str | None = None) -> list[HibernatingSocket]:
        """Give the sockets that are not closed; those with a tag."""
        gone = [each for each in self._sockets if each.end.state is SocketState.CLOSED]
        for each in gone:
            del self._sockets[each]
        return [each for each in self._sockets if tag is None or tag in each.tags]

    def close(self, code: int, reason: str) -> None:
        """Close every socket: the server ends."""
        for socket in self.sockets():
            socket.end.close(code, reason)

    def _hear_message(self, socket: HibernatingSocket, data: Data) -> None:
        pair = self._auto_response
        if pair is None or data != pair[0]:
            self._listener.message(socket, data)
        else:
            socket.answered_at = self._now()
            socket.end.answer(pair[1])

    def _hear_close(
        self, socket: HibernatingSocket, code: int | None, reason: str, was_clean: bool
    ) -> None:
        self._sockets.pop(socket, None)
        self._listener.closed(socket, code, reason, was_clean)


class _Ear:
    """Hears one socket; see SocketListener."""

    __slots__ = ("_home", "_socket")

    def __init__(self, home: Hibernation, socket: HibernatingSocket) -> None:
        self._home, self._socket = home, socket

    def message(self, data: Data) -> None:
        self._home._hear_message(self._socket, data)

    def answered(self, data: Data) -> None:
        self._home._listener.message(self._socket, data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self._home._hear_close(self._socket, code, reason, was_clean)

    def failed(self, error: Exception) -> None:
        self._home._listener.failed(self._socket, error)
