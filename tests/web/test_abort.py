"""AbortSignal: what holds what alive."""

from __future__ import annotations

import gc
import weakref

from tests.web.world import World
from unpoison.web import AbortController, AbortSignal


def test_a_combined_signal_that_nobody_hears_is_collected(world: World) -> None:
    source = AbortController(world.realm).signal
    combined = [AbortSignal.any_of(world.realm, [source]) for _ in range(100)]
    watched = weakref.ref(combined[0])
    del combined
    gc.collect()
    assert watched() is None
    assert len(source._dependents) == 100
    AbortSignal.any_of(world.realm, [source])
    assert len(source._dependents) == 1


def test_a_combined_signal_with_a_listener_lives_until_the_abort(world: World) -> None:
    controller = AbortController(world.realm)
    heard: list[object] = []
    combined = AbortSignal.any_of(world.realm, [controller.signal])
    combined.add_event_listener("abort", heard.append)
    watched = weakref.ref(combined)
    del combined
    gc.collect()
    controller.abort("r")
    assert len(heard) == 1
    heard.clear()
    gc.collect()
    assert watched() is None


def test_a_listener_that_was_removed_holds_nothing(world: World) -> None:
    source = AbortController(world.realm).signal
    combined = AbortSignal.any_of(world.realm, [source])
    combined.add_event_listener("abort", print)
    combined.remove_event_listener("abort", print)
    watched = weakref.ref(combined)
    del combined
    gc.collect()
    assert watched() is None


def test_algorithms_run_before_the_event_and_once(world: World) -> None:
    controller, seen = AbortController(world.realm), []
    controller.signal.add_algorithm(lambda: seen.append("algorithm"))
    controller.signal.add_event_listener("abort", lambda event: seen.append("event"))
    controller.abort()
    controller.abort()
    assert seen == ["algorithm", "event"]
