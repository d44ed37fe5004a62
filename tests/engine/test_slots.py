"""Numbers in 16-byte slots and in guest memory."""

from __future__ import annotations

import struct

import pytest

from unpoison.engine import Slots


def test_slot_i_is_at_byte_16_i() -> None:
    slots = Slots(3)
    slots.i32[4] = -2
    slots.f64[4] = 1.5
    assert bytes(slots.u8) == bytes(16) + struct.pack("<i12x", -2) + struct.pack("<d8x", 1.5)


def test_the_views_show_the_same_bytes() -> None:
    slots = Slots(1)
    slots.i64[0] = -1
    assert (slots.u64[0], slots.u32[0], slots.i32[1]) == (2**64 - 1, 2**32 - 1, -1)


@pytest.mark.parametrize(
    ("view", "value"),
    [("i32", 2**31), ("i32", -(2**31) - 1), ("u32", -1), ("u32", 2**32), ("i64", 2**63)],
)
def test_a_number_that_does_not_fit_is_refused(view: str, value: int) -> None:
    with pytest.raises(ValueError, match="invalid value"):
        getattr(Slots(1), view)[0] = value


@pytest.mark.parametrize(
    ("view", "value"), [("i32", 1.0), ("u64", "1"), ("f64", "1"), ("f32", None)]
)
def test_another_type_is_refused(view: str, value: object) -> None:
    with pytest.raises(TypeError):
        getattr(Slots(1), view)[0] = value


def test_an_index_beyond_the_buffer_is_refused() -> None:
    slots = Slots(2)
    with pytest.raises(IndexError):
        slots.i32[8] = 1


def test_the_trap_cell_begins_false() -> None:
    assert not Slots(1).trap
