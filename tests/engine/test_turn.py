"""A lock that is taken by a subscript, in Python and compiled."""

from __future__ import annotations

import importlib.util
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from unpoison.engine import Turn
from unpoison.engine.turn import PlainTurn

T = TypeVar("T")
BUILT = importlib.util.find_spec("unpoison.engine._native") is not None


@pytest.fixture(params=["plain", "compiled"])
def turn(request: pytest.FixtureRequest) -> Turn:
    if request.param == "plain":
        return PlainTurn()
    if not BUILT:
        pytest.skip("the compiled module was not built here")
    from unpoison.engine import _native

    made: Turn = _native.Turn()
    return made


def in_thread(call: Callable[[], T]) -> T:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    result: T = found[0]
    return result


def outcome(call: Callable[[], object]) -> type[BaseException] | None:
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - what it is, is the result
        return type(error)
    return None


def test_it_is_taken_when_it_is_free(turn: Turn) -> None:
    assert turn[False] is True
    assert in_thread(lambda: turn[False]) is False
    turn.release()
    assert in_thread(lambda: turn[True]) is True


def test_it_is_reentrant(turn: Turn) -> None:
    assert turn[False] and turn[False] and turn[True]
    turn.release()
    turn.release()
    assert in_thread(lambda: turn[False]) is False
    turn.release()
    assert in_thread(lambda: turn[False]) is True


def test_only_its_owner_frees_it(turn: Turn) -> None:
    assert outcome(turn.release) is RuntimeError
    assert turn[False]
    assert in_thread(lambda: outcome(turn.release)) is RuntimeError
    turn.release()
    assert outcome(turn.release) is RuntimeError


def test_it_is_a_context_manager(turn: Turn) -> None:
    with turn:
        assert in_thread(lambda: turn[False]) is False
    assert in_thread(lambda: turn[False]) is True


def test_many_threads_take_it_one_at_a_time(turn: Turn) -> None:
    inside, most, done = 0, 0, 0

    def work() -> None:
        nonlocal inside, most, done
        for _ in range(200):
            with turn, turn:
                inside += 1
                most = max(most, inside)
                time.sleep(0)
                inside -= 1
                done += 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (done, most) == (1200, 1)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs pthread_kill")
def test_an_interrupt_ends_the_wait_and_leaves_nothing_taken(turn: Turn) -> None:
    taken, finished = threading.Event(), threading.Event()

    def hold() -> None:
        with turn:
            taken.set()
            time.sleep(0.05)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            finished.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(30)
    with pytest.raises(KeyboardInterrupt):
        turn[True]
    finished.set()
    thread.join(30)
    assert in_thread(lambda: turn[False]) is True
