"""A slice of guest memory that Rust lends to an import."""

from __future__ import annotations

from array import array
from types import SimpleNamespace
from typing import Any

import pytest

import unpoison
from tests.peers import record_rows, rows
from unpoison.errors import StaleHandleError
from unpoison.runtime import GuestView


def view(code: str, *numbers: Any) -> tuple[GuestView, bytearray]:
    """Give a view of these numbers, which are in the middle of the memory."""
    data = bytearray(b"\xee" * 8 + array(code, numbers).tobytes() + b"\xee" * 8)

    def write(place: int, given: bytes) -> None:
        data[place : place + len(given)] = given

    memory = SimpleNamespace(
        read=lambda place, size: bytes(data[place : place + size]), write=write
    )
    home: Any = SimpleNamespace(alive=True, memory=memory)
    return GuestView(home, 8, len(numbers), code), data


def test_it_reads_like_a_sequence() -> None:
    numbers, _ = view("h", -1, 2, 3)
    assert len(numbers) == 3
    assert list(numbers) == [-1, 2, 3]
    assert (numbers[0], numbers[-1]) == (-1, 3)
    assert numbers[1:] == array("h", [2, 3])
    assert numbers[::-1] == array("h", [3, 2, -1])
    assert numbers.tobytes() == array("h", [-1, 2, 3]).tobytes()
    assert 2 in numbers
    with pytest.raises(IndexError):
        numbers[3]


def test_it_writes_in_place_and_nowhere_else() -> None:
    numbers, data = view("H", 1, 2, 3)
    numbers[0] = 65535
    numbers[-1] = 7
    numbers[1:2] = [9]
    assert list(numbers) == [65535, 9, 7]
    numbers[::2] = array("H", [4, 5])
    assert list(numbers) == [4, 9, 5]
    assert data[:8] + data[-8:] == b"\xee" * 16


@pytest.mark.parametrize(("place", "value", "error"), [
    (0, 65536, OverflowError), (0, -1, OverflowError), (0, 1.5, TypeError), (0, "1", TypeError),
    (3, 1, IndexError), (slice(0, 2), [1], ValueError), (slice(0, 1), [70000], OverflowError),
    (slice(None), array("h", [1, 2, 3]), TypeError),
])  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(
    place: Any, value: Any, error: type[Exception]
) -> None:
    numbers, data = view("H", 1, 2, 3)
    before = bytes(data)
    with pytest.raises(error):
        numbers[place] = value
    assert data == before


def test_every_use_after_it_was_given_back_says_so() -> None:
    numbers, _ = view("d", 0.5)
    numbers._drop()
    for use in (lambda: numbers[0], numbers.tobytes, lambda: numbers.__setitem__(0, 1.0)):
        with pytest.raises(StaleHandleError, match=r"keep a copy of it"):
            use()
    assert repr(numbers) == "<slice of guest memory, given back>"


def test_a_guest_lends_its_slice_for_one_call_only() -> None:
    seen: list[Any] = []

    def change(view: GuestView) -> None:
        seen.append(view)
        view[:] = [7, 8, 9]

    every = {name: {"pass": None, "risk": None, "see": None} for name in rows.declared_rows()}
    imports = every | dict.fromkeys((*rows._shown(), "result_unit"), every["plain_u8"])
    nothing = dict.fromkeys(["copy", "array", "view", "vec_array", "vec_copy", "to_array"], print)
    kinds = ["i8s", "u8s", "i16s", "u16s", "i32s", "u32s", "i64s", "u64s", "f32s", "f64s"]
    for space in imports.values():
        space.update(dict.fromkeys(space, print))
    imports |= {"modes": nothing, "change": dict.fromkeys(kinds, change), "Thing": object}
    with unpoison.Module.read(record_rows.MODULE).instantiate(imports) as instance:
        assert instance.exports.change_u16() == array("H", [7, 8, 9])
        with pytest.raises(StaleHandleError):
            seen[0][0]
