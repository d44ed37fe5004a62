"""Request and Response as a Worker has them."""

from __future__ import annotations

import pytest

from tests.workers.guests import new, obj, run
from unpoison import js


def test_request_and_response_are_classes_of_the_guest() -> None:
    async def main(realm: js.Realm) -> None:
        names = realm.global_object
        for name, made in (
            ("Request", new(realm, "Request", "http://w/")),
            ("Response", new(realm, "Response")),
            ("Response", js.call_method(names["Response"], "json", js.Array([1]))),
            ("Response", js.call_method(names["Response"], "redirect", "http://w/")),
        ):
            assert js.instance_of(made, names[name])
            assert js.instance_of(js.call_method(made, "clone"), names[name])
            assert realm.get(made, "constructor") is names[name]
            assert realm.get(names[name], "name") == name

    run(main)


def test_a_stream_as_the_body_of_a_request_needs_no_duplex() -> None:
    async def main(realm: js.Realm) -> None:
        body = new(realm, "Response", "upload").body
        request = new(realm, "Request", "http://w/", obj(method="POST", body=body))
        assert await request.text() == "upload"

    run(main)


def test_cf_goes_on_to_copies() -> None:
    async def main(realm: js.Realm) -> None:
        cf = obj(colo="ATX")
        request = new(realm, "Request", "http://w/", obj(cf=cf))
        assert realm.get(request.clone(), "cf") is cf
        assert realm.get(new(realm, "Request", request), "cf") is cf
        response = new(realm, "Response", js.null, obj(cf=cf))
        assert realm.get(response.clone(), "cf") is cf

    run(main)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_empty_body_is_none_where_the_status_has_none(status: int) -> None:
    async def main(realm: js.Realm) -> None:
        response = new(realm, "Response", js.Uint8Array(0), obj(status=status))
        assert response.body is js.null
        with pytest.raises(js.TypeError, match="Invalid response status code"):
            new(realm, "Response", "x", obj(status=status))

    run(main)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"status": 101}, "range"),
        ({"status": 200, "webSocket": True}, "must have status code 101"),
        ({"status": 101, "webSocket": "x"}, "no WebSocket"),
        ({"encodeBody": "zip"}, "neither automatic nor manual"),
    ],
)
def test_what_a_response_refuses(options: dict[str, object], problem: str) -> None:
    async def main(realm: js.Realm) -> None:
        init = js.Object(options)
        if init.get("webSocket") is True:
            init["webSocket"] = realm.get(new(realm, "WebSocketPair"), 0)
        with pytest.raises(js.Error, match=problem):
            new(realm, "Response", js.null, init)

    run(main)


def test_a_response_to_a_handshake_has_no_body_and_no_copy() -> None:
    async def main(realm: js.Realm) -> None:
        client = realm.get(new(realm, "WebSocketPair"), 0)
        init = obj(status=101, webSocket=client, headers=obj(a="1"))
        with pytest.raises(js.TypeError, match="no body"):
            new(realm, "Response", "x", init)
        response = new(realm, "Response", js.null, init)
        assert (response.status, response.headers.get("a")) == (101, "1")
        with pytest.raises(js.TypeError, match="Cannot clone"):
            response.clone()

    run(main)
