"""When promise jobs run: the bridge between the microtask queue and asyncio.

With a running event loop the queue is drained at the loop's next turn (`call_soon`); without one,
when `await`, `promise.result()` or `instance.run_jobs()` asks. Microtasks never run between two
synchronous calls of the embedder's own code.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Awaitable, Callable, Generator, MutableSet
from typing import TYPE_CHECKING, Any

from unpoison import js
from unpoison.errors import AbortError, StaleHandleError

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger("unpoison.promise")


class Scheduler:
    """The queue of one instance, and what its promises need of the outside.

    `promises` gives the set that holds the promises of the current generation.
    """

    def __init__(self, promises: Callable[[], MutableSet[js.Promise]]) -> None:
        self._promises = promises
        self.queue = js.MicrotaskQueue(self._report, self._announce)
        self.rejections = js.UnhandledRejections()
        self.realm = js.PromiseRealm(self.queue, self.rejections, self, self._note)
        self._scheduled: asyncio.AbstractEventLoop | None = None

    def run_jobs(self) -> int:
        """Run every job that is due and those they cause; give their number."""
        self._scheduled = None
        done = self.queue.run_jobs()
        for promise in self.rejections.take():
            promise.subscribe(self._report_rejection)
        return done

    def forget(self) -> None:
        """Drop the jobs of a generation that is gone."""
        self.queue.clear()

    # --- js.Waiter ---

    def settle(self, promise: js.Promise) -> None:
        """Run the jobs that are due, for `promise.result()`."""
        promise.subscribe(lambda _: None)  # whoever asks for the result handles a rejection
        self.run_jobs()

    def wait(self, promise: js.Promise) -> Generator[Any, None, object]:
        """Be the body of `await promise` under asyncio."""
        from asyncio import get_running_loop

        loop = get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def wake(_: js.Promise) -> None:
            if not future.done():
                loop.call_soon_threadsafe(_finish, future)

        promise.subscribe(wake)
        if len(self.queue):
            self._announce()
        try:
            yield from future
        finally:
            promise.unsubscribe(wake)
        return None

    def adopt(self, value: object) -> js.Promise | None:
        """Give a promise for a coroutine or another awaitable of the host."""
        if isinstance(value, js.Promise) or not inspect.isawaitable(value):
            return None
        loop = _running_loop()
        if loop is None:
            return None
        capability = js.with_resolvers(self.realm)
        task = loop.create_task(_await(value))

        def settle(done: asyncio.Task[object]) -> None:
            _settle(capability, done)
            self._announce()  # so that a rejection that nobody handles is reported

        task.add_done_callback(settle)
        return capability.promise

    def promised(self, value: object) -> object:
        """Give a promise for an awaitable that is handed to Rust, any other value as it is."""
        return self.adopt(value) or value

    def _note(self, promise: js.Promise) -> None:
        self._promises().add(promise)

    # --- reports ---

    def _announce(self) -> None:
        loop = _running_loop()
        if loop is not None and self._scheduled is not loop:
            self._scheduled = loop
            loop.call_soon(self.run_jobs)

    def _report(self, error: Exception) -> None:
        if isinstance(error, AbortError | StaleHandleError):
            return  # whoever waits for a promise of that generation is told by its rejection
        pending = [p for p in self._promises() if p.state is js.PromiseState.PENDING]
        if len(pending) == 1:
            # The task whose poll this left never polls again: only its promise can be meant.
            pending[0].abandon(js.from_exception(error))
            return
        _tell("a promise job of a Rust module raised", error)

    def _report_rejection(self, promise: js.Promise) -> None:
        try:
            promise.result()
        except Exception as error:  # noqa: BLE001 - what a promise was rejected with
            _tell("a promise was rejected and nobody handles it", error)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Give the event loop that runs in this thread, None when there is none.

    Importing asyncio takes 20 ms; who has not imported it has no loop.
    """
    if "asyncio" not in sys.modules:
        return None
    from asyncio import get_running_loop

    try:
        return get_running_loop()
    except RuntimeError:
        return None


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _await(value: Awaitable[object]) -> object:
    return await value


def _settle(capability: js.Capability, task: asyncio.Task[object]) -> None:
    if task.cancelled():
        from asyncio import CancelledError

        capability.reject(CancelledError())
        return
    error = task.exception()
    if error is None:
        capability.resolve(task.result())
    else:
        capability.reject(js.from_exception(error))


def _tell(message: str, error: Exception) -> None:
    loop = _running_loop()
    if loop is None:
        log.error("%s", message, exc_info=error)
        return
    loop.call_exception_handler({"message": message, "exception": error})
