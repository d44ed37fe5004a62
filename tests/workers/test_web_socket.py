"""WebSocket and WebSocketPair as a guest has them."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from tests.workers.guests import lock, new, obj, run, settle
from unpoison import js
from unpoison.workers.outside import Outside
from unpoison.workers.web_socket import WebSocket


def pair(realm: js.Realm, *, accepted: bool = True) -> tuple[Any, Any]:
    made = new(realm, "WebSocketPair")
    ends = realm.get(made, 0), realm.get(made, "1")
    for end in ends if accepted else ():
        realm.call_method(end, "accept")
    return ends


def hear(socket: WebSocket) -> list[Any]:
    """Collect the events of a socket."""
    events: list[Any] = []
    for name in ("message", "close", "error"):
        socket.add_event_listener(name, events.append)
    return events


def test_a_pair_is_connected() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        events = hear(second)
        realm.call_method(first, "send", "text")
        realm.call_method(first, "send", js.Uint8Array([1, 2]))
        await settle()
        assert realm.get(events[0], "data") == "text"
        data = realm.get(events[1], "data")
        assert isinstance(data, js.ArrayBuffer)
        assert js.bytes_of(data) == b"\1\2"
        assert realm.get(realm.get(events[0], "constructor"), "name") == "MessageEvent"

    run(main)


def test_closing_is_told_and_answered() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        one, two = hear(first), hear(second)
        realm.call_method(first, "close", 4000, "bye")
        realm.call_method(first, "close", 4001, "again")
        await settle()
        assert [realm.get(two[0], name) for name in ("code", "reason", "wasClean")] == [
            4000, "bye", True,
        ]  # fmt: skip
        await settle()
        assert realm.get(one[0], "code") == 4000
        assert [realm.get(end, "readyState") for end in (first, second)] == [3, 3]

    run(main)


def test_an_end_that_nobody_can_use_any_more_is_lost() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm, accepted=False)
        realm.call_method(second, "accept")
        events = hear(second)
        del first
        gc.collect()
        await settle()
        assert [realm.get(events[0], name) for name in ("code", "wasClean")] == [1006, False]

    run(main)


@pytest.mark.parametrize("use", ["accepted", "given away"])
def test_an_end_in_use_is_not_lost_with_its_object(use: str) -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm, accepted=False)
        realm.call_method(second, "accept")
        events = hear(second)
        if use == "accepted":
            realm.call_method(first, "accept")
        else:
            given = first.take()
        del first
        gc.collect()
        await settle()
        assert events == []
        if use == "given away":
            given.send("here")
            await settle()
            assert realm.get(events[0], "data") == "here"

    run(main)


def test_a_guest_may_answer_a_close_by_itself() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        events = hear(first)
        second.add_event_listener(
            "close", lambda event: realm.call_method(second, "close", 4444, "too")
        )
        realm.call_method(first, "close")
        await settle()
        assert realm.get(events[0], "code") == 4444

    run(main)


def test_a_lost_connection_is_an_error_and_a_close() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm, accepted=False)
        realm.call_method(first, "accept")
        events = hear(first)
        second.take().abort(js.Error("reset"))
        await settle()
        assert [event.type for event in events] == ["error", "close"]
        assert realm.get(realm.get(events[0], "error"), "message") == "reset"
        assert realm.get(events[1], "code") == 1006

    run(main)


def test_event_handler_attributes_hear_too() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        heard: list[Any] = []
        realm.set(second, "onmessage", lambda event: heard.append(realm.get(event, "data")))
        realm.call_method(first, "send", "a")
        await settle()
        assert heard == ["a"]
        assert realm.get(second, "onclose") is js.null

    run(main)


@pytest.mark.parametrize("name", ["send", "close"])
def test_a_socket_must_be_accepted_first(name: str) -> None:
    async def main(realm: js.Realm) -> None:
        first, _ = pair(realm, accepted=False)
        with pytest.raises(js.TypeError, match=r"You must call accept\(\)"):
            realm.call_method(first, name)

    run(main)


def test_nothing_is_sent_after_close() -> None:
    async def main(realm: js.Realm) -> None:
        first, _ = pair(realm)
        realm.call_method(first, "close")
        with pytest.raises(js.TypeError, match=r"after close\(\)"):
            realm.call_method(first, "send", "a")

    run(main)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((999,), "Invalid WebSocket close code: 999."),
        ((1005,), "Invalid WebSocket close code: 1005."),
        ((5000,), "Invalid WebSocket close code: 5000."),
        ((float("nan"),), "Invalid WebSocket close code: NaN."),
        ((None, "why"), "you must also specify a code"),
        ((1000, "x" * 124), "more than 123 bytes"),
    ],
)
def test_what_may_not_be_sent_in_a_close(arguments: tuple[object, ...], problem: str) -> None:
    async def main(realm: js.Realm) -> None:
        first, _ = pair(realm)
        with pytest.raises(js.TypeError, match=problem):
            realm.call_method(first, "close", *arguments)
        assert realm.get(first, "readyState") == 1

    run(main)


def test_a_socket_of_a_response_is_the_guests_no_more() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm, accepted=False)
        first.take()
        for name in ("accept", "close"):
            with pytest.raises(js.TypeError, match="already used in a response"):
                realm.call_method(first, name)
        realm.call_method(second, "accept")
        with pytest.raises(js.TypeError, match=r"after calling accept\(\)"):
            second.take()

    run(main)


def test_messages_leave_in_order_once_writes_are_durable() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        events = hear(second)
        locks = lock(realm)
        realm.call_method(first, "send", "a")
        realm.call_method(first, "close", 1000)
        await settle()
        assert (events, len(locks.effects)) == ([], 2)
        for effect in locks.effects:
            effect()
        for event in locks.events:
            event()
        assert [event.type for event in events] == ["message", "close"]

    run(main)


def test_a_guest_that_listens_is_busy() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        assert realm.part(Outside).is_busy
        realm.call_method(first, "close")
        realm.call_method(second, "close")
        assert not realm.part(Outside).is_busy

    run(main)


def test_a_listener_that_raises_is_reported_and_stops_nothing() -> None:
    async def main(realm: js.Realm) -> None:
        first, second = pair(realm)
        events = hear(second)

        def fail(event: object) -> None:
            raise ValueError("bad listener")

        second.add_event_listener("message", fail)
        realm.call_method(first, "send", "a")
        realm.call_method(first, "send", "b")
        await settle()
        assert len(events) == 2

    run(main)


def test_connections_to_other_servers_are_refused() -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.Error, match="not supported"):
            new(realm, "WebSocket", "ws://w/")

    run(main)


def test_a_request_response_pair_holds_texts() -> None:
    async def main(realm: js.Realm) -> None:
        made = new(realm, "WebSocketRequestResponsePair", "ping", 1)
        assert (realm.get(made, "request"), realm.get(made, "response")) == ("ping", "1")

    run(main)


def test_a_socket_is_no_plain_object() -> None:
    async def main(realm: js.Realm) -> None:
        first, _ = pair(realm)
        for name in ("end", "_end", "realm"):
            assert realm.get(first, name) is None
        assert realm.get(first, "constructor") is realm.global_object["WebSocket"]
        assert js.own_keys(obj(a=first)) == ["a"]

    run(main)
