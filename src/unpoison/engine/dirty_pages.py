"""A linear memory that can go back to what it held.

A `Checkpointer` keeps a copy of the memory beside it. Which pages differ from the copy, each
strategy finds in its own way; what it gives is the same.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from unpoison.engine.memory import Memory


class Checkpointer(Protocol):
    """Keeps what one memory held at the last `commit`, and goes back to it.

    No code of the guest may be running in any of the calls.
    """

    @property
    def strategy(self) -> str:
        """The name of the way in which it finds the pages that were written."""

    def commit(self, size: int) -> None:
        """Let the first `size` bytes be the state to go back to; what is above must be zeros."""

    def roll_back(self) -> None:
        """Let the memory be as at the last commit; what it grew since is zeros."""

    def close(self) -> None:
        """Free the copy."""


class WholeCopy:
    """Copies all of the memory, each time. It works everywhere, and costs 50 us per megabyte."""

    strategy = "copy"

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._size = 0
        self._copy = mmap.mmap(-1, mmap.PAGESIZE)
        self._address = _address_of(self._copy)

    def commit(self, size: int) -> None:
        """See Checkpointer."""
        self._reserve(size)
        ctypes.memmove(self._address, self._memory.base, size)
        self._size = size

    def roll_back(self) -> None:
        """See Checkpointer."""
        ctypes.memmove(self._memory.base, self._address, self._size)
        self._memory.clear_above(self._size)

    def close(self) -> None:
        """See Checkpointer."""
        self._size = 0
        self._copy.close()

    def _reserve(self, size: int) -> None:
        if size > len(self._copy):
            before = self._copy
            self._copy = mmap.mmap(-1, size)
            self._address = _address_of(self._copy)
            before.close()


def _address_of(copy: mmap.mmap) -> int:
    """Give where a mapping begins. It stays there until it is closed."""
    cell = ctypes.c_char.from_buffer(copy)
    address = ctypes.addressof(cell)
    del cell  # else the mapping could not be closed
    return address


STRATEGIES: Final[Mapping[str, Callable[[Memory], Checkpointer]]] = MappingProxyType(
    {WholeCopy.strategy: WholeCopy}
)
"""Every strategy by its name, the best first. One that this system lacks raises OSError."""


def make_checkpointer(memory: Memory, *, strategy: str | None = None) -> Checkpointer:
    """Make a checkpointer of the first strategy that works here, or of the one that is named.

    Raises ValueError for a name that there is not, OSError for a strategy that does not work here.
    """
    if strategy is not None:
        if strategy not in STRATEGIES:
            raise ValueError(f"strategy must be one of {', '.join(STRATEGIES)}, not {strategy!r}")
        return STRATEGIES[strategy](memory)
    *better, last = STRATEGIES.values()
    for make in better:
        try:
            return make(memory)
        except OSError:
            continue
    return last(memory)
