"""uvicorn's WebSocket connection, with the closing handshake left to the application.

uvicorn answers a client's close frame at once; here the Worker answers it, with a code and a reason
of its own, as on the platform.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Request

from unpoison.workers.asgi_requests import EMPTY_QUERY
from unpoison.workers.asgi_sockets import CLOSING_EXTENSION, GOING_AWAY, NO_STATUS
from unpoison.workers.hub import Hub, Swept
from unpoison.workers.slow_clients import Outflow
from unpoison.workers.sockets import ABNORMAL

SWITCHING_PROTOCOLS: Final = 101


class WebSocketConnection(Swept, WebSocketsSansIOProtocol):
    """One WebSocket. Its scope has CLOSING_EXTENSION."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(server_state, Hub)
        limits = server_state.limits
        self._outflow = Outflow(limits.stall_seconds, limits.slowest_rate)
        self._awaits_answer = False

    def handle_connect(self, event: Request) -> None:
        """Start the application; tell it that it may answer a close."""
        super().handle_connect(event)
        if self.response.status_code == SWITCHING_PROTOCOLS:
            extensions: Any = self.scope["extensions"]
            extensions[CLOSING_EXTENSION] = {}
            if event.path.endswith("?"):
                extensions[EMPTY_QUERY] = {}

    def data_received(self, data: bytes) -> None:
        """Parse bytes of the client; read no more of one that does not take our answers."""
        super().data_received(data)
        # Pings are answered without the application, so that nothing else slows them down.
        if not self.writable.is_set() and not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Write, and read, again."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def handle_close(self, event: Frame) -> None:
        """Hand a close frame of the client to the application, which answers it."""
        ours_came_first = self.close_sent or self.transport.is_closing()
        # The library has an answer ready; behind a ping of the same packet it is on its way.
        if ours_came_first or not self.conn.data_to_send() or self.conn.close_rcvd is None:
            super().handle_close(event)
            return
        self.stop_keepalive()
        self._awaits_answer = True
        code, reason = self.conn.close_rcvd.code, self.conn.close_rcvd.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(self.close_timeout, self._answer, code, reason)

    def send_receive_event_to_app(self) -> None:
        """Hand on a whole message; text that is not UTF-8 is the client's fault, not an error."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.send_close(CloseCode.INVALID_DATA)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Tell the application what the client did, and close."""
        sent = self.conn.close_sent
        text = "the client broke the protocol" if sent is None else f"{sent.code} {sent.reason}"
        event: Any = {"type": "websocket.disconnect", "code": ABNORMAL, "error": text.rstrip()}
        self.queue.put_nowait(event)
        super().handle_parser_exception()

    async def send(self, message: Any) -> None:
        """Send what the application says."""
        if self._awaits_answer:
            if message["type"] == "websocket.close":
                self._answer(message["code"], message["reason"])
            return
        if message.get("code") == NO_STATUS:
            message = {**message, "code": None}
        self._outflow.queued(len(message.get("text") or message.get("bytes") or b""))
        await super().send(message)

    def shutdown(self) -> None:
        """Close, when the server stops."""
        if self._awaits_answer:
            self._answer(GOING_AWAY, "")
        else:
            super().shutdown()

    def sweep(self, seconds: float) -> None:
        """Drop a client that does not read."""
        if self._outflow.is_stalled(self.transport.get_write_buffer_size(), seconds):
            self.transport.abort()

    def _answer(self, code: int, reason: str) -> None:
        """Write the close frame that ends the closing handshake."""
        self._awaits_answer = False
        self.close_sent = True
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = None
        if not self.transport.is_closing():
            content = b"" if code == NO_STATUS else Close(code, reason).serialize()
            self.transport.write(Frame(Opcode.CLOSE, content).serialize(mask=False))
            self.transport.close()
