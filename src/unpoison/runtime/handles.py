"""The handle table: the host's values that a guest names by number.

Slots: 0 undefined, 1 to 1023 values lent for one call (from 1023 down), 1024 undefined, 1025
null, 1026 true, 1027 false, from 1028 static strings, then what the guest's allocator hands out.
Source: contract facts 4.1 and 4.2; `wasm-bindgen` src/externref.rs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unpoison.js import null

LENT = 1024
"""The first slot that is not lent."""

MAX_HANDLES = 1 << 24
"""How many slots a guest may ask for; 16 million values are 128 MB of host memory."""

CONSTANTS: dict[object, int] = {None: 1024, null: 1025, True: 1026, False: 1027}

CONSTANT_TYPES = frozenset(map(type, CONSTANTS))


class UnknownHandleError(LookupError):
    """A handle that names nothing; the guest handed it over, or handed it over twice."""


class Handles:
    """The table of one generation.

    `free` are slots that are allocated but hold nothing; where the guest's allocator gave them,
    the guest does not know that they are free.
    """

    __slots__ = ("fixed", "free", "lent", "values")

    def __init__(self, static_strings: Sequence[str]) -> None:
        self.values: list[Any] = [None, null, True, False, *static_strings]
        self.fixed = LENT + len(self.values)
        self.lent: list[Any] = []
        self.free: list[int] = []

    def get(self, handle: int) -> Any:
        """Give the value of a slot. Raises UnknownHandleError outside the table."""
        try:
            if handle >= LENT:
                return self.values[handle - LENT]
            return self.lent[LENT - 1 - handle] if handle else None
        except IndexError:
            raise UnknownHandleError(handle) from None

    def put(self, handle: int, value: object) -> None:
        """Fill a slot that the guest's allocator gave. Raises UnknownHandleError for others."""
        if handle < self.fixed:
            raise UnknownHandleError(handle)
        try:
            self.values[handle - LENT] = value
        except IndexError:
            raise UnknownHandleError(handle) from None

    def clear_slot(self, handle: int) -> None:
        """Forget the value of a slot. Raises UnknownHandleError for a fixed slot."""
        self.put(handle, None)

    def lend(self, value: object) -> int:
        """Give a slot below 1024 that names the value until it is taken back."""
        if len(self.lent) >= LENT - 1:
            raise RecursionError("more than 1023 values are lent to the guest at once")
        self.lent.append(value)
        return LENT - len(self.lent)

    def take_back(self, mark: int) -> None:
        """Take back every value lent since there were `mark` of them."""
        del self.lent[mark:]

    def grow(self, count: int) -> int:
        """Append slots and give the first; -1 when the guest asks for too many."""
        first = LENT + len(self.values)
        if not 0 <= count <= MAX_HANDLES - len(self.values):
            return -1
        self.values.extend([None] * count)
        return first

    def allocate(self) -> int:
        """Give a free slot, for modules that leave allocation to the host; -1 for none."""
        return self.free.pop() if self.free else self.grow(1)

    def deallocate(self, handle: int) -> None:
        """Free a slot that `allocate` gave. Raises UnknownHandleError for one that is free."""
        if self.get(handle) is None:
            raise UnknownHandleError(handle)
        self.clear_slot(handle)
        self.free.append(handle)

    def live(self) -> int:
        """Give the number of slots that hold a value other than undefined, fixed ones apart."""
        return sum(value is not None for value in self.values[self.fixed - LENT :])

    def clear(self) -> None:
        """Drop every value of the host."""
        self.values.clear()
        self.lent.clear()
        self.free.clear()
