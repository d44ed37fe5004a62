"""Messages between a guest and the outside."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.workers.guests import Chunks, lock, new, obj, run, settle
from unpoison import js, web
from unpoison.workers.bodies import GuestBody
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.sockets import socket_pair
from unpoison.workers.transfer import (
    json_of,
    request_for,
    request_of,
    response_for,
    response_of,
    value_of_json,
)


def test_a_guest_sees_the_request() -> None:
    async def main(realm: js.Realm) -> Any:
        message = HttpRequest("POST", "http://w/a?b", [("a", "1"), ("a", "2")], b"text", {"x": [1]})
        request = request_for(realm, message)
        assert (request.method, request.url) == ("POST", "http://w/a?b")
        assert request.headers.get("a") == "1, 2"
        assert realm.get(realm.get(request, "cf"), "x") == [1]
        assert js.instance_of(request, realm.global_object["Request"])
        return await request.text()

    assert run(main) == "text"


def test_a_request_without_a_body_has_none() -> None:
    async def main(realm: js.Realm) -> None:
        request = request_for(realm, HttpRequest("GET", "http://w/"))
        assert request.body is js.null
        assert realm.get(request, "cf") is None

    run(main)


def test_headers_of_an_incoming_request_cannot_be_changed() -> None:
    async def main(realm: js.Realm) -> None:
        request = request_for(realm, HttpRequest("GET", "http://w/", [("a", "1")]))
        with pytest.raises(js.TypeError, match="immutable"):
            request.headers.set("a", "2")

    run(main)


def test_chunks_are_asked_for_when_the_guest_reads() -> None:
    async def main(realm: js.Realm) -> None:
        chunks = Chunks(b"ab", b"cd")
        request = request_for(realm, HttpRequest("POST", "http://w/", [], chunks))
        await settle()
        assert chunks.asked == 0
        reader = js.call_method(request.body, "getReader")
        result = await reader.read()
        assert bytes(js.bytes_of(result["value"]) or b"") == b"ab"
        await settle()
        assert chunks.asked == 1
        await reader.cancel()
        assert chunks.closed

    run(main)


def test_the_error_of_a_chunk_is_a_new_error_in_the_guest() -> None:
    async def main(realm: js.Realm) -> None:
        error = js.TypeError("lost", cause=js.Object())
        request = request_for(realm, HttpRequest("POST", "http://w/", [], Chunks(b"a", error)))
        with pytest.raises(js.TypeError, match="lost") as caught:
            await request.text()
        assert caught.value is not error
        assert js.error_cause(caught.value) is None

    run(main)


def test_known_bytes_stay_bytes() -> None:
    async def main(realm: js.Realm) -> None:
        headers = new(realm, "Headers", js.Array([js.Array(["Set-Cookie", "a"])]))
        headers.append("set-cookie", "b")
        init = obj(status=201, headers=headers, statusText="Made")
        message = response_of(new(realm, "Response", "é", init))
        assert message.status == 201
        assert message.status_text == "Made"
        assert message.body == "é".encode()
        assert message.headers[:2] == [("set-cookie", "a"), ("set-cookie", "b")]

    run(main)


def test_known_bytes_stay_bytes_when_a_guest_hands_on_the_stream_of_them() -> None:
    async def main(realm: js.Realm) -> None:
        first = response_for(realm, HttpResponse(200, [], b"abc"))
        second = new(realm, "Response", first.body)
        assert response_of(second).body == b"abc"
        assert second.body_used
        with pytest.raises(js.TypeError, match="already been used"):
            response_of(second)

    run(main)


def test_a_body_that_was_used_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        response = new(realm, "Response", "a")
        await response.text()
        with pytest.raises(js.TypeError, match="already been used"):
            response_of(response)

    run(main)


@pytest.mark.parametrize("answer", [None, "text", obj(status=200)])
def test_what_is_no_response_is_refused(answer: object) -> None:
    with pytest.raises(js.TypeError, match="did not resolve to 'Response'"):
        response_of(answer)


def test_the_error_response_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        error = js.call_method(realm.global_object["Response"], "error")
        with pytest.raises(js.TypeError, match="did not resolve to 'Response'"):
            response_of(error)

    run(main)


class Pulls:
    """A source of a guest that counts."""

    def __init__(self, count: int, *, text: bool = False) -> None:
        self.pulled = 0
        self.reason: object = None
        self._count = count
        self._text = text

    def pull(self, controller: Any) -> None:
        self.pulled += 1
        chunk = f"{self.pulled}"
        controller.enqueue(chunk if self._text else js.Uint8Array(web.buffer_of(chunk.encode())))
        if self.pulled == self._count:
            controller.close()

    def cancel(self, reason: object) -> None:
        self.reason = reason

    def response(self, realm: js.Realm) -> Any:
        source = obj(pull=self.pull, cancel=self.cancel)
        stream = new(realm, "ReadableStream", source, obj(highWaterMark=0))
        return new(realm, "Response", stream)


def test_a_stream_is_pulled_as_it_is_read() -> None:
    async def main(realm: js.Realm) -> bytes:
        pulls = Pulls(3)
        body = response_of(pulls.response(realm)).body
        assert isinstance(body, GuestBody)
        await settle()
        assert pulls.pulled == 0
        assert await anext(body) == b"1"
        await settle()
        assert pulls.pulled == 1
        return await read_all(body, 10)

    assert run(main) == b"23"


def test_a_stream_that_nobody_reads_on_is_cancelled() -> None:
    async def main(realm: js.Realm) -> None:
        pulls = Pulls(3)
        body = response_of(pulls.response(realm)).body
        assert isinstance(body, GuestBody)
        await anext(body)
        await body.aclose()
        await body.aclose()
        await settle()
        assert js.error_name(pulls.reason) == "AbortError"
        with pytest.raises(StopAsyncIteration):
            await anext(body)

    run(main)


def test_a_chunk_that_is_no_bytes_is_an_error() -> None:
    async def main(realm: js.Realm) -> None:
        pulls = Pulls(3, text=True)
        body = response_of(pulls.response(realm)).body
        with pytest.raises(js.TypeError, match="must be an ArrayBuffer"):
            await read_all(body, 10)
        await settle()
        assert isinstance(pulls.reason, js.TypeError)

    run(main)


def test_a_chunk_waits_until_what_was_written_is_durable() -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        body = response_of(Pulls(1).response(realm)).body
        assert isinstance(body, GuestBody)
        task = asyncio.ensure_future(anext(body))
        await settle()
        assert not task.done()
        locks.durable.set()
        assert await task == b"1"

    run(main)


def test_a_sub_request_is_neutral() -> None:
    async def main(realm: js.Realm) -> None:
        init = obj(method="PUT", body="x", cf=obj(n=js.Array([1, js.null])))
        message = request_of(new(realm, "Request", "http://w/p?q#f", init))
        assert (message.method, message.url) == ("PUT", "http://w/p?q")
        assert message.headers == [("content-type", "text/plain;charset=UTF-8")]
        assert (message.body, message.cf) == (b"x", {"n": [1, None]})
        assert type(message.cf) is dict

    run(main)


def test_a_response_with_a_web_socket_gives_the_end_away() -> None:
    async def main(realm: js.Realm) -> None:
        pair = new(realm, "WebSocketPair")
        client = realm.get(pair, 0)
        response = new(realm, "Response", js.null, obj(status=101, webSocket=client))
        message = response_of(response)
        assert message.status == 101
        assert message.web_socket is not None
        with pytest.raises(js.TypeError, match="already used in a response"):
            response_of(response)
        with pytest.raises(js.TypeError, match="already used in a response"):
            client.accept()

    run(main)


def test_the_end_of_an_upgraded_sub_request_is_a_web_socket() -> None:
    async def main(realm: js.Realm) -> None:
        end, _ = socket_pair()
        response = response_for(realm, HttpResponse(101, web_socket=end))
        socket = realm.get(response, "webSocket")
        assert js.instance_of(socket, realm.global_object["WebSocket"])
        assert realm.get(response_for(realm, HttpResponse(200)), "webSocket") is js.null

    run(main)


def test_json_goes_both_ways() -> None:
    data = {"a": [1, 2.5, "x", None, True], "b": {}}
    value = value_of_json(data)
    assert value["a"][3] is js.null
    assert json_of(value) == data
    assert json_of(None) is None
