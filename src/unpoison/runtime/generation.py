"""One generation: the store with its two modules, and all that dies with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

from unpoison.bindgen import (
    BEGIN_ANEW,
    CHANGING,
    ENTRY_STACK_POINTER,
    GUEST,
    HOST,
    INSIDE,
    PAGES,
    STACK_POINTER,
    Entry,
    Interface,
    Plan,
    mailbox_bytes,
)
from unpoison.engine import Caller, Code, Engine, Global, Meter, Slots, Store
from unpoison.errors import SnapshotError
from unpoison.runtime.handles import LENT, Handles
from unpoison.runtime.journal import Journal
from unpoison.runtime.pending import Promises
from unpoison.runtime.snapshots import Snapshot

PAGE: Final = 1 << 16
"""Bytes of a page of linear memory. Core spec 4.2.8."""


@dataclass(slots=True)
class Reuse:
    """Whether a memory whose pages are dropped is as it was at the start; None until seen."""

    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """What every instance of a module shares: the compiled modules and what is known of them.

    `numbered` are the entries, each at its number; `slots` is how many the largest needs.
    `mailbox_bytes` is what the entries module reserves.
    """

    engine: Engine
    interface: Interface
    plan: Plan
    guest: Code
    entries: Code
    numbered: tuple[Entry, ...] = field(init=False)
    slots: int = field(init=False)
    mailbox_bytes: int = field(init=False)
    reuse: Reuse = field(default_factory=Reuse, init=False, compare=False)

    def __post_init__(self) -> None:
        imports = [item.signature for item in self.interface.imports]
        size = mailbox_bytes([*imports, *(item.signature for item in self.interface.redirected)])
        object.__setattr__(self, "numbered", self.plan.by_number)
        object.__setattr__(self, "slots", self.plan.slots)
        object.__setattr__(self, "mailbox_bytes", size)

    def with_stack(self, stack: int) -> Program:
        """Give the same program for another stack limit, in bytes; nothing is compiled."""
        engine = Engine(stack)
        guest, entries = self.guest.adapt(engine), self.entries.adapt(engine)
        return Program(engine, self.interface, self.plan, guest, entries)


class Vessel:
    """A store with the two modules of a program in it, in which generations live.

    `mailbox` is the address of the mailbox in the guest's memory. `callers` are kept here between
    two generations, by entry number.
    """

    __slots__ = (
        "_begin_anew",
        "_pages",
        "callers",
        "changing",
        "entries",
        "entry_sp",
        "guest",
        "inside",
        "mailbox",
        "memory",
        "stack_pointer",
        "stack_top",
        "store",
    )

    def __init__(
        self,
        program: Program,
        host: Callable[[int], int],
        fail: Callable[[BaseException], int],
        slots: Slots,
        memory_limit: int | None = None,
        meter: Meter | None = None,
        start_timeout: float | None = None,
        callers: list[Callable[[], object]] | None = None,
    ) -> None:
        self.store = Store(program.engine, slots, memory_limit, meter, callers)
        self.store.define_host(HOST, "call", host, fail)
        # Only a start section can run long, and a deadline costs as much as a small module.
        timeout = start_timeout if program.plan.starts_itself else None
        with nullcontext() if timeout is None else self.store.deadline(timeout):
            self.guest = guest = self.store.instantiate(program.guest, GUEST)
        self.stack_pointer = guest.global_(STACK_POINTER)
        self.stack_top = int(self.stack_pointer.get())
        self.entries = self.store.instantiate(program.entries)
        # The entries' start function has just put it where the stack begins now: no name to find.
        self.mailbox = int(self.stack_pointer.get()) & 0xFFFFFFFF
        self.memory = guest.memory("memory")
        self.inside = self.entries.global_(INSIDE)
        self.entry_sp = self.entries.global_(ENTRY_STACK_POINTER)
        self.callers: list[Callable[[], object]] = []
        self._begin_anew: Caller | None = None
        self._pages: Global | None = None
        counts = program.plan.changing
        self.changing = guest.changing(CHANGING, *counts) if any(counts) else None

    @property
    def pages(self) -> Global | None:
        """The global in which the guest counts its pages, if it does."""
        if self._pages is None and PAGES in self.guest:
            self._pages = self.guest.global_(PAGES)
        return self._pages

    def size(self) -> int:
        """Give the size in bytes of the memory as the guest counts it."""
        pages = self.pages
        return self.memory.size() if pages is None else int(pages.get()) * PAGE

    def grow(self, pages: int) -> int | None:
        """Add pages to the memory; gives how many there were, None when a limit forbids it."""
        counted = self.pages
        if counted is None:
            return self.memory.grow(pages)
        before = int(counted.get())
        lacking = before + pages - self.memory.size() // PAGE
        if lacking > 0 and self.memory.grow(lacking) is None:
            return None
        counted.set(before + pages)
        return before

    def is_as_new(self, new: Vessel) -> bool:
        """Tell whether the memory is that of a new vessel; what it has more must be zeros."""
        size = new.memory.size()
        for start in range(0, self.memory.size(), PAGE):
            have = self.memory.read(start, PAGE)
            wanted = new.memory.read(start, len(have)) if start < size else bytes(len(have))
            if have != wanted:
                return False
        return True

    def begin_anew(self) -> bool:
        """Set the globals to what they are after the start. The memory must be as new already.

        False when a limit of the store stopped it.
        """
        if self._begin_anew is None:
            self._begin_anew = self.store.caller(self.entries.function(BEGIN_ANEW), 0)
        if not self._begin_anew() and not self.store.slots.trap:
            return True
        self.store.take_fault()
        return False


class Generation:
    """One start of a module. `number` is its place in the instance's life, from 1."""

    __slots__ = (
        "__weakref__",
        "alive",
        "drops",
        "entries",
        "entry_sp",
        "handles",
        "inside",
        "journal",
        "mailbox",
        "memory",
        "number",
        "promises",
        "stack_pointer",
        "stack_top",
        "store",
        "vessel",
    )

    def __init__(self, program: Program, number: int, vessel: Vessel) -> None:
        self.number = number
        self.alive = True
        self.drops: deque[tuple[int, int, int]] = deque()
        self.journal: Journal | None = None
        self.promises = Promises()
        self.handles = Handles(program.interface.static_strings)
        self.vessel: Vessel | None = vessel
        self.store = vessel.store
        self.entries = vessel.entries
        self.memory = vessel.memory
        self.mailbox = vessel.mailbox
        self.inside = vessel.inside
        self.entry_sp = vessel.entry_sp
        self.stack_pointer = vessel.stack_pointer
        self.stack_top = vessel.stack_top

    def memory_size(self) -> int:
        """Give the size in bytes of the memory as the guest counts it; 0 when it is gone."""
        return 0 if self.vessel is None else self.vessel.size()

    def grow(self, pages: int) -> int | None:
        """Add pages to the memory; gives how many there were, None when they are not to be had."""
        return None if self.vessel is None else self.vessel.grow(pages)

    def go_on_from(self, snapshot: Snapshot) -> None:
        """Be what a snapshot says, in a vessel in which nothing has run.

        Raises SnapshotError when it does not fit.
        """
        handles, fixed = self.handles, self.handles.fixed - LENT
        if snapshot.mailbox != self.mailbox or snapshot.values[:fixed] != tuple(handles.values):
            raise SnapshotError(
                "the snapshot was saved by a version of unpoison that lays the guest out otherwise"
            )
        if any(not self.handles.fixed <= free < LENT + len(snapshot.values)
               for free in snapshot.free):  # fmt: skip
            raise SnapshotError("the snapshot is broken: a free handle that is none")
        lacking = snapshot.pages - self.memory_size() // PAGE
        if lacking < 0 or self.grow(lacking) is None:
            raise SnapshotError(
                f"a memory of {snapshot.pages} pages does not fit: this one has "
                f"{self.memory_size() // PAGE}, and its limits forbid more"
            )
        self.memory.restore(snapshot.runs, snapshot.pages * PAGE)
        handles.values[:] = snapshot.values
        handles.free[:] = snapshot.free

    def read_word(self, address: int | None) -> int:
        """Give the u32 at an address that the module exports; 0 when it exports none."""
        if address is None:
            return 0
        return int.from_bytes(self.memory.read(address, 4), "little")

    def pause(self) -> None:
        """Let nothing enter: for ever, or until a roll-back makes it alive again."""
        self.alive = False
        if self.vessel is not None and not self.store.closed:
            self.inside.set(1)

    def retire(self) -> None:
        """Mark as never to be entered again: its handles and drops mean nothing any more."""
        self.pause()
        self.drops.clear()

    def empty(self) -> None:
        """Drop every host value that the guest held, once no frame of it is left."""
        if self.alive:  # else its death has retired it
            self.retire()
        self.drops.clear()
        self.handles.clear()

    def release(self) -> None:
        """Free the store and every host value that the guest held. No frame may be running."""
        self.retire()
        self.handles.clear()
        if self.vessel is not None:
            self.vessel.store.close()
            self.vessel = None
