"""When a worker that keeps dying may start again: a policy, without a clock.

A single abort costs nothing but its request. A start that fails, or a long row of requests of
which every one aborts, is answered by a pause that doubles, so that a broken worker does not
spend the machine on restarts; a request that succeeds ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIRST_PAUSE: Final = 0.1
"""Seconds of the first pause; each further one is twice as long."""

LONGEST_PAUSE: Final = 10.0
"""Seconds."""

ABORTS_IN_A_ROW: Final = 64
"""How many requests may abort, one after the other, before there is a pause."""


@dataclass(slots=True)
class Restarts:
    """Counts the failures of one worker. Times are seconds of any clock that never goes back."""

    aborts: int = 0
    pauses: int = 0
    until: float = 0.0

    def failed_to_start(self, now: float) -> float:
        """Note a start that failed; give the seconds of the pause that follows."""
        return self._pause(now)

    def aborted(self, now: float) -> float:
        """Note a request that aborted; give the seconds of the pause that follows, often none."""
        self.aborts += 1
        return self._pause(now) if self.aborts >= ABORTS_IN_A_ROW else 0.0

    def succeeded(self) -> None:
        """Note a request that was answered: the worker works."""
        self.aborts = self.pauses = 0
        self.until = 0.0

    def remaining(self, now: float) -> float:
        """Give the seconds until it may start again; 0 when it may now."""
        return max(0.0, self.until - now)

    def _pause(self, now: float) -> float:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self.pauses)
        self.pauses = min(self.pauses + 1, 30)
        self.until = now + pause
        return pause
