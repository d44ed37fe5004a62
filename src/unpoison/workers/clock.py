"""Time of a worker: the system's, or one that a test moves."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Protocol

from unpoison import runtime

QUIET_TURNS: Final = 3
"""Turns of the loop without anything to run, after which it has settled: I/O that is ready comes
in at the turn after the one that caused it."""

BLIND_TURNS: Final = 200
"""The same for a loop that does not say whether it has anything to run (uvloop)."""

MAX_TURNS: Final = 10_000
"""Turns after which a loop that never has nothing to run is left to itself."""


class Clock(runtime.Clock, Protocol):
    """The time of guests, alarms, eviction and expiry."""

    def outside(self) -> AbstractContextManager[None]:
        """Mark work that real time does (disk, network): a clock that is moved waits for it."""


class SystemClock(runtime.SystemClock):
    """The real time."""

    def outside(self) -> AbstractContextManager[None]:
        """See Clock."""
        return nullcontext()


class ManualClock:
    """A clock that stands still until `advance` moves it. For one asyncio loop.

    `time` is where it begins, in seconds since 1970.
    """

    def __init__(self, time: float = 1_700_000_000.0) -> None:
        self._passed = 0.0
        self._start = time
        self._due: list[tuple[float, int, _Alarm]] = []
        self._numbers = itertools.count()
        self._outside = 0
        self._back = asyncio.Event()

    def monotonic(self) -> float:
        """Give the seconds that were advanced."""
        return self._passed

    def time(self) -> float:
        """Give the seconds since 1970-01-01 UTC."""
        return self._start + self._passed

    def call_later(self, seconds: float, callback: Callable[[], object]) -> _Alarm:
        """See Clock."""
        alarm = _Alarm(callback)
        heapq.heappush(self._due, (self._passed + seconds, next(self._numbers), alarm))
        return alarm

    @contextmanager
    def outside(self) -> Iterator[None]:
        """See Clock."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1
            if not self._outside:
                self._back.set()

    async def advance(self, seconds: float) -> None:
        """Let time pass: what is due on the way is called at its time, in order.

        Between two of them the loop runs until it has nothing to do and no work is `outside`.
        Raises ValueError for less than 0 seconds.
        """
        if not seconds >= 0:
            raise ValueError(f"time cannot be advanced by {seconds!r} seconds")
        end = self._passed + seconds
        await self.settle()
        while self._due and self._due[0][0] <= end:
            due, _, alarm = heapq.heappop(self._due)
            self._passed = max(self._passed, due)
            if alarm.ring():
                await self.settle()
        self._passed = max(self._passed, end)

    async def settle(self) -> None:
        """Let the loop run until it has nothing to do at this time, and no work is `outside`."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        enough = BLIND_TURNS if ready is None else QUIET_TURNS
        quiet = turns = 0
        while quiet < enough and turns < MAX_TURNS:
            await asyncio.sleep(0)
            turns += 1
            quiet = 0 if self._outside or ready else quiet + 1
            if self._outside:
                self._back.clear()
                await self._back.wait()


class _Alarm:
    """A callback that waits for its time."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Never call it."""
        self._callback = None

    def ring(self) -> bool:
        """Call it; False when it was cancelled."""
        callback, self._callback = self._callback, None
        if callback is None:
            return False
        callback()
        return True
