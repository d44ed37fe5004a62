"""The handle table: fixed slots, lent slots, and what the guest's allocator hands out."""

from __future__ import annotations

import pytest

from unpoison.js import null
from unpoison.runtime.handles import CONSTANTS, LENT, MAX_HANDLES, Handles, UnknownHandleError


@pytest.fixture
def handles() -> Handles:
    table = Handles(("one", "two"))
    assert table.grow(4) == table.fixed
    return table


def test_the_fixed_slots_hold_the_constants_and_static_strings(handles: Handles) -> None:
    held = [handles.get(handle) for handle in (0, *range(1024, 1030))]
    assert held == [None, None, null, True, False, "one", "two"]
    assert handles.fixed == 1030
    assert [CONSTANTS[None], CONSTANTS[null]] == [1024, 1025]


def test_a_put_value_is_got_until_its_slot_is_cleared(handles: Handles) -> None:
    value = object()
    handles.put(1031, value)
    assert (handles.get(1031), handles.live()) == (value, 1)
    handles.clear_slot(1031)
    assert (handles.get(1031), handles.live()) == (None, 0)


@pytest.mark.parametrize("handle", [0, 1, 1023, 1024, 1029, 1034, 2**32 - 1])
def test_only_a_slot_of_the_allocator_can_be_filled(handles: Handles, handle: int) -> None:
    with pytest.raises(UnknownHandleError):
        handles.put(handle, object())
    with pytest.raises(UnknownHandleError):
        handles.clear_slot(handle)


@pytest.mark.parametrize("handle", [1, 1022, 1023, 1034, 2**31, 2**32 - 1])
def test_a_handle_outside_of_the_table_names_nothing(handles: Handles, handle: int) -> None:
    with pytest.raises(UnknownHandleError):
        handles.get(handle)


def test_lent_values_stand_below_1024_until_they_are_taken_back(handles: Handles) -> None:
    first, second = handles.lend("a"), handles.lend("b")
    assert (first, second) == (1023, 1022)
    assert (handles.get(first), handles.get(second)) == ("a", "b")
    handles.take_back(1)
    assert handles.get(first) == "a"
    with pytest.raises(UnknownHandleError):
        handles.get(second)
    handles.take_back(0)
    assert handles.lend("c") == 1023


def test_too_many_lent_values_are_a_recursion_error(handles: Handles) -> None:
    for _ in range(LENT - 1):
        handles.lend(1)
    assert handles.get(1) == 1
    with pytest.raises(RecursionError, match="more than 1023 values"):
        handles.lend(1)


def test_growing_appends_and_gives_the_first_new_slot(handles: Handles) -> None:
    assert handles.grow(128) == 1034
    assert handles.grow(0) == 1034 + 128


@pytest.mark.parametrize("count", [-1, MAX_HANDLES, 2**31])
def test_growing_too_far_is_refused(handles: Handles, count: int) -> None:
    before = len(handles.values)
    assert handles.grow(count) == -1
    assert len(handles.values) == before


def test_clearing_lets_go_of_everything(handles: Handles) -> None:
    handles.put(1031, object())
    handles.lend(object())
    handles.clear()
    assert (handles.values, handles.lent) == ([], [])
