"""What can be heard of a running server: exchanges with clients, incidents and consoles of guests.

`Observer` is the port; metrics, logs and the status page are observers. None of them may raise.
They are called in the context of the request, so that `REQUEST_ID` is its id, or None.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import astuple, dataclass
from enum import Enum
from typing import Final

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("unpoison_request_id", default=None)
"""The id of the request that the running task serves; its timers and tasks inherit it."""


class Outcome(Enum):
    """How an exchange ended."""

    OPEN = "open"
    COMPLETE = "complete"
    REFUSED = "refused"
    FAILED = "failed"
    CLIENT_LEFT = "client left"


@dataclass(slots=True)
class Exchange:
    """One request and its answer, or one WebSocket from its handshake to its end.

    `started` is seconds since the epoch, `seconds` how long it took, `status` 0 before an answer;
    `received` and `sent` are bytes of bodies or messages; `error` is why it failed, if it did.
    """

    id: str
    method: str
    url: str
    client: str
    started: float
    web_socket: bool = False
    status: int = 0
    seconds: float = 0.0
    received: int = 0
    sent: int = 0
    outcome: Outcome = Outcome.OPEN
    error: BaseException | None = None


class Incident(Enum):
    """What happened to a guest that a person may want to know."""

    PANIC = "panic"
    ABORT = "abort"
    UNDONE = "abort undone"
    START_FAILED = "start failed"


class Observer:
    """Hears and does nothing; override what is of interest."""

    def exchange_opened(self, exchange: Exchange) -> None:
        """Hear that a request arrived."""

    def exchange_closed(self, exchange: Exchange) -> None:
        """Hear that it was answered, or failed."""

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        """Hear of a panic or abort.

        `where` names the Worker, or the class of a Durable Object and, after a space, the object.
        """

    def renewed(self, where: str, seconds: float) -> None:
        """Hear that an instance took the place of a dead one, and how long that took."""

    def console(self, level: str, text: str) -> None:
        """Hear a text of a guest's console; `level` is debug, info, warning or error."""


@dataclass(frozen=True, slots=True)
class Population:
    """How many there are of what a server keeps, at one moment; sizes are bytes.

    `objects_evicted` counts since the start. `instances_apart` are those of WebSockets and bodies
    that made room for requests.
    """

    instances_live: int = 0
    instances_idle: int = 0
    requests_waiting: int = 0
    memory: int = 0
    objects_live: int = 0
    objects_evicted: int = 0
    alarms_pending: int = 0
    storage: int = 0
    instances_apart: int = 0


def sum_of(populations: Iterable[Population]) -> Population:
    """Give how many there are of several together."""
    counted = [astuple(each) for each in populations]
    return Population(*(sum(column) for column in zip(*counted, strict=True)))


class Observers(Observer):
    """Tells every one of several observers, in order."""

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = tuple(observers)

    def exchange_opened(self, exchange: Exchange) -> None:
        for observer in self._observers:
            observer.exchange_opened(exchange)

    def exchange_closed(self, exchange: Exchange) -> None:
        for observer in self._observers:
            observer.exchange_closed(exchange)

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        for observer in self._observers:
            observer.incident(kind, error, where)

    def renewed(self, where: str, seconds: float) -> None:
        for observer in self._observers:
            observer.renewed(where, seconds)

    def console(self, level: str, text: str) -> None:
        for observer in self._observers:
            observer.console(level, text)
