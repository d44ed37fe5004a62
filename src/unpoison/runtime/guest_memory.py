"""The memory of a generation as JavaScript's `WebAssembly.Memory`, for views of its bytes."""

from __future__ import annotations

from typing import Final, Protocol

from unpoison import js
from unpoison.bindgen import SIZES
from unpoison.engine import Memory
from unpoison.runtime.supervisor import Supervisor

CLASSES: Final = {
    code: js.TYPED_ARRAY_TYPES[js.BUFFER_FORMATS[code, size]] for code, size in SIZES.items()
}
"""The typed array of each element format that crosses the border."""


class Home(Protocol):
    """A generation, as far as its memory is concerned."""

    alive: bool
    memory: Memory

    def grow(self, pages: int) -> int | None:
        """Add pages to the memory."""


class GuestPages:
    """Be `js.Pages`. Only who has the instance's supervisor can grow the memory."""

    def __init__(self, home: Home, supervisor: Supervisor | None = None) -> None:
        self._home = home
        self._supervisor = supervisor

    def view(self) -> memoryview | None:
        """Give all bytes now, for one operation; None when the generation is over.

        It takes no lock of the instance: a thread that reads must not make a call of another
        thread fail.
        """
        return self._home.memory.view_now() if self._home.alive else None

    def grow(self, pages: int) -> int | None:
        """Add pages; gives how many there were, None when they are not to be had.

        Raises WrongThreadError while another thread runs the instance, as a call does.
        """
        supervisor = self._supervisor
        if supervisor is None:
            return None
        if not supervisor.turn[False]:
            supervisor.wait()
        try:
            return self._home.grow(pages) if self._home.alive else None
        finally:
            supervisor.turn.release()
