"""One event that a guest handles, from its entry until nothing of it is left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from unpoison import js, web
from unpoison.workers.client_signals import say_left
from unpoison.workers.clock import Clock
from unpoison.workers.failures import text_of
from unpoison.workers.guest import Guest
from unpoison.workers.messages import HttpResponse, discard
from unpoison.workers.sockets import SocketEnd

log = logging.getLogger("unpoison.workers")

WAIT_UNTIL_SECONDS: Final = 30.0
"""How long promises given to `waitUntil` may take after the answer, or after the client left, and
how long an event that nobody waits for any more. Workers docs, "Limits"."""

LINGER_SECONDS: Final = 1.0
"""How long the guest of a body that nobody reads to its end may go on, to drop what it holds."""


class Visit:
    """An event under way: it ends when it is answered, its body is sent or dropped, and every
    promise given to `waitUntil` is settled or has been given up. Then `is_over`, and `on_end` is
    called once. `has_socket` tells whether the guest talks to the client over a WebSocket;
    `signal` is that of the request, if it is told when the client leaves.
    """

    def __init__(self, guest: Guest, clock: Clock, on_end: Callable[[Visit], object]) -> None:
        self.guest = guest
        self._clock = clock
        self._on_end = on_end
        self._open = 1  # the handler, the body, a WebSocket
        self._tasks: set[asyncio.Future[Any]] = set()  # one for each promise
        self._alarm: js.Handle | None = None
        self.is_over = False
        self.has_socket = False
        self.signal: web.AbortSignal | None = None

    # --- what the guest says of it: ports.EventPort ---

    def wait_until(self, promise: js.Promise[Any]) -> None:
        """Keep the event alive until a promise of the guest is settled.

        Raises js.Error when it is over: the guest may serve another one by now.
        """
        if self.is_over:
            raise js.Error("waitUntil() was called for an event that is over")
        task = asyncio.ensure_future(self.guest.outside.settled(promise))
        self._tasks.add(task)
        task.add_done_callback(self._settled)

    def pass_through_on_exception(self) -> None:
        """Do nothing: there is no origin server here that a failure could be passed to."""

    # --- how it goes on ---

    def answered(self, response: HttpResponse) -> HttpResponse:
        """Note the answer; give it with a body whose end is noticed."""
        if response.body is not None and not isinstance(response.body, bytes):
            self._open += 1
            response.body = _Watched(response.body, self.close, self._linger)
        if response.web_socket is not None:
            self._attend(response.web_socket.peer)
        self.close()
        return response

    def _attend(self, end: SocketEnd) -> None:
        """Stay alive while the guest itself talks to the client."""
        if self.guest.outside.hears(end):
            self._open += 1
            self.has_socket = True
            end.when_closed(self.close)

    def client_left(self, deliver: Callable[[Callable[[], object]], object] | None = None) -> None:
        """Tell the guest that nobody waits for the answer any more, or takes the rest of its body.

        `deliver` runs an event when it may come in; without it that is when the guest's gates say.
        """
        signal, self.signal = self.signal, None
        guest = self.guest
        if signal is None or not guest.is_live:
            return
        generation = guest.generation
        self._open += 1  # until it is told, the guest may not be lent on

        def tell() -> None:
            if guest.is_live and guest.generation == generation:
                say_left(signal)
            self.close()

        (deliver or guest.outside.gates.deliver)(tell)

    def close(self) -> None:
        """Note that the handler is done, whatever it did, or the body or the WebSocket is."""
        self._open -= 1
        if self._open == 0 and self._tasks:
            self._alarm = self._clock.call_later(WAIT_UNTIL_SECONDS, self._give_up)
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._open or self._tasks:
            return
        self.is_over = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._on_end(self)

    def _linger(self) -> None:
        """Close when the guest has nothing more to do, or after a while."""
        self.client_left()
        guest = self.guest
        if not guest.is_live or guest.instance.is_idle:
            self.close()
            return
        handles: list[js.Handle] = []

        def end(_: object = None) -> None:
            while handles:
                handles.pop().cancel()
            guest.forget_idle(end)
            self.close()

        handles.append(self._clock.call_later(LINGER_SECONDS, end))
        guest.when_idle(end)

    def _settled(self, task: asyncio.Future[Any]) -> None:
        """Tell of what nobody else hears of."""
        self._tasks.discard(task)
        if task.cancelled():
            log.warning("waitUntil: a promise was still pending %g seconds after the answer",
                        WAIT_UNTIL_SECONDS)  # fmt: skip
        elif (error := task.exception()) is not None:
            log.error("waitUntil: %s", text_of(error))
        self._end_if_done()

    def _give_up(self) -> None:
        self.is_over = True  # nothing is added to what is given up
        for task in self._tasks:
            task.cancel()


class _Watched:
    """A body that tells of its end, or that nobody reads it to its end."""

    def __init__(
        self,
        body: AsyncIterator[bytes],
        on_end: Callable[[], None],
        on_left: Callable[[], None],
    ) -> None:
        self._body = body
        self._on_end: Callable[[], None] | None = on_end
        self._on_left = on_left
        self._loop = asyncio.get_running_loop()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._body)
        except asyncio.CancelledError:
            raise  # the reader's: it closes the body, and only then the guest has done with it
        except BaseException:
            self._end()
            raise

    async def aclose(self) -> None:
        """See messages.Payload."""
        try:
            await discard(self._body)
        finally:
            if self._on_end is not None:
                self._on_end = self._on_left
            self._end()

    def _end(self) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()

    def __del__(self) -> None:
        # A collected body is one that nobody reads; a finaliser must run nothing of a guest.
        if self._on_end is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_left)
