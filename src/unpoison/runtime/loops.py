"""The event loops that promises run under: asyncio's, and trio's (with anyio on either).

A loop is looked up by whoever needs one, when it needs one: an instance may be used under
several loops, one after the other or in several threads. Neither library is imported here
before the program has imported it: who has not, runs no such loop.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol

from unpoison import js

if TYPE_CHECKING:
    import asyncio

    import trio

Done = Callable[[object, BaseException | None], object]
"""Hears how an awaitable ended: its value, or the exception that it raised."""


class Loop(Protocol):
    """The event loop that runs in this thread. Equal ones are the same loop."""

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Run a callback at the next turn."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> js.Handle:
        """Run a callback after at least that time."""

    def spawn(self, awaitable: Awaitable[object], done: Done) -> js.Handle:
        """Await something in a task of its own; `done` hears of its end in this thread."""

    def wait(self, promise: js.Promise[object]) -> Generator[Any, None, None]:
        """Be the body of `await`: end when the promise is settled, by whatever thread."""

    def report(self, context: dict[str, Any]) -> bool:
        """Hand an error to the loop's exception handler; False when the loop has none."""

    def is_running(self) -> bool:
        """Tell whether it is the one that `running_loop` gives in this thread."""


class KnownLoop:
    """Gives the loop that runs in this thread: mostly the one of the last time."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: Loop | None = None

    def find(self) -> Loop | None:
        """Give what `running_loop` gives."""
        loop = self._last
        if loop is None or not loop.is_running():
            loop = self._last = running_loop()
        return loop


def running_loop() -> Loop | None:
    """Give the event loop that runs in this thread, None when there is none."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        return TrioLoop(trio.lowlevel.current_trio_token())
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        loop = asyncio._get_running_loop()
        if loop is not None:
            return AsyncioLoop(loop)
    if trio is not None and trio.lowlevel.in_trio_run():
        return TrioLoop(trio.lowlevel.current_trio_token())
    return None


def cancelled_error(cause: BaseException) -> js.Error:
    """Give what a cancelled awaitable means to JavaScript."""
    return js.Error("the awaitable was cancelled", name="AbortError", cause=cause)


@dataclass(slots=True, unsafe_hash=True)  # frozen ones are slow to make
class AsyncioLoop:
    """A loop of asyncio (or uvloop, ...)."""

    loop: asyncio.AbstractEventLoop

    def call_soon(self, callback: Callable[[], object]) -> None:
        """See Loop."""
        self.loop.call_soon(callback)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> js.Handle:
        """See Loop."""
        return self.loop.call_later(seconds, callback)

    def spawn(self, awaitable: Awaitable[object], done: Done) -> js.Handle:
        """See Loop. A Future is watched where it lives, and never cancelled by us."""
        import asyncio

        if isinstance(awaitable, asyncio.Future):
            return _Watch(awaitable, done)
        work = awaitable if inspect.iscoroutine(awaitable) else _await(awaitable)
        task = self.loop.create_task(work)
        task.add_done_callback(lambda _: _tell(task, done))
        return task

    def wait(self, promise: js.Promise[object]) -> Generator[Any, None, None]:
        """See Loop."""
        future: asyncio.Future[None] = self.loop.create_future()
        thread = get_ident()

        def wake(_: object) -> None:
            if get_ident() == thread:
                _finish(future)
            else:
                with suppress(RuntimeError):  # closed meanwhile: nobody waits there any more
                    self.loop.call_soon_threadsafe(_finish, future)

        promise.subscribe(wake)
        try:
            yield from future
        finally:
            promise.unsubscribe(wake)

    def report(self, context: dict[str, Any]) -> bool:
        """See Loop."""
        self.loop.call_exception_handler(context)
        return True

    def is_running(self) -> bool:
        """See Loop."""
        modules = sys.modules
        if "trio" in modules:
            return running_loop() == self
        return modules["asyncio"]._get_running_loop() is self.loop


class _Watch:
    """A Future of somebody else, perhaps of a loop in another thread."""

    def __init__(self, future: asyncio.Future[Any], done: Done) -> None:
        self._done: Done | None = done
        future.get_loop().call_soon_threadsafe(future.add_done_callback, self._tell)

    def _tell(self, future: asyncio.Future[Any]) -> None:
        if self._done is not None:
            _tell(future, self._done)

    def cancel(self) -> None:
        self._done = None


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _tell(future: asyncio.Future[Any], done: Done) -> None:
    from asyncio import CancelledError

    if future.cancelled():
        done(None, cancelled_error(CancelledError()))
        return
    error = future.exception()
    done(None if error else future.result(), error)


async def _await(value: Awaitable[object]) -> object:
    return await value


@dataclass(frozen=True, slots=True)
class TrioLoop:
    """A run of trio. It has no exception handler: errors are logged."""

    token: trio.lowlevel.TrioToken

    def call_soon(self, callback: Callable[[], object]) -> None:
        """See Loop."""
        self.token.run_sync_soon(callback)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> js.Handle:
        """See Loop."""
        import trio

        scope = trio.CancelScope()

        async def ring() -> None:
            with scope:
                await trio.sleep(seconds)
                callback()

        trio.lowlevel.spawn_system_task(ring)
        return scope

    def spawn(self, awaitable: Awaitable[object], done: Done) -> js.Handle:
        """See Loop. The task is a system task: it ends when the main task of the run does."""
        import trio

        scope = trio.CancelScope()

        async def run() -> None:
            value, error = None, None
            try:
                with scope:
                    value = await awaitable
            except trio.Cancelled as cancelled:
                done(None, cancelled_error(cancelled))
                raise
            except BaseException as raised:  # noqa: BLE001 - handed on
                # Without this frame, which would keep the awaitable with the error.
                trace = raised.__traceback__
                error = raised.with_traceback(None if trace is None else trace.tb_next)
            if not scope.cancelled_caught:
                done(value, error)

        trio.lowlevel.spawn_system_task(run)
        return scope

    def wait(self, promise: js.Promise[object]) -> Generator[Any, None, None]:
        """See Loop."""
        import trio

        event = trio.Event()
        thread = get_ident()

        def wake(_: object) -> None:
            if get_ident() == thread:
                event.set()
            else:
                with suppress(trio.RunFinishedError):
                    self.token.run_sync_soon(event.set)

        promise.subscribe(wake)
        try:
            yield from event.wait().__await__()
        finally:
            promise.unsubscribe(wake)

    def report(self, context: dict[str, Any]) -> bool:
        """See Loop."""
        del context
        return False

    def is_running(self) -> bool:
        """See Loop."""
        return running_loop() == self


def discard(awaitable: object) -> None:
    """Close a coroutine that nobody will await, so that Python does not complain of it."""
    if inspect.iscoroutine(awaitable) or inspect.isgenerator(awaitable):
        awaitable.close()
