"""The Durable Objects of one class: at most one live object for each id, and their alarms."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.actor import Actor
from unpoison.workers.alarms import Alarm, AlarmQueue, Run, Verdict
from unpoison.workers.failures import CLOSING, ObjectError
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.object_kind import Kind

log = logging.getLogger("unpoison.workers")


class Objects:
    """See ports.NamespacePort. `start` arms the alarms of before; `evicted` counts objects that
    nothing is left of in memory."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.ids = IdSpace(f"{kind.worker}-{kind.class_name}")
        self._actors: dict[bytes, Actor] = {}
        self._index = kind.index
        self._alarms: dict[bytes, tuple[ObjectId, Alarm]] = {}
        self._queue: AlarmQueue[bytes] = AlarmQueue()
        self._timer: js.Handle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self.evicted = 0

    @property
    def live(self) -> int:
        """How many objects are in guests."""
        return sum(actor.is_live for actor in self._actors.values())

    def idle(self) -> Iterator[Actor]:
        """Give the objects that could be evicted now."""
        return (actor for actor in self._actors.values() if actor.is_idle)

    @property
    def alarms(self) -> int:
        """How many alarms are set."""
        return len(self._alarms)

    def start(self) -> None:
        """Arm the alarms that are stored. Raises StorageError."""
        for pending in self._index.pending():
            self._note(pending.id, pending.time)
        self._arm()

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        """See NamespacePort."""
        if self._is_closed:
            raise ObjectError(CLOSING, retryable=True)
        return await self._actor(id).fetch(request)

    async def close(self) -> None:
        """End every object; what was written is durable then."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*(actor.close() for actor in self._actors.values()))
        await asyncio.gather(*self._tasks)  # alarms whose handlers were under way
        self._actors.clear()
        await self._index.close()

    def _actor(self, id: ObjectId) -> Actor:  # noqa: A002
        actor = self._actors.get(id.raw)
        if actor is None:
            actor = Actor(
                self.kind, id, partial(self._alarm_changed, id), self._gone, partial(self._seen, id)
            )
            self._actors[id.raw] = actor
        return actor

    def _gone(self, actor: Actor) -> None:
        if self._actors.get(actor.id.raw) is actor:
            del self._actors[actor.id.raw]
            self.evicted += 1

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- alarms ---

    def _alarm_changed(self, id: ObjectId, time: int | None) -> None:  # noqa: A002
        """Note an alarm that was set or deleted, in the index too. Raises StorageError."""
        self._index.note(id, time)
        self._note(id, time)
        self._arm()

    def _seen(self, id: ObjectId, time: int | None) -> None:  # noqa: A002
        """Note an alarm that is stored and that nobody knew of."""
        if time is not None and id.raw not in self._alarms:
            self._alarm_changed(id, time)

    def _note(self, id: ObjectId, time: int | None) -> None:  # noqa: A002
        known = self._alarms.get(id.raw)
        if known is None:
            if time is None:
                return
            known = self._alarms[id.raw] = (id, Alarm())
        alarm = known[1]
        if time is None:
            alarm.delete()
        else:
            alarm.set(time)
        self._plan(id.raw, alarm)

    def _plan(self, raw: bytes, alarm: Alarm) -> None:
        self._queue.put(raw, alarm.due)
        if alarm.due is None and not alarm.is_running and alarm.current is None:
            self._alarms.pop(raw, None)

    def _arm(self) -> None:
        due = self._queue.next_time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None and not self._is_closed:
            clock = self.kind.clock
            self._timer = clock.call_later(max(0.0, due / 1000 - clock.time()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        for raw in self._queue.take_due(self._now()):
            id, alarm = self._alarms[raw]  # noqa: A001
            # Begun here, not in the task: the alarm may be moved or deleted before that runs.
            self._run(self._fire(id, alarm, alarm.begin()))
        self._arm()

    async def _fire(self, id: ObjectId, alarm: Alarm, run: Run) -> None:  # noqa: A002
        if self._is_closed:
            return
        actor = self._actor(id)
        outcome = await actor.alarm(run.scheduled)
        verdict = alarm.finish(outcome, self._now(), _jitter)
        self._plan(id.raw, alarm)
        self._arm()
        if verdict is Verdict.DROP:
            log.error("%s: the alarm failed too often and is dropped", actor)
            await self._drop(actor)

    async def _drop(self, actor: Actor) -> None:
        try:
            await actor.drop_alarm()
        except StorageError as error:  # it is still stored, and fires after the next start
            log.error("%s: %s", actor, error)

    def _now(self) -> int:
        return int(self.kind.clock.time() * 1000)


def _jitter(most: int) -> int:
    return random.randint(0, most)
