"""An event loop that says when it has nothing left to wait for, and the wait for one promise."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable

from unpoison import js


class StuckError(Exception):
    """The promise is pending, and no timer, file or task is left that could settle it."""


class SlowError(Exception):
    """The time limit has passed."""


class _Selector(selectors.DefaultSelector):
    """Tells when the loop would wait without a limit: it has no callback and no timer."""

    def __init__(self, idle: Callable[[], None]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # The loop's own pipe, by which other threads wake it, is always registered.
        if timeout is None and len(self.get_map()) <= 1:
            self._idle()
        return super().select(timeout)


class SuiteLoop(asyncio.SelectorEventLoop):
    """The event loop of a suite. It may be asked to tell when nothing can happen any more."""

    def __init__(self) -> None:
        self._on_idle: Callable[[], None] | None = None
        super().__init__(_Selector(self._tell_idle))

    async def settle(self, promise: js.Promise[object], limit: float | None) -> object:
        """Wait for a promise and give its value; raises what it was rejected with.

        Raises SlowError after `limit` seconds, StuckError when nothing is left to wait for. Call it
        from the loop's only task: an idle loop with other tasks may wait for a thread.
        """
        done: asyncio.Future[None] = self.create_future()

        def wake(error: Exception | None = None) -> None:
            if not done.done():
                done.set_exception(error) if error is not None else done.set_result(None)

        timer = None if limit is None else self.call_later(limit, wake, SlowError())
        self._on_idle = lambda: wake(StuckError())
        subscriber: Callable[[object], None] = lambda _: wake()  # noqa: E731
        promise.subscribe(subscriber)
        try:
            await done
        finally:
            self._on_idle = None
            promise.unsubscribe(subscriber)
            if timer is not None:
                timer.cancel()
        return promise.result()

    def _tell_idle(self) -> None:
        if self._on_idle is not None and len(asyncio.all_tasks(self)) <= 1:
            self.call_soon_threadsafe(self._on_idle)
