"""A lock that is taken by a subscript."""

from __future__ import annotations

import threading

from tests.runtime.conftest import in_thread
from unpoison.runtime.turn import Turn


def test_a_turn_takes_the_lock_that_is_free() -> None:
    lock = threading.RLock()
    turn = Turn(lock.acquire)
    assert turn[False]
    assert in_thread(lambda: turn[False]) is False
    lock.release()
    assert in_thread(lambda: turn[True]) is True


def test_a_turn_remembers_nothing() -> None:
    turn = Turn(lambda waits: waits)
    assert (turn[True], turn[False], len(turn)) == (True, False, 0)
