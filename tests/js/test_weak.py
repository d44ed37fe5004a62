"""What a guest holds weakly goes when nobody else holds it, and finalizers run as jobs."""

from __future__ import annotations

import gc
import weakref

import pytest

from tests.js.script import World
from unpoison import js


class Thing:
    """An object of the host."""


def ours() -> js.Object:
    return js.Object()


@pytest.mark.parametrize("make", [ours, js.Array, js.Map, Thing, lambda: lambda: None])
def test_a_weak_map_keeps_no_key_alive(make) -> None:
    world = World(key=make())
    kept = world.run("const m = new WeakMap(); m.set(key, {}); return m;")
    value = weakref.ref(kept.get(world.realm.global_object["key"]))
    assert value() is not None
    world.realm.global_object.pop("key")
    gc.collect()
    assert value() is None
    assert kept.get(make()) is None


def test_a_value_that_refers_to_its_key_keeps_nothing_alive() -> None:
    world = World(key=js.Object())
    kept = world.run("const m = new WeakMap(); m.set(key, {back: key}); return m;")
    key = weakref.ref(world.realm.global_object.pop("key"))
    gc.collect()
    assert key() is None
    assert kept is not None


def test_what_python_cannot_refer_to_weakly_is_held_by_the_map() -> None:
    world = World(key={"a": 1})
    kept = world.run("const m = new WeakMap(); m.set(key, 5); return m;")
    assert kept.get(world.realm.global_object["key"]) == 5
    assert kept.get({"a": 1}) is None


def test_a_weak_reference_to_a_bound_method_lives_as_long_as_its_object() -> None:
    thing = World()
    world = World(show=thing.show)
    reference = world.run("new WeakRef(show)")
    world.realm.global_object.pop("show")
    gc.collect()
    assert reference.deref() == thing.show
    del thing
    gc.collect()
    assert reference.deref() is None


def test_a_weak_reference_ends_with_its_target() -> None:
    world = World(target=js.Object())
    reference = world.run("new WeakRef(target)")
    assert reference.deref() == {}
    world.realm.global_object.pop("target")
    gc.collect()
    assert reference.deref() is None


def test_a_finalizer_runs_as_a_job() -> None:
    log: list[object] = []
    world = World(target=js.Object(), clean=log.append)
    registry = world.run(
        "const r = new FinalizationRegistry(clean); r.register(target, 'held'); return r;"
    )
    world.queue.run_jobs()
    world.realm.global_object.pop("target")
    gc.collect()
    assert log == []  # never where Python happens to collect
    world.queue.run_jobs()
    assert log == ["held"]
    world.queue.run_jobs()
    assert (log, registry is not None) == (["held"], True)


def test_an_unregistered_target_has_no_finalizer() -> None:
    log: list[object] = []
    world = World(target=js.Object(), clean=log.append)
    registry = world.run(
        "const r = new FinalizationRegistry(clean); r.register(target, 1, target);"
        " r.unregister(target); return r;"
    )
    world.realm.global_object.pop("target")
    gc.collect()
    world.queue.run_jobs()
    assert (log, registry is not None) == ([], True)


def test_a_registry_that_is_gone_calls_nobody() -> None:
    log: list[object] = []
    world = World(target=js.Object(), clean=log.append)
    world.run("new FinalizationRegistry(clean).register(target, 1)")
    gc.collect()
    world.realm.global_object.pop("target")
    gc.collect()
    world.queue.run_jobs()
    assert log == []


def test_an_error_of_a_finalizer_is_reported() -> None:
    world = World(target=js.Object())
    registry = world.run(
        "const r = new FinalizationRegistry(() => { throw new Error('f'); });"
        " r.register(target, 1); return r;"
    )
    world.realm.global_object.pop("target")
    gc.collect()
    world.queue.run_jobs()
    assert ([str(error) for error in world.errors], registry is not None) == (["f"], True)
