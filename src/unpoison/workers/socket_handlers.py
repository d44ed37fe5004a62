"""The handlers of a Durable Object that hear its hibernating sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from unpoison import js
from unpoison.web import buffer_of
from unpoison.workers.clock import Clock
from unpoison.workers.hibernation import HibernatingSocket
from unpoison.workers.life import Life
from unpoison.workers.object_state import web_socket_for
from unpoison.workers.outside import EVENT_BYTES
from unpoison.workers.sockets import MAX_QUEUED_BYTES, Data, SocketOverflow
from unpoison.workers.visit import Visit

Call = Callable[[Life, Visit], object]
"""What an event does in the guest; gives the guest's answer, perhaps a promise."""

CLOSE_SECONDS: Final = 10.0
"""How long the answer to a close may take to leave, once the handler has run. Then the connection
is lost, or its client would wait for ever."""

NO_STATUS: Final = 1005
"""The code of a close that had none. RFC 6455 7.4.1."""


class SocketHandlers:
    """See HibernationListener. `post` runs an event of the object that nobody waits for, and calls
    its second argument when that is over; `name` is the object's, for errors.
    """

    def __init__(
        self, name: str, post: Callable[[Call, Callable[[], object]], object], clock: Clock
    ) -> None:
        self._name = name
        self._post = post
        self._clock = clock
        self._waiting = 0

    def message(self, socket: HibernatingSocket, data: Data) -> None:
        """Run `webSocketMessage`."""
        size = len(data) + EVENT_BYTES
        if self._waiting + size > MAX_QUEUED_BYTES:
            # What its clients say faster than it hears must not fill the memory of the host.
            socket.end.abort(SocketOverflow(f"{self._name} has too many messages waiting"))
            return
        value = data if isinstance(data, str) else buffer_of(data)
        self._hear("webSocketMessage", socket, value, size=size)

    def closed(
        self, socket: HibernatingSocket, code: int | None, reason: str, was_clean: bool
    ) -> None:
        """Run `webSocketClose`. What it does not answer is lost: at once when it failed."""
        number = NO_STATUS if code is None else code
        answers: list[object] = []
        call = _call("webSocketClose", socket, number, reason, was_clean)

        def noted(life: Life, visit: Visit) -> object:
            answers.append(answer := call(life, visit))
            return answer

        def heard() -> None:
            if any(map(_is_done, answers)):
                self._clock.call_later(CLOSE_SECONDS, socket.end.abort)
            else:
                socket.end.abort()

        self._post(noted, heard)

    def failed(self, socket: HibernatingSocket, error: Exception) -> None:
        """Run `webSocketError`."""
        self._hear("webSocketError", socket, js.Error(str(error)))

    def _hear(
        self, handler: str, socket: HibernatingSocket, *arguments: object, size: int = 0
    ) -> None:
        def heard() -> None:
            self._waiting -= size

        self._waiting += size
        self._post(_call(handler, socket, *arguments), heard)


def _call(handler: str, socket: HibernatingSocket, *arguments: object) -> Call:
    def call(life: Life, visit: Visit) -> object:
        method = getattr(life.target, handler, None)
        if method is None:
            return None
        return method(web_socket_for(visit.guest.realm, socket), *arguments)

    return call


def _is_done(answer: object) -> bool:
    return not isinstance(answer, js.Promise) or answer.state is js.PromiseState.FULFILLED
