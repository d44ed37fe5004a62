"""One Durable Object: its stored data, its sockets, and one life of it at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.errors import PanicError, StorageError
from unpoison.workers.alarms import Outcome
from unpoison.workers.client_signals import make_signal
from unpoison.workers.durability import Durability
from unpoison.workers.failures import CLOSING, ObjectError, has_died, remote_error, text_of
from unpoison.workers.gates import Lock
from unpoison.workers.guest import Guest
from unpoison.workers.hibernation import Hibernation
from unpoison.workers.ids import ObjectId
from unpoison.workers.life import Life, reset_by
from unpoison.workers.messages import HttpRequest, HttpResponse, drop
from unpoison.workers.object_file import ObjectFile
from unpoison.workers.object_kind import Kind
from unpoison.workers.object_state import make_state
from unpoison.workers.observers import Incident
from unpoison.workers.socket_handlers import Call, SocketHandlers
from unpoison.workers.transfer import request_for, response_of
from unpoison.workers.visit import WAIT_UNTIL_SECONDS, Visit

log = logging.getLogger("unpoison.workers")

T = TypeVar("T")

EVICTION_SECONDS: Final = 10.0
"""How long an object without activity is kept. Facts 5.5."""

CLOSE_ENOUGH: Final = 0.001
"""Seconds that an eviction may come too early: times are not added up exactly."""

INACTIVE_SECONDS: Final = 70.0
"""How long one is kept without an event that goes on by itself, by its timers. Workers docs,
"Lifecycle of a Durable Object": 70 to 140."""

TRIES: Final = 3
"""Lives that an event may wait for: one that ends before the event came in costs it nothing."""


class Actor:
    """One object. Every event comes in through it; it makes lives, and ends them when idle.

    `on_alarm` hears the time (ms since 1970, None for none) that the index of alarms must know.
    `on_open` hears the time that is stored when a life begins: after a loss of power the index may
    lack it. `on_gone` is called when nothing of the object is left in memory. `resting_since` is
    when its last event was over, in seconds of the clock.
    """

    def __init__(
        self,
        kind: Kind,
        id: ObjectId,  # noqa: A002 - the platform's name for it
        on_alarm: Callable[[int | None], None],
        on_gone: Callable[[Actor], object],
        on_open: Callable[[int | None], object] = lambda time: None,
    ) -> None:
        self.kind = kind
        self.id = id
        handlers = SocketHandlers(str(self), self._post, kind.clock)
        self.hibernation = Hibernation(handlers, kind.clock.time)
        self._file = ObjectFile(str(self), self._make_stored)
        self._on_alarm = on_alarm
        self._on_gone = on_gone
        self._on_open = on_open
        self._life: Life | None = None
        self._events = 0
        self._is_closed = False
        self.resting_since = 0.0
        self._eviction: js.Handle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def is_live(self) -> bool:
        """Whether there is an object in a guest now."""
        return self._life is not None

    # --- events ---

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Give the object's answer. Raises ObjectError."""

        def call(life: Life, visit: Visit) -> object:
            realm = visit.guest.realm
            visit.signal = make_signal(realm, self.kind.signals)
            return life.target.fetch(request_for(realm, request, visit.signal))

        return await self._event(call, response_of)

    async def alarm(self, scheduled: int) -> Outcome:
        """Run the alarm's handler, if the alarm is still set to that time (ms since 1970)."""
        now = int(self.kind.clock.time() * 1000)

        def call(life: Life, visit: Visit) -> object:
            if not life.storage.alarm.begin_handler(scheduled, now):
                return None
            return life.target.alarm()

        try:
            await self._event(call, _nothing)
            await self._end_alarm(succeeded=True)
        except (ObjectError, StorageError, js.Error) as error:
            # One that a stop cuts off has not failed: it is stored, and rings after the next start.
            level = logging.INFO if self._is_closed else logging.ERROR
            log.log(level, "%s: the alarm failed: %s", self, error)
            with suppress(StorageError):  # then the object is reset, and the alarm is stored
                await self._end_alarm(succeeded=False)
            is_own = isinstance(error, ObjectError) and not error.overloaded
            return Outcome.FAILED if is_own else Outcome.PREVENTED
        return Outcome.DONE

    async def drop_alarm(self) -> None:
        """Delete the alarm: it has failed too often. Raises StorageError."""
        await self._file.closed()
        if not self._is_closed:
            stored = self._file.use()
            stored.storage.delete_alarm()
            stored.commit()
            await stored.wait()

    async def _end_alarm(self, *, succeeded: bool) -> None:
        stored = self._file.stored
        if stored is not None and stored.database.broken is None:
            stored.storage.alarm.end_handler(succeeded=succeeded)
            stored.commit()
            await stored.wait()

    # --- how an event goes ---

    async def _event(self, call: Call, convert: Callable[[Any], T]) -> T:
        self._events += 1
        try:
            life, lock = await self._come_in()
            return await self._run(life, lock, call, convert)
        finally:
            self._events -= 1
            self._rest()

    def _post(self, call: Call, on_over: Callable[[], object]) -> None:
        """Run an event that nobody waits for; none when the object is closed."""
        if self._is_closed:
            on_over()
            return
        self._events += 1  # at once: the object must not be gone when the task begins
        task = asyncio.ensure_future(self._event(call, _nothing))
        self._tasks.add(task)
        task.add_done_callback(partial(self._posted, on_over))

    def _posted(self, on_over: Callable[[], object], task: asyncio.Task[Any]) -> None:
        on_over()
        self._tasks.discard(task)
        self._events -= 1
        self._rest()
        if not task.cancelled() and task.exception() is not None and not self._is_closed:
            log.error("%s: a WebSocket handler failed: %s", self, task.exception())

    async def _come_in(self) -> tuple[Life, Lock]:
        """Wait for the turn in the object. A life that ends meanwhile is followed by the next."""
        tries = 0
        while True:
            life = self._life or self._begin()
            try:
                lock = await life.admit()
                if not life.is_over:
                    return life, lock
                lock.release()
                life.check()
            except ObjectError:
                tries += 1
                # Whose object cannot be made is told so; waiting would run the constructor, and
                # what that runs in blockConcurrencyWhile, again and again.
                if not life.is_begun or tries == TRIES:
                    raise

    async def _run(self, life: Life, lock: Lock, call: Call, convert: Callable[[Any], T]) -> T:
        guest = life.guest
        assert guest is not None
        visit = life.begin()
        try:
            answer = life.turn(lock, lambda: guest.enter(lambda: call(life, visit)))
        except Exception as error:
            visit.close()
            raise self._failure(life, error) from error
        try:
            return await self._finish(life, visit, answer, convert)
        except asyncio.CancelledError:
            # Who asked has left; the object is not interrupted, and its answer is nobody's.
            visit.client_left(life.deliver)
            self._abandon(visit, self._finish(life, visit, answer, convert))
            raise

    async def _finish(
        self, life: Life, visit: Visit, answer: object, convert: Callable[[Any], T]
    ) -> T:
        """Wait for an answer. Who is cancelled has done nothing, and may do it again."""
        try:
            value = await life.settled(answer)
            await life.before_effect()
            result = convert(value)
        except Exception as error:
            visit.close()
            raise self._failure(life, error) from error
        if isinstance(result, HttpResponse):
            visit.answered(result)
        else:
            visit.close()
        return result

    def _abandon(self, visit: Visit, answer: Coroutine[Any, Any, object]) -> None:
        """See an event to its end that nobody waits for; it may take as long as `waitUntil`."""
        task = self._start(self._drop(visit, answer))
        alarm = self.kind.clock.call_later(WAIT_UNTIL_SECONDS, task.cancel)
        task.add_done_callback(lambda _: alarm.cancel())

    async def _drop(self, visit: Visit, answer: Coroutine[Any, Any, object]) -> None:
        try:
            result = await answer
        except asyncio.CancelledError:
            visit.close()
            raise
        except ObjectError as error:
            log.debug("%s: failed when nobody waited any more: %s", self, error)
            return
        if isinstance(result, HttpResponse):
            await drop(result)

    def _failure(self, life: Life, error: Exception) -> ObjectError:
        """Give what the caller is told; an error that leaves nothing to go on with is a reset."""
        if isinstance(error, PanicError):
            self.kind.observer.incident(Incident.PANIC, error, str(self))
        if not life.was_undone(error):
            life.answer()
            if has_died(error):
                life.end(reset_by(error))
            if life.ended is not None:
                return life.ended
        return remote_error(error, keeps_name=self.kind.names_errors)

    # --- lives ---

    def _begin(self) -> Life:
        if self._is_closed:
            raise ObjectError(CLOSING, retryable=True)
        stored = self._file.use()
        life = Life(
            self.id,
            stored,
            self.hibernation,
            self.kind.clock,
            keeps_alarm=self.kind.keeps_alarm,
            on_end=self._ended,
            on_rest=self._rest,
        )
        self._life = life
        # The gate is closed to all others until the constructor has run, so that events come in
        # in the order of their calls.
        life.input.enter(
            lambda lock: self._start(self._construct(life, stored, lock)), lambda error: None
        )
        return life

    async def _construct(self, life: Life, stored: Durability, lock: Lock) -> None:
        try:
            await self._file.closed()
            guest = await self.kind.isolation.for_object()
        except Exception as error:  # noqa: BLE001 - whatever a start raises; callers are told
            life.end(reset_by(error))
            return
        if life.is_over:
            self.kind.isolation.release_object(guest)
            return
        life.take(guest)
        self.kind.isolation.attach(guest, life)
        try:
            # Not earlier: who waits for a guest has no file open.
            self._on_open(stored.storage.alarm.time)
            make = getattr(guest.exports, self.kind.class_name)
            life.target = life.turn(
                lock, lambda: guest.enter(lambda: make(make_state(guest.realm, life), guest.env))
            )
        except Exception as error:  # noqa: BLE001 - of the guest; callers are told
            life.end(reset_by(error))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _ended(self, life: Life, error: ObjectError | None) -> None:
        """Undo what a life that was reset has not committed, at once; free its guest soon."""
        self._life = None
        if error is not None:
            self._file.rollback()
        guest = life.guest
        if guest is not None:
            # Not now: frames of the guest may be on the stack.
            asyncio.get_running_loop().call_soon(self._release, life, guest)

    def _release(self, life: Life, guest: Guest) -> None:
        life.leave()
        isolation = self.kind.isolation
        isolation.detach(guest, life)
        if isolation.is_shared and life.has_target:
            self._free(life)
        isolation.release_object(guest)

    def _free(self, life: Life) -> None:
        try:
            life.target.free()
        except Exception as error:  # noqa: BLE001 - a destructor may do anything; it is over
            log.warning("%s: the object could not be freed: %s", self, text_of(error))

    # --- stored data ---

    def _make_stored(self) -> Durability:
        return Durability(
            self.kind.folder / f"{self.id}.sqlite",
            self.kind.clock,
            uses_sql=self.kind.uses_sql,
            cpu=self.kind.cpu,
            executor=self.kind.executor,
            flush_index=self.kind.index.flush,
            on_alarm=self._on_alarm,
            on_broken=self._storage_broke,
        )

    def _storage_broke(self, error: StorageError) -> None:
        log.error("%s: %s", self, error)
        if self._life is not None:
            self._life.end(ObjectError(str(error), is_reset=True))

    # --- rest ---

    def _rest(self) -> None:
        """Have it evicted after a while without activity; now, when another one needs room."""
        if self._events == 0 and not self._is_closed:
            self.resting_since = self.kind.clock.monotonic()
            if self._eviction is None:  # else it looks how long the rest has been
                self._arm(EVICTION_SECONDS)
            if self.kind.isolation.wants_room:
                self.evict()

    def _arm(self, seconds: float) -> None:
        self._eviction = self.kind.clock.call_later(seconds, self._evict)

    @property
    def is_idle(self) -> bool:
        """Whether it is in a guest, with nothing under way and nothing that is not durable yet."""
        life = self._life
        if life is None or self._events or life.has_events or not self._file.is_settled:
            return False
        return not life.is_working or self._is_inactive

    @property
    def _is_inactive(self) -> bool:
        return self.kind.clock.monotonic() - self.resting_since >= INACTIVE_SECONDS

    def evict(self) -> None:
        """End its life and close its file, when it is idle; its sockets stay."""
        if self.is_idle and self._life is not None:
            self._life.end()
            self._file.close()

    def _evict(self) -> None:
        self._eviction = None
        rested = self.kind.clock.monotonic() - self.resting_since
        if not self._events and rested < EVICTION_SECONDS - CLOSE_ENOUGH:
            self._arm(EVICTION_SECONDS - CLOSE_ENOUGH / 2 - rested)
            return
        self.evict()
        if self._events or self._life is not None:
            self._arm(EVICTION_SECONDS)
            return
        self._file.close()
        if not len(self.hibernation):
            self._start(self._go())

    async def _go(self) -> None:
        """Be gone when the file is closed, unless an event came meanwhile."""
        await self._file.closed()
        if self._file.stored is None and not self._events and not len(self.hibernation):
            self._on_gone(self)

    async def close(self, code: int = 1001, reason: str = "") -> None:
        """End its life for good, close its sockets, and see that what it wrote is durable."""
        self._is_closed = True
        if self._eviction is not None:
            self._eviction.cancel()
        if self._life is not None:
            self._life.end()
        self.hibernation.close(code, reason)
        self._file.close()
        await self._file.closed()

    def __str__(self) -> str:
        return f"{self.kind.worker}-{self.kind.class_name} {self.id.name or self.id}"


def _nothing(value: object) -> None:
    """Be the conversion of an answer that says nothing."""
