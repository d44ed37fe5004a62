"""Bounds of every outermost call of one store: its CPU time, and its time.

Theory of operation. While a metered call runs, the watchdog lets the epoch advance once per
period, and wasmtime then calls back into Python before the guest goes on: at most once per
period, in the guest's own thread. There the clocks are asked whether it may. So a call that is
shorter than a period costs two looks at the clock and no more, and a thread that had to wait for
the processor is not charged for it.

The time of a thread's CPU is a system call of about a microsecond. It is read for calls of more
than SHORT seconds; shorter ones are charged the time that passed, which is the same unless the
thread was interrupted. Where it begins to count is the *anchor*, not older than ANCHOR_AGE.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from time import monotonic, thread_time
from types import CodeType
from typing import Any, Final

from unpoison.engine import capi
from unpoison.engine.faults import FaultKind
from unpoison.engine.host import cover_entry
from unpoison.engine.watchdog import LONGEST_PERIOD, TICK, Watchdog

SHORT: Final = 0.0001
"""Seconds."""

ANCHOR_AGE: Final = 0.0005
"""Seconds."""

PRECISION: Final = 8
"""The parts of a limit that a period is: a call may run one of them too long."""

NEAR: Final = 0.25
"""The part of a limit of CPU time that is left when it is near."""

NEAR_LIMIT: Final = 24
"""What a guest's word of signals is when its limit is near: POSIX's SIGXCPU, as the `worker` crate
has it in src/signal.rs."""

Caller = Callable[[], int | None]


class Budget:
    """Seconds of CPU time that calls share, over any number of turns; `left` may end below 0.

    Raises ValueError unless it is a positive number.
    """

    __slots__ = ("left", "seconds")

    def __init__(self, seconds: float) -> None:
        check_seconds("a budget", seconds)
        self.seconds = self.left = seconds

    def __repr__(self) -> str:
        return f"<unpoison.Budget, {self.left:.3f} of {self.seconds} s left>"


class Meter:
    """The limits of one instance, over all its stores. `budget` is what calls are charged to.

    `is_running` is set while a call runs, in whatever thread.
    `cpu` and `wall` are seconds per outermost call, None for no limit. A host function's time
    counts, and its CPU time; it is not stopped, but the code that called it is when it returns.
    """

    __slots__ = (
        "_allowed",
        "_anchor",
        "_anchored",
        "_began",
        "_budget",
        "_callback",
        "_charged",
        "_cpu",
        "_error",
        "_near",
        "_thread",
        "_wall",
        "_watchdog",
        "_word",
        "context",
        "expiry",
        "failures",
        "is_running",
        "stopped",
    )

    def __init__(self, watchdog: Watchdog, cpu: float | None, wall: float | None) -> None:
        self._watchdog = watchdog
        self._cpu = math.inf if cpu is None else cpu
        self._wall = math.inf if wall is None else wall
        self._budget: Budget | None = None
        self.context: int | None = None
        self.expiry: float | None = None
        self.failures: list[BaseException] = []
        self._error: int | None = None
        self.stopped: FaultKind | None = None
        self.is_running = False
        self._charged: Budget | None = None
        self._allowed = self._cpu
        self._began = 0.0
        self._thread = 0
        self._anchor = self._anchored = -math.inf
        self._word: ctypes.c_uint32 | None = None
        self._near = math.inf
        self._callback = capi.EPOCH_CALLBACK(_callback(self))
        watchdog.refine(self._period(min(self._cpu, self._wall)))

    @property
    def budget(self) -> Budget | None:
        """What calls that begin from now on are charged to."""
        return self._budget

    @budget.setter
    def budget(self, budget: Budget | None) -> None:
        self._budget = budget
        if budget is not None:
            self._watchdog.refine(self._period(budget.seconds))

    def attach(self, store: int, context: int) -> None:
        """Watch a fresh store; `context` is that of it until the next one."""
        self.context = context
        self.expiry = None
        self._word = None
        self.take()
        capi.wasmtime_store_epoch_deadline_callback(store, self._callback, None, None)
        capi.wasmtime_context_set_epoch_deadline(context, capi.NEXT_EPOCH)

    def signals_at(self, address: int) -> None:
        """Keep the word at an address of the host up to date, in the memory of the store: 0, or
        NEAR_LIMIT from when a call has used all but NEAR of its CPU time until the next call."""
        self._word = ctypes.c_uint32.from_address(address)
        self._word.value = 0

    def measured(self, call: Caller) -> Caller:
        """Give a caller that keeps to the limits. An error that it gives is kept for `take`.

        It raises RecursionError where Python would have no frames left for the callback.
        """

        def run() -> int | None:
            _reach()
            if self.is_running:
                error = call()
                if error is not None:
                    self._error = error
                return error
            try:
                self._begin()
                error = call()
                if error is not None:
                    self._error = error
                return error
            finally:
                self._end()

        return run

    @contextmanager
    def grace(self, seconds: float) -> Iterator[None]:
        """Let the calls of the block have so much CPU time, whatever was used up before."""
        before = self._allowed, self._charged, self._budget, self._wall, self.expiry, self._cpu
        began = self._began
        self._charged = self._budget = self.expiry = None
        self._cpu = self._allowed = seconds
        self._wall = math.inf
        now = monotonic()
        self._take_anchor(now)
        self._began = now
        try:
            yield
        finally:
            self._allowed, self._charged, self._budget, self._wall, self.expiry, self._cpu = before
            self._began = began

    @property
    def has_stopped(self) -> bool:
        """Whether a limit ended the last call."""
        return self.stopped is not None

    def take(self) -> tuple[int | None, FaultKind | None]:
        """Give the error that ended the last call, and the limit that it is; forget both."""
        error, self._error = self._error, None
        stopped, self.stopped = self.stopped, None
        return error, stopped

    # --- a call ---

    def _begin(self) -> None:
        self.is_running = True
        now = monotonic()
        if now - self._anchored > ANCHOR_AGE or self._thread != get_ident():
            self._take_anchor(now)
        self._began = now
        self._charged = budget = self._budget
        self._allowed = self._cpu
        if budget is not None and budget.left < self._cpu:
            self._allowed = budget.left
            if budget.left <= 0:  # a call that is too short to be seen would never be stopped
                capi.wasmtime_context_set_epoch_deadline(self.context, 0)
        if self._word is not None:
            whole = self._cpu if budget is None else min(self._cpu, budget.seconds)
            self._near = self._allowed - NEAR * whole
            self._word.value = NEAR_LIMIT if self._near <= 0 else 0
        self._watchdog.running.add(self)
        if not self._watchdog.pulsing:
            self._watchdog.pulse()

    def _end(self) -> None:
        if not self.is_running:
            return
        self.is_running = False
        self._watchdog.running.discard(self)
        budget = self._charged
        if budget is not None:
            budget.left -= self._used(monotonic())

    def _used(self, now: float) -> float:
        passed = now - self._began
        if passed < SHORT:
            return passed
        before = self._anchor
        self._take_anchor(now)  # the next call is not charged for what lies before it
        return min(passed, self._anchor - before)

    def _take_anchor(self, now: float) -> None:
        self._thread = get_ident()
        self._anchor = thread_time()
        self._anchored = now
        self._watchdog.look_for_thread()

    # --- what the guest's code asks before it goes on ---

    def exceeded(self) -> FaultKind | None:
        """Tell which limit is reached, None for none."""
        now = monotonic()
        if self.expiry is not None and now >= self.expiry:
            return FaultKind.INTERRUPT
        if not self.is_running:
            return None
        passed = now - self._began
        if passed >= self._wall:
            return FaultKind.INTERRUPT
        if passed >= self._allowed and thread_time() - self._anchor >= self._allowed:
            return FaultKind.CPU_LIMIT
        if (
            self._word is not None
            and passed >= self._near
            and thread_time() - self._anchor >= self._near
        ):
            self._word.value = NEAR_LIMIT
        return None

    @staticmethod
    def _period(limit: float) -> float:
        return min(max(limit / PRECISION, TICK), LONGEST_PERIOD)


# Six frames of Python, among which calls of C functions count: the callback needs four. Spelled
# out they cost 0.1 µs, and a function that calls itself 0.6.


def _reach() -> None:
    """Raise RecursionError now rather than in the callback, which could then stop nobody."""
    _reach_second()


def _reach_second() -> None:
    _reach_third()


def _reach_third() -> None:
    _reach_fourth()


def _reach_fourth() -> None:
    _reach_fifth()


def _reach_fifth() -> None:
    _reach_sixth()


def _reach_sixth() -> None:
    pass


def _callback(meter: Meter) -> Any:
    def check_limits(_context: object, _data: object, delta: Any, kind: Any) -> None:
        try:
            exceeded = meter.exceeded()
        except BaseException as error:  # noqa: BLE001 - Ctrl-C: whoever takes it raises it again
            meter.failures.append(error)
            exceeded = FaultKind.INTERRUPT
        delta[0] = capi.NEXT_EPOCH
        kind[0] = capi.CONTINUE if exceeded is None else capi.STOP
        meter.stopped = exceeded

    check_limits.__code__ = _CODE
    return check_limits


_CODE = cover_entry(next(c for c in _callback.__code__.co_consts if isinstance(c, CodeType)))


def check_seconds(what: str, seconds: object) -> None:
    """Raise ValueError unless it is a positive number of seconds."""
    if type(seconds) not in (int, float) or not 0 < seconds < math.inf:  # type: ignore[operator]
        raise ValueError(f"{what} must be a positive number of seconds, not {seconds!r}")
