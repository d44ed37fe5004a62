"""Bindings and names that are not provided: refused when they are used."""

from __future__ import annotations

import pytest

from tests.workers.guests import run
from unpoison import js
from unpoison.workers.config_reading import BINDING_LISTS, BINDING_TABLES
from unpoison.workers.environment import Refused, make_env
from unpoison.workers.refused import BINDING_CLASSES, refuse_connect
from unpoison.workers.scope import make_scope


@pytest.mark.parametrize("key", BINDING_CLASSES)
def test_a_binding_has_the_class_that_the_crate_asks_for_and_refuses_each_call(key: str) -> None:
    async def main(realm: js.Realm) -> None:
        name, calls = BINDING_CLASSES[key]
        binding = make_env(realm, {"MINE": Refused(key)})["MINE"]
        assert realm.get(realm.get(binding, "constructor"), "name") == name
        for call in calls:
            with pytest.raises(js.Error, match=rf"env\.MINE: {call}: bindings of `{key}` are not"):
                realm.call_method(binding, call)

    run(main)


def test_a_kind_that_nobody_knows_refuses_every_call() -> None:
    async def main(realm: js.Realm) -> None:
        binding = make_env(realm, {"MINE": Refused("vectorize")})["MINE"]
        for call in ("query", "anything"):
            with pytest.raises(js.Error, match=rf"env\.MINE: {call}: bindings of `vectorize` are"):
                realm.call_method(binding, call, 1)
        assert await js.resolve(realm.promises, binding) is binding
        assert js.json_stringify(binding) == "{}"
        assert js.string_of(binding) == "[object Object]"

    run(main)


def test_every_kind_that_the_configuration_refuses_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        for key in BINDING_LISTS | BINDING_TABLES | {"queues.producers"}:
            binding = make_env(realm, {"MINE": Refused(key)})["MINE"]
            calls = BINDING_CLASSES.get(key, ("", ("use",)))[1]
            with pytest.raises(js.Error, match=f"bindings of `{key}` are not provided"):
                realm.call_method(binding, calls[0]) if calls else realm.get(binding, "id")

    run(main)


def test_every_kind_with_a_class_is_one_of_the_configuration() -> None:
    assert BINDING_CLASSES.keys() <= BINDING_LISTS | BINDING_TABLES | {"queues.producers"}


@pytest.mark.parametrize(
    ("key", "name"),
    [("hyperdrive", "connectionString"), ("version_metadata", "id"), ("version_metadata", "tag")],
)
def test_a_property_is_refused(key: str, name: str) -> None:
    async def main(realm: js.Realm) -> None:
        binding = make_env(realm, {"MINE": Refused(key)})["MINE"]
        with pytest.raises(js.Error, match=rf"env\.MINE: {name}"):
            realm.get(binding, name)

    run(main)


def test_the_cache_is_refused() -> None:
    async def main(realm: js.Realm) -> None:
        caches = realm.global_object["caches"]
        with pytest.raises(js.Error, match="Cache API is not provided"):
            realm.get(caches, "default")
        with pytest.raises(js.Error, match="Cache API is not provided"):
            realm.call_method(caches, "open", "a")

    run(main)


def test_modules_of_the_platform_are_refused_when_they_are_used() -> None:
    imports = make_scope().imports
    connect = imports["cloudflare:sockets"]["connect"]  # type: ignore[index]
    with pytest.raises(js.Error, match="cloudflare:sockets: connect is not provided"):
        connect("host:1", js.Object())


@pytest.mark.parametrize("kind", ["DurableObject", "Fetcher"])
def test_tcp_connections_are_refused(kind: str) -> None:
    async def main(realm: js.Realm) -> None:
        prototype = realm.get(realm.global_object[kind], "prototype")
        assert js.is_function(realm.get(prototype, "connect"))
        with pytest.raises(js.Error, match="TCP connections"):
            refuse_connect(None)

    run(main)
