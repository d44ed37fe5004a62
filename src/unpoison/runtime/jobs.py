"""When promise jobs, timers and awaitables of one instance run.

Theory of operation. The embedder's Python code is the script: microtasks never run between two of
its synchronous calls. With a running event loop the queue is drained at the loop's next turn
(`call_soon`), before any I/O callback; without one, when `await`, `promise.result()` or
`instance.run_jobs()` asks. What the host itself enters (a timer, an answer, a settled awaitable)
is a macrotask: `enter` runs it, then all microtasks.

All of that holds the instance's lock. A turn of a loop that finds another thread in the instance
comes back shortly instead of blocking the loop; who asks by a plain call waits or is refused, as
for any other call.
"""

from __future__ import annotations

import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from functools import partial
from threading import get_ident
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from unpoison import js
from unpoison.engine import make_turn
from unpoison.errors import NoEventLoopError
from unpoison.runtime.clock import Clock, SystemClock
from unpoison.runtime.loops import KnownLoop, Loop, discard
from unpoison.runtime.ports import Gate
from unpoison.runtime.tasks import Tasks
from unpoison.runtime.timers import Timers

log = logging.getLogger("unpoison.promise")

T = TypeVar("T")

RETRY = 0.001
"""Seconds until a loop looks again whether another thread has left the instance."""


class Noted(Protocol):
    """Where promises are noted, weakly."""

    def add(self, promise: js.Promise[Any]) -> None:
        """Note one."""

    def __iter__(self) -> Iterator[js.Promise[Any]]:
        """Give those that somebody has."""


Promises = Callable[[], Noted]
Callbacks = tuple[Callable[[object], object], Callable[[BaseException], object]]


class OpenGate:
    """The gate of values that belong to no instance: any thread, never inside a call."""

    def __init__(self) -> None:
        self.turn = make_turn()

    def wait(self) -> None:
        """Take the lock that another thread holds."""
        self.turn[True]

    def is_running(self) -> bool:
        """Tell whether a call runs."""
        return False

    def is_live(self) -> bool:
        """Tell whether they are in use."""
        return True


class Scheduler:
    """The queues of one instance, and what its values need of the outside: the `js.Host`.

    `promises` gives the set that holds the promises of the current generation.
    """

    def __init__(
        self,
        promises: Promises,
        gate: Gate | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._promises = promises
        self._gate: Gate = OpenGate() if gate is None else gate
        self._clock = SystemClock() if clock is None else clock
        self.queue = js.MicrotaskQueue(self.report, self._announce)
        self.rejections = js.UnhandledRejections(self._report_rejection)
        self.realm = js.PromiseRealm(self.queue, self.rejections, self, self._note, self)
        self.tasks = Tasks(self.queue.enqueue, self._tell, lambda: not self._gate.is_live())
        self.tasks.outermost = _OUTERMOST
        self._entries: deque[Callable[[], object]] = deque()
        self._entering: int | None = None  # the thread that runs entries
        self._timers = Timers()
        self._adopted: WeakKeyDictionary[object, js.Promise[object]] = WeakKeyDictionary()
        self._loop = KnownLoop()
        self._scheduled: Loop | None = None
        self._is_held = False
        self._alarm: tuple[Loop, float, js.Handle] | None = None
        self._tasks: set[_Spawned] = set()
        self._orphans: set[_Spawned] = set()  # a loop keeps no reference to its tasks
        self._holds: set[_Hold] = set()
        self.on_idle: Callable[[], object] | None = None
        self.on_stray: Callable[[str, BaseException], object] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing here goes on by itself: no job, entry, timer, awaitable or hold."""
        if self._tasks or self._holds or self._entries or self.queue.due:
            return False
        return not self._timers.entries or self._timers.next_time() is None

    def run_jobs(self) -> int:
        """Run every job that is due and those they cause; give their number.

        Raises WrongThreadError when another thread runs the instance (with `threads="raise"`).
        """
        if not self._gate.turn[False]:
            self._gate.wait()
        try:
            self._scheduled = None
            done = self.queue.run_jobs() if self.queue.due else 0
            if self._entries:
                self._run_entries()
            idle = self._is_idle_now() and not self._gate.is_running()
        finally:
            self._gate.turn.release()
            if self._timers.entries:
                self._arm()
        if idle and self.on_idle is not None:
            self.on_idle()
        return done

    def run_through(self, call: Callable[[], T]) -> T:
        """Make a call from outside, then run the jobs that it left; give what it gave.

        As a call and `run_jobs`, but no turn of the loop is asked for in between: it would find
        nothing to do. What the call raises comes out, and its jobs run in the next turn.
        """
        outer, self._is_held = self._is_held, True
        try:
            made = call()
        except BaseException:
            self._is_held = outer
            if self.queue.due:
                self._announce()
            raise
        self._is_held = outer
        self.run_jobs()
        return made

    def forget(self) -> None:
        """Drop the jobs, entries, timers and holds of a generation that is gone.

        Its awaitables are the embedder's and go on, but nobody hears of their ends.
        """
        self.queue.clear()
        self._entries.clear()
        self._timers.clear()
        self._holds.clear()
        for task in self._tasks:
            task.orphan()
        self._orphans |= self._tasks
        self._tasks.clear()
        self.tasks.forget()

    @property
    def in_task(self) -> bool:
        """Whether a job, a timer or another macrotask runs."""
        return self._entering is not None or self.queue.running

    def save(self) -> Callable[[], None]:
        """Give what puts back all that is outstanding now: jobs, entries, timers and holds.

        What was begun since is forgotten. Awaitables are the embedder's and go on: nobody hears of
        the ends of new ones, and those that ended or were cancelled do not come back.
        """
        jobs, entries, timers = self.queue.jobs, tuple(self._entries), self._timers.save()
        holds, spawned, tasks = set(self._holds), set(self._tasks), self.tasks.save()

        def put_back() -> None:
            self.queue.replace(jobs)
            self._entries.clear()
            self._entries.extend(entries)
            self._timers.put_back(timers)
            self._holds.clear()
            self._holds |= holds
            for task in self._tasks - spawned:
                self._tasks.discard(task)
                self._orphans.add(task)
                task.orphan()
            tasks()

        return put_back

    def cancel_pending(self) -> None:
        """Cancel every timer, awaitable and hold; jobs that are due stay."""
        self._timers.clear()
        self._holds.clear()
        for task in list(self._tasks):
            task.cancel()

    def close(self) -> None:
        """Tell of the rejections that nobody has handled."""
        self.rejections.report_all()

    # --- js.Host ---

    def now(self) -> float:
        """See js.Host."""
        return self._clock.monotonic()

    def wall_time(self) -> float:
        """See js.Host."""
        return self._clock.time()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> js.Handle:
        """See js.Host."""
        timer = self._timers.add(self._clock.monotonic() + seconds, callback)
        me = get_ident()
        if self._entering != me and self.queue.runner != me:  # else it is armed at the turn's end
            self._arm()
        return timer

    def enter(self, callback: Callable[[], object]) -> None:
        """See js.Host."""
        self._entries.append(callback)
        self._turn()

    def spawn(
        self,
        awaitable: Awaitable[object],
        on_value: Callable[[object], object],
        on_error: Callable[[BaseException], object],
    ) -> js.Handle:
        """See js.Host."""
        loop = self._loop.find()
        if loop is None:
            discard(awaitable)
            raise NoEventLoopError(
                f"a {type(awaitable).__name__} can only be awaited while an event loop runs;"
                " make this call inside asyncio.run() or trio.run()"
            )
        return _Spawned(self, loop, awaitable, (on_value, on_error))

    def hold(self) -> js.Handle:
        """See js.Host."""
        return _Hold(self)

    def report(self, error: BaseException) -> None:
        """See js.Host."""
        if any(promise.is_rejected_with(error) for promise in list(self._promises())):
            return  # it ended the instance: who waits for a promise of that is told
        self._tell("a callback raised, and nobody can catch it", error)

    # --- js.Waiter ---

    def settle(self, promise: js.Promise[object]) -> None:
        """Run the jobs that are due, for `promise.result()`."""
        promise.subscribe(_note_only)  # whoever asks for the result handles a rejection
        self.run_jobs()

    def wait(self, promise: js.Promise[object]) -> Generator[Any, None, None]:
        """Be the body of `await promise`. Raises NoEventLoopError when none runs."""
        loop = self._loop.find()
        if loop is None:
            self.settle(promise)
            if promise.state is js.PromiseState.PENDING:
                raise NoEventLoopError("the promise is pending, and no event loop runs to await it")
            return
        if self.queue.due:
            self._announce()
        self._arm()
        yield from loop.wait(promise)

    def adopt(self, value: object) -> js.Promise[object] | None:
        """Give a promise for an awaitable of the host, None for any other value.

        Raises NoEventLoopError when no event loop runs; a coroutine is closed then.
        """
        if isinstance(value, js.Promise) or not inspect.isawaitable(value):
            return None
        promise = self._adopted.get(value) if inspect.iscoroutine(value) else None
        return self._await(value) if promise is None else promise

    def _await(self, value: Awaitable[object]) -> js.Promise[object]:
        made = js.with_resolvers(self.realm)
        self.spawn(value, made.resolve, lambda error: made.reject(js.from_exception(error)))
        if inspect.iscoroutine(value):  # it can be awaited once only
            self._adopted[value] = made.promise
        return made.promise

    def promised(self, value: object) -> Any:
        """Give a promise for an awaitable that is handed to Rust, any other value as it is."""
        if isinstance(value, js.Promise):
            return value
        return self.adopt(value) or value

    def _note(self, promise: js.Promise[object]) -> None:
        self._promises().add(promise)

    # --- turns ---

    def _announce(self) -> None:
        if self._is_held or self._entering == get_ident():
            return  # whoever holds it runs the jobs; so does each entry at its end
        loop = self._loop.find()
        if loop is not None and (self._scheduled is None or self._scheduled != loop):
            self._scheduled = loop
            loop.call_soon(self._tick)

    def _tick(self) -> None:
        self._scheduled = None
        self._turn()

    def _turn(self) -> None:
        """Run what is due in this thread now, or come back when the instance is free."""
        gate = self._gate
        if not gate.turn[False]:
            self._come_back()
            return
        idle = False
        try:
            if gate.is_running():
                self._announce()  # below a call of this thread: after it
            else:
                if self.queue.due:
                    self.queue.run_jobs()
                if self._entries:
                    self._run_entries()
                idle = self._is_idle_now()
        finally:
            gate.turn.release()
            if self._timers.entries:
                self._arm()
        if idle and self.on_idle is not None:
            self.on_idle()

    def _come_back(self) -> None:
        loop = self._loop.find()
        if loop is None:
            self._gate.wait()
            self._gate.turn.release()
            self._turn()
        else:
            loop.call_later(RETRY, self._turn)

    def _run_entries(self) -> None:
        queue, entries = self.queue, self._entries
        if self._entering is not None or queue.runner is not None:
            return  # what is running comes first, and then looks here
        self._entering = get_ident()
        try:
            while entries:
                try:
                    entries.popleft()()
                except Exception as error:  # noqa: BLE001 - a macrotask may raise anything
                    self.report(error)
                if queue.due:
                    queue.run_jobs()
        finally:
            self._entering = None
            if entries or queue.due:
                self._announce()

    # --- idleness ---

    def _is_idle_now(self) -> bool:
        """Tell whether somebody is to be told that it is idle, if no call is running."""
        if self.on_idle is None or self._entering is not None or self.queue.runner is not None:
            return False
        return self.is_idle

    # --- timers ---

    def _arm(self) -> None:
        """Have the running loop call when the first timer is due."""
        due = self._timers.next_time()
        loop = None if due is None else self._loop.find()
        if due is None or loop is None:
            return
        if self._alarm is not None and self._alarm[0] == loop:
            if self._alarm[1] <= due:
                return
            self._alarm[2].cancel()
        wait = max(0.0, due - self._clock.monotonic())
        alarm = self._clock.call_later(wait, partial(self._ring, due))
        self._alarm = (loop, due, alarm)

    def _ring(self, due: float) -> None:
        self._alarm = None
        now = max(due, self._clock.monotonic())  # not an ulp before the time that was asked for
        self._timers.take_due(now, self._entries)
        self._turn()

    # --- reports ---

    def _report_rejection(self, reason: object) -> None:
        report = partial(self._tell, "a promise was rejected and nobody handles it")
        error = js.as_exception(reason)
        loop = self._loop.find()
        if loop is None:
            report(error)
        else:  # this may be a finaliser, in the middle of anything: no place for a handler
            loop.call_soon(partial(report, error))

    def _tell(
        self, message: str, error: BaseException, promises: Sequence[js.Promise[object]] = ()
    ) -> None:
        if self.on_stray is not None:
            self.on_stray(message, error)
            return
        context = {"message": message, "exception": error, "promises": list(promises)}
        loop = self._loop.find()
        if loop is None or not loop.report(context):
            log.error("%s", message, exc_info=error)


class _Hold:
    """Something outside that may enter by itself."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        scheduler._holds.add(self)

    def cancel(self) -> None:
        """Hold no more; the last one may leave the instance idle."""
        if self in self._scheduler._holds:
            self._scheduler._holds.discard(self)
            self._scheduler._turn()


class _Spawned:
    """An awaitable that is awaited for an instance; its end is a macrotask."""

    def __init__(
        self,
        scheduler: Scheduler,
        loop: Loop,
        awaitable: Awaitable[object],
        callbacks: Callbacks,
    ) -> None:
        self._scheduler = scheduler
        self._callbacks: Callbacks | None = callbacks
        self._is_over = False
        scheduler._tasks.add(self)
        self._handle = loop.spawn(awaitable, self._done)

    def cancel(self) -> None:
        self._is_over = True
        self._callbacks = None
        self._scheduler._tasks.discard(self)
        self._handle.cancel()

    def orphan(self) -> None:
        """Let it go on, and never deliver what it gives."""
        self._is_over = True
        self._callbacks = None

    def _done(self, value: object, error: BaseException | None) -> None:
        self._scheduler._tasks.discard(self)
        self._scheduler._orphans.discard(self)
        if not self._is_over:
            self._scheduler.enter(partial(self._deliver, value, error))

    def _deliver(self, value: object, error: BaseException | None) -> None:
        if self._is_over:
            return
        assert self._callbacks is not None
        on_value, on_error = self._callbacks
        # Who is called mostly has this one: a cycle, which the collector would have to find.
        self._callbacks = None
        if error is None:
            on_value(value)
        else:
            on_error(error)


_OUTERMOST = frozenset(
    id(function.__code__)
    for function in (js.MicrotaskQueue.run_jobs, Scheduler._run_entries, Scheduler._turn)
)


def _note_only(promise: js.Promise[object]) -> None:
    """Be the subscriber that only marks a promise as handled."""
