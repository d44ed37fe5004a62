"""The alarm of a Durable Object: when its handler runs, and what its failure means. Pure.

An object has one alarm. While the handler runs the alarm counts as gone, unless it is set anew,
but stays stored: only success deletes it, so that a crash or a failure makes it run again. Times
are in milliseconds since 1970. Source: facts 5.4; workerd `server/alarm-scheduler.h`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, TypeVar

FIRST_DELAY: Final = 2_000
"""Milliseconds from the first failure to the second run; each further one is twice as long."""

MAX_DOUBLINGS: Final = 9
"""The longest delay is FIRST_DELAY * 2**MAX_DOUBLINGS, 17 minutes."""

MAX_RETRIES: Final = 6
"""Runs after the first one whose failures count; then the alarm is dropped."""

JITTER: Final = 0.25
"""The share of a delay that is added to it at most, by chance."""

Jitter = Callable[[int], int]
"""Gives a number from 0 to its argument, both included, by chance: `random.randint(0, n)`."""

Key = TypeVar("Key")


class Outcome(Enum):
    """How a run of the handler ended."""

    DONE = "done"
    FAILED = "failed"  # by the object's own code: an exception, a panic, an abort, a limit
    PREVENTED = "prevented"  # by the runtime: no room, shutting down, the disk; it does not count


class Verdict(Enum):
    """What is to be done with the alarm that is stored."""

    KEEP = "keep"  # a retry, or the one that was set anew
    DELETE = "delete"  # it is done
    DROP = "drop"  # it is deleted though it never succeeded: tell of it


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the handler. `retries` is how many failures of this alarm counted before."""

    scheduled: int
    retries: int


class Alarm:
    """The alarm of one object, from what is stored: a time, or None."""

    def __init__(self, stored: int | None = None) -> None:
        self._scheduled = stored
        self._due = stored
        self._running: Run | None = None
        self._is_replaced = False
        self._counted = 0
        self._doublings = 0
        self._last_counted = False

    @property
    def current(self) -> int | None:
        """What `getAlarm` gives: while the handler runs, only what was set in it."""
        return self._scheduled

    @property
    def due(self) -> int | None:
        """When the handler is to run next; None for never, and while it runs."""
        return None if self._running is not None else self._due

    @property
    def is_running(self) -> bool:
        """Whether the handler runs."""
        return self._running is not None

    def set(self, time: int) -> None:
        """Take a new time; the alarm of before, and its retries, are forgotten."""
        self._replace(time)

    def delete(self) -> None:
        """Forget the alarm; one whose handler runs is not run again when it fails."""
        self._replace(None)

    def begin(self) -> Run:
        """Begin a run of the handler. Raises ValueError when no alarm waits for one."""
        if self._running is not None or self._scheduled is None:
            raise ValueError("no alarm waits to be run")
        self._running = run = Run(self._scheduled, self._counted)
        self._scheduled, self._is_replaced = None, False
        return run

    def finish(self, outcome: Outcome, now: int, jitter: Jitter) -> Verdict:
        """End the run. Raises ValueError when none runs."""
        run, self._running = self._running, None
        if run is None:
            raise ValueError("no alarm runs")
        if self._is_replaced:
            return Verdict.KEEP
        if outcome is Outcome.DONE:
            self._replace(None)
            return Verdict.DELETE
        if outcome is Outcome.FAILED and self._counted >= MAX_RETRIES:
            self._replace(None)
            return Verdict.DROP
        self._scheduled = run.scheduled
        self._due = now + self._next_delay(outcome is Outcome.FAILED, jitter)
        return Verdict.KEEP

    def _next_delay(self, counts: bool, jitter: Jitter) -> int:
        if counts:
            self._counted += 1
            if not self._last_counted:
                self._doublings = 0  # what the runtime failed before is not the object's fault
        self._last_counted = counts
        delay = FIRST_DELAY << min(self._doublings, MAX_DOUBLINGS)
        self._doublings += 1
        return delay + jitter(int(delay * JITTER))

    def _replace(self, time: int | None) -> None:
        self._scheduled = self._due = time
        self._is_replaced = True
        self._counted = 0
        self._doublings = 0
        self._last_counted = False


class AlarmQueue(Generic[Key]):
    """Which object's alarm is due next, for any number of objects."""

    def __init__(self) -> None:
        self._due: dict[Key, int] = {}
        self._heap: list[tuple[int, int, Key]] = []
        self._count = 0

    def put(self, key: Key, due: int | None) -> None:
        """Note when an object's alarm is due; None for never. It replaces what was noted."""
        if due is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            self._count += 1
            heapq.heappush(self._heap, (due, self._count, key))
        if len(self._heap) > 2 * len(self._due) + 64:
            self._compact()

    def next_time(self) -> int | None:
        """Give the time of the first one, None when there is none."""
        self._skip_stale()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: int) -> list[Key]:
        """Take out the objects whose alarms are due, in the order of their times."""
        due = []
        while (first := self.next_time()) is not None and first <= now:
            _, _, key = heapq.heappop(self._heap)
            del self._due[key]
            due.append(key)
        return due

    def __len__(self) -> int:
        return len(self._due)

    def _skip_stale(self) -> None:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)

    def _compact(self) -> None:
        """Drop what was replaced: an object may set its alarm a million times."""
        self._heap = [
            (due, number, key) for due, number, key in self._heap if self._due.get(key) == due
        ]
        heapq.heapify(self._heap)
