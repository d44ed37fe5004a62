"""What an embedder bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one instance. `memory` is in bytes of linear memory, None for the module's own.

    A growth beyond `memory` fails inside the guest; what Rust's allocator makes of that is an
    AbortError with AbortReason.MEMORY_LIMIT.
    """

    memory: int | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and (type(self.memory) is not int or self.memory <= 0):
            raise ValueError(f"memory must be a positive number of bytes, not {self.memory!r}")
