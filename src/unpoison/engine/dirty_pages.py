"""A linear memory that can go back to what it held.

A `Checkpointer` keeps a copy of the memory beside it. Which pages differ from the copy, each
strategy finds in its own way; what it gives is the same.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final, Protocol

from unpoison.engine.fresh_pages import Run, prefer_huge_pages, runs_in_use
from unpoison.engine.memory import RESERVATION, Memory
from unpoison.engine.page_scan import COPIERS, MakeCopier, PageScan
from unpoison.engine.shadow import Shadow

SMALL: Final = 1 << 24
"""Bytes at the begin of each memory that have pages of the usual size; the rest has huge ones."""

HOT_BYTES: Final = 1 << 23
HOT_MARGIN: Final = 1 << 17
"""See Heat: bytes to copy before pages are watched again, and how many more than twice the first
may be unwatched."""


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


class Heat:
    """Decides when the pages that were written are watched again.

    A write to a watched page costs a page fault, 0.8 us; to copy one that was not written, 0.1 us.
    A call writes much the same pages as the one before it. So pages that were written stay
    unwatched for a while, and are copied each time: until they are many more than the first call
    wrote, or have been copied for so long that it is time to look whether they are still written.
    """

    __slots__ = ("_first", "_last", "_spent")

    def __init__(self) -> None:
        self._first = self._last = self._spent = 0

    def is_over(self) -> bool:
        """Tell whether to watch all pages again."""
        return self._spent > HOT_BYTES or self._last > 2 * self._first + HOT_MARGIN

    def begin(self) -> None:
        """Note that all pages are watched."""
        self._first = self._last = self._spent = 0

    def note(self, size: int) -> None:
        """Note how many bytes of pages were copied, and are not watched."""
        self._first = self._first or size
        self._last = size
        self._spent += size


class WrittenPages:
    """Copies the pages that were written, as the kernel tells. Raises OSError where it does not."""

    strategy = "pagemap"

    def __init__(
        self, memory: Memory, make_copier: MakeCopier = COPIERS[0], small: int = SMALL
    ) -> None:
        has_huge = prefer_huge_pages(memory.base + small, RESERVATION - small)
        dense = small if has_huge else RESERVATION
        self._memory = memory
        self._watch: PageScan | None = PageScan(memory.base, memory.size(), dense, make_copier)
        self._shadow = Shadow()
        self._heat = Heat()
        self._size: int | None = None
        self._is_new = True
        self._base_size = 0
        self._pages: dict[int, bytes] = {}

    def commit(self, size: int, *, on_top: bool = False) -> None:
        """See Checkpointer."""
        self._shadow.reserve(size)
        before, self._size = self._size, None  # an interrupt here lets the next one copy all
        if on_top:
            self._keep_base(size, before)
        else:
            self._pages.clear()
            self._base_size = size
        if before is None:
            self._copy_all(size)
        else:
            if size < before:
                self._shadow.clear(size, before)
            self._copy_written(size)
        self._size = size

    def roll_back(self, *, to_base: bool = False) -> None:
        """See Checkpointer."""
        size = self._size or 0
        base, shadow = self._memory.base, self._shadow.address
        if self._transfer(shadow, base, size, protect=False) is None:
            ctypes.memmove(base, shadow, size)
        self._memory.clear_above(size)
        if to_base:
            self._go_to_base(size)

    def close(self) -> None:
        """See Checkpointer."""
        if self._watch is not None:
            self._watch.close()
        self._shadow.close()

    # --- the base ---

    def _keep_base(self, size: int, before: int | None) -> None:
        """Keep what the copy has of the base in pages that are about to be replaced."""
        runs = None if before is None else self._written(size)
        if runs is None:
            runs = [(self._memory.base, self._base_size)]
        for start, length in runs:
            self._keep(start - self._memory.base, length)
        self._keep(size, self._base_size - size)

    def _keep(self, place: int, length: int) -> None:
        for page in range(place, min(place + length, self._base_size), mmap.PAGESIZE):
            if page not in self._pages:
                self._pages[page] = ctypes.string_at(self._shadow.address + page, mmap.PAGESIZE)

    def _go_to_base(self, size: int) -> None:
        """Go on from the last commit to the one below it; memory and copy are alike."""
        base, shadow, below = self._memory.base, self._shadow.address, self._base_size
        if size > below:
            self._shadow.clear(below, size)
        self._memory.clear_above(below)
        for place, data in self._pages.items():
            ctypes.memmove(shadow + place, data, len(data))
            ctypes.memmove(base + place, data, len(data))
        self._size = below
        self._pages.clear()

    # --- copies ---

    def _copy_all(self, size: int) -> None:
        base, shadow, is_new = self._memory.base, self._shadow.address, self._is_new
        self._is_new = False
        for start, length in self._used(size) if is_new else ((base, size),):
            ctypes.memmove(shadow + (start - base), start, length)
        if self._watch is not None:
            with suppress(OSError):
                self._watch.extend(size)
                self._watch.watch()
        self._heat.begin()

    def _used(self, size: int) -> list[Run]:
        """Give what of a memory may be anything but zeros."""
        if self._watch is not None and size > SMALL:
            with suppress(OSError):
                return list(self._watch.used(size))
        return list(runs_in_use(self._memory.base, size))

    def _copy_written(self, size: int) -> None:
        base, shadow, protect = self._memory.base, self._shadow.address, self._heat.is_over()
        copied = self._transfer(base, shadow, size, protect=protect)
        if copied is None:
            ctypes.memmove(shadow, base, size)
        elif protect:
            self._heat.begin()
        else:
            self._heat.note(copied)

    def _written(self, size: int) -> list[Run] | None:
        """Give the written pages below a size; None when nobody knows."""
        if self._watch is None:
            return None
        try:
            self._watch.extend(size)
            return self._watch.runs(size)
        except OSError:
            self._give_up()
            return None

    def _transfer(self, source: int, target: int, size: int, *, protect: bool) -> int | None:
        """Copy the written pages below a size, and tell how many bytes; None when nobody knows."""
        if self._watch is None:
            return None
        try:
            self._watch.extend(size)
            return self._watch.copy(source, target, size, protect=protect)
        except OSError:
            self._give_up()
            return None

    def _give_up(self) -> None:
        """Copy all of the memory from now on: a forked process is not told of its pages."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()


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


def reason_to_copy_all() -> str | None:
    """Say why the best strategy does not work on this system; None where it does."""
    probed = Shadow()
    try:
        PageScan(probed.address, mmap.PAGESIZE, mmap.PAGESIZE).close()
    except OSError as problem:
        return str(problem)
    finally:
        probed.close()
    return None
