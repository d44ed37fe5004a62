"""Pairs of WebSocket ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from unpoison.workers import sockets
from unpoison.workers.sockets import SocketEnd, SocketOverflow, SocketState, socket_pair


class Heard:
    """A listener that keeps what it hears, and may answer."""

    def __init__(self, answer: Callable[[str | bytes], None] | None = None) -> None:
        self.events: list[object] = []
        self._answer = answer

    def message(self, data: str | bytes) -> None:
        self.events.append(data)
        if self._answer is not None:
            self._answer(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.events.append(("closed", code, reason, was_clean))

    def failed(self, error: Exception) -> None:
        self.events.append(error)


def accepted() -> tuple[SocketEnd, SocketEnd, Heard, Heard]:
    first, second = socket_pair()
    one, two = Heard(), Heard()
    first.accept(one)
    second.accept(two)
    return first, second, one, two


def test_what_one_end_sends_the_other_hears_in_order() -> None:
    first, second, one, two = accepted()
    first.send("a")
    first.send(b"b")
    second.send("c")
    assert (one.events, two.events) == (["c"], ["a", b"b"])


def test_what_was_sent_before_is_delivered_when_accepted() -> None:
    first, second = socket_pair()
    first.send("a")
    first.close(1000, "bye")
    heard = Heard()
    assert second.state is SocketState.CONNECTING
    second.accept(heard)
    assert heard.events == ["a", ("closed", 1000, "bye", True)]


def test_both_ends_close_in_turn() -> None:
    first, second, one, two = accepted()
    first.close(3001, "over")
    assert (first.state, second.state) == (SocketState.CLOSING, SocketState.CLOSING)
    second.close(3001, "over")
    assert (first.state, second.state) == (SocketState.CLOSED, SocketState.CLOSED)
    assert one.events == [("closed", 3001, "over", True)]
    assert two.events == [("closed", 3001, "over", True)]


def test_a_closing_end_hears_no_message_and_sends_none() -> None:
    first, second, one, two = accepted()
    first.close()
    second.send("late")
    first.send("late")
    assert (one.events, two.events) == ([], [("closed", None, "", True)])


def test_a_second_close_is_nothing() -> None:
    first, _, _, two = accepted()
    first.close(1000, "a")
    first.close(1001, "b")
    assert two.events == [("closed", 1000, "a", True)]


def test_a_lost_connection_is_heard_by_the_other_end_only() -> None:
    first, second, one, two = accepted()
    error = OSError("reset")
    first.abort(error)
    first.abort()
    second.abort()
    assert (one.events, two.events) == ([], [error, ("closed", 1006, "", False)])
    assert (first.state, second.state) == (SocketState.CLOSED, SocketState.CLOSED)


def test_a_connection_that_is_lost_after_its_close_was_heard_is_closed_once() -> None:
    first, second, _, two = accepted()
    first.close(1000, "enough")
    first.abort(OSError("reset"))
    assert two.events == [("closed", 1000, "enough", True)]
    assert second.state is SocketState.CLOSED


def test_a_lost_connection_is_heard_by_who_accepts_later() -> None:
    first, second = socket_pair()
    first.send("a")
    first.abort()
    heard = Heard()
    second.accept(heard)
    assert heard.events == ["a", ("closed", 1006, "", False)]
    assert second.state is SocketState.CLOSED


def test_ends_that_answer_each_other_do_not_nest() -> None:
    first, second = socket_pair()
    left = 5_000

    def answer(data: str | bytes) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            (first if left % 2 else second).send(data)

    one, two = Heard(answer), Heard(answer)
    first.accept(one)
    second.accept(two)
    first.send("ball")
    assert len(one.events) + len(two.events) == 5_000


@pytest.mark.parametrize(("name", "value"), [("MAX_QUEUED_BYTES", 3), ("MAX_QUEUED_MESSAGES", 3)])
def test_what_waits_for_nobody_is_bounded(
    monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(sockets, name, value)
    first, second = socket_pair()
    one, two = Heard(), Heard()
    first.accept(one)
    for text in "abcd":
        first.send(text)
    second.accept(two)
    for heard in (one, two):
        error, closed = heard.events
        assert isinstance(error, SocketOverflow)
        assert closed == ("closed", 1006, "", False)
    assert first.state is second.state is SocketState.CLOSED


@pytest.mark.parametrize("way", ["both close", "lost here", "lost there", "before"])
def test_who_asks_is_told_when_an_end_is_closed(way: str) -> None:
    first, second, _, _ = accepted()
    told: list[str] = []
    if way == "before":
        first.abort()
    first.when_closed(lambda: told.append("closed"))
    if way == "both close":
        first.close()
        assert told == []
        second.close()
    (second if way == "lost there" else first).abort()
    assert told == ["closed"]


def test_another_listener_takes_the_place_of_the_first() -> None:
    first, second, _, two = accepted()
    later = Heard()
    second.accept(later)
    first.send("a")
    assert (two.events, later.events) == ([], ["a"])
