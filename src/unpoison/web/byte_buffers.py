"""Bytes of Python as buffers of the guest."""

from __future__ import annotations

from unpoison import js


def buffer_of(data: bytes) -> js.ArrayBuffer:
    """Give a new ArrayBuffer of those bytes. Raises js.RangeError for too many."""
    made = js.ArrayBuffer(len(data))
    made.write(0, data)
    return made
