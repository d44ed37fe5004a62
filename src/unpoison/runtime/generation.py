"""One generation: the store with its two modules, and all that dies with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from unpoison.bindgen import (
    ENTRY_STACK_POINTER,
    GUEST,
    HOST,
    INSIDE,
    STACK_POINTER,
    Entry,
    Interface,
    Plan,
    mailbox_bytes,
)
from unpoison.engine import Code, Engine, Meter, Slots, Store
from unpoison.runtime.handles import Handles
from unpoison.runtime.pending import Promises


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


class Generation:
    """One start of a module. `number` is its place in the instance's life, from 1.

    `mailbox` is the address of the mailbox in the guest's memory.
    """

    __slots__ = (
        "__weakref__",
        "alive",
        "drops",
        "entries",
        "entry_sp",
        "handles",
        "inside",
        "mailbox",
        "memory",
        "number",
        "promises",
        "stack_pointer",
        "stack_top",
        "store",
    )

    def __init__(
        self,
        program: Program,
        number: int,
        host: Callable[[int], int],
        fail: Callable[[BaseException], int],
        slots: Slots,
        memory_limit: int | None = None,
        meter: Meter | None = None,
        start_timeout: float | None = None,
        callers: list[Callable[[], object]] | None = None,
    ) -> None:
        self.number = number
        self.alive = True
        self.drops: deque[tuple[int, int, int]] = deque()
        self.promises = Promises()
        self.handles = Handles(program.interface.static_strings)
        self.store = Store(program.engine, slots, memory_limit, meter, callers)
        self.store.define_host(HOST, "call", host, fail)
        # Only a start section can run long, and a deadline costs as much as a small module.
        timeout = start_timeout if program.plan.starts_itself else None
        with nullcontext() if timeout is None else self.store.deadline(timeout):
            guest = self.store.instantiate(program.guest, GUEST)
        self.stack_pointer = guest.global_(STACK_POINTER)
        self.stack_top = int(self.stack_pointer.get())
        self.entries = self.store.instantiate(program.entries)
        # The entries' start function has just put it where the stack begins now: no name to find.
        self.mailbox = int(self.stack_pointer.get()) & 0xFFFFFFFF
        self.memory = guest.memory("memory")
        self.inside = self.entries.global_(INSIDE)
        self.entry_sp = self.entries.global_(ENTRY_STACK_POINTER)

    def read_word(self, address: int | None) -> int:
        """Give the u32 at an address that the module exports; 0 when it exports none."""
        if address is None:
            return 0
        return int.from_bytes(self.memory.read(address, 4), "little")

    def retire(self) -> None:
        """Mark as never to be entered again: its handles and drops mean nothing any more."""
        self.alive = False
        if not self.store.closed:
            self.inside.set(1)
        self.drops.clear()

    def release(self) -> None:
        """Free the store and every host value that the guest held. No frame may be running."""
        self.retire()
        self.handles.clear()
        self.store.close()
