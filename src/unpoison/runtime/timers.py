"""Callbacks that are due at a time, in order. Pure: whoever asks says what time it is."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable


class Timer:
    """One callback that waits for its time; `cancel()` forgets it."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Never run it, if it has not run yet."""
        self.callback = None

    def run(self) -> None:
        """Run it, unless it was cancelled or has run."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


Entry = tuple[float, int, Timer]


class Timers:
    """The timers of one instance. Times are in seconds of any one clock. `entries` is empty when
    none waits; among them may be cancelled ones.

    Equal times are served in the order of the `add` calls. HTML 8.7, run steps after a timeout.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []  # a heap
        self._numbers = itertools.count()

    def add(self, time: float, callback: Callable[[], object]) -> Timer:
        """Note a callback for a time."""
        timer = Timer(callback)
        heapq.heappush(self.entries, (time, next(self._numbers), timer))
        return timer

    def next_time(self) -> float | None:
        """Give the time of the timer that is due first, None when none waits."""
        heap = self.entries
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def take_due(self, now: float, due: deque[Callable[[], object]]) -> None:
        """Take out the timers that are due, and append what runs each, in their order."""
        entries = self.entries
        while entries and entries[0][0] <= now:
            due.append(heapq.heappop(entries)[2].run)

    def save(self) -> list[tuple[Entry, Callable[[], object] | None]]:
        """Give what `put_back` needs to have the same timers again."""
        return [(entry, entry[2].callback) for entry in self.entries]

    def put_back(self, saved: list[tuple[Entry, Callable[[], object] | None]]) -> None:
        """Have the timers of before, also those that were cancelled since; cancel all others."""
        kept = {id(entry[2]) for entry, _ in saved}
        for _, _, timer in self.entries:
            if id(timer) not in kept:
                timer.cancel()
        for entry, callback in saved:
            entry[2].callback = callback
        self.entries[:] = [entry for entry, _ in saved]

    def clear(self) -> None:
        """Cancel all."""
        for _, _, timer in self.entries:
            timer.cancel()
        self.entries.clear()
