"""What platform values (timers, fetch, events) need of the host that runs them.

The runtime room implements `Host` over the event loop that runs; nobody else knows a loop. A
value reaches it as `realm.host`. Time is in seconds. HTML 8.1.7 (event loops), 8.7 (timers).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class Handle(Protocol):
    """Something that is under way and can be stopped."""

    def cancel(self) -> object:
        """Stop it: none of its callbacks is called from now on. Nothing when it is done."""


class Host(Protocol):
    """Time, macrotasks and awaitables."""

    def now(self) -> float:
        """Give the seconds of a clock that never goes back; its zero means nothing."""

    def wall_time(self) -> float:
        """Give the seconds since 1970-01-01 UTC."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Run `callback` as a macrotask (see `enter`) after at least that time.

        Callbacks that are due run in the order of their times, equal ones in the order of the
        calls. Without a running event loop the callback is remembered, and starts when this
        instance is next used under one: at once when its time is over by then.
        """

    def enter(self, callback: Callable[[], object]) -> None:
        """Run `callback` as a macrotask of the host, then all microtasks.

        For an entry that the host itself makes: an answer came, a stream has data. It runs now,
        or after the macrotask or call that is running. What it raises is reported, see `report`.
        Call it on the thread of the loop.
        """

    def spawn(
        self,
        awaitable: Awaitable[object],
        on_value: Callable[[object], object],
        on_error: Callable[[BaseException], object],
    ) -> Handle:
        """Await something of the host; one of the two callbacks is then run by `enter`.

        Raises NoEventLoopError when no loop runs; a coroutine is closed then. A cancellation
        that is not by the handle is js.Error "AbortError".
        """

    def hold(self) -> Handle:
        """Note that the outside may `enter` by itself: a socket is open, somebody will answer.

        Until `cancel()` the guest is not idle, and what it waits for is not given up.
        """

    def report(self, error: BaseException) -> None:
        """Tell of an error that nobody can catch, such as that of a timer's callback."""
