"""How much patience a client has left. Pure: no clock, no socket."""

from __future__ import annotations


class Patience:
    """Seconds that a client may still waste; every byte that moves buys some back.

    It is a leaky bucket of `most` seconds: waiting empties it, `rate` bytes are worth a second. A
    client that moves at least `rate` bytes per second is never dropped, one that moves nothing is
    dropped after `most` seconds, and one that trickles somewhat later.
    """

    __slots__ = ("_most", "_rate", "left")

    def __init__(self, most: float, rate: float) -> None:
        self._most = most
        self._rate = rate
        self.left = most

    def earn(self, size: int) -> None:
        """Count bytes that moved."""
        self.left = min(self._most, self.left + size / self._rate)

    def spend(self, seconds: float) -> bool:
        """Count seconds of waiting for the client; tell whether its patience is used up."""
        self.left -= seconds
        return self.left <= 0

    def renew(self) -> None:
        """Start again, with a new body."""
        self.left = self._most


class Outflow:
    """Whether a client takes what is written to it, seen from the size of the write buffer."""

    __slots__ = ("_patience", "_pending")

    def __init__(self, most: float, rate: float) -> None:
        self._patience = Patience(most, rate)
        self._pending = 0

    def queued(self, size: int) -> None:
        """Count bytes that were given to the transport."""
        self._pending += size

    def is_stalled(self, buffered: int, seconds: float) -> bool:
        """Tell whether the client took too little: `buffered` bytes wait, `seconds` went by."""
        moved, self._pending = self._pending - buffered, buffered
        if buffered == 0:
            self._patience.renew()
            return False
        self._patience.earn(max(0, moved))
        return self._patience.spend(seconds)
