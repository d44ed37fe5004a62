"""One generation: the store with its three modules, and all that dies with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakSet

from unpoison.bindgen import (
    ENTRY_STACK_POINTER,
    GUEST,
    HOST,
    INSIDE,
    MAILBOX,
    STACK_POINTER,
    STUBS,
    Interface,
    Plan,
)
from unpoison.engine import Code, Engine, Slots, Store
from unpoison.js import Promise
from unpoison.runtime.handles import Handles

MAILBOX_BYTES_PER_CELL = 8


@dataclass(frozen=True, slots=True)
class Program:
    """What every instance of a module shares: the compiled modules and what is known of them."""

    engine: Engine
    interface: Interface
    plan: Plan
    stubs: Code
    guest: Code
    entries: Code

    @property
    def mailbox_bytes(self) -> int:
        """The size of the mailbox that the entries module reserves."""
        widest = max((len(s) for s in self._host_params()), default=0)
        return MAILBOX_BYTES_PER_CELL * max(widest, 4)

    def _host_params(self) -> list[tuple[object, ...]]:
        imports = [item.signature.params for item in self.interface.imports]
        return [*imports, *(cast.signature.params for cast in self.interface.casts)]


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
        memory_limit: int | None,
    ) -> None:
        self.number = number
        self.alive = True
        self.drops: deque[tuple[int, int, int]] = deque()
        self.promises: WeakSet[Promise] = WeakSet()
        self.handles = Handles(program.interface.static_strings)
        self.store = Store(program.engine, slots, memory_limit)
        self.store.define_host(HOST, "call", host, fail)
        self.store.instantiate(program.stubs, STUBS)
        guest = self.store.instantiate(program.guest, GUEST)
        self.stack_pointer = guest.global_(STACK_POINTER)
        self.stack_top = int(self.stack_pointer.get())
        self.entries = self.store.instantiate(program.entries)
        self.memory = guest.memory("memory")
        self.inside = self.entries.global_(INSIDE)
        self.entry_sp = self.entries.global_(ENTRY_STACK_POINTER)

    @property
    def mailbox(self) -> int:
        """The address of the mailbox in the guest's memory."""
        return int(self.entries.global_(MAILBOX).get()) & 0xFFFFFFFF

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
