"""Guest memory: the base stays, every access is checked, nothing outlives the store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine import GuestMemoryError

PAGE = 65536
GROWING = """(module (memory (export "memory") 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1))))"""

Make = Callable[..., Guest]


def test_python_and_the_guest_see_the_same_bytes(guest: Make) -> None:
    one = guest(GROWING)
    memory = one.exports.memory("memory")
    memory.write(100, b"\x01\x02\x03\x04")
    assert one.call("peek", 100) == 0x04030201
    one.call("poke", 200, -2)
    assert memory.read(200, 4) == b"\xfe\xff\xff\xff"


def test_a_memory_that_is_restored_is_zeros_but_for_the_runs(guest: Make) -> None:
    data = '(data (i32.const 5) "old") (data (i32.const 9000) "old")'
    memory = guest(f'(module (memory (export "memory") 3) {data})').exports.memory("memory")
    memory.write(2 * PAGE, b"old")
    memory.restore([(4096, b"\1" * 4096), (PAGE, b"\2" * 4096)], 2 * PAGE)
    wanted = bytearray(3 * PAGE)
    wanted[4096:8192], wanted[PAGE : PAGE + 4096] = b"\1" * 4096, b"\2" * 4096
    assert memory.read(0, 3 * PAGE) == wanted


def test_the_base_stays_while_the_memory_grows_to_many_times_its_size(guest: Make) -> None:
    one = guest(GROWING)
    memory = one.exports.memory("memory")
    memory.write(0, b"kept")
    for _ in range(8):
        one.call("grow", 200)
        assert one.exports.memory("memory").base == memory.base
    assert memory.size() == 1601 * PAGE
    assert memory.read(0, 4) == b"kept"


def test_an_access_beyond_the_known_size_looks_whether_the_memory_has_grown(guest: Make) -> None:
    one = guest(GROWING)
    memory = one.exports.memory("memory")
    one.call("grow", 1)
    assert memory.known == PAGE
    memory.write(2 * PAGE - 4, b"last")
    assert memory.read(2 * PAGE - 4, 4) == b"last"
    assert memory.known == 2 * PAGE


@pytest.mark.parametrize(
    ("pointer", "length"),
    [
        (PAGE, 1),
        (PAGE - 1, 2),
        (-1, 1),
        (2**32 - 1, 1),
        (2**40, 0),
        (10, -1),
        (0, PAGE + 1),
        (-4, 8),
    ],
)
def test_a_range_outside_is_refused(guest: Make, pointer: int, length: int) -> None:
    memory = guest(GROWING).exports.memory("memory")
    for access in (memory.read, memory.read_text, memory.cells):
        with pytest.raises(GuestMemoryError, match="not inside the guest's memory of 65536"):
            access(pointer, length)
    if length > 0:
        with pytest.raises(GuestMemoryError):
            memory.write(pointer, bytes(length))


def test_the_refusal_is_a_value_error_with_the_facts() -> None:
    error = GuestMemoryError(16, 4, 8)
    assert isinstance(error, ValueError)
    assert (error.pointer, error.length, error.size) == (16, 4, 8)


def test_the_last_byte_and_an_empty_range_at_the_end_are_inside(guest: Make) -> None:
    memory = guest(GROWING).exports.memory("memory")
    assert memory.read(PAGE - 1, 1) == b"\0"
    assert memory.read(PAGE, 0) == b""
    memory.write(PAGE, b"")


def test_text_is_decoded_as_utf8(guest: Make) -> None:
    memory = guest(GROWING).exports.memory("memory")
    memory.write(8, "né 🦀".encode())
    assert memory.read_text(8, 8) == "né 🦀"
    memory.write(8, b"\xff")
    with pytest.raises(UnicodeDecodeError):
        memory.read_text(8, 1)


def test_cells_are_typed_views_of_a_fixed_place(guest: Make) -> None:
    one = guest(GROWING)
    cells = one.exports.memory("memory").cells(64, 32)
    one.call("poke", 68, -5)
    one.call("grow", 10)
    assert cells.i32[1] == -5
    cells.u32[7] = 9
    assert one.call("peek", 92) == 9
    with pytest.raises(IndexError):
        cells.u8[32] = 1


def test_a_growth_beyond_the_limit_fails_in_the_guest(guest: Make) -> None:
    one = guest(GROWING, memory_limit=3 * PAGE)
    assert one.call("grow", 2) == 1
    assert one.call("grow", 1) == -1
    assert one.exports.memory("memory").size() == 3 * PAGE


def test_nothing_is_reachable_after_close(guest: Make) -> None:
    one = guest(GROWING)
    memory = one.exports.memory("memory")
    cells, view = memory.cells(0, 16), memory.view
    one.store.close()
    for use in (
        lambda: view[0],
        lambda: cells.i32[0],
        lambda: cells.u8[0],
        lambda: memory.read(0, 0),
    ):
        with pytest.raises(ValueError, match="released"):
            use()
    with pytest.raises(GuestMemoryError):
        memory.read(0, 1)
    with pytest.raises(GuestMemoryError):
        memory.write(0, b"x")
    assert memory.size() == 0


def test_the_host_grows_a_memory_within_its_limits(guest: Make) -> None:
    one = guest(GROWING)
    memory = one.exports.memory("memory")
    assert memory.grow(2) == 1
    assert memory.size() == 3 * PAGE
    assert memory.read(2 * PAGE, 1) == b"\0"
    assert one.call("grow", 0) == 3
    assert memory.grow(1 << 17) is None
    assert memory.size() == 3 * PAGE
    one.store.close()
    assert memory.grow(1) is None
