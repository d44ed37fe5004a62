"""A realm with the web's names and a host whose clock stands still until it is told to go on."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from tests.script import Interpreter
from tests.web.shown import lines_of
from unpoison import js
from unpoison.web import WEB_GLOBALS


class Timer:
    """A callback of the fake host."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeHost:
    """A js.Host without an event loop: macrotasks run when `run` says so."""

    def __init__(self, queue: js.MicrotaskQueue, errors: list[BaseException]) -> None:
        self._queue = queue
        self.errors = errors
        self.time = 1000.0
        self.due: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self.time

    def wall_time(self) -> float:
        return 1_700_000_000.0 + self.time

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        timer = Timer(callback)
        heapq.heappush(self.due, (self.time + seconds, next(self._count), timer))
        return timer

    def enter(self, callback: Callable[[], object]) -> None:
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - what a host does
            self.report(error)
        self._queue.run_jobs()

    def spawn(
        self,
        awaitable: Awaitable[object],
        on_value: Callable[[object], object],
        on_error: Callable[[BaseException], object],
    ) -> js.Handle:
        raise AssertionError("nothing of these tests awaits")

    def hold(self) -> js.Handle:
        raise AssertionError("nothing of these tests holds")

    def report(self, error: BaseException) -> None:
        self.errors.append(error)

    def run(self, until: float = 60.0) -> None:
        """Run microtasks, then timers in order, for that many seconds of the fake clock."""
        self._queue.run_jobs()
        end = self.time + until
        while self.due and self.due[0][0] <= end:
            time, _, timer = heapq.heappop(self.due)
            self.time = max(self.time, time)
            if timer.callback is not None:
                self.enter(timer.callback)
        self.time = end


class World:
    """One guest's realm, and programs that run in it."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        queue = js.MicrotaskQueue(self.errors.append)
        self.host = FakeHost(queue, self.errors)
        self.rejections = js.UnhandledRejections(lambda reason: None)
        self.realm = js.make_realm(
            js.PromiseRealm(queue, self.rejections, host=self.host), WEB_GLOBALS
        )
        self.names: Any = self.realm.global_object

    def new(self, name: str, *arguments: object) -> Any:
        return js.construct(self.names[name], *arguments)

    def call(self, name: str, *arguments: object) -> Any:
        return js.call(self.names[name], *arguments)

    def run(self, program: str) -> list[str]:
        """Run a program until nothing is due; give what it logged, and how it failed."""
        logged: list[tuple[object, ...]] = []

        def log(*values: object) -> None:
            logged.append(values)

        promise = Interpreter(self.realm, {"log": log}).start_program(program)
        promise.catch(lambda reason: log("uncaught", reason))
        self.host.run()
        logged += [("reported", error) for error in self.errors]
        return list(lines_of(logged))
