"""The WebSockets of a Durable Object that live on without it."""

from __future__ import annotations

import pytest

from unpoison import js
from unpoison.workers import hibernation
from unpoison.workers.hibernation import HibernatingSocket, Hibernation
from unpoison.workers.sockets import SocketEnd, socket_pair


class Handlers:
    """The object's handlers, which remember."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def message(self, socket: HibernatingSocket, data: str | bytes) -> None:
        self.heard.append((socket.tags, data))

    def closed(
        self, socket: HibernatingSocket, code: int | None, reason: str, was_clean: bool
    ) -> None:
        self.heard.append((socket.tags, code, reason, was_clean))

    def failed(self, socket: HibernatingSocket, error: Exception) -> None:
        self.heard.append((socket.tags, error))


class Client:
    """The other end, which remembers."""

    def __init__(self, end: SocketEnd) -> None:
        self.end = end
        self.heard: list[object] = []
        end.accept(self)

    def message(self, data: str | bytes) -> None:
        self.heard.append(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.heard.append((code, reason, was_clean))

    def failed(self, error: Exception) -> None:
        self.heard.append(error)


def make() -> tuple[Hibernation, Handlers]:
    handlers = Handlers()
    return Hibernation(handlers, lambda: 7.0), handlers


def connect(home: Hibernation, *tags: str) -> tuple[HibernatingSocket, Client]:
    mine, theirs = socket_pair()
    return home.accept(mine, tags), Client(theirs)


def test_events_reach_the_handlers() -> None:
    home, handlers = make()
    _, client = connect(home, "a")
    error = OSError("reset")
    client.end.send("hi")
    client.end.abort(error)
    assert handlers.heard == [(("a",), "hi"), (("a",), error), (("a",), 1006, "", False)]
    assert home.sockets() == []


def test_sockets_are_found_by_tag_in_order() -> None:
    home, _ = make()
    first, _ = connect(home, "a", "b", "a")
    second, _ = connect(home, "b")
    third, _ = connect(home)
    assert first.tags == ("a", "b")
    assert home.sockets() == [first, second, third]
    assert home.sockets("b") == [first, second]
    assert home.sockets("c") == []
    assert len(home) == 3


def test_the_auto_response_needs_no_object() -> None:
    home, handlers = make()
    socket, client = connect(home)
    home.auto_response = ("ping", "pong")
    client.end.send("ping")
    client.end.send(b"ping")
    assert client.heard == ["pong"]
    assert handlers.heard == [((), b"ping")]
    assert socket.answered_at == 7.0
    home.auto_response = None
    client.end.send("ping")
    assert handlers.heard[-1] == ((), "ping")


@pytest.mark.parametrize("pair", [("x" * 2049, ""), ("", "é" * 1025)])
def test_an_auto_response_is_bounded(pair: tuple[str, str]) -> None:
    home, _ = make()
    with pytest.raises(js.RangeError, match="cannot be larger than 2048 bytes"):
        home.auto_response = pair
    assert home.auto_response is None


@pytest.mark.parametrize(
    ("tags", "problem"),
    [([str(n) for n in range(11)], "more than 10 tags"), (["x" * 257], "exceed 256")],
)
def test_tags_are_bounded(tags: list[str], problem: str) -> None:
    home, _ = make()
    with pytest.raises(js.Error, match=problem):
        home.accept(socket_pair()[0], tags)
    assert len(home) == 0


def test_the_number_of_sockets_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibernation, "MAX_SOCKETS", 1)
    home, _ = make()
    connect(home)
    with pytest.raises(js.Error, match="only 1 websockets"):
        connect(home)


def test_an_attachment_is_bounded() -> None:
    home, _ = make()
    socket, _ = connect(home)
    socket.attachment = b"x" * 16_384
    with pytest.raises(js.Error, match="cannot be larger than 16384 bytes"):
        socket.attachment = b"x" * 16_385
    assert socket.attachment == b"x" * 16_384


def test_all_sockets_are_closed_together() -> None:
    home, _ = make()
    _, first = connect(home)
    home.close(1001, "the server ends")
    assert first.heard == [(1001, "the server ends", True)]


def test_two_ends_that_answer_by_themselves_do_not_answer_each_other_for_ever() -> None:
    home, handlers = make()
    first, second = socket_pair()
    home.accept(first, ["first"])
    home.accept(second, ["second"])
    home.auto_response = ("ping", "ping")
    first.send("ping")
    assert handlers.heard == [(("first",), "ping")]
