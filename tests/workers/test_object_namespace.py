"""Durable Objects from outside: namespace, id and stub."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.guests import obj, run
from unpoison import js
from unpoison.workers.environment import Objects, make_env
from unpoison.workers.failures import ObjectError
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse


class Counters:
    """A namespace whose objects answer with their name and the URL."""

    def __init__(self, unique_key: str = "shop-Counter") -> None:
        self.ids = IdSpace(unique_key)
        self.error: Exception | None = None

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        if self.error is not None:
            raise self.error
        return HttpResponse(200, body=f"{id.name} {request.url}".encode())


def namespace(realm: js.Realm, port: Counters | None = None) -> Any:
    return make_env(realm, {"C": Objects(port or Counters())})["C"]


def test_the_classes_have_the_platforms_names() -> None:
    async def main(realm: js.Realm) -> None:
        counters = namespace(realm)
        made = realm.call_method(counters, "idFromName", "a")
        stub = realm.call_method(counters, "get", made)
        names = [
            realm.get(realm.get(each, "constructor"), "name") for each in (counters, made, stub)
        ]
        assert names == ["DurableObjectNamespace", "DurableObjectId", "DurableObject"]

    run(main)


def test_ids_are_texts_and_back() -> None:
    async def main(realm: js.Realm) -> None:
        call = realm.call_method
        counters = namespace(realm)
        named = call(counters, "idFromName", "a")
        text = call(named, "toString")
        again = call(counters, "idFromString", text)
        assert (len(text), realm.get(named, "name"), realm.get(again, "name")) == (64, "a", None)
        assert call(named, "equals", again)
        unique = call(counters, "newUniqueId")
        assert not call(named, "equals", unique)
        assert realm.get(unique, "name") is None
        with pytest.raises(js.TypeError, match="must be a DurableObjectId"):
            call(named, "equals", text)

    run(main)


@pytest.mark.parametrize("text", ["", "g" * 64, "0" * 64])
def test_a_text_that_is_no_id_is_refused(text: str) -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.TypeError):
            realm.call_method(namespace(realm), "idFromString", text)

    run(main)


def test_an_id_of_another_class_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        other = realm.call_method(namespace(realm, Counters("shop-Other")), "newUniqueId")
        with pytest.raises(js.TypeError, match="not valid for this namespace"):
            realm.call_method(namespace(realm), "get", other)

    run(main)


def test_a_jurisdiction_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        counters = namespace(realm)
        with pytest.raises(js.Error, match="Jurisdiction"):
            realm.call_method(counters, "newUniqueId", obj(jurisdiction="eu"))
        with pytest.raises(js.Error, match="Jurisdiction"):
            realm.call_method(counters, "jurisdiction", "eu")
        realm.call_method(counters, "newUniqueId", obj(jurisdiction=js.null))

    run(main)


def test_a_stub_asks_its_object() -> None:
    async def main(realm: js.Realm) -> None:
        call = realm.call_method
        counters = namespace(realm)
        stub = call(counters, "get", call(counters, "idFromName", "a"), obj(locationHint="weur"))
        assert realm.get(stub, "name") == "a"
        assert realm.get(realm.get(stub, "id"), "name") == "a"
        response = await call(stub, "fetch", "http://w/x")
        assert await response.text() == "a http://w/x"
        response = await call(call(counters, "getByName", "b"), "fetch", "http://w/")
        assert await response.text() == "b http://w/"

    run(main)


def test_a_failed_call_has_the_documented_properties() -> None:
    async def main(realm: js.Realm) -> None:
        port = Counters()
        port.error = ObjectError("reset", is_reset=True, retryable=True)
        stub = realm.call_method(namespace(realm, port), "getByName", "a")
        with pytest.raises(js.Error, match="reset") as caught:
            await realm.call_method(stub, "fetch", "http://w/")
        found = [realm.get(caught.value, name) for name in ("durableObjectReset", "retryable")]
        assert found == [True, True]
        assert realm.get(caught.value, "overloaded") is None

    run(main)
