"""Waiting in a guest for what only an event that is to come can settle: a long poll, a queue.

Nothing tells such a wait from one that hangs. workerd lets a Durable Object wait for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from unpoison import js
from unpoison.workers.clock import Clock
from unpoison.workers.failures import HungError

PATIENCE_SECONDS: Final = 120.0
"""How long an event is waited for while nothing happens: as long as the longest polls that pass the
proxies of the web. RFC 6202, section 5.5."""


class Patience:
    """Those who wait so in one guest. When it `is_stuck`, and has been at rest for
    PATIENCE_SECONDS, they get HungError."""

    def __init__(self, is_stuck: Callable[[], bool]) -> None:
        self._is_stuck = is_stuck
        self._waits: set[asyncio.Future[object]] = set()
        self._clock: Clock | None = None
        self._alarm: js.Handle | None = None

    @property
    def is_asked(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waits)

    def add(self, future: asyncio.Future[object], clock: Clock) -> None:
        """Wait, by the time of a clock."""
        self._waits.add(future)
        self._clock = clock
        if self._is_stuck():
            self.begin()

    def discard(self, future: asyncio.Future[object]) -> None:
        """Wait no longer; nothing for who does not."""
        self._waits.discard(future)
        if not self._waits:
            self._stop()

    def begin(self) -> None:
        """Note that the guest has come to rest now."""
        self._stop()
        if self._waits and self._clock is not None:
            self._alarm = self._clock.call_later(PATIENCE_SECONDS, self._over)

    def end(self) -> None:
        """Tell all that nothing comes."""
        self._stop()
        give_up(self._waits)

    def _over(self) -> None:
        if self._is_stuck():  # else it comes to rest later
            self.end()

    def _stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


def give_up(waits: set[asyncio.Future[object]]) -> None:
    """Fail what is not done with HungError."""
    for future in list(waits):
        if not future.done():
            future.set_exception(HungError())
