"""`state`, as the constructor of a Durable Object gets it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.actors import NOW, Actor
from tests.workers.guests import make_guest, new, obj, run
from unpoison import js
from unpoison.workers.hibernation import MAX_ATTACHMENT
from unpoison.workers.object_state import make_state, web_socket_for


def test_a_state_has_the_id_and_the_storage() -> None:
    async def main(realm: js.Realm) -> None:
        state = make_state(realm, Actor(realm))
        assert realm.get(realm.get(state, "id"), "name") == "a"
        names = [
            realm.get(realm.get(each, "constructor"), "name")
            for each in (state, realm.get(state, "storage"))
        ]
        assert names == ["DurableObjectState", "DurableObjectStorage"]
        assert realm.get(state, "container") is None

    run(main)


def test_wait_until_keeps_the_object() -> None:
    async def main(realm: js.Realm) -> None:
        actor = Actor(realm)
        realm.call_method(make_state(realm, actor), "waitUntil", js.resolve(realm.promises, 1))
        assert await actor.kept[0] == 1

    run(main)


def test_block_concurrency_while_is_a_section_that_resets() -> None:
    async def main(realm: js.Realm) -> None:
        actor = Actor(realm)
        state = make_state(realm, actor)
        assert await realm.call_method(state, "blockConcurrencyWhile", lambda: 3) == 3
        assert actor.sections == [True]
        with pytest.raises(js.TypeError, match="with a function"):
            realm.call_method(state, "blockConcurrencyWhile", 3)

    run(main)


def accept(realm: js.Realm, state: object, *tags: str) -> tuple[Any, Any]:
    """Have the object hear one end of a new pair; give it and the other end."""
    pair = new(realm, "WebSocketPair")
    mine, theirs = realm.get(pair, 0), realm.get(pair, 1)
    realm.call_method(state, "acceptWebSocket", mine, js.Array(tags))
    realm.call_method(theirs, "accept")
    return mine, theirs


def test_sockets_are_heard_by_the_object() -> None:
    async def main(realm: js.Realm) -> None:
        actor = Actor(realm)
        state = make_state(realm, actor)
        mine, theirs = accept(realm, state, "a", "b")
        realm.call_method(theirs, "send", "hi")
        assert [data for _, data in actor.heard] == ["hi"]  # type: ignore[misc]
        assert realm.call_method(state, "getTags", mine) == js.Array(["a", "b"])
        assert realm.call_method(state, "getWebSockets") == js.Array([mine])
        assert realm.call_method(state, "getWebSockets", "c") == js.Array()
        with pytest.raises(js.TypeError, match="after enabling hibernation"):
            realm.call_method(mine, "accept")
        with pytest.raises(js.TypeError, match="after calling accept"):
            realm.call_method(state, "acceptWebSocket", theirs)

    run(main)


def test_a_socket_outlives_the_guest_with_its_attachment() -> None:
    async def main(realm: js.Realm) -> None:
        actor = Actor(realm)
        mine, _ = accept(realm, make_state(realm, actor))
        assert realm.call_method(mine, "deserializeAttachment") is js.null
        realm.call_method(mine, "serializeAttachment", obj(name="ada"))
        later = make_guest()
        again = later.call_method(make_state(later, actor), "getWebSockets")[0]
        assert again is not mine
        assert again is web_socket_for(later, actor.hibernation.sockets()[0])
        assert later.call_method(again, "deserializeAttachment") == {"name": "ada"}
        later.call_method(again, "send", "from the later guest")

    run(main)


def test_an_attachment_is_bounded_and_needs_a_socket_that_hibernates() -> None:
    async def main(realm: js.Realm) -> None:
        mine, theirs = accept(realm, make_state(realm, Actor(realm)))
        with pytest.raises(js.Error, match="cannot be larger"):
            realm.call_method(mine, "serializeAttachment", "x" * MAX_ATTACHMENT)
        with pytest.raises(js.TypeError, match="acceptWebSocket"):
            realm.call_method(theirs, "serializeAttachment", "x")

    run(main)


def test_the_auto_response() -> None:
    async def main(realm: js.Realm) -> None:
        actor = Actor(realm)
        state = make_state(realm, actor)
        mine, theirs = accept(realm, state)
        call = realm.call_method
        assert call(state, "getWebSocketAutoResponse") is js.null
        assert call(state, "getWebSocketAutoResponseTimestamp", mine) is js.null
        pair = new(realm, "WebSocketRequestResponsePair", "ping", "pong")
        call(state, "setWebSocketAutoResponse", pair)
        assert realm.get(call(state, "getWebSocketAutoResponse"), "response") == "pong"
        call(theirs, "send", "ping")
        assert actor.heard == []
        assert call(state, "getWebSocketAutoResponseTimestamp", mine).time == NOW
        call(state, "setWebSocketAutoResponse")
        assert call(state, "getWebSocketAutoResponse") is js.null
        with pytest.raises(js.TypeError, match="WebSocketRequestResponsePair"):
            call(state, "setWebSocketAutoResponse", obj(request="a", response="b"))

    run(main)


@pytest.mark.parametrize("name", ["acceptWebSocket", "getTags"])
def test_what_is_no_web_socket_is_refused(name: str) -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.TypeError, match="with a WebSocket"):
            realm.call_method(make_state(realm, Actor(realm)), name, obj())

    run(main)
