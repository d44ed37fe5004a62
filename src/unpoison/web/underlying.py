"""Sources and sinks that a guest describes by an object. Streams 4.2.3, 5.2.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js
from unpoison.web.promises import Promise, invoked, resolved
from unpoison.web.readable_pulling import Source
from unpoison.web.writable_controller import Sink


def method(owner: object, name: str) -> Callable[..., Any] | None:
    """Give a callback of a dictionary, bound to it; None when it has none.

    Raises js.TypeError for what is no function.
    """
    if not js.is_reference(owner):
        return None
    found: Any = js.get(owner, name)
    if found is None:
        return None
    if not js.is_function(found):
        raise js.TypeError(f"the member {name} is not a function")
    return js.bound(found, owner)


def promised(realm: js.Realm, callback: Callable[..., Any] | None) -> Callable[..., Promise]:
    """Make a callback one that gives a promise; a missing one does nothing."""
    if callback is None:
        return lambda *_: resolved(realm)
    return lambda *arguments: invoked(realm, callback, *arguments)


def nothing(*_: object) -> None:
    """Be a `start` that was not given."""


def source_of(realm: js.Realm, owner: object) -> Source:
    """Give the source that an object describes."""
    cancel, pull, start = (method(owner, name) for name in ("cancel", "pull", "start"))
    return Source(start or nothing, promised(realm, pull), promised(realm, cancel))


def sink_of(realm: js.Realm, owner: object) -> Sink:
    """Give the sink that an object describes. Raises js.RangeError for one with a type."""
    abort, close, start = (method(owner, name) for name in ("abort", "close", "start"))
    if js.is_reference(owner) and js.get(owner, "type") is not None:
        raise js.RangeError("Invalid type is specified")
    write = method(owner, "write")
    return Sink(
        start or nothing,
        promised(realm, write),
        promised(realm, close),
        promised(realm, abort),
    )
