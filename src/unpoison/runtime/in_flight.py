"""The exceptions that are on their way through Wasm, by the number that travels there."""

from __future__ import annotations

from collections import OrderedDict

# More exceptions than this cannot be in flight: each needs a nested call, and Python refuses
# deeper recursion first. Older ones were swallowed by guest code that threw something else.
MAX_IN_FLIGHT = 4096


class InFlight:
    """Gives each exception a ticket, a number from 0 to 2**31 - 1, and takes it back."""

    __slots__ = ("_errors", "_last")

    def __init__(self) -> None:
        self._last = 0
        self._errors: OrderedDict[int, BaseException] = OrderedDict()

    def __len__(self) -> int:
        return len(self._errors)

    def put(self, error: BaseException) -> int:
        """Give the ticket for an exception that is thrown into Wasm."""
        self._last = ticket = (self._last + 1) & 0x7FFFFFFF
        self._errors[ticket] = error
        if len(self._errors) > MAX_IN_FLIGHT:
            self._errors.popitem(last=False)
        return ticket

    def take(self, ticket: int) -> BaseException | None:
        """Give the exception that came out of Wasm, None for a ticket that nobody had."""
        return self._errors.pop(ticket, None)

    def clear(self) -> None:
        """Forget all."""
        self._errors.clear()
