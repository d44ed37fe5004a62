"""One life of a Durable Object: a guest, the object in it, and the gate that its events come by.

A life begins with the constructor and ends with an eviction, or with a reset: the guest died, the
disk failed, a critical section threw. What a reset ends is not restored; the next event begins a
new life. Facts 5.1, 5.5; workerd, io/io-context.h.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.workers import passing
from unpoison.workers.clock import Clock
from unpoison.workers.failures import ObjectError, OverloadedError, text_of
from unpoison.workers.gates import Gate, InputGate, Lock, Section
from unpoison.workers.guest import Guest
from unpoison.workers.ports import Release
from unpoison.workers.visit import Visit

T = TypeVar("T")

SECTION_SECONDS: Final = 30.0
"""How long blockConcurrencyWhile may take. Facts 5.1."""

TOO_LONG: Final = (
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. "
    "The call was canceled and the Durable Object was reset."
)


class Life:
    """One object in one guest. `on_end` is called once, with the error of a reset or None."""

    def __init__(self, clock: Clock, on_end: Callable[[Life, ObjectError | None], object]) -> None:
        self.guest: Guest | None = None
        self.target: Any = None
        self.generation = 0
        self.input = InputGate()
        self.ended: ObjectError | None = None
        self.is_over = False
        self._scope: Gate = self.input
        self._clock = clock
        self._on_end = on_end
        self._visits: set[Visit] = set()

    @property
    def is_busy(self) -> bool:
        """Whether an event is under way, or anything in the guest goes on by itself."""
        guest = self.guest
        if guest is None or self._visits or self.input.locks or self.input.waiting:
            return True
        return not guest.instance.is_idle

    # --- events ---

    async def admit(self) -> Lock:
        """Wait until an event of the outside may come in. Raises what ended the life."""
        return await passing.enter(self.input)

    def turn(self, lock: Lock, run: Callable[[], T]) -> T:
        """Run a turn of the guest; what it begins belongs to the section that the lock is of."""
        before, self._scope = self._scope, lock.gate
        try:
            return run()
        finally:
            self._scope = before
            lock.release()

    def begin(self) -> Visit:
        """Note an event that comes in now."""
        assert self.guest is not None
        visit = Visit(self.guest, self._clock, self._visits.discard)
        self._visits.add(visit)
        return visit

    def wait_until(self, promise: js.Promise[Any]) -> None:
        """Keep the object from eviction until a promise of it is settled."""
        visit = self.begin()
        visit.wait_until(promise)
        visit.over()

    def deliver(self, event: Callable[[], object]) -> None:
        """Run an event as a macrotask of the guest, as soon as it may come in."""
        self.input.enter(
            lambda lock: self.turn(lock, lambda: self._enter(event)), lambda error: None
        )

    def admission(self) -> Callable[[], Awaitable[Release]]:
        """See ports.Gates."""
        scope = self._scope.scope()

        async def admit() -> Release:
            lock = await passing.enter(scope)
            self._scope = lock.gate
            return partial(self._give_up, lock)

        return admit

    def block_concurrency_while(self, run: Callable[[], js.Promise[Any]]) -> js.Promise[Any]:
        """Run something of the guest as a critical section; give a promise of its end.

        A rejection resets the object.
        """
        guest = self.guest
        assert guest is not None
        return _Critical(self, guest, Section(self._scope.scope()), self._clock).start(run)

    def _enter(self, event: Callable[[], object]) -> None:
        guest = self.guest
        if guest is not None and not self.is_over:
            guest.host.enter(event)

    def _give_up(self, lock: Lock) -> None:
        self._scope = self.input
        lock.release()

    # --- the end ---

    def check(self) -> None:
        """Raise what ended the life, if it ended."""
        if self.is_over:
            raise self.ended or ObjectError("the Durable Object was evicted", retryable=True)

    def end(self, error: ObjectError | None = None) -> None:
        """End it: no event comes in any more. Nothing the second time."""
        if self.is_over:
            return
        self.is_over = True
        self.ended = error
        gone = error or ObjectError("the Durable Object was evicted", retryable=True)
        self.input.break_with(gone)
        self._on_end(self, error)


class _Critical:
    """One call of blockConcurrencyWhile."""

    def __init__(self, life: Life, guest: Guest, section: Section, clock: Clock) -> None:
        self._life = life
        self._guest = guest
        self._section = section
        self._made = js.with_resolvers(guest.instance.realm.promises)
        self._hold = guest.host.hold()
        self._clock = clock
        self._alarm: js.Handle | None = None
        self._is_done = False

    def start(self, run: Callable[[], js.Promise[Any]]) -> js.Promise[Any]:
        self._section.enter(lambda lock: self._opened(lock, run), self._failed)
        return self._made.promise

    def _opened(self, lock: Lock, run: Callable[[], js.Promise[Any]]) -> None:
        self._alarm = self._clock.call_later(SECTION_SECONDS, self._too_long)
        self._life.turn(lock, lambda: self._guest.host.enter(lambda: self._run(run)))

    def _run(self, run: Callable[[], js.Promise[Any]]) -> None:
        try:
            promise = run()
        except Exception as error:  # noqa: BLE001 - the guest's, whatever it is
            self._finish(error)
            return
        loop = asyncio.get_running_loop()

        def ended(settled: js.Promise[Any]) -> None:
            loop.call_soon(self._settled, settled)

        promise.subscribe(ended)

    def _settled(self, promise: js.Promise[Any]) -> None:
        try:
            value = promise.result()
        except Exception as error:  # noqa: BLE001 - the guest's, whatever it is
            self._finish(error)
            return
        if not self._over():
            return
        lock = self._section.succeed()
        self._life.turn(lock, lambda: self._guest.host.enter(lambda: self._made.resolve(value)))

    def _finish(self, error: Exception) -> None:
        if self._over():
            reset = ObjectError(text_of(error), remote=True, is_reset=True)
            self._life.end(reset)

    def _too_long(self) -> None:
        if self._over():
            self._life.end(ObjectError(TOO_LONG, overloaded=True, is_reset=True))

    def _failed(self, error: BaseException) -> None:
        self._over()

    def _over(self) -> bool:
        if self._is_done:
            return False
        self._is_done = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._hold.cancel()
        return not self._life.is_over


def reset_by(error: BaseException) -> ObjectError:
    """Give the error of a reset for what caused it, as callers are told."""
    if isinstance(error, ObjectError):
        return error
    if isinstance(error, OverloadedError):
        return ObjectError(str(error), retryable=True, overloaded=True)
    return ObjectError(text_of(error), remote=True, is_reset=True)
