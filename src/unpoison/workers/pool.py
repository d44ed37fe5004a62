"""Things that are costly to make and are used by one holder at a time, such as instances.

A pool grows with its load up to a maximum; beyond that holders wait in order, and not for ever.
What is idle for a while is closed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from unpoison import js
from unpoison.workers.clock import Clock
from unpoison.workers.failures import CLOSING, OverloadedError

T = TypeVar("T")


class Pool(Generic[T]):
    """Makes, lends and closes things of one kind.

    `make` may raise; that is the borrower's to deal with. `most` bounds how many there are,
    `patience` is how many seconds a borrower waits for one, `idle` how many seconds an unused one
    is kept. `least` are kept however long they idle. `make_room` is called when somebody has to
    wait: a holder may be asked to give one back.
    """

    def __init__(
        self,
        make: Callable[[], T],
        close: Callable[[T], object],
        clock: Clock,
        *,
        most: int,
        patience: float,
        idle: float,
        least: int = 1,
        make_room: Callable[[], object] = lambda: None,
    ) -> None:
        self._make = make
        self._close = close
        self._clock = clock
        self._most = most
        self._patience = patience
        self._idle_seconds = idle
        self._least = least
        self._make_room = make_room
        self._live = 0
        self._idle: deque[tuple[float, T]] = deque()
        self._waiting: dict[asyncio.Future[T | None], None] = {}  # None: a place for a new one
        self._alarm: js.Handle | None = None
        self._closed = False

    @property
    def live(self) -> int:
        """How many there are, in use or not."""
        return self._live

    @property
    def idle(self) -> int:
        """How many are not in use."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """How many borrowers wait."""
        return len(self._waiting)

    async def borrow(self) -> T:
        """Give one for sole use; the latest used first, since it is the warmest.

        Raises OverloadedError when none is free in time, and what `make` raises.
        """
        if self._closed:
            raise OverloadedError(CLOSING)
        if self._idle:
            return self._idle.pop()[1]
        if self._live < self._most:
            self._live += 1
            return self._fill()
        return await self._wait()

    def add(self) -> None:
        """Make one before anybody asks. Raises what `make` raises."""
        self._live += 1
        self.give_back(self._fill())

    def give_back(self, item: T) -> None:
        """Take one back that is as good as new."""
        if self._closed:
            self._shrink(item)
            return
        waiter = self._next_waiter()
        if waiter is not None:
            waiter.set_result(item)
            return
        self._idle.append((self._clock.monotonic(), item))
        self._arm()

    def lose(self, item: T) -> None:
        """Close one that is no good any more; a borrower who waits may have a new one."""
        self._close(item)
        self._vacate()

    def part_with(self) -> None:
        """Count one no more that is in use: its place is free for another."""
        self._vacate()

    def take_in(self) -> bool:
        """Count one in use that was not; False when there is no place for it."""
        if self._closed or self._live >= self._most:
            return False
        self._live += 1
        return True

    def close(self) -> None:
        """Close those that are idle, and the others when they come back; refuse who waits."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        while self._idle:
            self._shrink(self._idle.pop()[1])
        while (waiter := self._next_waiter()) is not None:
            waiter.set_exception(OverloadedError(CLOSING))

    def _fill(self) -> T:
        """Make one in a place that is counted already."""
        try:
            return self._make()
        except BaseException:
            self._vacate()
            raise

    def _vacate(self) -> None:
        """Give the place of one that is gone to who waits, counted on: nobody else may take it."""
        waiter = self._next_waiter()
        if waiter is None:
            self._live -= 1
        else:
            waiter.set_result(None)

    def _shrink(self, item: T) -> None:
        self._live -= 1
        self._close(item)

    async def _wait(self) -> T:
        waiter: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = None
        self._make_room()
        alarm = self._clock.call_later(self._patience, lambda: self._give_up(waiter))
        try:
            item = await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._return(waiter.result())
            raise
        finally:
            alarm.cancel()
            self._waiting.pop(waiter, None)
        if item is not None:
            return item
        if self._closed:
            self._vacate()
            raise OverloadedError(CLOSING)
        return self._fill()

    def _return(self, item: T | None) -> None:
        """Pass on what a borrower got who is not there any more."""
        if item is None:
            self._vacate()
        else:
            self.give_back(item)

    def _give_up(self, waiter: asyncio.Future[T | None]) -> None:
        if not waiter.done():
            waiter.set_exception(
                OverloadedError(
                    f"all {self._most} instances were busy for {self._patience:g} seconds"
                )
            )

    def _next_waiter(self) -> asyncio.Future[T | None] | None:
        while self._waiting:
            waiter = next(iter(self._waiting))
            del self._waiting[waiter]
            if not waiter.done():
                return waiter
        return None

    # --- idleness ---

    def _arm(self) -> None:
        if self._alarm is None and len(self._idle) > self._least:
            since = self._idle[0][0]
            wait = since + self._idle_seconds - self._clock.monotonic()
            self._alarm = self._clock.call_later(max(0.0, wait), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        now = self._clock.monotonic()
        while len(self._idle) > self._least and self._idle[0][0] + self._idle_seconds <= now:
            self._shrink(self._idle.popleft()[1])
        self._arm()
