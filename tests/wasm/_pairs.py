"""Checks of a `read_...` / `write_...` pair, shared by the tests of types and sections."""

from __future__ import annotations

from types import ModuleType

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm.cursor import Cursor


def check_pair(file: ModuleType, kind: str, value: object, encoded: str) -> None:
    """`value` is written as `encoded` (hex), and read back from it, to its last byte."""
    out = bytearray()
    getattr(file, f"write_{kind}")(out, value)
    assert out == bytes.fromhex(encoded)
    cursor = Cursor(bytes(out))
    assert getattr(file, f"read_{kind}")(cursor) == value
    assert cursor.remaining == 0


def check_refused(file: ModuleType, kind: str, encoded: str, reason: str) -> None:
    """Reading `encoded` (hex) raises MalformedModule with that reason."""
    with pytest.raises(MalformedModule, match=reason):
        getattr(file, f"read_{kind}")(Cursor(bytes.fromhex(encoded)))
