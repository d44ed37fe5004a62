"""Events that are answered and go on, by a WebSocket or a body: they make room for requests."""

from __future__ import annotations

from typing import Final

from unpoison import js
from unpoison.workers.clock import Clock
from unpoison.workers.isolation import Isolation
from unpoison.workers.visit import Visit

LASTING_SECONDS: Final = 1.0
"""How long a body, or what waitUntil was given, keeps the place of its guest: most end sooner, and
then their guest is there for who waits. A WebSocket is known to last."""


class LastingEvents:
    """The events of one worker whose guests may be set apart, for as long as they are not."""

    def __init__(self, guests: Isolation, clock: Clock) -> None:
        self._guests = guests
        self._clock = clock
        self._due: dict[Visit, float] = {}
        self._alarm: js.Handle | None = None

    def add(self, visit: Visit) -> None:
        """Note an event that has just been answered; nothing when it is over."""
        if visit.is_over:
            return
        wait = 0.0 if visit.has_socket else LASTING_SECONDS
        self._due[visit] = self._clock.monotonic() + wait
        self.make_place()

    def discard(self, visit: Visit) -> None:
        """Forget an event that is over."""
        self._due.pop(visit, None)

    def make_place(self) -> None:
        """Have guests set apart for requests that wait: now, or when they have lasted enough."""
        while self._guests.is_crowded and self._due:
            visit, due = min(self._due.items(), key=lambda item: item[1])
            wait = due - self._clock.monotonic()
            if wait > 0:
                if self._alarm is None:
                    self._alarm = self._clock.call_later(wait, self._ring)
                return
            if not self._guests.set_apart(visit.guest):
                return
            del self._due[visit]

    def _ring(self) -> None:
        self._alarm = None
        self.make_place()
