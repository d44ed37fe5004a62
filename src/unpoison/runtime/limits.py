"""What an embedder bounds."""

from __future__ import annotations

from dataclasses import dataclass

from unpoison.engine import MAX_STACK, MIN_STACK, check_seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one instance; None for no bound of ours. What goes beyond one is an AbortError.

    `memory` is in bytes of linear memory: a growth beyond it fails inside the guest, and what
    Rust's allocator makes of that has AbortReason.MEMORY_LIMIT. A module that begins larger is
    refused with UnsupportedModule.

    `cpu` is in seconds of CPU time that one call may use, with all that it calls, from the outside
    in: CPU_LIMIT. A function, a closure, a timer, a promise job, a drop, a start function is such
    a call. See `Instance.budget` for a sum over many.

    `wall` is in seconds that one such call may last: TIME_LIMIT. Host functions count for both
    and are not stopped, but the code that called them is when they return.

    `stack` is in bytes of machine stack that the frames of a call may use, 64 KiB to 1 MiB, which
    is what it is without: STACK_OVERFLOW. The stack that Rust keeps in linear memory beside it is
    as large as the linker made it, 1 MiB by default.
    """

    memory: int | None = None
    cpu: float | None = None
    stack: int | None = None
    wall: float | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and (type(self.memory) is not int or self.memory <= 0):
            raise ValueError(f"memory must be a positive number of bytes, not {self.memory!r}")
        for name in ("cpu", "wall"):
            if getattr(self, name) is not None:
                check_seconds(name, getattr(self, name))
        stack = self.stack
        if stack is not None and (type(stack) is not int or not MIN_STACK <= stack <= MAX_STACK):
            raise ValueError(
                f"stack must be {MIN_STACK} to {MAX_STACK} bytes, not {stack!r};"
                " the threads of the host have no room for more"
            )
