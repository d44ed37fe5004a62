"""What time it is for an instance, and who wakes it: the system's clock unless one is given.

Limits and deadlines are no matter of it: they are always in real seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from unpoison.errors import NoEventLoopError
from unpoison.js import Handle
from unpoison.runtime.loops import KnownLoop


class Clock(Protocol):
    """The time of timers, `Date` and `performance`. One clock may serve many instances."""

    def monotonic(self) -> float:
        """Give the seconds of a clock that never goes back; its zero means nothing."""

    def time(self) -> float:
        """Give the seconds since 1970-01-01 UTC."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Run a callback in this thread's event loop after at least that time.

        Those that are due run in the order of their times. It is only called while a loop runs.
        """


class SystemClock:
    """The real time, under asyncio or trio."""

    def __init__(self) -> None:
        self._loop = KnownLoop()

    def monotonic(self) -> float:
        """See Clock."""
        return time.monotonic()

    def time(self) -> float:
        """See Clock."""
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """See Clock. Raises NoEventLoopError when no loop runs."""
        loop = self._loop.find()
        if loop is None:
            raise NoEventLoopError("a timer needs a running event loop (asyncio, trio)")
        return loop.call_later(seconds, callback)
