"""The memory of a generation as JavaScript's `WebAssembly.Memory`, for views of its bytes."""

from __future__ import annotations

import threading
from typing import Any, Final, Protocol

from unpoison import js
from unpoison.bindgen import SIZES
from unpoison.engine import Memory

CLASSES: Final = {
    code: js.TYPED_ARRAY_TYPES[js.BUFFER_FORMATS[code, size]] for code, size in SIZES.items()
}
"""The typed array of each element format that crosses the border."""


class Home(Protocol):
    """A generation, as far as its memory is concerned."""

    alive: bool
    memory: Memory


class GuestPages:
    """Be `js.Pages`: each use looks, under the instance's lock, whether the generation lives."""

    def __init__(self, home: Home, lock: Any = None) -> None:
        self._home = home
        self._lock = threading.RLock() if lock is None else lock

    def view(self) -> memoryview | None:
        """Give all bytes now, for one operation; None when the generation is over."""
        with self._lock:
            if not self._home.alive:
                return None
            memory = self._home.memory
            memory.size()
            return memory.view

    def grow(self, pages: int) -> int | None:
        """Add pages; gives how many there were, None when they are not to be had."""
        with self._lock:
            return self._home.memory.grow(pages) if self._home.alive else None
