"""ArrayBuffer and SharedArrayBuffer: the bytes that typed arrays and DataViews show.

Where the bytes are differs: in Python memory that this room owns, in a buffer of the host, or in
the memory of a module (`guest_memory.py`). Each use asks for `view()` anew and keeps nothing of
it while other code may run: the bytes may be gone, moved or fewer then. ECMA-262 25.1, 25.2.
"""

from __future__ import annotations

import struct
from typing import Any, Final, Self

from unpoison.js.classes import spec_of
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject

MAX_BUFFER_BYTES: Final = 1 << 29
"""Bytes of one buffer. Engines allow more; a guest must not take a host's memory at one stroke."""

EMPTY: Final = memoryview(b"")
"""The bytes of a detached buffer."""


class BufferObject(JsObject):
    """What both classes have in common.

    `limit` is the most bytes that a resizable buffer may have, None for one of fixed length.
    """

    __module__ = "unpoison.js"
    __slots__ = ("_view", "limit")

    reason = ""
    """Why it may be detached, where that can be said."""

    def __init__(self, length: int = 0, *, limit: int | None = None) -> None:
        # As JsObject's, without a call: each body of a guest is one.
        self._js_own = {}
        self._js_attributes = None
        if limit is not None or not 0 <= length <= MAX_BUFFER_BYTES:
            _check_lengths(length, limit)
        self.limit = limit
        self._view: memoryview | None = memoryview(bytearray(length))

    @property
    def detached(self) -> bool:
        """Whether its bytes are gone."""
        return self._view is None

    def view(self) -> memoryview:
        """Give its bytes now, none when it is detached; for one use only."""
        return EMPTY if self._view is None else self._view

    def size(self) -> int:
        """Give the number of bytes now, 0 when it is detached."""
        view = self._view
        return 0 if view is None else len(view)

    def read(self, offset: int, size: int) -> bytes:
        """Give a copy of bytes. Raises js.TypeError when they went away in this moment."""
        try:
            # One step, in which no other thread can free the bytes.
            found: bytes = struct.unpack_from(f"{size}s", self.view(), offset)[0]
        except (ValueError, struct.error):
            raise detached_error("a read", self, view=False) from None
        return found

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Copy bytes into it; js.TypeError when the host gave it for reading only."""
        view = self.view()
        try:
            if view.readonly and data:
                raise TypeError("Cannot write to a read-only buffer of the host")
            view[offset : offset + len(data)] = data
        except ValueError:
            raise detached_error("a write", self, view=False) from None

    def resize(self, length: int) -> None:
        """Give it another length; who has views of the old bytes keeps them."""
        old = self.view()
        made = bytearray(length)
        kept = min(length, len(old))
        made[:kept] = old[:kept]
        self._view = memoryview(made)

    def detach(self) -> memoryview:
        """Take its bytes away and give them; js.TypeError when they belong to somebody else."""
        view, self._view = self.view(), None
        return view

    def to_bytes(self) -> bytes:
        """Give a copy of the bytes. Raises js.TypeError when it is detached."""
        return bytes(self.to_memoryview())

    def to_memoryview(self) -> memoryview:
        """Give the bytes without copying. Raises js.TypeError when it is detached."""
        if self.detached:
            raise detached_error("to_memoryview", self, view=False)
        return self.view()[:]

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    def __len__(self) -> int:
        return self.size()

    def __bool__(self) -> bool:
        return True

    def __buffer__(self, flags: int, /) -> memoryview:
        return self.to_memoryview()

    def __repr__(self) -> str:
        size = "detached" if self.detached else f"{self.size()} bytes"
        return f"<js {spec_of(self).name}, {size}>"


def _check_lengths(length: int, limit: int | None) -> None:
    if max(length, limit or 0) > MAX_BUFFER_BYTES:
        raise RangeError("Array buffer allocation failed")
    if length < 0 or (limit is not None and length > limit):
        raise RangeError("Invalid array buffer length")


class ArrayBuffer(BufferObject):
    """A buffer: `ArrayBuffer(length)`, of zeros; `ArrayBuffer.frombuffer(x)` shows a host's.

    With `limit` it is resizable up to that. Raises js.RangeError when that is too much.
    """

    __slots__ = ()

    @classmethod
    def frombuffer(cls, source: Any) -> ArrayBuffer:
        """Show the bytes of a Python buffer without copying.

        TypeError when it has no buffer, BufferError when its bytes do not lie side by side.
        """
        return HostArrayBuffer(source)

    @classmethod
    def of_view(cls, view: memoryview, limit: int | None) -> Self:
        """Make a buffer of bytes that nobody else has any more."""
        made = cls()
        made._view, made.limit = view, limit
        return made


class SharedArrayBuffer(BufferObject):
    """A buffer that only grows. There is one agent here, so it is shared with nobody."""

    __slots__ = ("waiters",)

    def __init__(self, length: int = 0, *, limit: int | None = None) -> None:
        super().__init__(length, limit=limit)
        self.waiters: list[Any] = []


class HostArrayBuffer(ArrayBuffer):
    """The bytes of a host's buffer, shown without copying."""

    __slots__ = ()

    def __init__(self, source: Any) -> None:
        super().__init__()
        view = memoryview(source)
        self._view = view.cast("B") if view.nbytes else EMPTY

    def detach(self) -> memoryview:
        """Refuse: the bytes are the host's."""
        raise TypeError("Cannot detach a buffer of the host")


def detached_error(method: str, buffer: BufferObject, *, view: bool = True) -> TypeError:
    """Make the error for a use of a detached buffer, or of a view that has no place in it."""
    state = "detached or out-of-bounds" if view else "detached"
    return TypeError(f"Cannot perform {method} on a {state} ArrayBuffer{buffer.reason}")
