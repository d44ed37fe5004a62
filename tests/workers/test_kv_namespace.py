"""A KV namespace, as a guest has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.workers.guests import Locks, lock, make_guest, new, obj, settle
from unpoison import js, web
from unpoison.workers.environment import Kv, make_env
from unpoison.workers.kv_store import MAX_VALUE, KvStore

NOW = 1_700_000_000


class Namespace:
    """The binding; calls as the crate makes them: a function of it is read, then called."""

    def __init__(self, realm: js.Realm) -> None:
        self.realm = realm
        self.store = KvStore(None, lambda: NOW)
        self.value = make_env(realm, {"KV": Kv(self.store)})["KV"]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = self.realm.get(self.value, name)
        return lambda *rest: self.realm.call_method(function, "call", self.value, *rest)


def run(main: Callable[[Namespace], Coroutine[Any, Any, None]]) -> None:
    async def inside() -> None:
        await main(Namespace(make_guest()))

    asyncio.run(inside())


def test_a_value_is_given_as_the_type_says() -> None:
    async def main(kv: Namespace) -> None:
        assert await kv.put("k", '{"a": [1]}') is None
        assert await kv.get("k") == '{"a": [1]}'
        assert await kv.get("k", js.null) == '{"a": [1]}'
        assert await kv.get("k", "json") == {"a": [1]}
        assert await kv.get("k", obj(type="json", cacheTtl=60)) == {"a": [1]}
        buffer = await kv.get("k", obj(type="arrayBuffer"))
        assert isinstance(buffer, js.ArrayBuffer)
        stream = await kv.get("k", obj(type="stream"))
        assert await new(kv.realm, "Response", stream).text() == '{"a": [1]}'

    run(main)


def test_what_is_not_there_is_null() -> None:
    async def main(kv: Namespace) -> None:
        assert await kv.get("k") is js.null
        found = await kv.getWithMetadata("k")
        assert (found["value"], found["metadata"]) == (js.null, js.null)
        await kv.put("k", "v")
        await kv.delete("k")
        assert await kv.get("k") is js.null

    run(main)


@pytest.mark.parametrize("form", ["string", "buffer", "view", "stream", "bytes of a response"])
def test_what_can_be_stored(form: str) -> None:
    async def main(kv: Namespace) -> None:
        buffer = web.buffer_of(b"text")
        stream = new(kv.realm, "ReadableStream", obj(start=lambda each: _fill(each, buffer)))
        value = {
            "string": "text",
            "buffer": buffer,
            "view": js.Uint8Array(buffer),
            "stream": stream,
            "bytes of a response": new(kv.realm, "Response", "text").body,
        }[form]
        await kv.put("k", value)
        assert await kv.get("k") == "text"

    run(main)


def _fill(controller: Any, buffer: js.ArrayBuffer) -> None:
    controller.enqueue(js.Uint8Array(buffer))
    controller.close()


@pytest.mark.parametrize(
    ("name", "arguments", "problem"),
    [
        ("put", ("k", 1), "accepts only strings"),
        ("put", ("", "v"), "cannot be empty"),
        ("put", ("k", "v", js.Object({"expirationTtl": 1})), "Invalid expiration_ttl"),
        ("put", ("k", "v", js.Object({"expiration": float("nan")})), "no integer"),
        ("get", ("k", "xml"), "Unknown response type"),
        ("get", ("x" * 513,), "414"),
        ("get", (js.Array(["a"]), "stream"), "not a valid type"),
        ("get", (js.Array(),), "minimum of 1 key"),
        ("list", (js.Object({"cursor": "?"}),), "Invalid cursor"),
    ],
)
def test_what_is_refused_rejects(name: str, arguments: tuple[object, ...], problem: str) -> None:
    async def main(kv: Namespace) -> None:
        with pytest.raises(js.Error, match=problem):
            await getattr(kv, name)(*arguments)

    run(main)


def test_a_stream_that_is_too_long_is_cancelled() -> None:
    async def main(kv: Namespace) -> None:
        cancelled = []
        chunk = js.Uint8Array(js.ArrayBuffer(MAX_VALUE // 2 + 1))
        source = obj(pull=lambda each: each.enqueue(chunk), cancel=cancelled.append)
        stream = new(kv.realm, "ReadableStream", source)
        with pytest.raises(js.Error, match="413"):
            await kv.put("k", stream)
        await settle()
        assert len(cancelled) == 1
        assert await kv.get("k") is js.null

    run(main)


def test_metadata_and_expiry_are_kept() -> None:
    async def main(kv: Namespace) -> None:
        options = obj(metadata=obj(n=js.Array([1])), expirationTtl=60)
        await kv.put("k", "v", options)
        found = await kv.getWithMetadata("k", obj(type="text"))
        assert (found["value"], found["metadata"]) == ("v", {"n": [1]})
        page = await kv.list(obj())
        assert page["keys"] == [{"name": "k", "expiration": NOW + 60, "metadata": {"n": [1]}}]

    run(main)


def test_several_keys_at_once() -> None:
    async def main(kv: Namespace) -> None:
        await kv.put("a", "1", obj(metadata="m"))
        found = await kv.get(js.Array(["a", "b"]), "json")
        assert isinstance(found, js.Map)
        assert dict(found.items()) == {"a": 1, "b": js.null}
        found = await kv.getWithMetadata(js.Array(["a"]))
        assert found["a"]["metadata"] == "m"
        await kv.delete(js.Array(["a", "b"]))
        assert await kv.get("a") is js.null

    run(main)


def test_keys_are_listed_by_pages() -> None:
    async def main(kv: Namespace) -> None:
        for name in ("a2", "a1", "b", "a3"):
            await kv.put(name, "v")
        first = await kv.list(obj(prefix="a", limit=2))
        assert [key["name"] for key in first["keys"]] == ["a1", "a2"]
        assert first["list_complete"] is False
        second = await kv.list(obj(prefix="a", limit=2, cursor=first["cursor"]))
        assert [key["name"] for key in second["keys"]] == ["a3"]
        assert (second["list_complete"], "cursor" in second) == (True, False)

    run(main)


def test_a_write_waits_for_durable_writes_of_the_object() -> None:
    async def main(kv: Namespace) -> None:
        locks: Locks = lock(kv.realm)
        locks.open.set()
        promise = kv.put("k", "v")
        await settle()
        assert kv.store.get("k") is None
        locks.durable.set()
        await promise
        assert kv.store.get("k") is not None

    run(main)


def test_the_five_functions_are_there() -> None:
    async def main(kv: Namespace) -> None:
        for name in ("get", "getWithMetadata", "put", "list", "delete"):
            assert js.is_function(kv.realm.get(kv.value, name))
        get = kv.realm.get(kv.value, "get")
        with pytest.raises(js.TypeError, match="must be of type KvNamespace"):
            kv.realm.call_method(get, "call", obj(), "k")

    run(main)
