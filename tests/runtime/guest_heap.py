"""What the crate `closures` holds: bytes of its heap, counted by its allocator, and handles."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any


def held(instance: Any) -> tuple[int, int, int]:
    """Give the allocated bytes, the handles and the size of the memory, collected drops done."""
    gc.collect()
    return instance.exports.allocated(), instance.live_handles, instance.memory_size


def flat(instance: Any, once: Callable[[], object], rounds: int = 200) -> None:
    """Check that after some rounds the guest holds what it held before."""
    once()
    before = held(instance)
    for _ in range(rounds):
        once()
    assert held(instance) == before
