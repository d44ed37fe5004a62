"""WebSocket and WebSocketPair as a guest has them.

Workers docs, "WebSockets"; workerd, api/web-socket.c++.
"""

from __future__ import annotations

import asyncio
from typing import Final

from unpoison import js
from unpoison.web import (
    EVENT_TARGET,
    CloseEvent,
    ErrorEvent,
    Event,
    EventTarget,
    MessageEvent,
    buffer_of,
    interface,
)
from unpoison.workers.hibernation import HibernatingSocket
from unpoison.workers.outside import Outside, gates_of, guest_error
from unpoison.workers.sockets import (
    MAX_QUEUED_BYTES,
    SocketEnd,
    SocketOverflow,
    SocketState,
    socket_pair,
)
from unpoison.workers.v8_values import decode_value, encode_value

NO_CODE: Final = 1005
"""What a close event says when there was no code. RFC 6455 7.4.1."""

MAX_REASON: Final = 123
"""Bytes of a close reason. RFC 6455 5.5."""

_RESERVED: Final = frozenset({1004, 1005, 1006, 1015})
_STATES: Final = ("CONNECTING", "OPEN", "CLOSING", "CLOSED")


def _handler(type_: str) -> property:
    def read(socket: EventTarget) -> object:
        return socket.handler(type_)

    def write(socket: EventTarget, value: object) -> None:
        socket.set_handler(type_, value)

    return property(read, write)


class WebSocket(EventTarget):
    """One end of a connection.

    The guest accepts it to talk itself, gives it to a Response, or (a Durable Object) gives it to
    `state.acceptWebSocket`; only one of these. `hibernating` is what lives on without the guest.
    An end with which the guest did nothing is lost with it.
    """

    __slots__ = ("_accepted", "_closed", "_end", "_loop", "hibernating")

    def __init__(self, realm: js.Realm, end: SocketEnd) -> None:
        super().__init__(realm)
        self._loop = _running_loop()
        realm.part(Outside).note_unused(self)
        self._end: SocketEnd | None = end
        self._accepted = self._closed = False
        self.hibernating: HibernatingSocket | None = None

    onclose, onerror = _handler("close"), _handler("error")
    onmessage, onopen = _handler("message"), _handler("open")

    @property
    def ready_state(self) -> int:
        """0 to 3; workerd has no 0 for an end of a pair."""
        end = self._end
        connecting = end is None or end.state is SocketState.CONNECTING
        return _STATES.index("OPEN" if end is None or connecting else end.state.name)

    def __del__(self) -> None:
        # Else the other end waits for ever, as one that hibernates does; a finaliser must run
        # nothing of a guest.
        end, loop = self._unused_end, self._loop
        if end is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(end.abort)

    def lose(self) -> None:
        """Lose the end, if the guest did nothing with it and is gone."""
        if (end := self._unused_end) is not None:
            end.abort()

    @property
    def _unused_end(self) -> SocketEnd | None:
        return None if self._accepted else self._end

    def take(self) -> SocketEnd:
        """Give the end to somebody else; the guest can use the socket no more.

        Raises js.TypeError when it is in use.
        """
        end = self._usable("Can't return WebSocket in a Response")
        self._end = None
        return end

    def hibernate(self, socket: HibernatingSocket) -> None:
        """Note that its messages go to the handlers of a Durable Object."""
        self._accepted, self.hibernating = True, socket

    def check_unused(self) -> SocketEnd:
        """Give the end. Raises js.TypeError when it was accepted or given away."""
        return self._usable("Tried to acceptWebSocket() on a socket")

    def accept(self) -> None:
        """Begin to send and to hear; nothing the second time. Raises js.TypeError."""
        if self.hibernating is not None:
            raise js.TypeError("Can't accept() this WebSocket after enabling hibernation.")
        if self._end is None:
            raise js.TypeError("Can't accept() WebSocket that was already used in a response.")
        if not self._accepted:
            self._accepted = True
            self.realm.part(Outside).listen(self._end, _Listener(self))

    def send(self, message: object) -> None:
        """Send a text, or the bytes of a buffer. Raises js.TypeError before accept and after close.

        It leaves once all writes so far are durable.
        """
        end = self._open()
        data = js.bytes_of(message)
        sent = js.well_formed(js.to_string(message)) if data is None else data
        if len(sent) > MAX_QUEUED_BYTES:
            raise js.TypeError(f"a WebSocket message has more than {MAX_QUEUED_BYTES} bytes")
        if self._closed:
            raise js.TypeError("Can't call WebSocket send() after close().")
        gates_of(self.realm).after_writes(lambda: end.send(sent))

    def close(self, code: object, reason: object) -> None:
        """Close it, or answer the close of the other end; nothing the second time.

        Raises js.TypeError for a code that may not be sent and for a reason that is too long.
        """
        self._open()
        self._close(_close_code(code, reason), _close_reason(reason))

    def serialize_attachment(self, value: object) -> None:
        """Keep a value with a socket that hibernates. Raises js.Error for what cannot be kept."""
        self._attached().attachment = encode_value(value)

    def deserialize_attachment(self) -> object:
        """Give a copy of the value that was kept; null for none."""
        data = self._attached().attachment
        return js.null if data is None else decode_value(data)

    def _attached(self) -> HibernatingSocket:
        if self.hibernating is None:
            raise js.TypeError(
                "a WebSocket has an attachment once state.acceptWebSocket() was called with it"
            )
        return self.hibernating

    def _usable(self, problem: str) -> SocketEnd:
        if self._end is None:
            raise js.TypeError(f"{problem} that was already used in a response.")
        if self._accepted:
            raise js.TypeError(f"{problem} after calling accept().")
        return self._end

    def _open(self) -> SocketEnd:
        if self._end is None:
            raise js.TypeError("Can't use a WebSocket that was already used in a response.")
        if not self._accepted:
            raise js.TypeError("You must call accept() on this WebSocket before sending messages.")
        return self._end

    def deliver(self, event: Event) -> None:
        """Dispatch an event of the connection when the guest may hear it."""
        gates_of(self.realm).deliver(lambda: self.dispatch(event))

    def hear(self, data: str | bytes) -> None:
        """Dispatch a message, as `deliver`; a client that says more than may wait is lost."""
        outside = self.realm.part(Outside)
        if not outside.deliver(lambda: self.dispatch(message_event(data)), len(data)):
            assert self._end is not None
            self._end.abort(SocketOverflow("too many messages wait for a Worker to hear them"))

    def answer_close(self, code: int | None) -> None:
        """Answer the close of the other end, unless the guest did when it heard of it."""
        gates_of(self.realm).deliver(lambda: self._close(code, ""))

    def _close(self, code: int | None, reason: str) -> None:
        end = self._end
        if not self._closed and end is not None:
            self._closed = True
            gates_of(self.realm).after_writes(lambda: end.close(code, reason))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Give the loop of this thread; without one nothing of the outside hears a socket."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _Listener:
    """Makes events of what arrives; see SocketListener."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    def message(self, data: str | bytes) -> None:
        self._socket.hear(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        number = NO_CODE if code is None else code
        self._socket.deliver(CloseEvent("close", code=number, reason=reason, wasClean=was_clean))
        self._socket.answer_close(code)

    def failed(self, error: Exception) -> None:
        self._socket.deliver(error_event(guest_error(error)))


def message_value(data: str | bytes) -> object:
    """Give what a message is to a guest: a string, or an ArrayBuffer."""
    return data if isinstance(data, str) else buffer_of(data)


def message_event(data: str | bytes) -> MessageEvent:
    """Give the event of a message."""
    return MessageEvent(
        "message",
        data=message_value(data),
        lastEventId="",
        origin="",
        ports=js.Array(),
        source=js.null,
    )


def error_event(error: js.Error) -> ErrorEvent:
    """Give the event of a lost connection."""
    message = js.error_message(error)
    return ErrorEvent("error", colno=0, error=error, filename="", lineno=0, message=message)


def _close_code(code: object, reason: object) -> int | None:
    if js.is_nullish(code):
        if not js.is_nullish(reason):
            raise js.TypeError(
                "If you specify a WebSocket close reason, you must also specify a code."
            )
        return None
    number = js.to_number(code)
    if not 1000 <= number < 5000 or number in _RESERVED or number != int(number):
        raise js.TypeError(f"Invalid WebSocket close code: {js.string_of(code)}.")
    return int(number)


def _close_reason(reason: object) -> str:
    text = "" if js.is_nullish(reason) else js.well_formed(js.to_string(reason))
    if len(text.encode()) > MAX_REASON:
        raise js.TypeError(f"a WebSocket close reason has more than {MAX_REASON} bytes")
    return text


def _construct(realm: js.Realm, url: object, protocols: object) -> WebSocket:
    raise js.Error(
        "new WebSocket(url): connections to other servers are not supported;"
        " WebSocketPair and Durable Objects are",
        name="NotSupportedError",
    )


class WebSocketPair(js.JsObject):
    """Two sockets that are connected to each other, as the properties 0 and 1."""

    __slots__ = ()

    def __init__(self, first: WebSocket, second: WebSocket) -> None:
        super().__init__()
        self._js_own.update({"0": first, "1": second})


class WebSocketRequestResponsePair(js.JsObject):
    """A message and the answer to it that a Durable Object need not be there for."""

    __slots__ = ("request", "response")

    def __init__(self, request: object, response: object) -> None:
        super().__init__()
        self.request, self.response = js.to_string(request), js.to_string(response)


def _construct_pair(realm: js.Realm) -> WebSocketPair:
    first, second = socket_pair()
    return WebSocketPair(WebSocket(realm, first), WebSocket(realm, second))


WEB_SOCKET: Final = interface(
    WebSocket,
    EVENT_TARGET,
    operations=("accept", "close", "deserializeAttachment", "send", "serializeAttachment"),
    attributes=("readyState",),
    writable=("onclose", "onerror", "onmessage", "onopen"),
    getters={
        "extensions": lambda socket: "",
        "protocol": lambda socket: "",
        "url": lambda socket: js.null,
    },
    constants=dict(zip(_STATES, range(4), strict=True)),
    construct=_construct,
    length=1,
)

WEB_SOCKET_PAIR: Final = interface(WebSocketPair, construct=_construct_pair)

REQUEST_RESPONSE_PAIR: Final = interface(
    WebSocketRequestResponsePair,
    attributes=("request", "response"),
    construct=lambda realm, request, response: WebSocketRequestResponsePair(request, response),
)
