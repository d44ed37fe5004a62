"""What the connections of one server share, and the sweep that drops slow clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from email.utils import formatdate

from uvicorn.server import ServerState

from unpoison.workers.http_limits import HttpLimits


class Swept(ABC):
    """A connection that drops a client whose patience is used up."""

    @abstractmethod
    def sweep(self, seconds: float) -> None:
        """Count seconds of waiting; drop the client when they are too many."""


class Hub(ServerState):
    """What the connections of one server share."""

    def __init__(self, limits: HttpLimits) -> None:
        super().__init__()
        self.limits = limits
        self.date = self.date_line = b""
        self.refused = 0
        self.tick()

    def tick(self) -> None:
        """Bring the date of responses up to now; once a second is enough. RFC 9110 6.6.1."""
        self.date = formatdate(usegmt=True).encode()
        self.date_line = b"date: %b\r\n" % self.date

    def sweep(self, seconds: float) -> None:
        """Drop the clients whose patience is used up; `seconds` went by since the last sweep."""
        for connection in tuple(self.connections):
            if isinstance(connection, Swept):
                connection.sweep(seconds)
