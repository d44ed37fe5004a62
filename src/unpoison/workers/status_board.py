"""The last things that happened on a server, for a person: bounded, newest last."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from unpoison.errors import AbortError
from unpoison.workers.logs import backtrace
from unpoison.workers.observers import (
    REQUEST_ID,
    Exchange,
    Incident,
    Observer,
    Outcome,
    Population,
)

KEPT_EXCHANGES: Final = 200
KEPT_INCIDENTS: Final = 50
KEPT_LINES: Final = 200
LONGEST_LINE: Final = 2_000
"""Characters of a console text or a message that are kept."""


@dataclass(frozen=True, slots=True)
class SeenIncident:
    """A panic or abort: when (seconds since the epoch), in which request, and the Rust frames."""

    time: float
    request: str | None
    kind: Incident
    where: str
    reason: str
    message: str
    backtrace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A text of a guest's console."""

    time: float
    request: str | None
    level: str
    text: str


class StatusBoard(Observer):
    """Keeps the last exchanges, incidents and console lines, and counts them all."""

    def __init__(
        self,
        population: Callable[[], Population] = Population,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.started = clock()
        self.exchanges: deque[Exchange] = deque(maxlen=KEPT_EXCHANGES)
        self.incidents: deque[SeenIncident] = deque(maxlen=KEPT_INCIDENTS)
        self.lines: deque[SeenLine] = deque(maxlen=KEPT_LINES)
        self.under_way = 0
        self.served: Counter[Outcome] = Counter()
        self.happened: Counter[Incident] = Counter()
        self.renewals = 0
        self.population = population
        self._clock = clock

    def exchange_opened(self, exchange: Exchange) -> None:
        self.under_way += 1

    def exchange_closed(self, exchange: Exchange) -> None:
        self.under_way -= 1
        self.served[exchange.outcome] += 1
        # An error's traceback would keep the frames of its request alive.
        seen = exchange if exchange.error is None else replace(exchange, error=None)
        self.exchanges.append(seen)

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        self.happened[kind] += 1
        reason = error.reason.value if isinstance(error, AbortError) else ""
        frames = backtrace(error)
        message = str(error)[:LONGEST_LINE]
        seen = SeenIncident(self._clock(), REQUEST_ID.get(), kind, where, reason, message, frames)
        self.incidents.append(seen)

    def renewed(self, where: str, seconds: float) -> None:
        self.renewals += 1

    def console(self, level: str, text: str) -> None:
        line = SeenLine(self._clock(), REQUEST_ID.get(), level, text[:LONGEST_LINE])
        self.lines.append(line)
