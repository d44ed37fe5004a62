"""Memory that grows, and keeps what it has."""

from __future__ import annotations

import ctypes

import pytest

from unpoison.engine.shadow import Shadow

PAGE = 1 << 16


class Immovable:
    """A mapping of a system that has no mremap."""

    def __init__(self, mapping: object) -> None:
        self._mapping = mapping

    def resize(self, size: int) -> None:
        raise SystemError("mmap: resizing not available--no mremap()")

    def close(self) -> None:
        self._mapping.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("moves", [True, False])
def test_a_shadow_keeps_what_it_has_when_it_grows(moves: bool) -> None:
    shadow = Shadow()
    if not moves:
        shadow._mapping = Immovable(shadow._mapping)  # type: ignore[assignment]
    ctypes.memmove(shadow.address, b"kept", 4)
    shadow.reserve(10 * PAGE)
    assert ctypes.string_at(shadow.address, 4) == b"kept"
    assert ctypes.string_at(shadow.address + 9 * PAGE, 4) == bytes(4)
    shadow.clear(0, PAGE)
    assert ctypes.string_at(shadow.address, 4) == bytes(4)
    shadow.close()


def test_no_room_is_said_by_the_system() -> None:
    shadow = Shadow()
    with pytest.raises(OSError, match="Cannot allocate"):
        shadow.reserve(1 << 46)
    shadow.close()
