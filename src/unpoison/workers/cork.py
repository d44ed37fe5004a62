"""A transport that writes the head of a response together with what follows at once."""

from __future__ import annotations

import asyncio
from typing import Final

LARGEST_COPY: Final = 64 << 10
"""Bytes that are cheaper to copy behind a head than to give apart."""


class Cork(asyncio.Transport):
    """Keeps one write until the next, or until the next turn of the loop.

    uvloop writes at once; a system call costs as much as all of our work on a small response.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._holds = False
        self._held = b""
        self._flushing: asyncio.Handle | None = None

    def hold(self) -> None:
        """Keep what is written next."""
        self.flush()
        self._holds = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write bytes, after what is kept."""
        if self._holds:
            self._holds = False
            self._held = bytes(data)
            self._flushing = self._loop.call_soon(self.flush)
        elif self._held and len(data) <= LARGEST_COPY:
            self._transport.write(self._take() + data)
        else:
            self.flush()
            self._transport.write(data)

    def flush(self) -> None:
        """Write what is kept."""
        if self._held:
            held = self._take()
            if not self._transport.is_closing():
                self._transport.write(held)

    def close(self) -> None:
        """Write what is kept and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the transport closes or is closed."""
        return self._transport.is_closing()

    def _take(self) -> bytes:
        held, self._held = self._held, b""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        return held
