"""A linear memory that can go back to what it held.

A `Checkpointer` keeps a copy of the memory beside it. Which pages differ from the copy, each
strategy finds in its own way; what it gives is the same.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from unpoison.engine.memory import Memory
from unpoison.engine.page_scan import PageScan


class Checkpointer(Protocol):
    """Keeps what one memory held at the last `commit`, and goes back to it.

    No code of the guest may be running in any of the calls.
    """

    @property
    def strategy(self) -> str:
        """The name of the way in which it finds the pages that were written."""

    def commit(self, size: int, *, on_top: bool = False) -> None:
        """Let the first `size` bytes be the state to go back to; what is above must be zeros.

        With `on_top` the last commit without it stays one to go back to as well: the base.
        """

    def roll_back(self, *, to_base: bool = False) -> None:
        """Let the memory be as at the last commit, or at the base; what it grew since is zeros."""

    def close(self) -> None:
        """Free the copy."""


class Shadow:
    """The copy: anonymous memory of this process, which takes no room where nothing was copied."""

    __slots__ = ("_mapping", "address")

    def __init__(self) -> None:
        self._mapping = _map(mmap.PAGESIZE)
        self.address = _address_of(self._mapping)

    def reserve(self, size: int) -> None:
        """Have room for so many bytes; what was copied stays. Raises OSError when there is none."""
        if size > len(self._mapping):
            larger = _map(max(size, 2 * len(self._mapping)))
            address = _address_of(larger)
            ctypes.memmove(address, self.address, len(self._mapping))
            before, self._mapping, self.address = self._mapping, larger, address
            before.close()

    def close(self) -> None:
        """Free it."""
        self._mapping.close()


class WholeCopy:
    """Copies all of the memory, each time. It works everywhere, and costs 50 us per megabyte."""

    strategy = "copy"

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._shadow = Shadow()
        self._size = 0
        self._base: bytes | None = None

    def commit(self, size: int, *, on_top: bool = False) -> None:
        """See Checkpointer."""
        if not on_top:
            self._base = None
        elif self._base is None:
            self._base = ctypes.string_at(self._shadow.address, self._size)
        self._shadow.reserve(size)
        ctypes.memmove(self._shadow.address, self._memory.base, size)
        self._size = size

    def roll_back(self, *, to_base: bool = False) -> None:
        """See Checkpointer."""
        if to_base and self._base is not None:
            self._size = len(self._base)
            ctypes.memmove(self._shadow.address, self._base, self._size)
            self._base = None
        ctypes.memmove(self._memory.base, self._shadow.address, self._size)
        self._memory.clear_above(self._size)

    def close(self) -> None:
        """See Checkpointer."""
        self._shadow.close()


class WrittenPages:
    """Copies the pages that were written, as the kernel tells. Raises OSError where it does not."""

    strategy = "pagemap"

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._watch: PageScan | None = PageScan(memory.base, memory.size())
        self._shadow = Shadow()
        self._size: int | None = None
        self._base_size = 0
        self._pages: dict[int, bytes] = {}

    def commit(self, size: int, *, on_top: bool = False) -> None:
        """See Checkpointer."""
        self._shadow.reserve(size)
        base, shadow, before = self._memory.base, self._shadow.address, self._size
        if not on_top:
            self._pages.clear()
            self._base_size = size
        if before is None:
            ctypes.memmove(shadow, base, size)
            self._runs(size, forget=True)  # after the copy, which maps pages by reading them
        else:
            if size < before:
                self._keep(size, before - size, on_top=on_top)
                ctypes.memset(shadow + size, 0, before - size)
            for start, length in self._runs(size, forget=True):
                self._keep(start - base, length, on_top=on_top)
                ctypes.memmove(shadow + (start - base), start, length)
        self._size = size

    def _keep(self, place: int, length: int, *, on_top: bool) -> None:
        """Keep what the copy has of the base in a run of pages that is about to be replaced."""
        if not on_top:
            return
        for page in range(place, min(place + length, self._base_size), mmap.PAGESIZE):
            if page not in self._pages:
                self._pages[page] = ctypes.string_at(self._shadow.address + page, mmap.PAGESIZE)

    def roll_back(self, *, to_base: bool = False) -> None:
        """See Checkpointer."""
        base, shadow, size = self._memory.base, self._shadow.address, self._size or 0
        for start, length in self._runs(size, forget=False):
            ctypes.memmove(start, shadow + (start - base), length)
        self._memory.clear_above(size)
        if to_base:
            self._go_to_base(size)

    def _go_to_base(self, size: int) -> None:
        """Go on from the last commit to the one below it; memory and copy are alike."""
        base, shadow, below = self._memory.base, self._shadow.address, self._base_size
        if size > below:
            ctypes.memset(shadow + below, 0, size - below)
        self._memory.clear_above(below)
        for place, data in self._pages.items():
            ctypes.memmove(shadow + place, data, len(data))
            ctypes.memmove(base + place, data, len(data))
        self._pages.clear()
        self._size = below

    def _runs(self, size: int, *, forget: bool) -> Sequence[tuple[int, int]]:
        """Give the runs of pages below a size that may differ from the copy."""
        base, watch = self._memory.base, self._watch
        if watch is None:
            return ((base, size),)
        try:
            watch.extend(self._memory.size())
            runs = watch.take() if forget else watch.look()
        except OSError:  # a forked process has none of it
            self._watch = None
            watch.close()
            return ((base, size),)
        end = base + size
        return [(start, min(length, end - start)) for start, length in runs if start < end]

    def close(self) -> None:
        """See Checkpointer."""
        if self._watch is not None:
            self._watch.close()
        self._shadow.close()


def _map(size: int) -> mmap.mmap:
    """Map memory of this process alone: what is shared a forked one would write into."""
    if not hasattr(mmap, "MAP_PRIVATE"):
        return mmap.mmap(-1, size)
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _address_of(mapping: mmap.mmap) -> int:
    """Give where a mapping begins. It stays there until it is closed."""
    cell = ctypes.c_char.from_buffer(mapping)
    address = ctypes.addressof(cell)
    del cell  # else the mapping could not be closed
    return address


STRATEGIES: Final[Mapping[str, Callable[[Memory], Checkpointer]]] = MappingProxyType(
    {WrittenPages.strategy: WrittenPages, WholeCopy.strategy: WholeCopy}
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
