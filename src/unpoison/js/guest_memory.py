"""The memory of a module as `WebAssembly.Memory`, and its bytes as an ArrayBuffer.

Nothing is copied. As in JavaScript, the buffer is detached when the memory grows or its instance
is gone, with all its typed arrays; `memory.buffer` then gives a new one. WebAssembly JavaScript
Interface 5.3.
"""

from __future__ import annotations

import math
from typing import Any, Final, Protocol

from unpoison.js.array_buffers import EMPTY, ArrayBuffer, detached_error
from unpoison.js.classes import ClassSpec, register
from unpoison.js.conversions import to_number
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.refused import refused_statics
from unpoison.js.values import Symbol

PAGE: Final = 1 << 16
"""Bytes of a page of WebAssembly memory."""
MAX_PAGES: Final = 1 << 16
"""Pages that 32-bit addresses reach."""


class Pages(Protocol):
    """The memory of an instance, as this room needs it. Safe in any thread, at any time."""

    def view(self) -> memoryview | None:
        """Give all its bytes now, for one operation; None when the instance is gone."""

    def grow(self, pages: int) -> int | None:
        """Add pages; the number of pages before, None when that many are not to be had."""


class MemoryBuffer(ArrayBuffer):
    """The bytes of a module's memory, as long as they are as many as when this was made."""

    __slots__ = ("_closed", "_pages", "_size")

    reason = ": the module's memory has grown or its instance is gone; make the view anew"

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self._pages = pages
        self._size = _length(pages.view())
        self._closed = False

    @property
    def detached(self) -> bool:
        """Whether the memory has grown, or its instance is gone."""
        return self._closed or _length(self._pages.view()) != self._size or not self._size

    def size(self) -> int:
        """Give the number of bytes, 0 when it is detached."""
        return 0 if self.detached else self._size

    def view(self) -> memoryview:
        """Give the bytes now, for one use only; none when it is detached."""
        view = None if self._closed else self._pages.view()
        return EMPTY if view is None or _length(view) != self._size else view

    def to_bytes(self) -> bytes:
        """Give a copy of the bytes. Raises js.TypeError when it is detached."""
        if self.detached:
            raise detached_error("to_bytes", self, view=False)
        return self.read(0, self._size)

    def to_memoryview(self) -> memoryview:
        """Refuse: a memoryview would outlive the memory."""
        raise TypeError("these bytes are a module's memory, which may go away: copy them (bytes)")

    def detach(self) -> memoryview:
        """Refuse: the bytes are the module's."""
        raise TypeError("Cannot detach the memory of a module")

    def close(self) -> None:
        """Let nobody use it any more."""
        self._closed = True


def _length(view: memoryview | None) -> int:
    """Give the number of bytes; 0 when another thread has released them in this moment."""
    try:
        return 0 if view is None else len(view)
    except ValueError:
        return 0


class Memory(JsObject):
    """`WebAssembly.Memory`: the memory of one instance."""

    __module__ = "unpoison.js"
    __slots__ = ("_buffer", "_pages")

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self._pages = pages
        self._buffer = MemoryBuffer(pages)

    @property
    def buffer(self) -> ArrayBuffer:
        """The bytes; the same object until the memory grows."""
        if self._buffer.detached:
            self._buffer = MemoryBuffer(self._pages)
        return self._buffer

    def grow(self, pages: int) -> int:
        """Add pages of 65536 bytes; gives how many there were. js.RangeError when it cannot."""
        before = self._pages.grow(pages) if 0 <= pages < MAX_PAGES else None
        if before is None:
            raise RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory")
        self._buffer.close()
        return before

    def __repr__(self) -> str:
        return "<js WebAssembly.Memory>"


def _memory(this: object) -> Memory:
    if not isinstance(this, Memory):
        raise TypeError("Receiver is not a WebAssembly.Memory")
    return this


_GROW: Final = "WebAssembly.Memory.grow(): Argument 0"


def _grow(this: object, delta: object) -> int:
    memory, pages = _memory(this), to_number(delta)
    if not math.isfinite(pages):
        raise TypeError(f"{_GROW} must be convertible to a valid number")
    if pages < 0:
        raise TypeError(f"{_GROW} must be non-negative")
    return memory.grow(int(pages))


def _refuse(realm: Any, descriptor: object) -> Any:
    raise TypeError("WebAssembly.Memory: there is no memory here but that of the module itself")


MEMORY: Final = ClassSpec(
    "Memory",
    OBJECT,
    methods={"grow": _grow},
    getters={"buffer": lambda this: _memory(this).buffer},
    constants={Symbol.to_string_tag: "WebAssembly.Memory"},
    construct=_refuse,
    tag="WebAssembly.Memory",
)
register(MEMORY, Memory)

WEBASSEMBLY: Final = ClassSpec(
    "WebAssembly",
    OBJECT,
    statics={
        **refused_statics("WebAssembly"),
        "Memory": MEMORY,
        Symbol.to_string_tag: "WebAssembly",
    },
    is_namespace=True,
)
"""The namespace; the rest of it needs a JavaScript engine."""
