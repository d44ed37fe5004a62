"""Deadlines: one thread per engine that exists only while somebody has a time limit.

wasmtime compares its engine's epoch with a number per store at every loop and function entry. We
define epoch n as n ticks of TICK seconds after the watchdog's start. A store with a deadline gets
the epoch at that time, any other store a number that never comes. The thread sleeps until the next
deadline and then lets the epoch catch up with the clock, so there are no regular ticks, one store's
deadline never interrupts another, and the guest is stopped by a plain trap with no Python in
between.

A store with a Meter asks its meter whenever the epoch has advanced. For those the thread *pulses*:
while one of their calls runs, or ran a moment ago, it wakes at least once per `period`.
"""

from __future__ import annotations

import math
import threading
import time

from unpoison.engine import capi

TICK = 0.001
"""Seconds per epoch: the resolution of a deadline."""

LONGEST_SLEEP = 1.0
"""Seconds: bounds the epochs to catch up with at once (1000 take 0.2 ms)."""

LONGEST_PERIOD = 0.25
"""Seconds between two pulses."""

LINGER = 0.5
"""Seconds that it goes on to pulse after the last call was seen: to begin again costs more."""

IDLE_SECONDS = 2.0
"""How long the thread waits for a next deadline before it ends."""


class Watchdog:
    """The deadlines of all stores of one engine. Every method may be called by any thread."""

    __slots__ = (
        "_changed",
        "_engine",
        "_epoch",
        "_expiries",
        "_last_seen",
        "_lock",
        "_period",
        "_start",
        "_stopped",
        "_thread",
        "_wakes_at",
        "pulsing",
        "running",
    )

    def __init__(self, engine: int) -> None:
        self._engine = engine
        # Taken by itself: a KeyboardInterrupt in `__enter__` of the Condition, which is Python
        # code, would leave it locked for ever.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._expiries: dict[object, float] = {}
        self._epoch = 0
        self._start = time.monotonic()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._wakes_at = 0.0
        self._period = LONGEST_PERIOD
        self._last_seen = 0.0
        self.running: set[object] = set()
        self.pulsing = False

    def look_for_thread(self) -> None:
        """Notice that the thread is gone: after a fork the child has the object but not it."""
        if self._thread is None or not self._thread.is_alive():
            self.pulsing = False

    def refine(self, period: float) -> None:
        """Pulse at least so often (seconds), from the next time on."""
        self._period = min(self._period, max(period, TICK))

    def pulse(self) -> None:
        """Begin to pulse, for the calls that are in `running` and those that follow.

        Whoever begins a call adds it to `running` first, and asks for `pulsing` then.
        """
        with self._lock:
            self._rest_ends()
            self.pulsing = True
            self._last_seen = now = time.monotonic()
            self._ensure_awake_at(now)

    def watch(
        self, token: object, expiry: float, context: int, rest: int = capi.NO_DEADLINE
    ) -> None:
        """Let the store of `context` be interrupted at `expiry` (time.monotonic seconds).

        `token` is whatever `unwatch` will be given. `rest` is the deadline, in ticks, that the
        store has without one. Call it from the thread that owns the store.
        """
        with self._lock:
            self._rest_ends()
            self._expiries[token] = expiry
            self._arm(context, expiry, rest)
            self._ensure_awake_at(expiry)

    def unwatch(
        self,
        token: object,
        context: int | None,
        outer: float | None = None,
        rest: int = capi.NO_DEADLINE,
    ) -> None:
        """Forget the deadline of `token`; the store goes back to `outer`, None for `rest`.

        `context` is None for a store that was closed meanwhile: it must not be touched.
        """
        with self._lock:
            del self._expiries[token]
            if context is None:
                return
            if outer is None:
                capi.wasmtime_context_set_epoch_deadline(context, rest)
            else:
                self._arm(context, outer, rest)

    def stop(self) -> None:
        """End the thread soon; it takes no lock and may be called by a finaliser."""
        self._stopped = True

    def _rest_ends(self) -> None:
        if not self._expiries and not self.pulsing:
            # Nothing to catch up with: an idle hour would cost 3.6 million increments.
            self._start = time.monotonic() - self._epoch * TICK

    def _arm(self, context: int, expiry: float, rest: int) -> None:
        ticks = max(self._ticks(expiry) - self._epoch, 0)
        capi.wasmtime_context_set_epoch_deadline(context, min(ticks, rest))

    def _ensure_awake_at(self, expiry: float) -> None:
        # is_alive: after a fork the child has the object but not the thread.
        if self._thread is not None and self._thread.is_alive():
            if expiry < self._wakes_at:
                self._changed.notify()
            return
        # A clone, so that the engine outlives the thread without a join in a finaliser.
        clone = capi.wasmtime_engine_clone(self._engine)
        self._thread = threading.Thread(
            target=self._run, args=(clone,), name="unpoison-watchdog", daemon=True
        )
        try:
            self._thread.start()
        except RuntimeError as error:
            # Its wait for the thread cannot take a second interrupt; the thread has begun.
            if not self._thread.is_alive() or error.__context__ is None:
                raise
            raise error.__context__ from None

    def _run(self, engine: int) -> None:
        try:
            with self._lock:
                idle = False
                while not self._stopped and (self._expiries or self.pulsing or not idle):
                    idle = not self._expiries and not self.pulsing
                    self._sleep(IDLE_SECONDS if idle else self._pause())
                    self._catch_up(engine)
                    self._look_for_running()
                self._thread = None
        finally:
            capi.wasm_engine_delete(engine)

    def _sleep(self, seconds: float) -> None:
        # Most deadlines begin while the thread sleeps shorter than they are: no need to wake it.
        self._wakes_at = time.monotonic() + seconds
        self._changed.wait(seconds)

    def _pause(self) -> float:
        pending = [e for e in self._expiries.values() if self._ticks(e) > self._epoch]
        wait = min(pending, default=math.inf) - time.monotonic()
        longest = self._period if self.pulsing else LONGEST_SLEEP
        return min(max(wait, TICK / 2), longest)

    def _look_for_running(self) -> None:
        if self.running:
            self._last_seen = time.monotonic()
        elif self.pulsing and time.monotonic() - self._last_seen > LINGER:
            self.pulsing = False
            self.pulsing = bool(self.running)  # one that began just before that has seen no need

    def _catch_up(self, engine: int) -> None:
        now = math.floor((time.monotonic() - self._start) / TICK)
        for _ in range(now - self._epoch):
            capi.wasmtime_engine_increment_epoch(engine)
        self._epoch = max(now, self._epoch)

    def _ticks(self, moment: float) -> int:
        return math.ceil((moment - self._start) / TICK)
