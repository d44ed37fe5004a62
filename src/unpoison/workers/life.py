"""One life of a Durable Object: a guest, the object in it, and the gate that its events come by.

A life begins with the constructor and ends with an eviction, or with a reset: the guest died, the
disk failed, a critical section threw. What a reset ends is not restored; the next event begins a
new life. Facts 5.1, 5.5; workerd, io/io-context.h.

In a guest that rolls back, an abort need not be the end. Each event that comes to an object at rest
begins a span: the guest goes back to its begin when it aborts before anything was committed,
answered or let out. The events under way fail, and the life goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.errors import AbortError
from unpoison.workers import passing
from unpoison.workers.clock import Clock
from unpoison.workers.durability import Durability
from unpoison.workers.failures import CANCELED, ObjectError, OverloadedError, text_of
from unpoison.workers.gates import Gate, InputGate, Lock, Section
from unpoison.workers.guest import Guest
from unpoison.workers.hibernation import Hibernation
from unpoison.workers.ids import ObjectId
from unpoison.workers.ports import Release
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.visit import Visit

log = logging.getLogger("unpoison.workers")

T = TypeVar("T")

SECTION_SECONDS: Final = 30.0
"""How long blockConcurrencyWhile may take. Facts 5.1."""

TOO_LONG: Final = (
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. "
    "The call was canceled and the Durable Object was reset."
)


class Life:
    """One object in one guest: what is in the guest sees it as its ActorPort and its Gates.

    `on_end` is called once, with the error of a reset or None. `on_rest` is called each time that
    an event is over. `is_begun` tells whether the object was ever ready for an event.
    """

    def __init__(
        self,
        id: ObjectId,  # noqa: A002 - the port's name for it
        durability: Durability,
        hibernation: Hibernation,
        clock: Clock,
        *,
        keeps_alarm: bool,
        on_end: Callable[[Life, ObjectError | None], object],
        on_rest: Callable[[], object],
    ) -> None:
        self.id = id
        self.hibernation = hibernation
        self.keeps_alarm = keeps_alarm
        self.guest: Guest | None = None
        self.target: Any = None
        self.input = InputGate()
        self.ended: ObjectError | None = None
        self.is_over = False
        self.is_begun = False
        self._durability = durability
        self._scope: Gate = self.input
        self.clock = clock
        self._on_end = on_end
        self._on_rest = on_rest
        self._visits: set[Visit] = set()
        self._waits: set[asyncio.Future[object]] = set()
        self._sections: set[_Critical] = set()
        self._generation = 0
        self._undone: ObjectError | None = None
        self._is_final = True
        self._commits = 0

    @property
    def has_target(self) -> bool:
        """Whether the object is still in its guest, which may have died and started again."""
        guest = self.guest
        if guest is None or self.target is None:
            return False
        return guest.is_live and guest.generation == self._generation

    @property
    def has_events(self) -> bool:
        """Whether an event is under way, or may come by a WebSocket or of the outside."""
        guest = self.guest
        if guest is None or self._visits or self.input.locks or self.input.waiting:
            return True
        return guest.outside.is_busy

    @property
    def is_working(self) -> bool:
        """Whether anything in the guest goes on by itself, such as its timers."""
        return self.guest is not None and not self.guest.instance.is_idle

    # --- what the object has: ports.ActorPort ---

    @property
    def storage(self) -> ObjectStorage:
        """The stored data. Raises what ended the life: nothing of it may be written any more."""
        self.check()
        return self._durability.storage

    @property
    def sql(self) -> SqlStorage | None:
        """SQL on it; None for a class that is not backed by SQLite. See `storage`."""
        self.check()
        return self._durability.sql

    def now(self) -> float:
        """Give the time in milliseconds since 1970."""
        return self.clock.time() * 1000

    async def sync(self) -> None:
        """Return once all writes so far are durable."""
        self.check()
        self._durability.commit()
        await self._durability.wait()

    # --- what may go out: ports.Gates ---

    async def before_effect(self) -> None:
        """Return once all writes so far are durable. Raises what ended the life, or undid it."""
        gate = self.input
        await self._durability.wait()
        self.check()
        self._check_same(gate)
        self.answer()

    def after_writes(self, effect: Callable[[], object]) -> None:
        """Run an effect once all writes so far are durable; never when the life ends before, or
        goes back."""
        gate = self.input

        def opened() -> None:
            if not self.is_over and gate is self.input:
                self.answer()
                effect()

        self._durability.output.leave(opened, lambda error: None)

    # --- its guest ---

    def take(self, guest: Guest) -> None:
        """Live in a guest from now on: its death is the end."""
        self.guest = guest
        self._generation = guest.generation
        guest.mourners.add(self._mourn)

    def leave(self) -> None:
        """Have nothing to do with the guest any more."""
        if self.guest is not None:
            self.guest.mourners.discard(self._mourn)

    def _mourn(self, error: AbortError) -> None:
        if error.rolled_back:
            self._go_back(error)
            return
        if self.guest is not None and self.guest.rolls_back:
            self._log_abort(
                error,
                "ends it, and it is made anew: something was committed, answered or let out since "
                "it was last idle",
            )
        self.end(reset_by(error))

    # --- going back ---

    def _begin_span(self, guest: Guest) -> None:
        """Let an abort go back to here, if there is nothing under way but the event that begins."""
        is_alone = not self._visits and not self._sections and self.input.locks <= 1
        if is_alone and guest.is_at_rest and not self._durability.has_uncommitted:
            self._is_final = False
            self._commits = self._durability.commits
            guest.begin_span(self._may_go_back)

    def _may_go_back(self) -> bool:
        """Tell whether nothing since the span began was committed, answered or let out."""
        return not (self.is_over or self._is_final or self._durability.commits != self._commits)

    def answer(self) -> None:
        """Note that somebody was told something: an event since then cannot be undone."""
        self._is_final = True

    def _go_back(self, error: AbortError) -> None:
        """Go on from the begin of the span: the guest does, within the call that aborted."""
        self._log_abort(error, "was undone: it goes on from when it was last idle")
        self._is_final = True
        self._undone = ObjectError(text_of(error), remote=True)
        self._durability.rollback()
        for section in list(self._sections):
            section.cancel()
        gate, self.input = self.input, InputGate()
        self._scope = self.input
        self._fail_all(gate, self._undone)

    def _log_abort(self, error: AbortError, what: str) -> None:
        log.warning("%s: an abort (%s) %s", self.id.name or self.id, error.reason.value, what)

    def _fail_all(self, gate: InputGate, error: ObjectError) -> None:
        """Tell an error to who waits to come in, and to who waits for an answer."""
        gate.break_with(error)
        for wait in self._waits:
            if not wait.done():
                wait.set_exception(error)

    def was_undone(self, error: Exception) -> bool:
        """Tell whether an error is of an abort that was undone."""
        return error is self._undone or (isinstance(error, AbortError) and error.rolled_back)

    def _check_same(self, gate: InputGate) -> None:
        """Raise what undid the life since its input gate was that one, if anything did."""
        if gate is not self.input and self._undone is not None:
            raise self._undone

    # --- events ---

    async def admit(self) -> Lock:
        """Wait until an event of the outside may come in. Raises what ended the life."""
        lock = await passing.enter(self.input)
        self.is_begun = True
        return lock

    def turn(self, lock: Lock, run: Callable[[], T]) -> T:
        """Run a turn of the guest; what it begins belongs to the section that the lock is of."""
        before, self._scope, gate = self._scope, lock.gate, self.input
        try:
            return run()
        finally:
            self._scope = before if gate is self.input else self.input
            lock.release()

    def begin(self) -> Visit:
        """Note an event that comes in now."""
        assert self.guest is not None
        if self.guest.rolls_back:
            self._begin_span(self.guest)
        self.guest.begin_event()
        return self._visit(self.guest)

    def _visit(self, guest: Guest) -> Visit:
        visit = Visit(guest, self.clock, self._left)
        self._visits.add(visit)
        return visit

    async def settled(self, answer: object) -> Any:
        """Give an answer of the object; see `Guest.settled`. Raises ObjectError at once when the
        life is reset: what the guest does then is nobody's business any more."""
        assert self.guest is not None
        return await self.guest.settled(answer, self._waits, clock=self.clock)

    def _left(self, visit: Visit) -> None:
        self._visits.discard(visit)
        self._on_rest()

    def wait_until(self, promise: js.Promise[Any]) -> None:
        """Keep the object from eviction until a promise of it is settled."""
        self.check()
        assert self.guest is not None
        visit = self._visit(self.guest)  # no event of its own: it has no CPU time of its own
        visit.wait_until(promise)
        visit.close()

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

    def block_concurrency_while(
        self, run: Callable[[], js.Promise[Any]], *, resets: bool
    ) -> js.Promise[Any]:
        """Run something of the guest as a critical section; give a promise of its end.

        A rejection resets the object when `resets`, else it is the promise's alone.
        """
        guest = self.guest
        assert guest is not None
        section = Section(self._scope.scope())
        return _Critical(self, guest, section, self.clock, resets=resets).start(run)

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
        self._fail_all(self.input, gone)
        self._on_end(self, error)


class _NoHold:
    """The hold of a section whose code is running."""

    def cancel(self) -> None:
        """Do nothing."""


_NO_HOLD: Final = _NoHold()


class _Critical:
    """One call of blockConcurrencyWhile."""

    def __init__(
        self, life: Life, guest: Guest, section: Section, clock: Clock, *, resets: bool
    ) -> None:
        self._life = life
        self._resets = resets
        self._guest = guest
        self._section = section
        self._made = js.with_resolvers(guest.instance.realm.promises)
        self._hold: js.Handle = guest.host.hold()
        self._clock = clock
        self._alarm: js.Handle | None = None
        self._is_done = False
        life._sections.add(self)

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
            if self._is_done:
                return
            self._guest.forget_idle(self._hung)
            self._hold = self._guest.host.hold()
            loop.call_soon(self._settled, settled)

        self._guest.when_idle(self._hung)
        waiting, self._hold = self._hold, _NO_HOLD
        promise.subscribe(ended)
        waiting.cancel()  # the section holds nothing itself: what it waits for does, or it hangs

    def _hung(self) -> None:
        """Reset the object at once, as it would be when the time is over."""
        if self._over():
            self._life.end(ObjectError(CANCELED, is_reset=True))

    def _settled(self, promise: js.Promise[Any]) -> None:
        try:
            value = promise.result()
        except Exception as error:  # noqa: BLE001 - the guest's, whatever it is
            self._finish(error)
        else:
            self._end(partial(self._made.resolve, value))

    def _finish(self, error: Exception) -> None:
        if not self._resets:
            self._end(partial(self._made.reject, js.from_exception(error)))
        elif self._over():
            self._life.end(ObjectError(text_of(error), remote=True, is_reset=True))

    def _end(self, tell: Callable[[], object]) -> None:
        if self._over():
            lock = self._section.succeed()
            self._life.turn(lock, lambda: self._guest.host.enter(tell))
            self._hold.cancel()  # not earlier: nothing else may be left that keeps the guest busy

    def _too_long(self) -> None:
        if self._over():
            self._life.end(ObjectError(TOO_LONG, overloaded=True, is_reset=True))

    def _failed(self, error: BaseException) -> None:
        self._over()

    def cancel(self) -> None:
        """Be over without an end: the guest went back to before it began."""
        self._over()
        self._hold.cancel()

    def _over(self) -> bool:
        if self._is_done:
            return False
        self._is_done = True
        self._life._sections.discard(self)
        if self._alarm is not None:
            self._alarm.cancel()
        self._guest.forget_idle(self._hung)
        if self._life.is_over:
            self._hold.cancel()
        return not self._life.is_over


def reset_by(error: BaseException) -> ObjectError:
    """Give the error of a reset for what caused it, as callers are told."""
    if isinstance(error, ObjectError):
        return error
    if isinstance(error, OverloadedError):
        return ObjectError(str(error), retryable=True, overloaded=True)
    return ObjectError(text_of(error), remote=True, is_reset=True)
